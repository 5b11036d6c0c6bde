/* SPDX-License-Identifier: MIT */
/* configure.c: new limits in, usage and limits out. */
#include "rpc/configure.h"

#include "heap/inspect.h"
#include "heapd/v1/heap.pb-c.h"

uint64_t hd_limit_to_wire(uint64_t limit)
{
    return limit == HD_UNLIMITED ? 0 : limit;
}

static uint64_t from_wire(const Heapd__V1__Limit *limit)
{
    return limit == NULL || limit->most == 0 ? HD_UNLIMITED : limit->most;
}

enum hd_status hd_configure_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__ConfigureRequest *configure = request;
    struct hd_new_limit *limits;

    if (configure->n_limits == 0) {
        return HD_OK;
    }
    limits = hd_call_take_array(call, configure->n_limits, sizeof *limits);
    if (limits == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < configure->n_limits; i++) {
        const Heapd__V1__NewLimits *from = configure->limits[i];

        if (!from->of_account && from->account != 0) {
            return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                           "limits %zu name account %u, and are not of an account", i,
                           from->account);
        }
        limits[i] = (struct hd_new_limit){
            .of_account = from->of_account,
            .account = from->account,
            .has_bytes = from->bytes != NULL,
            .has_objects = from->objects != NULL,
            .bytes = from_wire(from->bytes),
            .objects = from_wire(from->objects),
        };
    }
    call->op.in.configure.limits = limits;
    call->op.in.configure.count = configure->n_limits;
    return HD_OK;
}

static void put_usage(const struct hd_account *account, Heapd__V1__Usage *usage)
{
    usage->bytes = account->used.bytes;
    usage->objects = account->used.objects;
    usage->limit_bytes = hd_limit_to_wire(account->limit.bytes);
    usage->limit_objects = hd_limit_to_wire(account->limit.objects);
}

static bool is_told(const struct hd_account *account)
{
    return account->used.objects > 0 || account->limit.bytes != HD_UNLIMITED ||
           account->limit.objects != HD_UNLIMITED;
}

static Heapd__V1__Usage *new_usages(struct hd_call *call, size_t count)
{
    Heapd__V1__Usage *usages = hd_call_take_array(call, count, sizeof *usages);

    for (size_t i = 0; usages != NULL && i < count; i++) {
        heapd__v1__usage__init(&usages[i]);
    }
    return usages;
}

enum hd_status hd_configure_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__ConfigureResponse *reply = response;
    uint32_t count = hd_inspect_account_count(call->heap);
    Heapd__V1__Usage *usages = new_usages(call, (size_t)count + 1);
    struct hd_heap_info info;

    (void)request;
    if (usages == NULL) {
        return call->op.error.status;
    }
    reply->accounts = hd_call_take_array(call, count, sizeof(Heapd__V1__Usage *));
    if (reply->accounts == NULL) {
        return call->op.error.status;
    }
    hd_inspect_heap(call->heap, &info);
    reply->heap = &usages[count];
    put_usage(&info.account, reply->heap);
    for (uint32_t i = 0; i < count; i++) {
        struct hd_account account = hd_inspect_account(call->heap, (uint16_t)i);

        if (is_told(&account)) {
            usages[i].account = i;
            put_usage(&account, &usages[i]);
            reply->accounts[reply->n_accounts++] = &usages[i];
        }
    }
    return HD_OK;
}
