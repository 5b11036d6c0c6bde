/* SPDX-License-Identifier: MIT */
/* verify_rows.c: whether every table of holds and names finds what it has [heap.inv.rows]. */
#include <inttypes.h>

#include "heap/verify_internal.h"

static void check_frame(struct hd_verify *verify, const struct hd_session *session,
                        const struct hd_frame *frame)
{
    uint32_t number = frame->depth - 1;

    if (!hd_names_check(&frame->names)) {
        hd_verify_tell(verify,
                       "the names of frame %" PRIu32 " of session %" PRIu64
                       " are not as they should be",
                       number, session->number);
    }
    if (!hd_holds_check(&frame->holds)) {
        hd_verify_tell(verify,
                       "the holds of frame %" PRIu32 " of session %" PRIu64
                       " are not as they should be",
                       number, session->number);
    }
}

static void check_session(struct hd_verify *verify, const struct hd_session *session)
{
    for (const struct hd_frame *frame = session->top; frame != NULL; frame = frame->next) {
        check_frame(verify, session, frame);
    }
    for (const struct hd_frame *frame = session->leaving; frame != NULL; frame = frame->next) {
        check_frame(verify, session, frame);
    }
}

static void check_batch(struct hd_verify *verify, const struct hd_batch *batch)
{
    if (!hd_holds_check(&batch->holds) ||
        (batch->undo != NULL && !hd_holds_check(&batch->undo->kept))) {
        hd_verify_tell(
            verify, "the holds of the batch of session %" PRIu64 " are not as they should be",
            batch->session->number);
    }
}

void hd_verify_rows(struct hd_verify *verify)
{
    if (!hd_names_check(&verify->heap->names)) {
        hd_verify_tell(verify, "the heap's names are not as they should be");
    }
    HD_LIST_FOREACH (element, &verify->heap->sessions) {
        check_session(verify, HD_CONTAINER_OF(element, struct hd_session, link));
    }
    HD_LIST_FOREACH (element, &verify->heap->batches) {
        check_batch(verify, HD_CONTAINER_OF(element, struct hd_batch, link));
    }
}
