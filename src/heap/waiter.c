/* SPDX-License-Identifier: MIT */
/* waiter.c: marks on a list. */
#include "heap/waiter.h"

void hd_waiter_init(struct hd_waiter *waiter, void (*wake)(void *ctx), void *ctx)
{
    *waiter = (struct hd_waiter){.wake = wake, .ctx = ctx};
    hd_list_init(&waiter->link);
}

void hd_waiter_leave(struct hd_waiter *waiter)
{
    hd_list_unlink(&waiter->link);
}

bool hd_waiters_wake_first(struct hd_list *waiting)
{
    struct hd_list *first = hd_list_first(waiting);
    struct hd_waiter *waiter;

    if (first == NULL) {
        return false;
    }
    waiter = HD_CONTAINER_OF(first, struct hd_waiter, link);
    hd_list_unlink(first);
    waiter->wake(waiter->ctx);
    return true;
}
