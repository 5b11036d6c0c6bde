/* SPDX-License-Identifier: MIT */
/* undo.c: what an atomic batch notes of its operations. */
#include "heap/undo.h"

#include "base/check.h"
#include "heap/internal.h"

/* Notes, and references given up, of an operation that does not ask for more. */
#define FEW 16

static void keep(struct hd_keeper *keeper, uint32_t slot, uint32_t n)
{
    struct hd_undo *undo = HD_CONTAINER_OF(keeper, struct hd_undo, keeper);
    bool kept = hd_holds_add(&undo->kept, slot, n);

    HD_CHECK(kept); /* no more than the object's count */
}

static bool give_back(struct hd_keeper *keeper, uint32_t slot, uint32_t n)
{
    struct hd_undo *undo = HD_CONTAINER_OF(keeper, struct hd_undo, keeper);
    struct hd_hold *hold = hd_holds_find(&undo->kept, slot);

    if (hold == NULL || hold->count < n) {
        return false;
    }
    hd_holds_remove(&undo->kept, hold, n);
    return true;
}

struct hd_undo *hd_undo_new(const struct hd_allocator *allocator)
{
    struct hd_undo *undo = hd_alloc(allocator, sizeof *undo);

    if (undo != NULL) {
        *undo = (struct hd_undo){.keeper = {keep, give_back}, .allocator = allocator};
        hd_holds_init(&undo->kept, allocator);
        hd_holds_init(&undo->changed, allocator);
    }
    return undo;
}

void hd_undo_free(struct hd_undo *undo)
{
    if (undo != NULL) {
        HD_CHECK(undo->count == 0);
        hd_holds_fini(&undo->kept);
        hd_holds_fini(&undo->changed);
        hd_free(undo->allocator, undo->notes, undo->capacity * sizeof *undo->notes);
        hd_free(undo->allocator, undo, sizeof *undo);
    }
}

/* Beside the note itself. */
static size_t note_bytes(const struct hd_note *note)
{
    switch (note->what) {
    case HD_NOTE_UNBOUND:
        return note->name.old.listed ? 0 : note->name.old.size;
    case HD_NOTE_RETURNED:
        return hd_frame_bytes(note->frame);
    default:
        return 0;
    }
}

size_t hd_undo_bytes(const struct hd_undo *undo)
{
    size_t bytes = sizeof *undo + undo->capacity * sizeof *undo->notes +
                   hd_holds_bytes(&undo->kept) + hd_holds_bytes(&undo->changed);

    for (size_t i = 0; i < undo->count; i++) {
        bytes += note_bytes(&undo->notes[i]);
    }
    return bytes;
}

struct hd_undo *hd_op_undo(const struct hd_op *op)
{
    return op->batch == NULL ? NULL : op->batch->undo;
}

/* So many references more to remember or to keep. */
static enum hd_status count_references(struct hd_undo *undo, uint64_t n, struct hd_error *error)
{
    if (n > HD_UNDO_REFERENCES - undo->references) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_BATCH,
                       "to be undone the batch would have to remember more than %u references",
                       HD_UNDO_REFERENCES);
    }
    undo->references += n;
    return HD_OK;
}

static enum hd_status make_room(struct hd_undo *undo, uint32_t n, struct hd_error *error)
{
    struct hd_note *notes =
        hd_grow(undo->allocator, undo->notes, &undo->capacity, undo->count + n, sizeof *notes);

    if (notes != NULL) {
        undo->notes = notes;
    }
    return notes == NULL || hd_holds_reserve_many(&undo->kept, n) != HD_OK
               ? hd_refuse_memory(error, "undoing the operation")
               : HD_OK;
}

enum hd_status hd_undo_begin(struct hd_op *op)
{
    struct hd_undo *undo = hd_op_undo(op);

    return undo == NULL ? HD_OK : make_room(undo, FEW, &op->error);
}

enum hd_status hd_undo_reserve(struct hd_op *op, uint64_t n)
{
    struct hd_undo *undo = hd_op_undo(op);

    if (undo == NULL || n == 0) {
        return HD_OK;
    }
    return count_references(undo, n, &op->error) != HD_OK
               ? op->error.status
               : make_room(undo, (uint32_t)n + FEW, &op->error);
}

static struct hd_note *note(struct hd_op *op, struct hd_note what)
{
    struct hd_undo *undo = hd_op_undo(op);

