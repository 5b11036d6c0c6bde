/* SPDX-License-Identifier: MIT */
/* request.c: the life of a call within its channel.
 *
 *   arrived -> refused                          (judge)
 *           -> done -> answered                 (at once)
 *           -> running -> finished -> answered  (in slices; later calls wait)
 *           -> waiting -> one of these          (behind a running one)
 *           -> outside the order                (wait.h) */
#include "rpc/request.h"

#include "base/check.h"
#include "rpc/call.h"
#include "rpc/page.h"

void hd_request_refuse(struct hd_channel *channel, uint32_t stream,
                       const struct hd_error *error)
{
    hd_tally_add(&channel->hub->requests, 1);
    if (!channel->closed && hd_envelope_put_error(&channel->output, stream, error) != HD_OK) {
        channel->broken = true;
    }
}

static void answer(struct hd_call *call)
{
    struct hd_channel *channel = call->channel;

    hd_tally_add(&channel->hub->requests, 1);
    if (!channel->closed && hd_call_answer(call, &channel->output) != HD_OK) {
        channel->broken = true;
    }
    hd_call_give(call);
}

/* The operation is done: it is answered, or waits for what may follow. */
static void conclude(struct hd_call *call)
{
    if (call->op.error.status == HD_OK && call->wait.follows) {
        hd_wait_follow(call);
    } else {
        answer(call);
    }
}

static void run_waiting(struct hd_channel *channel);

static void on_finished(struct hd_op *op, void *ctx)
{
    struct hd_call *call = ctx;
    struct hd_channel *channel = call->channel;

    HD_CHECK(channel->running == call && &call->op == op);
    channel->running = NULL;
    channel->in_flight--;
    conclude(call);
    run_waiting(channel);
    hd_channel_go_on(channel);
}

static void run(struct hd_call *call)
{
    struct hd_channel *channel = call->channel;

    if (hd_call_run(call, on_finished) == HD_MORE) {
        channel->running = call;
        channel->in_flight++;
        return;
    }
    conclude(call);
}

static bool has_expired(const struct hd_call *call)
{
    return call->deadline_ns != 0 &&
           hd_clock_now_ns(call->hub->options.clock) >= call->deadline_ns;
}

static enum hd_status expired(struct hd_error *error)
{
    return hd_fail(error, HD_DEADLINE_EXCEEDED, HD_REASON_DEADLINE,
                   "context deadline exceeded before the call was begun");
}

static void run_waiting(struct hd_channel *channel)
{
    struct hd_list *first;

    while (channel->running == NULL && (first = hd_list_first(&channel->waiting)) != NULL) {
        struct hd_call *call = HD_CONTAINER_OF(first, struct hd_call, link);

        hd_list_unlink(first);
        channel->in_flight--;
        channel->waiting_bytes -= call->payload.size;
        if (has_expired(call)) {
            struct hd_error error;

            (void)expired(&error);
            hd_request_refuse(channel, call->stream, &error);
            hd_call_give(call);
        } else {
            run(call);
        }
    }
}

/* Behind the running one: the payload must outlive the read buffer. */
static void wait_for_session(struct hd_call *call)
{
    struct hd_channel *channel = call->channel;

    if (hd_call_keep(call) != HD_OK) {
        hd_request_refuse(channel, call->stream, &call->op.error);
        hd_call_give(call);
        return;
    }
    channel->in_flight++;
    channel->waiting_bytes += call->payload.size;
    hd_list_push_back(&channel->waiting, &call->link);
}

/* The heap that the call of an unbound channel means, named or preferred; NULL of a bound one.
 */
static enum hd_status find_home(const struct hd_channel *channel, struct hd_bytes name,
                                const struct hd_home **ret_home, struct hd_error *error)
{
    const struct hd_home *home;

    if (name.data == NULL) {
        *ret_home = channel->heap != NULL ? NULL
                    : channel->preferred == NULL
                        ? &channel->hub->homes[0]
                        : hd_hub_find(channel->hub, hd_bytes_of(channel->preferred));
        return HD_OK;
    }
    home = hd_hub_find(channel->hub, name);
    if (home == NULL) {
        return hd_fail(error, HD_NOT_FOUND, HD_REASON_NO_SUCH_HEAP, "there is no heap '%.*s'",
                       (int)(name.size < 100 ? name.size : 100), name.data);
    }
    if (channel->heap != NULL && channel->heap != home->heap) {
        return hd_fail(error, HD_FAILED_PRECONDITION, HD_REASON_OTHER_HEAP,
                       "the connection belongs to heap '%s', and the call is for '%s'",
                       hd_heap_options(channel->heap)->name, home->name);
    }
    *ret_home = channel->heap != NULL ? NULL : home;
    return HD_OK;
}

/* Binds the channel to a heap, with a session of its own, unless it is bound.  Not HD_OK, and
 * no error: the heap is of another loop, and the channel wants to move [rpc.how.move]. */
static enum hd_status bind_heap(struct hd_channel *channel, const struct hd_request *request,
                                struct hd_error *error)
{
    const struct hd_home *home = NULL;

    if (request->session.data != NULL) {
        return hd_fail(error, HD_NOT_FOUND, HD_REASON_NO_SUCH_SESSION,
                       "there is no session of this token");
    }
    if (find_home(channel, request->heap, &home, error) != HD_OK || home == NULL) {
        return error->status;
    }
    if (home->heap == NULL) {
        channel->move_to = home;
        return HD_UNAVAILABLE;
    }
    if (hd_heap_open_session(home->heap, &channel->session, error) != HD_OK) {
        return error->status;
    }
    channel->heap = home->heap;
    return HD_OK;
}

