/* SPDX-License-Identifier: MIT */
/* op_scan.c: GetObjects and GetReferrers: pages of walks over the slots, in slices.
 *
 * A page is gathered as slots, and given as ids when it is looked at once more.  A container is
 * looked through from its last reference to its first: what goes from it meanwhile moves the
 * others down only, and where an item is inserted the walk steps up by one.  So a reference
 * that stays is not missed [search.inv.stays]. */
#include <inttypes.h>

#include "base/check.h"
#include "base/fetch.h"
#include "heap/internal.h"

#define HD_UNIT_STEPS  32                  /* references looked at; a slot is one step, too */
#define STEPS_MEMBER   8                   /* an object that is listed */
#define STEPS_SEARCHED 24                  /* one that is looked into */
#define RECHECKED_MAX  (UINT32_C(1) << 17) /* references looked at again for one page */
#define TRIES          3
#define AHEAD          8

#define NOT_FROZEN 7u /* generations, as bits */

static unsigned wanted_of(const struct hd_op *op)
{
    return op->code == HD_OP_GET_OBJECTS && op->in.ids.has_generation
               ? 1u << op->in.ids.generation
               : NOT_FROZEN;
}

static bool is_wanted(const struct hd_slots *slots, unsigned wanted, uint32_t slot)
{
    return (slots->age[slot] & HD_AGE_TRACKED) != 0 &&
           (wanted >> hd_slots_generation(slots, slot) & 1) != 0 &&
           hd_slots_is_alive(slots, slot);
}

static void start_page(const struct hd_heap *heap, struct hd_op *op)
{
    uint64_t cursor = op->in.ids.cursor;

    op->scan.changes = heap->changes;
    op->scan.at = cursor == 0 ? 1 : cursor > UINT32_MAX ? UINT32_MAX : (uint32_t)cursor;
    op->scan.end = UINT32_MAX;
    op->scan.found = 0;
}

enum hd_status hd_op_get_objects(struct hd_heap *heap, struct hd_op *op)
{
    int64_t generation = op->in.ids.generation;

    HD_CHECK(op->batch == NULL && op->in.ids.max > 0);
    if (op->in.ids.has_generation && generation >= HD_GENERATIONS) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                       "generation parameter must be less than the number of available "
                       "generations (%d)",
                       HD_GENERATIONS);
    }
    if (op->in.ids.has_generation && generation < 0) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                       "generation parameter cannot be negative");
    }
    start_page(heap, op);
    return HD_OK;
}

enum hd_status hd_op_get_referrers(struct hd_heap *heap, struct hd_op *op)
{
    enum hd_status status = hd_resolve(heap, op, &op->in.ids.object, &op->scan.target);

    HD_CHECK(op->batch == NULL && op->in.ids.max > 0);
    if (status == HD_OK) {
        op->scan.target_id = hd_slots_id(hd_objects_slots(heap->objects), op->scan.target);
        start_page(heap, op);
    }
    return status;
}

void hd_scans_note_insert(struct hd_heap *heap, uint32_t list)
{
    HD_LIST_FOREACH (element, &heap->running) {
        struct hd_op *op = HD_CONTAINER_OF(element, struct hd_op, running);

        if (op->code == HD_OP_GET_REFERRERS && op->scan.at == list &&
            op->scan.end != UINT32_MAX) {
            op->scan.end++;
        }
    }
}

/* The first slot from scan->at on that is wanted.  False: none is, or the steps are used up. */
static bool find_next(const struct hd_slots *slots, unsigned wanted, struct hd_scan *scan,
                      uint64_t *steps)
{
    if (wanted == 1u || wanted == 2u) { /* the young are walked at the cost of their members */
        uint32_t next = hd_bitset_next(&slots->young[wanted - 1], scan->at);
        uint32_t held = hd_bitset_next(&slots->held[wanted - 1], scan->at);

        next = held < next ? held : next;
        scan->at = next < slots->containers.high ? next : slots->containers.high;
    }
    while (scan->at<slots->containers.high && * steps> 0) {
        if (is_wanted(slots, wanted, scan->at)) {
            return true;
        }
        scan->at++;
        scan->end = UINT32_MAX;
        (*steps)--;
    }
    return false;
}