    HD_CHECK(undo->count < undo->capacity);
    undo->notes[undo->count] = what;
    return &undo->notes[undo->count++];
}

enum hd_status hd_undo_change(struct hd_heap *heap, struct hd_op *op, uint32_t container,
                              uint64_t gives_up)
{
    struct hd_undo *undo = hd_op_undo(op);
    struct hd_note changed = {.what = HD_NOTE_CHANGED};

    if (undo == NULL) {
        return HD_OK;
    }
    if (hd_undo_reserve(op, gives_up) != HD_OK) {
        return op->error.status;
    }
    if (hd_holds_find(&undo->changed, container) != NULL) {
        return HD_OK;
    }
    if (hd_holds_reserve(&undo->changed) != HD_OK) {
        return hd_refuse_memory(&op->error, "undoing the operation");
    }
    if (count_references(undo, hd_snapshot_cost(heap->objects, container), &op->error) !=
            HD_OK ||
        hd_snapshot_take(heap->objects, container, &changed.snapshot, &op->error) != HD_OK) {
        return op->error.status;
    }
    (void)hd_holds_add(&undo->changed, container, 1);
    (void)note(op, changed);
    return HD_OK;
}

void hd_undo_note_held(struct hd_op *op, struct hd_frame *frame, uint32_t slot, uint32_t n)
{
    struct hd_holds *holds = &frame->holds;

    if (hd_op_undo(op) != NULL) {
        uint32_t number = hd_holds_number(holds, hd_holds_find(holds, slot));

        (void)note(op,
                   (struct hd_note){.what = HD_NOTE_HELD, .held = {holds, number, slot, n}});
        holds->rows.pins++;
    }
}

void hd_undo_note_released(struct hd_op *op, struct hd_frame *frame, const struct hd_hold *hold,
                           uint32_t n)
{
    struct hd_holds *holds = &frame->holds;

    if (hd_op_undo(op) != NULL) {
        (void)note(
            op, (struct hd_note){.what = HD_NOTE_RELEASED,
                                 .held = {holds, hd_holds_number(holds, hold), hold->slot, n}});
        holds->rows.pins++;
    }
}

void hd_undo_note_bound(struct hd_op *op, struct hd_names *names, const struct hd_name *name,
                        uint32_t old)
{
    if (hd_op_undo(op) != NULL) {
        (void)note(op, (struct hd_note){.what = HD_NOTE_BOUND,
                                        .name = {names, hd_names_number(names, name),
                                                 (struct hd_name){.slot = old}}});
        names->rows.pins++;
    }
}

uint32_t hd_undo_unbind(struct hd_op *op, struct hd_names *names, struct hd_name *name)
{
    uint32_t number = hd_names_number(names, name);
    struct hd_note *unbound;

    if (hd_op_undo(op) == NULL) {
        return hd_names_unset(names, name);
    }
    unbound =
        note(op, (struct hd_note){.what = HD_NOTE_UNBOUND, .name = {names, number, {{0}}}});
    unbound->name.old = hd_names_set_aside(names, name);
    names->rows.pins++;
    return unbound->name.old.slot;
}

void hd_undo_note_called(struct hd_op *op)
{
    if (hd_op_undo(op) != NULL) {
        (void)note(op, (struct hd_note){.what = HD_NOTE_CALLED});
    }
}

static void each_of_frame(struct hd_frame *frame, void (*visit)(void *ctx, uint32_t, uint32_t),
                          void *ctx)
{
    for (uint32_t i = 0; i < frame->names.rows.used; i++) {
        const struct hd_name *name = hd_names_at(&frame->names, i);

        if (name->text != NULL && name->slot != 0) {
            visit(ctx, name->slot, 1);
        }
    }
    for (uint32_t i = 0; i < frame->holds.rows.used; i++) {
        const struct hd_hold *hold = hd_holds_at(&frame->holds, i);

        if (hold->slot != 0) {
            visit(ctx, hold->slot, hold->count);
        }
    }
}

struct side {
    struct hd_heap *heap;
    struct hd_undo *undo;
    struct hd_cascade *cascade;
};

static void give_up(void *ctx, uint32_t slot, uint32_t n)
{
    const struct side *side = ctx;

    hd_refs_drop_many(side->heap->objects, side->cascade, slot, n);
}

