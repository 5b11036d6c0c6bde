/* SPDX-License-Identifier: MIT */
/* result.c: the references that protect what an operation gives, and Hold and Release. */
#include <inttypes.h>

#include "base/check.h"
#include "heap/internal.h"

struct hd_cascade *hd_op_cascade(struct hd_op *op)
{
    bool inside =
        op->batch != NULL && op->code != HD_OP_BATCH_BEGIN && op->code != HD_OP_BATCH_END;

    return inside ? &op->batch->cascade : &op->cascade;
}

struct hd_frame *hd_result_frame(const struct hd_op *op, bool hold)
{
    return hold ? op->session->top : NULL;
}

enum hd_status hd_hold_reserve(const struct hd_heap *heap, struct hd_frame *frame,
                               uint32_t slot, struct hd_error *error)
{
    uint32_t max = heap->options.limits.holds;

    if ((frame->holds.rows.live < max && hd_holds_has_room(&frame->holds)) ||
        hd_holds_find(&frame->holds, slot) != NULL) {
        return HD_OK;
    }
    if (frame->holds.rows.live >= max) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_HOLDS,
                       "the frame holds %u objects, and may not hold more", max);
    }
    if (hd_holds_reserve(&frame->holds) != HD_OK) {
        return hd_refuse_memory(error, "one more hold");
    }
    return HD_OK;
}

enum hd_status hd_result_keep(struct hd_heap *heap, struct hd_op *op, struct hd_frame *frame,
                              uint32_t slot)
{
    uint32_t n = (uint32_t)(frame != NULL) + (uint32_t)(op->batch != NULL);
    enum hd_status status;

    if (frame != NULL) {
        status = hd_hold_reserve(heap, frame, slot, &op->error);
        if (status != HD_OK) {
            return status;
        }
    }
    if (n > 0 && !hd_refs_take_many(heap->objects, slot, n)) {
        return hd_refuse_count(heap, slot, &op->error);
    }
    if (frame != NULL && !hd_holds_add(&frame->holds, slot, 1)) {
        hd_refs_drop_many(heap->objects, hd_op_cascade(op), slot, n);
        return hd_refuse_count(heap, slot, &op->error);
    }
    if (frame != NULL) {
        hd_undo_note_held(op, frame, slot, 1);
    }
    if (op->batch != NULL) {
        hd_batch_keep(op->batch, slot);
    }
    op->out.id = hd_slots_id(hd_objects_slots(heap->objects), slot);
    return HD_OK;
}

void hd_result_undo(struct hd_heap *heap, struct hd_op *op, struct hd_frame *frame,
                    uint32_t slot)
{
    if (op->batch != NULL) {
        hd_batch_unkeep(op->batch, slot);
        hd_refs_drop(heap->objects, hd_op_cascade(op), slot);
    }
    if (frame != NULL) {
        hd_holds_remove(&frame->holds, hd_holds_find(&frame->holds, slot), 1);
        hd_refs_drop(heap->objects, hd_op_cascade(op), slot);
    }
    op->out.id = 0;
}

/* How many operands ahead each look is: far enough for memory to answer the one before. */
enum { AHEAD_FIRST = 24, AHEAD_ENTRY = 16, AHEAD_SECOND = 8 };

/* Many objects lie anywhere: what comes next is fetched meanwhile. */
static void fetch_ahead(const struct hd_heap *heap, const struct hd_op *op, size_t index)
{
    const struct hd_operands *objects = &op->in.hold.objects;
    const struct hd_holds *holds = &op->session->top->holds;

    if (objects->ids == NULL || objects->count - index <= AHEAD_FIRST) {
        return;
    }
    hd_slots_fetch(hd_objects_slots_const(heap->objects), objects->ids[index + AHEAD_FIRST]);
    hd_holds_fetch(holds, (uint32_t)objects->ids[index + AHEAD_FIRST]);
    hd_holds_fetch_entry(holds, (uint32_t)objects->ids[index + AHEAD_ENTRY]);
    hd_holds_fetch_second(holds, (uint32_t)objects->ids[index + AHEAD_SECOND]);
}

/* Operand number index of the request, and how often. */
static enum hd_status operand_at(struct hd_heap *heap, struct hd_op *op, size_t index,
                                 uint32_t *ret_slot, uint32_t *ret_count,
                                 struct hd_error *error)
{
    *ret_count = op->in.hold.counts == NULL ? 1 : op->in.hold.counts[index];
    if (*ret_count == 0) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "count %zu is 0, and must be 1 or more", index);
    }
    return hd_operands_resolve(heap, op->session, op->batch, &op->in.hold.objects, index,
                               ret_slot, error);
}

static enum hd_status hold_one(struct hd_heap *heap, struct hd_op *op, size_t index)
{
    struct hd_frame *frame = op->session->top;
    uint32_t slot;
    uint32_t count;
    enum hd_status status = operand_at(heap, op, index, &slot, &count, &op->error);

    if (status == HD_OK) {
        status = hd_hold_reserve(heap, frame, slot, &op->error);
    }
    if (status != HD_OK) {
        return status;
    }
    if (!hd_refs_take_many(heap->objects, slot, count)) {
        return hd_refuse_count(heap, slot, &op->error);
    }
    if (!hd_holds_add(&frame->holds, slot, count)) {
        hd_refs_drop_many(heap->objects, hd_op_cascade(op), slot, count);
        return hd_refuse_count(heap, slot, &op->error);
    }
    hd_undo_note_held(op, frame, slot, count);
    return HD_OK;
}

