/* SPDX-License-Identifier: MIT */
/* undo.h: what an atomic batch has to do to take itself back.
 *
 * Before an operation changes something it makes room here, and may be refused; then it
 * changes and notes, and undoing needs no memory and cannot fail.
 *
 *   [undo.inv.kept]     references that operations of the batch give up go over to it (`kept`):
 *                       nothing dies before its end.
 *   [undo.inv.reverse]  notes are undone from the last to the first: each finds what it is
 *                       about as the operation left it.
 *   [undo.inv.pins]     a scope or frame that a note names keeps the numbers of its entries.
 *
 * Containers are remembered whole when they are first changed (object/snapshot.h). */
#ifndef HD_HEAP_UNDO_H
#define HD_HEAP_UNDO_H

#include "heap/frame.h"
#include "object/snapshot.h"

/* References that a batch may remember, or keep, in all: about a budget's worth. */
#define HD_UNDO_REFERENCES UINT32_C(65536)

struct hd_heap;
struct hd_op;
struct hd_session;
struct hd_notice;
struct hd_queue;

struct hd_note {
    enum {
        HD_NOTE_CHANGED,
        HD_NOTE_HELD,
        HD_NOTE_RELEASED,
        HD_NOTE_BOUND,
        HD_NOTE_UNBOUND,
        HD_NOTE_CALLED,
        HD_NOTE_RETURNED,
        HD_NOTE_INTERNED,
        HD_NOTE_ARMED,
        HD_NOTE_REARMED,
        HD_NOTE_DISARMED,
        HD_NOTE_ACKNOWLEDGED,
    } what;
    union {
        struct hd_snapshot snapshot; /* CHANGED */
        struct {
            struct hd_holds *holds;
            uint32_t number;
            uint32_t slot;
            uint32_t n;
        } held; /* HELD, RELEASED */
        struct {
            struct hd_names *names;
            uint32_t number;
            struct hd_name old; /* UNBOUND; BOUND: its slot, or 0 */
        } name;
        struct hd_frame *frame; /* RETURNED; owned */
        uint32_t slot;          /* INTERNED; ARMED: whose notice it is */
        struct {
            struct hd_notice *notice;
            struct hd_queue *queue; /* REARMED: the old one */
        } notice;
    };
};

struct hd_undo {
    struct hd_keeper keeper;
    const struct hd_allocator *allocator;
    struct hd_holds kept;    /* [undo.inv.kept] */
    struct hd_holds changed; /* containers that are remembered */
    struct hd_note *notes;   /* owned */
    size_t capacity;
    size_t count;
    uint64_t references; /* of HD_UNDO_REFERENCES, used */
    bool failed;         /* an operation was refused */
};

/* NULL: no memory. */
struct hd_undo *hd_undo_new(const struct hd_allocator *allocator);
/* All notes have been undone or confirmed. */
void hd_undo_free(struct hd_undo *undo);
size_t hd_undo_bytes(const struct hd_undo *undo);

/* That of the operation's batch; NULL: it is not atomic, and nothing need be noted. */
struct hd_undo *hd_op_undo(const struct hd_op *op);

/* Room for n notes, and for n references given up; HD_OK if the operation needs none.
 * LIMIT_BATCH, LIMIT_MEMORY. */
enum hd_status hd_undo_reserve(struct hd_op *op, uint64_t n);
/* For an operation that is about to begin: what the few that most of them need. */
enum hd_status hd_undo_begin(struct hd_op *op);

/* The container will be changed, and give up so many references at most. */
enum hd_status hd_undo_change(struct hd_heap *heap, struct hd_op *op, uint32_t container,
                              uint64_t gives_up);

/* Once it has been done; nothing if the operation needs no notes. */
void hd_undo_note_held(struct hd_op *op, struct hd_frame *frame, uint32_t slot, uint32_t n);
void hd_undo_note_released(struct hd_op *op, struct hd_frame *frame, const struct hd_hold *hold,
                           uint32_t n); /* before it is done */
void hd_undo_note_bound(struct hd_op *op, struct hd_names *names, const struct hd_name *name,
                        uint32_t old);
void hd_undo_note_called(struct hd_op *op);
void hd_undo_note_interned(struct hd_op *op, uint32_t slot);
void hd_undo_note_armed(struct hd_op *op, uint32_t slot);
void hd_undo_note_rearmed(struct hd_op *op, struct hd_notice *notice, struct hd_queue *old);
void hd_undo_note_acknowledged(struct hd_op *op, struct hd_notice *notice);

/* Unbinds, and notes it; the slot. */
uint32_t hd_undo_unbind(struct hd_op *op, struct hd_names *names, struct hd_name *name);
/* The session leaves its top frame, and nothing of it is released yet. */
void hd_undo_leave_frame(struct hd_heap *heap, struct hd_op *op);
/* Nobody is told, and the notice is ready to be used again. */
void hd_undo_disarm(struct hd_heap *heap, struct hd_op *op, struct hd_notice *notice);

/* The operation was refused, and has undone what it did itself: what was noted since there
 * were so many notes is forgotten. */
void hd_undo_cut(struct hd_heap *heap, struct hd_undo *undo, size_t count);

/* The end.  What goes is on the cascade. */
void hd_undo_roll_back(struct hd_heap *heap, struct hd_session *session, struct hd_undo *undo,
                       struct hd_cascade *cascade);
void hd_undo_confirm(struct hd_heap *heap, struct hd_undo *undo, struct hd_cascade *cascade);

#endif
