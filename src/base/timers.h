/* SPDX-License-Identifier: MIT */
/* timers.h: things that have a time, the earliest of them known at once.
 *
 * A pairing heap through a member of its elements.  It owns nothing, needs no
 * memory and knows no clock: who has one looks at the first. */
#ifndef HD_BASE_TIMERS_H
#define HD_BASE_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

struct hd_timer {
    uint64_t at_ns;
    struct hd_timer *child; /* the first of those below it; none of them is earlier */
    struct hd_timer *next;  /* of the same parent */
    struct hd_timer *prev;  /* of the same parent; of a first child: the parent; NULL: the root;
                               itself: in no heap */
};

struct hd_timers {
    struct hd_timer *first; /* NULL: there is none */
};

void hd_timers_init(struct hd_timers *timers);
void hd_timer_init(struct hd_timer *timer);

bool hd_timer_is_set(const struct hd_timer *timer);

/* timer must not be set. */
void hd_timers_add(struct hd_timers *timers, struct hd_timer *timer, uint64_t at_ns);

/* Nothing, if it is not set. */
void hd_timers_remove(struct hd_timers *timers, struct hd_timer *timer);

/* The earliest, or NULL.  Of those of the same time: the same one each time the same is done.
 */
struct hd_timer *hd_timers_first(const struct hd_timers *timers);

#endif