enum hd_status hd_op_hold(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_holds *holds = &op->session->top->holds;
    size_t n = op->in.hold.objects.count;
    enum hd_status status = hd_undo_reserve(op, n);
    uint32_t slot;
    uint32_t count;
    size_t done;

    for (done = 0; status == HD_OK && done < n; done++) {
        fetch_ahead(heap, op, done);
        status = hold_one(heap, op, done);
        if (status != HD_OK) {
            break;
        }
    }
    while (status != HD_OK && done > 0) {
        done--;
        (void)operand_at(heap, op, done, &slot, &count, NULL);
        hd_holds_remove(holds, hd_holds_find(holds, slot), count);
        hd_refs_drop_many(heap->objects, hd_op_cascade(op), slot, count);
    }
    for (size_t i = 0; status == HD_OK && op->in.hold.ret_ids != NULL && i < n; i++) {
        (void)operand_at(heap, op, i, &slot, &count, NULL);
        op->in.hold.ret_ids[i] = hd_slots_id(hd_objects_slots(heap->objects), slot);
    }
    return status;
}

/* Marks n holds as leaving, those of the top frame first.  False: there are not so many.
 * ret_hold: that of the top frame, if all of them are of it. */
static bool mark_leaving(const struct hd_session *session, uint32_t slot, uint32_t n,
                         struct hd_hold **ret_hold)
{
    *ret_hold = NULL;
    for (struct hd_frame *frame = session->top; frame != NULL && n > 0; frame = frame->next) {
        struct hd_hold *hold = hd_holds_find(&frame->holds, slot);

        if (hold != NULL) {
            uint32_t here = hold->count - hold->leaving;

            here = here < n ? here : n;
            hold->leaving += here;
            *ret_hold = frame == session->top ? hold : NULL;
            n -= here;
        }
    }
    return n == 0;
}

static void forget_leaving(const struct hd_session *session, uint32_t slot)
{
    for (struct hd_frame *frame = session->top; frame != NULL; frame = frame->next) {
        struct hd_hold *hold = hd_holds_find(&frame->holds, slot);

        if (hold != NULL) {
            hold->leaving = 0;
        }
    }
}

/* It has gone already if it was named twice. */
static void let_hold_leave(struct hd_heap *heap, struct hd_op *op, struct hd_frame *frame,
                           struct hd_hold *hold)
{
    uint32_t slot = hold->slot;
    uint32_t n = hold->leaving;

    if (n > 0) {
        hd_undo_note_released(op, frame, hold, n);
        hd_holds_remove(&frame->holds, hold, n);
        hd_refs_drop_many(heap->objects, hd_op_cascade(op), slot, n);
    }
}

static void let_leave(struct hd_heap *heap, struct hd_op *op, uint32_t slot)
{
    for (struct hd_frame *frame = op->session->top; frame != NULL; frame = frame->next) {
        struct hd_hold *hold = hd_holds_find(&frame->holds, slot);

        if (hold != NULL) {
            let_hold_leave(heap, op, frame, hold);
        }
    }
}

static enum hd_status refuse_unheld(struct hd_heap *heap, struct hd_op *op, uint32_t slot)
{
    return hd_fail(&op->error, HD_FAILED_PRECONDITION, HD_REASON_NOT_HELD,
                   "this session does not hold object %" PRIu64 " that often",
                   hd_slots_id(hd_objects_slots(heap->objects), slot));
}

/* Each operand may leave from several frames. */
static uint64_t most_leaving(const struct hd_op *op)
{
    uint64_t n = op->in.hold.objects.count;
    uint64_t most = 0;

    for (const struct hd_frame *frame = op->session->top; frame != NULL; frame = frame->next) {
        most += frame->holds.rows.live < n ? frame->holds.rows.live : n;
    }
    return most;
}

/* So many operands are found once: what is beyond is looked up again. */
#define KEPT 1024u

/* Allocates nothing (outside atomic batches): what goes is marked in the holds themselves. From
 * the last to the first, so that the first lies on top of the cascade and dies first. */
enum hd_status hd_op_release(struct hd_heap *heap, struct hd_op *op)
{
    size_t n = op->in.hold.objects.count;
    enum hd_status status = hd_undo_reserve(op, most_leaving(op));
    struct hd_hold *kept[KEPT]; /* no hold moves before the next reserve */
    struct hd_hold *hold;
    uint32_t slot;
    uint32_t count;
    size_t seen;

    for (seen = 0; status == HD_OK && seen < n; seen++) {
        fetch_ahead(heap, op, seen);
        status = operand_at(heap, op, seen, &slot, &count, &op->error);
        if (status == HD_OK && !mark_leaving(op->session, slot, count, &hold)) {
            status = refuse_unheld(heap, op, slot);
        }
        if (seen < KEPT) {
            kept[seen] = status == HD_OK ? hold : NULL;
        }
    }
    while (seen > 0) {
        hold = --seen < KEPT ? kept[seen] : NULL;
        if (status == HD_OK && hold != NULL) {
            let_hold_leave(heap, op, op->session->top, hold);
        } else if (operand_at(heap, op, seen, &slot, &count, NULL) != HD_OK) {
            continue; /* named twice, and dead by now; or the one at fault */
        } else if (status == HD_OK) {
            let_leave(heap, op, slot);
        } else {
            forget_leaving(op->session, slot);
        }
    }
    return status;
}
