/* SPDX-License-Identifier: MIT */
/* compare.c: a stack of pairs of containers, each with how far it has got. */
#include "object/compare.h"

#include "object/internal.h"

#define STEP_BYTES 256 /* of two texts that may be equal */

/* A pair of containers.  What it does next, and with the answer for that. */
struct hd_standing {
    enum {
        AT_ITEMS,  /* left[at] == right[at] */
        AT_KEYS,   /* entry `at` of left, beside a key of right with the same hash */
        AT_VALUES, /* its value, beside that at `position` of right */
        AT_TARGETS,
        AT_SOUGHT, /* left[at] == right itself */
    } what;
    uint32_t left;
    uint32_t right;
    uint32_t at;       /* AT_TARGETS: left's */
    uint32_t position; /* AT_TARGETS: right's */
    uint32_t tried;    /* AT_KEYS: keys of the same hash that were others */
};

enum answer { GO_ON, EQUAL, UNEQUAL };

static void watch(struct hd_comparison *c, const struct hd_standing *pair, uint32_t by)
{
    c->objects->watched[pair->left % HD_WATCHED] += by;
    c->objects->watched[pair->right % HD_WATCHED] += by;
    c->targets += pair->what == AT_TARGETS ? by : 0;
}

static enum hd_status push(struct hd_comparison *c, struct hd_standing pair,
                           struct hd_error *error)
{
    struct hd_standing *stack =
        hd_grow(c->objects->books, c->stack, &c->room, (size_t)c->depth + 1, sizeof *stack);

    if (stack == NULL) {
        return hd_fail_memory(error, (c->depth + 1) * sizeof *stack);
    }
    c->stack = stack;
    stack[c->depth++] = pair;
    watch(c, &pair, 1);
    return HD_OK;
}

static void pop(struct hd_comparison *c)
{
    watch(c, &c->stack[--c->depth], UINT32_MAX);
}

static struct hd_standing stand_in(const struct hd_objects *objects, uint32_t left,
                                   uint32_t right)
{
    struct hd_standing pair = {.left = left, .right = right, .what = AT_ITEMS};

    if (hd_kind_is_table(hd_object_kind(objects, left))) {
        pair.what = AT_KEYS;
    } else if (hd_object_kind(objects, left) == HD_KIND_WEAKREF) {
        pair.what = AT_TARGETS;
        pair.at = hd_weak_target(objects, left);
        pair.position = hd_weak_target(objects, right);
    }
    return pair;
}

static const struct hd_table *table_of(const struct hd_comparison *c, uint32_t slot)
{
    return hd_slot_body(hd_slot_at(&c->objects->slots, slot));
}

static const uint32_t *entry_of(const struct hd_comparison *c, uint32_t slot, uint32_t position)
{
    return hd_table_entry(table_of(c, slot), hd_object_kind(c->objects, slot), position);
}

/* The next entry's key, and the next of the other table's that may be equal to it. */
static enum answer next_keys(const struct hd_comparison *c, struct hd_standing *pair,
                             uint64_t *steps, uint32_t *ret_left, uint32_t *ret_right)
{
    uint32_t span = hd_table_span(c->objects, pair->left);
    const uint32_t *entry = NULL;

    while (pair->at<span && * steps> 0) {
        entry = entry_of(c, pair->left, pair->at);
        if (entry[HD_ENTRY_KEY] != 0) {
            break;
        }
        pair->at++;
        (*steps)--;
    }
    if (pair->at >= span) {
        return EQUAL;
    }
    if (*steps == 0) {
        return GO_ON;
    }
    pair->position =
        hd_table_nth(table_of(c, pair->right), hd_object_kind(c->objects, pair->right),
                     entry[HD_ENTRY_HASH], pair->tried);
    if (pair->position == HD_TABLE_MISSING) {
        return UNEQUAL;
    }
    *ret_left = entry_of(c, pair->right, pair->position)[HD_ENTRY_KEY];
    *ret_right = entry[HD_ENTRY_KEY];
    return GO_ON;
}

/* Two objects to be compared next, or (GO_ON, and *steps is 0) later; else the pair's answer.
 */