/* One that was found, looked at once more.  False: it took too much to tell. */
static bool recheck(const struct hd_heap *heap, const struct hd_op *op, uint64_t found,
                    uint64_t *left, bool *ret_right)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    uint32_t slot = (uint32_t)found;
    uint32_t end = UINT32_MAX;
    uint32_t position;

    *ret_right = is_wanted(slots, wanted_of(op), slot);
    if (!*ret_right || op->code == HD_OP_GET_OBJECTS ||
        hd_has_reference(hd_slot_at(slots, slot), (uint32_t)(found >> 32), op->scan.target)) {
        return true;
    }
    *ret_right =
        hd_find_reference(hd_slot_at(slots, slot), op->scan.target, &end, left, &position);
    return *ret_right || end == 0;
}

/* Gives the page [search.inv.there].  False: too much of it has changed. */
static bool give_page(const struct hd_heap *heap, struct hd_op *op)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    const struct hd_scan *scan = &op->scan;
    bool has_changed = heap->changes != scan->changes;
    uint64_t left = RECHECKED_MAX;
    size_t count = 0;

    for (size_t i = 0; i < scan->found; i++) {
        uint64_t found = op->in.ids.ret_ids[i];
        bool right = true;

        if (has_changed && !recheck(heap, op, found, &left, &right)) {
            return false;
        }
        if (right) { /* it is written where it, or one before it, was read */
            op->in.ids.ret_ids[count++] = hd_slots_id(slots, (uint32_t)found);
        }
    }
    op->out.ids.count = count;
    op->out.ids.cursor = scan->at < slots->containers.high ? scan->at : 0;
    return true;
}

/* Goes on until the page is full or there is nothing more to find.  False: the steps are used
 * up. */
static bool gather(const struct hd_heap *heap, struct hd_op *op, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    bool searches = op->code == HD_OP_GET_REFERRERS;
    unsigned wanted = wanted_of(op);
    struct hd_scan *scan = &op->scan;

    while (scan->found < op->in.ids.max) {
        uint32_t position = 0;
        uint32_t slot;

        if (!find_next(slots, wanted, scan, steps)) {
            return *steps > 0;
        }
        slot = scan->at;
        if (searches && slot + AHEAD < slots->containers.high) { /* bodies lie anywhere */
            hd_fetch(hd_slot_body(hd_slot_at(slots, slot + AHEAD)));
        }
        if (scan->end == UINT32_MAX) { /* paid for once, whatever a slice can pay */
            scan->end--;
            hd_pay_steps(steps, searches ? STEPS_SEARCHED : STEPS_MEMBER);
        }
        if (!searches || hd_find_reference(hd_slot_at(slots, slot), scan->target, &scan->end,
                                           steps, &position)) {
            op->in.ids.ret_ids[scan->found++] = slot | (uint64_t)position << 32;
        } else if (scan->end > 0) {
            return false;
        }
        scan->at++;
        scan->end = UINT32_MAX;
    }
    return true;
}

bool hd_scan_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    uint64_t steps = (uint64_t)*units * HD_UNIT_STEPS;
    uint32_t slot;
    bool full;

    if (op->code == HD_OP_GET_REFERRERS &&
        hd_slots_resolve(hd_objects_slots(heap->objects), op->scan.target_id, &slot,
                         &op->error) != HD_OK) {
        return true;
    }
    full = gather(heap, op, &steps);
    *units = (uint32_t)(steps / HD_UNIT_STEPS);
    if (!full || give_page(heap, op)) {
        return full;
    }
    if (++op->scan.tries == TRIES) {
        (void)hd_fail(&op->error, HD_ABORTED, HD_REASON_CHANGED,
                      "what refers to object %" PRIu64
                      " changed %d times while it was looked for",
                      op->scan.target_id, TRIES);
        return true;
    }
    start_page(heap, op);
    *units = 0;
    return false;
}
