/* SPDX-License-Identifier: MIT */
/* inspect_sessions.c: who is there, and what each has. */
#include <inttypes.h>

#include "heap/inspect.h"
#include "heap/internal.h"

/* Frames and entries looked at for one page. */
#define PAGE_STEPS 65536

static void sum_up(const struct hd_session *session, struct hd_session_info *info)
{
    for (const struct hd_frame *frame = session->top; frame != NULL; frame = frame->next) {
        info->frames++;
        info->names += frame->names.bound;
        info->holds += frame->holds.rows.live;
    }
}

size_t hd_inspect_sessions(const struct hd_heap *heap, uint64_t *cursor, size_t max,
                           struct hd_session_info *ret_sessions)
{
    uint64_t looked_at = 0;
    size_t n = 0;

    HD_LIST_FOREACH (element, &heap->sessions) {
        const struct hd_session *session = HD_CONTAINER_OF(element, struct hd_session, link);
        const struct hd_op *busy = session->busy;

        if (session->number < *cursor) {
            continue;
        }
        if (n == max || looked_at > PAGE_STEPS) {
            *cursor = session->number;
            return n;
        }
        ret_sessions[n] = (struct hd_session_info){
            .number = session->number,
            .account = session->account,
            .busy_with = busy == NULL ? NULL : hd_op_name(busy->code),
            .ending = busy != NULL && busy->code == HD_OP_SESSION_END,
        };
        sum_up(session, &ret_sessions[n]);
        looked_at += ret_sessions[n++].frames;
    }
    *cursor = 0;
    return n;
}

static const struct hd_session *find_session(const struct hd_heap *heap, uint64_t number)
{
    HD_LIST_FOREACH (element, &heap->sessions) {
        const struct hd_session *session = HD_CONTAINER_OF(element, struct hd_session, link);

        if (session->number == number) {
            return session;
        }
    }
    return NULL;
}

enum hd_status hd_no_such_session(uint64_t number, struct hd_error *error)
{
    return hd_fail(error, HD_NOT_FOUND, HD_REASON_NO_SUCH_SESSION,
                   "there is no session %" PRIu64, number);
}

enum hd_status hd_inspect_holdings(const struct hd_heap *heap, uint64_t session,
                                   uint64_t *cursor, size_t max,
                                   struct hd_holding *ret_holdings, size_t *ret_count,
                                   struct hd_error *error)
{
    const struct hd_session *of = find_session(heap, session);
    uint64_t steps = PAGE_STEPS;
    struct hd_roots roots;
    size_t n = 0;

    if (of == NULL) {
        return hd_no_such_session(session, error);
    }
    hd_roots_begin_session(&roots, of);
    if (*cursor != 0) {
        hd_roots_seek(&roots, *cursor);
    }
    while (n < max && hd_roots_next(&roots, &steps, &ret_holdings[n].owner,
                                    &ret_holdings[n].slot, &ret_holdings[n].count)) {
        const struct hd_frame *frame =
            ret_holdings[n].owner.what == HD_OWNER_BATCH ? NULL : roots.frame;

        ret_holdings[n++].function =
            frame == NULL ? (struct hd_bytes){0}
                          : (struct hd_bytes){frame->function, frame->function_size};
    }
    *cursor = roots.stage == HD_ROOTS_END ? 0 : hd_roots_place(&roots);
    *ret_count = n;
    return HD_OK;
}