static void take_again(void *ctx, uint32_t slot, uint32_t n)
{
    const struct side *side = ctx;
    bool given = give_back(&side->undo->keeper, slot, n);

    hd_refs_restore(side->heap->objects, slot, given ? 0 : n);
}

void hd_undo_leave_frame(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_session *session = op->session;
    struct hd_frame *frame = session->top;
    struct side side = {heap, hd_op_undo(op), hd_op_cascade(op)};

    session->top = frame->next;
    frame->next = NULL;
    (void)note(op, (struct hd_note){.what = HD_NOTE_RETURNED, .frame = frame});
    each_of_frame(frame, give_up, &side);
}

void hd_undo_note_interned(struct hd_op *op, uint32_t slot)
{
    const struct hd_slots *slots = hd_objects_slots_const(op->session->heap->objects);

    if (hd_op_undo(op) != NULL && (hd_slot_at(slots, slot)->flags & HD_SLOT_INTERNED) != 0) {
        (void)note(op, (struct hd_note){.what = HD_NOTE_INTERNED, .slot = slot});
    }
}

void hd_undo_note_armed(struct hd_op *op, uint32_t slot)
{
    if (hd_op_undo(op) != NULL) {
        (void)note(op, (struct hd_note){.what = HD_NOTE_ARMED, .slot = slot});
    }
}

void hd_undo_note_rearmed(struct hd_op *op, struct hd_notice *notice, struct hd_queue *old)
{
    if (hd_op_undo(op) != NULL) {
        (void)note(op, (struct hd_note){.what = HD_NOTE_REARMED, .notice = {notice, old}});
        old->pins++;
    }
}

void hd_undo_note_acknowledged(struct hd_op *op, struct hd_notice *notice)
{
    (void)note(op, (struct hd_note){.what = HD_NOTE_ACKNOWLEDGED, .notice = {notice, NULL}});
}

void hd_undo_disarm(struct hd_heap *heap, struct hd_op *op, struct hd_notice *notice)
{
    (void)note(op, (struct hd_note){.what = HD_NOTE_DISARMED, .notice = {notice, NULL}});
    hd_object_disarm(heap->objects, notice->slot);
    hd_notices_disarm(&heap->notices, notice);
    notice->queue->armed--;
    notice->queue->pins++;
}

static void unpin(struct hd_heap *heap, struct hd_queue *queue)
{
    queue->pins--;
    hd_queue_free_if_done(heap, queue);
}

/* Undoing, one kind after the other. */

static void undo_held(const struct side *side, const struct hd_note *held)
{
    struct hd_holds *holds = held->held.holds;

    holds->rows.pins--;
    if (held->what == HD_NOTE_HELD) {
        hd_holds_remove(holds, hd_holds_at(holds, held->held.number), held->held.n);
        hd_refs_drop_many(side->heap->objects, side->cascade, held->held.slot, held->held.n);
    } else {
        hd_holds_put_back(holds, held->held.number, held->held.slot, held->held.n);
        take_again((void *)(uintptr_t)side, held->held.slot, held->held.n);
    }
}

static void undo_bound(const struct side *side, const struct hd_note *bound)
{
    struct hd_names *names = bound->name.names;
    struct hd_name *name = hd_names_at(names, bound->name.number);
    uint32_t slot = name->slot;

    names->rows.pins--;
    if (bound->name.old.slot == 0) {
        (void)hd_names_unset(names, name);
    } else {
        (void)hd_names_set(names, name, bound->name.old.slot);
        take_again((void *)(uintptr_t)side, bound->name.old.slot, 1);
    }
    hd_refs_drop(side->heap->objects, side->cascade, slot);
}

static void undo_unbound(const struct side *side, const struct hd_note *unbound)
{
    struct hd_names *names = unbound->name.names;

    names->rows.pins--;
    hd_names_put_back(names, unbound->name.number, &unbound->name.old);
    take_again((void *)(uintptr_t)side, unbound->name.old.slot, 1);
}

static void undo_frame(struct side *side, struct hd_session *session,
                       const struct hd_note *note)
{
    struct hd_frame *frame = note->frame;

    if (note->what == HD_NOTE_RETURNED) {
        frame->next = session->top;
        session->top = frame;
        each_of_frame(frame, take_again, side);
        return;
    }
    frame = session->top;
    session->top = frame->next;
    while (hd_frame_release_next(frame, side->heap->objects, side->cascade)) {
        /* its arguments: what it held besides has been undone */
    }
    hd_frame_free(frame);
}

