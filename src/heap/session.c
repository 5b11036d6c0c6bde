/* SPDX-License-Identifier: MIT */
/* session.c: who owns references: a stack of frames, and those that are being left. */
#include "base/check.h"
#include "heap/internal.h"

/* [heap.inv.reserve] */
static enum hd_status refuse(struct hd_heap *heap, const char *what, struct hd_error *error)
{
    return heap->quota.refusal.reason != HD_REASON_NONE ? hd_quota_explain(&heap->quota, error)
                                                        : hd_refuse_memory(error, what);
}

enum hd_status hd_heap_open_session(struct hd_heap *heap, struct hd_session **ret_session,
                                    struct hd_error *error)
{
    const struct hd_allocator *books = &heap->books.iface;
    struct hd_session *session;

    hd_quota_begin(&heap->quota, true);
    session = hd_alloc_zeroed(books, sizeof *session);
    if (session == NULL) {
        return refuse(heap, "a session", error);
    }
    session->top = hd_frame_new(books, &heap->options.hash_key, (struct hd_bytes){0}, 1);
    if (session->top == NULL) {
        hd_free(books, session, sizeof *session);
        return refuse(heap, "a session", error);
    }
    session->heap = heap;
    session->number = ++heap->session_last;
    hd_list_init(&session->link);
    hd_list_init(&session->subscriptions);
    hd_list_push_back(&heap->sessions, &session->link);
    heap->session_count++;
    hd_events_publish(&heap->events, &(struct hd_event){.kind = HD_EVENT_SESSION_OPENED,
                                                        .session = session->number});
    *ret_session = session;
    return HD_OK;
}

enum hd_status hd_session_set_account(struct hd_session *session, uint16_t account,
                                      struct hd_error *error)
{
    struct hd_heap *heap = session->heap;

    hd_quota_begin(&heap->quota, true);
    if (hd_quota_open(&heap->quota, account) != HD_OK) {
        return refuse(heap, "one more account", error);
    }
    session->account = account;
    return HD_OK;
}

void hd_session_free(struct hd_session *session)
{
    struct hd_heap *heap = session->heap;

    HD_CHECK(session->top == NULL && session->leaving == NULL && session->batch == NULL);
    hd_roots_leave_session(&heap->roots, session);
    hd_searches_leave_session(heap, session);
    hd_list_unlink(&session->link);
    heap->session_count--;
    hd_events_publish(&heap->events, &(struct hd_event){.kind = HD_EVENT_SESSION_CLOSED,
                                                        .session = session->number});
    hd_free(&heap->books.iface, session, sizeof *session);
}

uint64_t hd_session_number(const struct hd_session *session)
{
    return session->number;
}

bool hd_session_is_busy(const struct hd_session *session)
{
    return session->busy != NULL;
}

uint32_t hd_session_depth(const struct hd_session *session)
{
    return session->top == NULL ? 0 : session->top->depth;
}

struct hd_frame *hd_session_module(const struct hd_session *session)
{
    struct hd_frame *frame = session->top;

    while (frame->next != NULL) {
        frame = frame->next;
    }
    return frame;
}

size_t hd_session_bytes(const struct hd_session *session)
{
    size_t bytes = sizeof *session;

    for (const struct hd_frame *frame = session->top; frame != NULL; frame = frame->next) {
        bytes += hd_frame_bytes(frame);
    }
    for (const struct hd_frame *frame = session->leaving; frame != NULL; frame = frame->next) {
        bytes += hd_frame_bytes(frame);
    }
    return bytes;
}

void hd_session_leave_frame(struct hd_session *session)
{
    struct hd_frame *frame = session->top;

    session->top = frame->next;
    frame->next = NULL;
    if (session->leaving == NULL) {
        session->leaving = frame;
    } else {
        session->leaving_last->next = frame;
    }
    session->leaving_last = frame;
}

enum hd_status hd_op_session_end(struct hd_heap *heap, struct hd_op *op)
{
    (void)heap;
    HD_CHECK(op->batch == NULL && op->session->batch == NULL);
    return HD_OK; /* all of it is release work */
}

bool hd_session_end_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    if (op->session->top != NULL) {
        hd_session_leave_frame(op->session);
    } else if (!hd_session_queues_next(heap, op->session, hd_op_cascade(op))) {
        return true;
    }
    (*units)--;
    return false;
}

enum hd_status hd_op_batch_begin(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_batch *batch;

    HD_CHECK(op->batch == NULL && op->session->batch == NULL);
    batch =
        hd_batch_new(&heap->books.iface, op->session, heap->options.limits.batch_operations);
    if (batch == NULL) {
        return hd_refuse_memory(&op->error, "a batch");
    }
    if (op->in.batch.atomic) {
        batch->undo = hd_undo_new(&heap->books.iface);
        if (batch->undo == NULL) {
            hd_batch_free(batch);
            return hd_refuse_memory(&op->error, "an atomic batch");
        }
    }
    hd_list_push_back(&heap->batches, &batch->link);
    op->session->batch = batch;
    op->batch = batch;
    if (op->in.batch.atomic) {
        batch->cascade.keeper = &batch->undo->keeper;
    }
    return HD_OK;
}

/* What the batch made dies at once: it is as much as the batch did. */
static void undo_batch(struct hd_heap *heap, struct hd_op *op)
{
    uint32_t units;

    hd_undo_roll_back(heap, op->session, op->batch->undo, &op->cascade);
    do {
        units = UINT32_MAX;
        (void)hd_refs_work(heap->objects, &op->cascade, &units);
    } while (!hd_batch_end_work(heap, op, &units) || op->cascade.top != 0);
}

enum hd_status hd_op_batch_end(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_undo *undo = op->batch == NULL ? NULL : op->batch->undo;

    HD_CHECK(op->batch != NULL && op->session->batch == op->batch);
    op->cascade.top = op->batch->cascade.top;
    op->cascade.unseen = op->batch->cascade.unseen;
    op->batch->cascade = (struct hd_cascade){0};
    if (undo != NULL && (undo->failed || op->in.batch.undo)) {
        undo_batch(heap, op);
        op->out.undone = true;
    } else if (undo != NULL) {
        hd_undo_confirm(heap, undo, &op->cascade);
    }
    return HD_OK;
}

bool hd_batch_end_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    struct hd_undo *undo = op->batch->undo;
    uint32_t slot;
    uint32_t count;

    /* What was given up inside goes before the results, as it does without `atomic`. */
    if ((undo == NULL || !hd_holds_take_first(&undo->kept, &slot, &count)) &&
        !hd_holds_take_first(&op->batch->holds, &slot, &count)) {
        return true;
    }
    if (slot != 0) {
        hd_refs_drop_many(heap->objects, &op->cascade, slot, count);
    }
    (*units)--;
    return false;
}

enum hd_status hd_batch_note_read(struct hd_batch *batch, struct hd_error *error)
{
    struct hd_heap *heap = batch->session->heap;
    enum hd_status status;

    hd_quota_begin(&heap->quota, true);
    status = hd_batch_next(batch, error);
    if (status != HD_OK && heap->quota.refusal.reason != HD_REASON_NONE) {
        (void)hd_quota_explain(&heap->quota, error);
    }
    return status;
}
