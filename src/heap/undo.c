/* SPDX-License-Identifier: MIT */
/* undo.c: what an atomic batch notes of its operations, before and when they change something.
 */
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
    unbound = note(op, (struct hd_note){.what = HD_NOTE_UNBOUND,
                                        .name = {.names = names, .number = number}});
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

struct giving {
    struct hd_objects *objects;
    struct hd_cascade *cascade;
};

static void give_up(void *ctx, uint32_t slot, uint32_t n)
{
    const struct giving *giving = ctx;

    hd_refs_drop_many(giving->objects, giving->cascade, slot, n);
}

void hd_undo_leave_frame(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_session *session = op->session;
    struct hd_frame *frame = session->top;
    struct giving giving = {heap->objects, hd_op_cascade(op)};

    session->top = frame->next;
    frame->next = NULL;
    (void)note(op, (struct hd_note){.what = HD_NOTE_RETURNED, .frame = frame});
    hd_frame_each(frame, give_up, &giving);
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
