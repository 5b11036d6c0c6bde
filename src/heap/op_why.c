/* SPDX-License-Identifier: MIT */
/* op_why.c: Why: a shortest path from each kind of owner to an object.
 *
 * A path is given only if it is there when it is given [search.inv.there].  That nobody reaches
 * the object is said only if nothing has changed since the search began [search.inv.sure]. Else
 * it is tried again. */
#include "base/check.h"
#include "heap/search.h"
#include <inttypes.h>

#define TRIES       3
#define STEPS_CHECK 64 /* of one path */

enum hd_status hd_op_why(struct hd_heap *heap, struct hd_op *op)
{
    const struct hd_slots *slots = hd_objects_slots(heap->objects);
    uint32_t slot;
    enum hd_status status = hd_resolve(heap, op, &op->in.why.object, &slot);

    HD_CHECK(op->batch == NULL);
    if (status == HD_OK) {
        op->out.why.id = hd_slots_id(slots, slot);
        op->out.why.immortal = hd_slot_at(slots, slot)->count == HD_COUNT_IMMORTAL;
        op->out.why.exact = op->out.why.immortal;
    }
    return status;
}

size_t hd_search_bytes(const struct hd_search *search)
{
    return search == NULL ? 0 : sizeof *search + hd_trail_bytes(&search->trail);
}

void hd_searches_leave_session(struct hd_heap *heap, const struct hd_session *session)
{
    HD_LIST_FOREACH (element, &heap->running) {
        struct hd_op *op = HD_CONTAINER_OF(element, struct hd_op, running);

        if (op->code == HD_OP_WHY && op->search != NULL) {
            hd_roots_leave_session(&op->search->roots, session);
            for (uint32_t i = 0; i < op->search->found; i++) {
                hd_roots_leave_session(&op->search->owners[i], session);
            }
        }
    }
}

static bool (*const stages[HD_SEARCH_STAGES])(struct hd_search *search, uint64_t *steps) = {
    [HD_SEARCH_CLEAR] = hd_search_clear, [HD_SEARCH_ROOTS] = hd_search_roots,
    [HD_SEARCH_DYING] = hd_search_dying, [HD_SEARCH_SPREAD] = hd_search_spread,
    [HD_SEARCH_TRACE] = hd_path_trace,   [HD_SEARCH_PLACES] = hd_path_places,
    [HD_SEARCH_OWNER] = hd_path_owner,   [HD_SEARCH_FREE] = hd_search_free,
};

static void enter(struct hd_search *search, enum hd_search_stage stage)
{
    search->stage = stage;
    search->end = UINT32_MAX;
    if (stage == HD_SEARCH_ROOTS || stage == HD_SEARCH_OWNER) {
        hd_roots_begin(&search->roots, search->heap, 1u << search->kind);
    }
    if (stage == HD_SEARCH_TRACE) {
        search->paths[search->found].length = 0; /* `next` is where it begins */
    } else {
        search->next = stage == HD_SEARCH_DYING;
    }
}

/* What comes when a stage is over. */
static enum hd_search_stage follower(struct hd_search *search)
{
    if (search->refused || search->lost) {
        return search->stage == HD_SEARCH_FREE ? HD_SEARCH_CHECK : HD_SEARCH_FREE;
    }
    switch (search->stage) {
    case HD_SEARCH_CLEAR:
        search->kind++;
        search->reached = false;
        return search->kind < HD_OWNER_KINDS ? HD_SEARCH_ROOTS : HD_SEARCH_FREE;
    case HD_SEARCH_ROOTS:
        return search->reached                 ? HD_SEARCH_TRACE
               : search->kind == HD_OWNER_WORK ? HD_SEARCH_DYING
                                               : HD_SEARCH_SPREAD;
    case HD_SEARCH_SPREAD:
        return search->reached ? HD_SEARCH_TRACE : HD_SEARCH_CLEAR;
    case HD_SEARCH_OWNER:
        search->found++;
        return HD_SEARCH_CLEAR;
    default:
        return search->stage + 1;
    }
}

static void begin_try(struct hd_heap *heap, struct hd_search *search)
{
    search->changes = heap->changes;
    search->lost = false;
    search->found = 0;
    search->kind = HD_OWNER_CONTAINER; /* before the first */
    search->refused = hd_trail_init(&search->trail, &heap->books.iface,
                                    hd_objects_slots(heap->objects)->containers.high) != HD_OK;
    enter(search, search->refused ? HD_SEARCH_FREE : HD_SEARCH_CLEAR);
}

/* The whole search again, or no more. */
static bool try_again(struct hd_op *op)
{
    op->search->stage = HD_SEARCH_BEGIN;
    if (++op->search->tries < TRIES) {
        return true;
    }
    (void)hd_fail(
        &op->error, HD_ABORTED, HD_REASON_CHANGED,
        "the heap changed %d times while it was searched for what holds object %" PRIu64, TRIES,
        op->search->target_id);
    return false;
}

/* The answer.  True: the search is over. */
static bool answer(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_search *search = op->search;
    bool same = search->changes == heap->changes;

    if (op->error.status != HD_OK) {
        return true;
    }
    if (search->lost || !hd_path_check(search) || (search->found == 0 && !same)) {
        return !try_again(op);
    }
    op->out.why.paths = search->found;
    op->out.why.exact = same;
    return true;
}

void hd_search_refuse(struct hd_heap *heap, struct hd_op *op)
{
    (void)hd_refuse_memory(&op->error, "the search");
    if (heap->quota.refusal.reason != HD_REASON_NONE) {
        (void)hd_quota_explain(&heap->quota, &op->error);
    }
}

static struct hd_search *new_search(struct hd_heap *heap, const struct hd_op *op)
{
    struct hd_search *search = hd_alloc_zeroed(&heap->books.iface, sizeof *search);

    if (search != NULL) {
        search->heap = heap;
        search->target_id = op->out.why.id;
        search->paths = op->in.why.ret_paths;
    }
    return search;
}

/* True: the search is over. */
static bool advance(struct hd_heap *heap, struct hd_op *op, uint64_t *steps)
{
    struct hd_search *search = op->search;

    if (search->stage == HD_SEARCH_CHECK) {
        hd_pay_steps(steps, (uint64_t)STEPS_CHECK * search->found);
        return answer(heap, op);
    }
    if (search->stage == HD_SEARCH_BEGIN) {
        begin_try(heap, search);
    } else if (stages[search->stage](search, steps)) {
        enter(search, follower(search));
    }
    if (search->refused && op->error.status == HD_OK) {
        hd_search_refuse(heap, op);
    }
    return false;
}

bool hd_why_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    uint64_t steps = (uint64_t)*units * HD_UNIT_STEPS;
    bool done = false;

    if (op->out.why.immortal) {
        return true;
    }
    hd_quota_begin(&heap->quota, false);
    if (op->search == NULL) {
        op->search = new_search(heap, op);
    }
    if (op->search == NULL) {
        hd_search_refuse(heap, op);
        return true;
    }
    if (op->error.status == HD_OK &&
        hd_slots_resolve(hd_objects_slots(heap->objects), op->search->target_id,
                         &op->search->target, &op->error) != HD_OK) {
        op->search->stage = HD_SEARCH_FREE;
    }
    while (!done && steps > 0) {
        done = advance(heap, op, &steps);
    }
    *units = (uint32_t)(steps / HD_UNIT_STEPS);
    if (done) {
        hd_free(&heap->books.iface, op->search, sizeof *op->search);
        op->search = NULL;
    }
    return done;
}