static enum answer next(const struct hd_comparison *c, struct hd_standing *pair,
                        uint64_t *steps, uint32_t *ret_left, uint32_t *ret_right)
{
    switch (pair->what) {
    case AT_ITEMS:
    case AT_SOUGHT:
        if (pair->at == hd_seq_length(c->objects, pair->left)) {
            return pair->what == AT_ITEMS ? EQUAL : UNEQUAL;
        }
        *ret_left = hd_seq_item(c->objects, pair->left, pair->at);
        *ret_right = pair->what == AT_SOUGHT ? pair->right
                                             : hd_seq_item(c->objects, pair->right, pair->at);
        return GO_ON;
    case AT_KEYS:
        return next_keys(c, pair, steps, ret_left, ret_right);
    case AT_VALUES:
        *ret_left = entry_of(c, pair->left, pair->at)[HD_ENTRY_VALUE];
        *ret_right = entry_of(c, pair->right, pair->position)[HD_ENTRY_VALUE];
        return GO_ON;
    default:
        *ret_left = pair->at;
        *ret_right = pair->position;
        return GO_ON;
    }
}

/* What was to be compared is equal, or is not: what follows for the pair. */
static enum answer take_answer(const struct hd_comparison *c, struct hd_standing *pair,
                               bool equal)
{
    switch (pair->what) {
    case AT_ITEMS:
        pair->at++;
        return equal ? GO_ON : UNEQUAL;
    case AT_SOUGHT:
        pair->at += !equal;
        return equal ? EQUAL : GO_ON;
    case AT_KEYS:
        pair->tried += !equal;
        if (equal && hd_object_kind(c->objects, pair->left) == HD_KIND_DICT) {
            pair->what = AT_VALUES;
        } else if (equal) {
            pair->at++;
            pair->tried = 0;
        }
        return GO_ON;
    case AT_VALUES:
        pair->what = AT_KEYS;
        pair->at++;
        pair->tried = 0;
        return equal ? GO_ON : UNEQUAL;
    default:
        return equal ? EQUAL : UNEQUAL;
    }
}

/* The answer goes down the stack, as far as it answers what stands there.  True: all of it. */
static bool conclude(struct hd_comparison *c, enum answer answer)
{
    while (answer != GO_ON && c->depth > 0) {
        bool equal = answer == EQUAL;

        c->equal = equal;
        c->index = c->stack[c->depth - 1].at;
        pop(c);
        if (c->depth > 0) {
            answer = take_answer(c, &c->stack[c->depth - 1], equal);
        }
    }
    return c->depth == 0;
}

static uint64_t price_of(const struct hd_objects *objects, uint32_t left, uint32_t right)
{
    enum hd_kind kind = hd_object_kind(objects, left);

    if ((kind != HD_KIND_STR && kind != HD_KIND_BYTES) ||
        kind != hd_object_kind(objects, right)) {
        return 1;
    }
    return 1 + hd_object_bytes(objects, left).size / STEP_BYTES;
}

static enum hd_compared compare(struct hd_comparison *c, uint32_t left, uint32_t right,
                                struct hd_error *error)
{
    struct hd_standing *top = &c->stack[c->depth - 1];
    enum hd_shallow shallow = hd_equal_shallow(c->objects, left, right);

    if (left != right && c->depth - c->seeks >= HD_DEPTH_MAX) {
        (void)hd_refuse_depth(error);
        return HD_COMPARED_REFUSED;
    }
    if (shallow == HD_SHALLOW_DEEP) {
        return push(c, stand_in(c->objects, left, right), error) == HD_OK ? HD_COMPARED_MORE
                                                                          : HD_COMPARED_REFUSED;
    }
    return conclude(c, take_answer(c, top, shallow == HD_SHALLOW_EQUAL)) ? HD_COMPARED_DONE
                                                                         : HD_COMPARED_MORE;
}

static enum hd_compared step(struct hd_comparison *c, uint64_t *steps, struct hd_error *error)
{
    uint32_t left = 0;
    uint32_t right = 0;
    enum answer answer;
    uint64_t price = 1;

