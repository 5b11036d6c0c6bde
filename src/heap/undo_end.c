/* SPDX-License-Identifier: MIT */
/* undo_end.c: what becomes of the notes of an atomic batch: they are undone, or forgotten. */
#include "heap/undo.h"

#include "heap/internal.h"

struct side {
    struct hd_heap *heap;
    struct hd_undo *undo;
    struct hd_cascade *cascade;
};

/* What the batch has kept goes back to who had it; the others are taken anew. */
static void take_back(const struct side *side, uint32_t slot, uint32_t n)
{
    bool given = side->undo->keeper.give_back(&side->undo->keeper, slot, n);

    hd_refs_restore(side->heap->objects, slot, given ? 0 : n);
}

static void take_again(void *ctx, uint32_t slot, uint32_t n)
{
    take_back(ctx, slot, n);
}

static void undo_held(const struct side *side, const struct hd_note *held)
{
    struct hd_holds *holds = held->held.holds;

    holds->rows.pins--;
    if (held->what == HD_NOTE_HELD) {
        hd_holds_remove(holds, hd_holds_at(holds, held->held.number), held->held.n);
        hd_refs_drop_many(side->heap->objects, side->cascade, held->held.slot, held->held.n);
    } else {
        hd_holds_put_back(holds, held->held.number, held->held.slot, held->held.n);
        take_back(side, held->held.slot, held->held.n);
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
        take_back(side, bound->name.old.slot, 1);
    }
    hd_refs_drop(side->heap->objects, side->cascade, slot);
}

static void undo_unbound(const struct side *side, const struct hd_note *unbound)
{
    struct hd_names *names = unbound->name.names;

    names->rows.pins--;
    hd_names_put_back(names, unbound->name.number, &unbound->name.old);
    take_back(side, unbound->name.old.slot, 1);
}

static void undo_frame(struct side *side, struct hd_session *session,
                       const struct hd_note *note)
{
    struct hd_frame *frame = note->frame;

    if (note->what == HD_NOTE_RETURNED) {
        frame->next = session->top;
        session->top = frame;
        hd_frame_each(frame, take_again, side);
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

static void unpin(struct hd_heap *heap, struct hd_queue *queue)
{
    queue->pins--;
    hd_queue_free_if_done(heap, queue);
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
