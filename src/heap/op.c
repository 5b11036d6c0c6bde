/* SPDX-License-Identifier: MIT */
/* op.c: the door: one operation is judged and carried out; release work goes on in slices.
 *
 * What an operation has still to do once its effects stand is release work:
 * its cascade, the frames its session is leaving, the results of a batch, the
 * frames of an ending session; in this order, and the cascade is worked off
 * before the next reference is released, so that deaths go in order. */
#include "heap/op.h"

#include <string.h>

#include "base/check.h"
#include "heap/internal.h"

/* Units an operation gets before it is the next one's turn. */
#define TURN_UNITS 256

/* It stands in a batch, which does not end with it. */
static bool is_inside(const struct hd_op *op)
{
    return op->batch != NULL && op->code != HD_OP_BATCH_BEGIN && op->code != HD_OP_BATCH_END;
}

/* It stands in an atomic batch. */
static struct hd_undo *atomic_of(const struct hd_op *op)
{
    return is_inside(op) ? op->batch->undo : NULL;
}

/* So far it has changed nothing; a copy in the making takes and drops references. */
static bool reads(const struct hd_op *op)
{
    return (op->searching && !hd_op_copies(op)) ||
           (hd_op_table[op->code].is & HD_OP_READS) != 0;
}

/* Releases the next reference of a frame that the session is leaving.  False: there is none. */
static bool leave_next(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_session *session = op->session;
    struct hd_frame *frame = session == NULL ? NULL : session->leaving;

    if (frame == NULL) {
        return false;
    }
    if (!hd_frame_release_next(frame, heap->objects, hd_op_cascade(op))) {
        session->leaving = frame->next;
        hd_frame_free(frame);
    }
    return true;
}

static bool work_on(struct hd_heap *heap, struct hd_op *op, hd_work_fn own, uint32_t *units)
{
    struct hd_cascade *cascade = hd_op_cascade(op);

    for (;;) {
        if (cascade->top != 0 && !hd_refs_work(heap->objects, cascade, units)) {
            return false;
        }
        if (*units == 0) {
            return false;
        }
        if (leave_next(heap, op)) {
            (*units)--;
        } else if (own != NULL && !own(heap, op, units)) {
            continue;
        } else if (cascade->top == 0 && (reads(op) || !hd_pending_look(heap, cascade))) {
            return true;
        }
    }
}

bool hd_op_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    return work_on(heap, op, hd_op_table[op->code].work, units);
}

bool hd_op_release_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    bool releases = (hd_op_table[op->code].is & HD_OP_RELEASES) != 0;

    return work_on(heap, op, releases ? hd_op_table[op->code].work : NULL, units);
}

/* It is done: what it was about goes. */
static void conclude(struct hd_op *op)
{
    if (op->session == NULL) {
        return;
    }
    op->session->busy = NULL;
    if (op->code == HD_OP_BATCH_END) {
        op->session->batch = NULL;
        hd_batch_free(op->batch);
        op->batch = NULL;
    } else if (op->code == HD_OP_SESSION_END) {
        hd_session_free(op->session);
        op->session = NULL;
    }
}

static bool collect_if_due(struct hd_heap *heap, struct hd_op *op)
{
    int generation = hd_collector_due(heap->collector);

    if (generation >= 0) {
        hd_collection_begin(heap, op, (unsigned)generation, HD_EVENT_BY_THRESHOLD);
    }
    return generation >= 0;
}

/* What a refused operation had made itself is on top of the cascade, and few; what that refers
 * to was referred to before. */
static void unmake(struct hd_heap *heap, struct hd_cascade *cascade, uint32_t top)
{
    struct hd_keeper *keeper = cascade->keeper;

    cascade->keeper = NULL;
    while (cascade->top != top) {
        uint32_t one = 1;

        (void)hd_refs_work(heap->objects, cascade, &one);
    }
    cascade->keeper = keeper;
}

/* After a refusal there is nothing but the end. */
static enum hd_status judge_atomic(const struct hd_undo *undo, struct hd_op *op)
{
    if (undo->failed) {
        return hd_fail(&op->error, HD_FAILED_PRECONDITION, HD_REASON_BATCH_FAILED,
                       "an earlier operation of the atomic batch was refused");
    }
    return hd_undo_begin(op);
}

