/* SPDX-License-Identifier: MIT */
/* dry_walk.c: the cycles of the dead, as strongly connected components (Tarjan 1972).
 *
 * Without recursion, and each object is looked into twice: when it is entered, all it refers to
 * that has not been visited goes on top of the list, or moves there; when it is on top again,
 * all of these are done, and what they lead to is looked up. */
#include "heap/dry_run.h"

#define STEPS_VISIT 8

static struct hd_dry_node *at(const struct hd_dry_run *run, uint32_t number)
{
    return hd_pages_at(&run->nodes, number);
}

static uint32_t slot_of(const struct hd_dry_run *run, uint32_t number)
{
    return hd_trail_at(&run->dead, number - 1).slot;
}

/* It may be on the list already: then it moves. */
static void put_on_top(struct hd_dry_run *run, uint32_t number)
{
    struct hd_dry_walk *walk = &run->walk;
    struct hd_dry_node *node = at(run, number);

    if (walk->top == number) {
        return;
    }
    if (node->above != 0) {
        at(run, node->above)->below = node->below;
        if (node->below != 0) {
            at(run, node->below)->above = node->above;
        }
    }
    node->above = 0;
    node->below = walk->top;
    if (walk->top != 0) {
        at(run, walk->top)->above = number;
    }
    walk->top = number;
}

static bool is_new(const struct hd_dry_node *node)
{
    return node->order == 0 && node->above != HD_DRY_DONE;
}

static void push(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    (void)from;
    if (hd_dry_is_in(run, &run->dead, to) && is_new(hd_dry_node_of(run, to))) {
        put_on_top(run, *(const uint32_t *)hd_pages_at(&run->numbers, to));
    }
}

static void lower(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    struct hd_dry_node *node = hd_dry_node_of(run, from);
    const struct hd_dry_node *other;

    if (!hd_dry_is_in(run, &run->dead, to)) {
        return;
    }
    other = hd_dry_node_of(run, to);
    run->walk.refers_to_itself = run->walk.refers_to_itself || from == to;
    run->lost = run->lost || is_new(other); /* it was stored since */
    if (other->above != HD_DRY_DONE && other->low < node->low) {
        node->low = other->low;
    }
}

/* The next to be visited, entered or left.  False: there is none. */
static bool choose(struct hd_dry_run *run)
{
    struct hd_dry_walk *walk = &run->walk;
    struct hd_dry_node *node;

    if (walk->top == 0) {
        if (run->next == run->dead.count) {
            return false;
        }
        run->next++;
        if (is_new(at(run, run->next))) {
            put_on_top(run, run->next);
        }
        return true;
    }
    node = at(run, walk->top);
    walk->node = walk->top;
    walk->refers_to_itself = false;
    walk->turn = node->order == 0 ? HD_WALK_ENTER : HD_WALK_LEAVE;
    if (walk->turn == HD_WALK_ENTER) {
        node->order = ++walk->order;
        node->low = node->order;
    }
    return true;
}

/* All it leads to is known: off the list, and onto the stack. */
static void leave(struct hd_dry_run *run)
{
    struct hd_dry_walk *walk = &run->walk;
    struct hd_dry_node *node = at(run, walk->node);

    walk->top = node->below;
    if (walk->top != 0) {
        at(run, walk->top)->above = 0;
    }
    node->below = walk->stack;
    walk->stack = walk->node;
    walk->turn = node->low == node->order ? HD_WALK_POP : HD_WALK_NEXT;
    walk->component = (struct hd_dry_component){
        .number = walk->node, .first = UINT32_MAX, .order = node->order};
}

/* Among the largest, the first found first. */
static void note(struct hd_dry_run *run)
{
    struct hd_dry_walk *walk = &run->walk;
    struct hd_dry_component component = walk->component;

    if (component.objects == 1 && !walk->refers_to_itself) {
        return;
    }
    run->report->cycles++;
    for (uint32_t i = 0; i < walk->count; i++) {
        if (component.objects > walk->largest[i].objects) {
            struct hd_dry_component swap = walk->largest[i];

            walk->largest[i] = component;
            component = swap;
        }
    }
    if (walk->count < run->wanted) {
        walk->largest[walk->count++] = component;
    }
}

/* It was left last; the others of its component were entered after it. */
static void pop(struct hd_dry_run *run)
{
    struct hd_dry_walk *walk = &run->walk;
    uint32_t number = walk->stack;
    struct hd_dry_node *node = at(run, number);
    uint32_t slot = slot_of(run, number);

    walk->stack = node->below;
    *node = (struct hd_dry_node){.above = HD_DRY_DONE, .low = walk->node};
    walk->component.objects++;
    walk->component.first = slot < walk->component.first ? slot : walk->component.first;
    if (walk->stack == 0 || at(run, walk->stack)->order < walk->component.order) {
        note(run);
        walk->turn = HD_WALK_NEXT;
    }
}

bool hd_dry_walk(struct hd_dry_run *run, uint64_t *steps)
{
    struct hd_dry_walk *walk = &run->walk;

    while (*steps > 0 && !hd_dry_stops(run)) {
        hd_pay_steps(steps, STEPS_VISIT);
        switch (walk->turn) {
        case HD_WALK_NEXT:
            if (!choose(run)) {
                return true;
            }
            break;
        case HD_WALK_ENTER:
            if (hd_dry_look(run, slot_of(run, walk->node), push, steps)) {
                walk->turn = HD_WALK_NEXT;
            }
            break;
        case HD_WALK_LEAVE:
            if (hd_dry_look(run, slot_of(run, walk->node), lower, steps)) {
                leave(run);
            }
            break;
        default:
            pop(run);
        }
    }
    return hd_dry_stops(run);
}