static void undo_notice(struct hd_heap *heap, const struct hd_note *note)
{
    struct hd_notice *notice = note->what == HD_NOTE_ARMED
                                   ? hd_notices_armed(&heap->notices, note->slot)
                                   : note->notice.notice;

    switch (note->what) {
    case HD_NOTE_ARMED:
        if (!notice->is_callback) {
            hd_object_disarm(heap->objects, notice->slot);
        }
        hd_notice_drop(heap, notice);
        break;
    case HD_NOTE_REARMED:
        notice->queue->armed--;
        notice->queue = note->notice.queue;
        notice->queue->armed++;
        notice->queue->pins--;
        break;
    case HD_NOTE_DISARMED:
        hd_notices_rearm(&heap->notices, notice);
        hd_object_arm(heap->objects, notice->slot);
        notice->queue->armed++;
        notice->queue->pins--;
        break;
    default:
        notice->is_judged = false;
        break;
    }
}

static void undo_one(struct side *side, struct hd_session *session, struct hd_note *note)
{
    switch (note->what) {
    case HD_NOTE_CHANGED:
        hd_snapshot_restore(side->heap->objects, &side->undo->keeper, side->cascade,
                            &note->snapshot);
        break;
    case HD_NOTE_HELD:
    case HD_NOTE_RELEASED:
        undo_held(side, note);
        break;
    case HD_NOTE_BOUND:
        undo_bound(side, note);
        break;
    case HD_NOTE_UNBOUND:
        undo_unbound(side, note);
        break;
    case HD_NOTE_CALLED:
    case HD_NOTE_RETURNED:
        undo_frame(side, session, note);
        break;
    case HD_NOTE_INTERNED:
        hd_object_unintern(side->heap->objects, note->slot);
        break;
    default:
        undo_notice(side->heap, note);
        break;
    }
}

/* What was noted stands, or has been taken back by the operation: the note is forgotten. */
static void forget(struct hd_heap *heap, struct hd_note *note)
{
    switch (note->what) {
    case HD_NOTE_CHANGED:
        hd_snapshot_forget(heap->objects, &note->snapshot);
        break;
    case HD_NOTE_HELD:
    case HD_NOTE_RELEASED:
        note->held.holds->rows.pins--;
        break;
    case HD_NOTE_BOUND:
        note->name.names->rows.pins--;
        break;
    case HD_NOTE_UNBOUND:
        note->name.names->rows.pins--;
        hd_names_forget(note->name.names, &note->name.old);
        break;
    case HD_NOTE_RETURNED:
        hd_frame_free(note->frame); /* what it referred to has been given up */
        break;
    case HD_NOTE_REARMED:
        unpin(heap, note->notice.queue);
        break;
    case HD_NOTE_DISARMED: {
        struct hd_queue *queue = note->notice.notice->queue;

        hd_notices_free(&heap->notices, note->notice.notice);
        unpin(heap, queue);
        break;
    }
    default:
        break;
    }
}

void hd_undo_cut(struct hd_heap *heap, struct hd_undo *undo, size_t count)
{
    while (undo->count > count) {
        struct hd_note *note = &undo->notes[--undo->count];

        if (note->what == HD_NOTE_CHANGED) {
            hd_holds_remove(&undo->changed, hd_holds_find(&undo->changed, note->snapshot.slot),
                            1);
        }
        forget(heap, note);
    }
}

void hd_undo_roll_back(struct hd_heap *heap, struct hd_session *session, struct hd_undo *undo,
                       struct hd_cascade *cascade)
{
    struct side side = {heap, undo, cascade};

    while (undo->count > 0) {
        undo_one(&side, session, &undo->notes[--undo->count]);
    }
}

void hd_undo_confirm(struct hd_heap *heap, struct hd_undo *undo, struct hd_cascade *cascade)
{
    for (size_t i = 0; i < undo->count; i++) {
        struct hd_note *note = &undo->notes[i];

        if (note->what == HD_NOTE_ACKNOWLEDGED) {
            note->notice.notice->is_judged = false;
            hd_acknowledge(heap, note->notice.notice, cascade);
        } else {
            forget(heap, note);
        }
    }
    undo->count = 0;
}