/* One slice is all it is. */
static bool is_slice(const struct hd_op *op)
{
    return (op->code == HD_OP_TRIM && op->in.trim.units > 0) || op->code == HD_OP_EXPIRE;
}

static bool is_aside(const struct hd_op *op)
{
    return (hd_op_table[op->code].is & HD_OP_ASIDE) != 0;
}

static void check_sender(const struct hd_heap *heap, const struct hd_op *op)
{
    const struct hd_session *session = op->session;

    HD_CHECK((unsigned)op->code < HD_OP_COUNT);
    HD_CHECK(session != NULL ? session->heap == heap && (session->busy == NULL || is_aside(op))
                             : is_slice(op));
    HD_CHECK(op->batch == NULL || session->batch == op->batch);
    HD_CHECK(atomic_of(op) == NULL || (hd_op_table[op->code].is & HD_OP_UNDOABLE) != 0);
}

/* Judges and changes; at a limit, again after room was made.  A refused function has changed
 * nothing: what runs in between runs between operations. */
static enum hd_status carry_out(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_cascade *cascade = hd_op_cascade(op);
    struct hd_undo *undo = atomic_of(op);
    size_t noted = undo == NULL ? 0 : undo->count;
    bool numbered = !is_inside(op);
    struct hd_relief relief = hd_relief_before(heap);
    enum hd_status status;

    do {
        uint32_t top = cascade->top;

        hd_error_clear(&op->error);
        memset(&op->out, 0, sizeof op->out);
        hd_quota_begin(&heap->quota, (hd_op_table[op->code].is & HD_OP_GIVES) != 0);
        hd_objects_set_account(heap->objects, op->session == NULL ? 0 : op->session->account);
        status = HD_OK;
        if (!numbered) {
            status = hd_batch_next(op->batch, &op->error);
            numbered = status == HD_OK;
        }
        if (status == HD_OK && undo != NULL) {
            status = judge_atomic(undo, op);
        }
        if (status == HD_OK) {
            status = hd_op_table[op->code].carry_out(heap, op);
        }
        if (status != HD_OK) {
            HD_CHECK(op->error.status == status);
            unmake(heap, cascade, top);
        }
        if (status != HD_OK && undo != NULL) {
            hd_undo_cut(heap, undo, noted);
            undo->failed = true;
        }
    } while (status != HD_OK && hd_relieve(heap, op, &relief));
    return status;
}

/* It releases, and is no collection, which is timed by itself, nor a search. */
static bool is_timed(const struct hd_op *op)
{
    return !reads(op) && op->code != HD_OP_COLLECT && op->code != HD_OP_FREEZE &&
           op->code != HD_OP_UNFREEZE && op->code != HD_OP_TRIM;
}

static bool work_timed(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    struct hd_pause pause = {.kind = HD_PAUSE_CASCADE};
    struct hd_pause_start start;
    uint32_t before = *units;
    bool done;

    if (!is_timed(op)) {
        return hd_op_work(heap, op, units);
    }
    start = hd_pause_begin(heap);
    done = hd_op_work(heap, op, units);
    pause.units = before - *units;
    (void)hd_pause_end(heap, start, &pause);
    return done;
}

/* Most operations release so little that to read the clock would cost more. */
#define UNTIMED_UNITS 64u

static bool begin_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    uint32_t few = *units < UNTIMED_UNITS ? *units : UNTIMED_UNITS;
    uint32_t left = few;
    bool done = hd_op_work(heap, op, &left);

    *units -= few - left;
    return done || *units == 0 ? done : work_timed(heap, op, units);
}

/* As most are: nothing dies, nothing is left, and it has no work of its own. */
static bool is_over(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_cascade *cascade = hd_op_cascade(op);

    return hd_op_table[op->code].work == NULL && cascade->top == 0 &&
           (op->session == NULL || op->session->leaving == NULL) &&
           !hd_pending_look(heap, cascade);
}

/* Its effects stand: it goes on with what is left, and collects what is due.  True: nothing is
 * left to do. */
