/* SPDX-License-Identifier: MIT */
/* timers.c: a pairing heap (Fredman, Sedgewick, Sleator, Tarjan, "The pairing heap", 1986):
 * adding takes constant time, removing logarithmic time on average.  No recursion. */
#include "base/timers.h"

#include <stddef.h>

#include "base/check.h"

void hd_timers_init(struct hd_timers *timers)
{
    timers->first = NULL;
}

void hd_timer_init(struct hd_timer *timer)
{
    *timer = (struct hd_timer){.prev = timer};
}

bool hd_timer_is_set(const struct hd_timer *timer)
{
    return timer->prev != timer;
}

/* Two roots become one; either may be NULL.  Of equal ones the first stays above. */
static struct hd_timer *meld(struct hd_timer *a, struct hd_timer *b)
{
    struct hd_timer *root = a;
    struct hd_timer *below = b;

    if (a == NULL || b == NULL) {
        return a == NULL ? b : a;
    }
    if (b->at_ns < a->at_ns) {
        root = b;
        below = a;
    }
    below->prev = root;
    below->next = root->child;
    if (root->child != NULL) {
        root->child->prev = below;
    }
    root->child = below;
    root->next = NULL;
    root->prev = NULL;
    return root;
}

/* Siblings become one root: pairs from left to right, then all from right to left. */
static struct hd_timer *meld_all(struct hd_timer *first)
{
    struct hd_timer *pairs = NULL;
    struct hd_timer *root = NULL;

    while (first != NULL) {
        struct hd_timer *second = first->next;
        struct hd_timer *rest = second == NULL ? NULL : second->next;
        struct hd_timer *pair = meld(first, second);

        pair->next = pairs;
        pairs = pair;
        first = rest;
    }
    while (pairs != NULL) {
        struct hd_timer *rest = pairs->next;

        root = meld(root, pairs);
        pairs = rest;
    }
    if (root != NULL) {
        root->next = NULL;
        root->prev = NULL;
    }
    return root;
}

void hd_timers_add(struct hd_timers *timers, struct hd_timer *timer, uint64_t at_ns)
{
    HD_CHECK(!hd_timer_is_set(timer));
    *timer = (struct hd_timer){.at_ns = at_ns};
    timers->first = meld(timers->first, timer);
}

void hd_timers_remove(struct hd_timers *timers, struct hd_timer *timer)
{
    struct hd_timer *below;

    if (!hd_timer_is_set(timer)) {
        return;
    }
    below = meld_all(timer->child);
    if (timer->prev == NULL) {
        timers->first = below;
    } else {
        if (timer->prev->child == timer) {
            timer->prev->child = timer->next;
        } else {
            timer->prev->next = timer->next;
        }
        if (timer->next != NULL) {
            timer->next->prev = timer->prev;
        }
        timers->first = meld(timers->first, below);
    }
    hd_timer_init(timer);
}

struct hd_timer *hd_timers_first(const struct hd_timers *timers)
{
    return timers->first;
}