static bool is_for_heap(const struct hd_entry *entry)
{
    return entry->service->has_heap && !entry->method->at.anywhere;
}

/* Reads the envelope.  *ret_entry: the method, if the request begins with its names, which are
 * good then; NULL: it is to be found by those in *ret_request. */
static enum hd_status scan(const struct hd_channel *channel, struct hd_bytes data,
                           struct hd_request *ret_request, const struct hd_entry **ret_entry,
                           struct hd_error *error)
{
    struct hd_bytes service = {NULL, 0};
    struct hd_bytes method = {NULL, 0};
    struct hd_bytes rest = data;
    const struct hd_entry *entry = NULL;
    enum hd_status status;

    if (hd_envelope_take_names(&rest, &service, &method)) {
        entry = hd_dispatch_look_up(&channel->hub->dispatch, service, method);
    }
    status = hd_envelope_scan(entry == NULL ? data : rest, ret_request, error);
    if (status == HD_OK && entry != NULL &&
        (ret_request->service.data != NULL || ret_request->method.data != NULL)) {
        entry = NULL; /* given twice: the last one counts */
        ret_request->service =
            ret_request->service.data == NULL ? service : ret_request->service;
        ret_request->method = ret_request->method.data == NULL ? method : ret_request->method;
    }
    *ret_entry = entry;
    return status;
}

/* Everything that can be said of a request before its payload is looked at. */
static enum hd_status judge(struct hd_channel *channel, const struct hd_request *request,
                            const struct hd_entry **ret_entry, uint64_t *ret_number,
                            struct hd_error *error)
{
    if (channel->hub->draining) {
        return hd_fail(error, HD_UNAVAILABLE, HD_REASON_DRAINING,
                       "the daemon is shutting down and takes no more requests");
    }
    if (request->timeout_nano < 0) {
        return expired(error);
    }
    if (*ret_entry == NULL && hd_dispatch_find(&channel->hub->dispatch, request->service,
                                               request->method, ret_entry, error) != HD_OK) {
        return error->status;
    }
    if (request->number.data != NULL && !hd_decimal_parse(request->number, ret_number)) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "heapd-request '%.*s' is no decimal number below 2^64",
                       (int)(request->number.size < 40 ? request->number.size : 40),
                       request->number.data);
    }
    return is_for_heap(*ret_entry) ? bind_heap(channel, request, error) : HD_OK;
}

static uint64_t deadline_of(const struct hd_hub *hub, int64_t timeout_nano)
{
    uint64_t now;

    if (timeout_nano <= 0) {
        return 0;
    }
    now = hd_clock_now_ns(hub->options.clock);
    return now > UINT64_MAX - (uint64_t)timeout_nano ? UINT64_MAX
                                                     : now + (uint64_t)timeout_nano;
}

static bool waits_for_others(const struct hd_call *call)
{
    return call->method->at.wait != 0 || call->method->at.streams;
}

static void begin(struct hd_channel *channel, struct hd_call *call, int64_t timeout_nano)
{
    if (waits_for_others(call)) {
        call->deadline_ns = deadline_of(channel->hub, timeout_nano);
        hd_wait_begin(call);
        return;
    }
    if (call->session == NULL || channel->running == NULL) {
        run(call); /* the waiting ones have gone before: none waits without a running one */
        return;
    }
    call->deadline_ns = deadline_of(channel->hub, timeout_nano);
    wait_for_session(call);
}

void hd_request_take(struct hd_channel *channel, const struct hd_ttrpc_frame *frame)
{
    struct hd_request request;
    const struct hd_entry *entry;
    struct hd_error error;
    uint64_t number = 0;
    struct hd_call *call;
    bool for_heap;

    hd_error_clear(&error);
    channel->move_to = NULL;
    if (scan(channel, frame->data, &request, &entry, &error) != HD_OK ||
        judge(channel, &request, &entry, &number, &error) != HD_OK) {
        if (channel->move_to == NULL) {
            hd_request_refuse(channel, frame->stream, &error);
        }
        return;
    }
    call = hd_call_take(channel->hub);
    if (call == NULL) {
        (void)hd_fail(&error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY,
                      "no memory for a call");
        hd_request_refuse(channel, frame->stream, &error);
        return;
    }
    call->channel = channel;
    for_heap = is_for_heap(entry);
    call->heap = for_heap ? channel->heap : NULL;
    call->session = for_heap ? channel->session : NULL;
    call->method = entry->method;
    call->stream = frame->stream;
    call->has_number = request.number.data != NULL;
    call->number = number;
    call->deadline_ns = 0;
    call->wait.follows = false;
    call->payload = request.payload;
    begin(channel, call, request.timeout_nano);
}

bool hd_request_is_in_flight(const struct hd_channel *channel, uint32_t stream)
{
    if (channel->running != NULL && channel->running->stream == stream) {
        return true;
    }
    HD_LIST_FOREACH (element, &channel->waiting) {
        if (HD_CONTAINER_OF(element, struct hd_call, link)->stream == stream) {
            return true;
        }
    }
    return hd_wait_find(channel, stream) != NULL;
}