    answer = next(c, &c->stack[c->depth - 1], steps, &left, &right);
    if (answer != GO_ON) {
        return conclude(c, answer) ? HD_COMPARED_DONE : HD_COMPARED_MORE;
    }
    if (left == 0) {
        return HD_COMPARED_MORE;
    }
    price = price_of(c->objects, left, right);
    *steps -= price < *steps ? price : *steps;
    return compare(c, left, right, error);
}

/* Weak references hold nothing: a target may be gone although nothing changed. */
static bool has_lost_target(const struct hd_comparison *c)
{
    for (uint32_t i = 0; c->targets > 0 && i < c->depth; i++) {
        const struct hd_standing *pair = &c->stack[i];

        if (pair->what == AT_TARGETS &&
            (hd_weak_target(c->objects, pair->left) != pair->at ||
             hd_weak_target(c->objects, pair->right) != pair->position)) {
            return true;
        }
    }
    return false;
}

static void stand_nowhere(struct hd_comparison *c)
{
    while (c->depth > 0) {
        pop(c);
    }
    c->changed = false;
}

static enum hd_compared begin(struct hd_comparison *c, struct hd_error *error)
{
    const struct hd_standing sought = {.what = AT_SOUGHT, .left = c->left, .right = c->right};
    enum hd_shallow shallow =
        c->seeks ? HD_SHALLOW_DEEP : hd_equal_shallow(c->objects, c->left, c->right);

    if (shallow != HD_SHALLOW_DEEP) {
        c->equal = shallow == HD_SHALLOW_EQUAL;
        return HD_COMPARED_DONE;
    }
    return push(c, c->seeks ? sought : stand_in(c->objects, c->left, c->right), error) == HD_OK
               ? HD_COMPARED_MORE
               : HD_COMPARED_REFUSED;
}

enum hd_compared hd_comparison_work(struct hd_comparison *comparison, uint64_t *steps,
                                    struct hd_error *error)
{
    struct hd_comparison *c = comparison;
    enum hd_compared compared = HD_COMPARED_MORE;

    if (c->changed || has_lost_target(c)) {
        stand_nowhere(c);
        return HD_COMPARED_CHANGED;
    }
    if (c->depth == 0) {
        compared = begin(c, error);
    }
    while (compared == HD_COMPARED_MORE && *steps > 0) {
        uint64_t before = *steps;

        if (c->left_steps == 0) {
            (void)hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_WORK,
                          "the comparison takes too many steps");
            return HD_COMPARED_REFUSED;
        }
        compared = step(c, steps, error);
        before -= *steps;
        c->left_steps -= before < c->left_steps ? before : c->left_steps;
    }
    return compared;
}

void hd_comparisons_note_change(struct hd_objects *objects, uint32_t slot)
{
    HD_LIST_FOREACH (element, &objects->comparisons) {
        struct hd_comparison *c = HD_CONTAINER_OF(element, struct hd_comparison, link);

        for (uint32_t i = 0; i < c->depth && !c->changed; i++) {
            c->changed = c->stack[i].left == slot || c->stack[i].right == slot;
        }
    }
}

enum hd_status hd_comparison_new(struct hd_objects *objects, uint32_t left, uint32_t right,
                                 bool seeks, uint64_t max_steps,
                                 struct hd_comparison **ret_comparison, struct hd_error *error)
{
    struct hd_comparison *c = hd_alloc(objects->books, sizeof *c);

    if (c == NULL) {
        return hd_fail_memory(error, sizeof *c);
    }
    *c = (struct hd_comparison){.objects = objects,
                                .left = left,
                                .right = right,
                                .seeks = seeks,
                                .left_steps = max_steps};
    hd_list_init(&c->link);
    hd_list_push_back(&objects->comparisons, &c->link);
    *ret_comparison = c;
    return HD_OK;
}

void hd_comparison_free(struct hd_comparison *comparison)
{
    if (comparison == NULL) {
        return;
    }
    stand_nowhere(comparison);
    hd_list_unlink(&comparison->link);
    if (comparison->stack != NULL) {
        hd_free(comparison->objects->books, comparison->stack,
                comparison->room * sizeof *comparison->stack);
    }
    hd_free(comparison->objects->books, comparison, sizeof *comparison);
}
