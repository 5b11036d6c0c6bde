/* SPDX-License-Identifier: MIT */
/* waiter.h: somebody outside waits for something to happen in a heap.
 *
 * A waiter is a mark on the list of what it waits for, and all that a heap keeps of those who
 * wait.  Who makes that something happen takes the mark off and calls `wake`, in the middle of
 * an operation: wake only takes a note, and neither changes the heap nor reads it. */
#ifndef HD_HEAP_WAITER_H
#define HD_HEAP_WAITER_H

#include <stdbool.h>

#include "base/list.h"

struct hd_waiter {
    struct hd_list link;
    void (*wake)(void *ctx);
    void *ctx;
};

void hd_waiter_init(struct hd_waiter *waiter, void (*wake)(void *ctx), void *ctx);

/* Waits no longer; nothing, if it does not. */
void hd_waiter_leave(struct hd_waiter *waiter);

/* Takes the one that has waited longest off the list, and wakes it.  False: nobody waits. */
bool hd_waiters_wake_first(struct hd_list *waiting);

#endif