static bool follow_up(struct hd_heap *heap, struct hd_op *op, bool done, uint32_t *units)
{
    heap->changes++;
    if (is_aside(op)) {
        return true;
    }
    heap->quota.change += HD_OP_CHANGE;
    if (atomic_of(op) != NULL) {
        while (!hd_refs_work(heap->objects, hd_op_cascade(op), units)) {
            *units = heap->options.slice_units; /* shells: what they have goes to the batch */
        }
        return true;
    }
    done = done || (*units > 0 && is_over(heap, op)) || begin_work(heap, op, units);
    if (op->session != NULL && collect_if_due(heap, op)) {
        done = begin_work(heap, op, units);
    }
    hd_collection_assist(heap);
    return done;
}

/* True: nothing is left to do. */
static bool first_slice(struct hd_heap *heap, struct hd_op *op, uint32_t units)
{
    bool done = reads(op) && hd_op_work(heap, op, &units);

    return reads(op) ? done : follow_up(heap, op, done, &units);
}

/* Effects and results stand.  False: it goes on in hd_heap_work. */
static bool has_ended(struct hd_op *op, bool done)
{
    if (is_inside(op)) {
        return true; /* what is left waits for the batch's end */
    }
    if (is_aside(op)) {
        return true;
    }
    if (done) {
        conclude(op);
    } else if (op->code == HD_OP_TRIM && is_slice(op)) {
        op->out.trim.more = true;
    }
    return done || is_slice(op);
}

static uint32_t units_of(const struct hd_heap *heap, const struct hd_op *op)
{
    return op->code == HD_OP_TRIM && is_slice(op) ? op->in.trim.units
                                                  : heap->options.slice_units;
}

enum hd_progress hd_heap_do(struct hd_heap *heap, struct hd_op *op)
{
    bool ended;

    check_sender(heap, op);
    op->cascade = (struct hd_cascade){0};
    hd_list_init(&op->running);
    heap->current = op;
    if (carry_out(heap, op) != HD_OK) {
        memset(&op->out, 0, sizeof op->out);
        heap->current = NULL;
        return HD_DONE;
    }
    ended = has_ended(op, first_slice(heap, op, units_of(heap, op)));
    heap->current = NULL;
    if (ended) {
        return HD_DONE;
    }
    op->session->busy = op;
    hd_list_push_back(&heap->running, &op->running);
    return HD_MORE;
}

/* The collector's own work takes its turn. */
static void collector_turn(struct hd_heap *heap, uint32_t *units)
{
    uint32_t turn = *units < TURN_UNITS ? *units : TURN_UNITS;
    uint32_t left = turn;

    if (hd_collector_has_work(heap->collector)) {
        heap->changes++;
        (void)hd_collection_work(heap, &left);
        *units -= turn == left ? 1 : turn - left;
    }
}

static void run_next(struct hd_heap *heap, uint32_t *units)
{
    struct hd_op *op = HD_CONTAINER_OF(hd_list_first(&heap->running), struct hd_op, running);
    uint32_t turn = *units < TURN_UNITS ? *units : TURN_UNITS;
    uint32_t left = turn;
    bool searched = op->searching;
    bool done = work_timed(heap, op, &left);

    if (searched && !op->searching) {
        done = follow_up(heap, op, done, &left);
    } else {
        heap->changes += !reads(op);
    }
    *units -= turn - left;
    hd_list_unlink(&op->running);
    if (!done) {
        hd_list_push_back(&heap->running, &op->running);
        return;
    }
    *units -= turn == left; /* that it was done had to be found out */
    conclude(op);
    if (op->finished != NULL) {
        op->finished(op, op->ctx);
    }
}

bool hd_heap_work(struct hd_heap *heap, uint32_t units)
{
    while (units > 0 && hd_heap_has_work(heap)) {
        collector_turn(heap, &units);
        if (units > 0 && !hd_list_is_empty(&heap->running)) {
            run_next(heap, &units);
        }
    }
    return hd_heap_has_work(heap);
}

bool hd_heap_has_work(const struct hd_heap *heap)
{
    return !hd_list_is_empty(&heap->running) || hd_collector_has_work(heap->collector);
}
