/* SPDX-License-Identifier: MIT */
/* notices.h: who is to be told of what end.
 *
 * A notice is made when a finalizer or a callback is set, so that death needs no memory.
 *
 * state       meaning                                                    held by the queue
 * FREE        not in use                                                 -
 * ARMED       the object, or the weak reference's target, lives          no
 * COMING      a collection found the end, and is not committed           yes
 * WAITING     it is on its queue                                         yes
 * DELIVERED   a session was told, and has not acknowledged               yes
 * LETTER      told too often in vain: a dead letter                      yes
 * DONE        acknowledged; others of its pending set are not            no
 *
 * [notice.inv.armed]  A slot's armed or coming notice is found by the slot; it has one at most.
 *
 * The commit of a collection makes all that is coming wait at once, by a number of its
 * queue: their state is not touched. */
#ifndef HD_HEAP_NOTICES_H
#define HD_HEAP_NOTICES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "heap/pages.h"

struct hd_queue;
struct hd_subscription;

enum hd_notice_state {
    HD_NOTICE_FREE,
    HD_NOTICE_ARMED,
    HD_NOTICE_COMING, /* also of what waits since the commit: see hd_notice_waits */
    HD_NOTICE_WAITING,
    HD_NOTICE_DELIVERED,
    HD_NOTICE_LETTER,
    HD_NOTICE_DONE,
};

/* The members of a pending set (contract §6) are a ring through `ring` and `back`; each knows
 * by `set` the way to the one that has the sum of those left.  Numbers of notices; 0: none. */
struct hd_notice {
    struct hd_list link; /* in the list of its state */
    struct hd_queue *queue;
    struct hd_subscription *taker; /* DELIVERED: whose session was told */
    uint64_t deadline_ns;          /* DELIVERED: until when */
    uint64_t collection;           /* number of the one that found the set */
    uint32_t number;
    uint32_t slot;    /* of the object, or of the weak reference */
    uint32_t version; /* DONE: of the slot then */
    uint32_t serial;  /* of the last delivery; it outlives the notice */
    uint32_t set;
    uint32_t ring;
    uint32_t back; /* the one before it in the ring */
    uint32_t left; /* of the set, not yet acknowledged */
    uint16_t tries;
    uint8_t state;
    uint8_t generation; /* of that collection */
    bool is_callback;
    bool is_judged; /* a request that is being judged names it */
    bool keeps;     /* DONE: its object, until the set is looked at */
    bool is_parent; /* others may lead to it by `set` */
};

struct hd_notices {
    struct hd_pages entries; /* by number */
    struct hd_pages of_slot; /* uint32_t: the number of the armed notice */
    struct hd_list free;
    uint32_t high; /* numbers below have been used; 1 at the start */
    uint64_t live;
};

void hd_notices_init(struct hd_notices *notices, const struct hd_allocator *allocator);
void hd_notices_fini(struct hd_notices *notices);
size_t hd_notices_bytes(const struct hd_notices *notices);

/* An armed notice for the slot, which has none.  NULL: no memory. */
struct hd_notice *hd_notices_arm(struct hd_notices *notices, uint32_t slot,
                                 struct hd_queue *queue, bool is_callback);

/* NULL: none. */
struct hd_notice *hd_notices_armed(const struct hd_notices *notices, uint32_t slot);
struct hd_notice *hd_notices_at(const struct hd_notices *notices, uint32_t number);

/* The armed notice was disarmed, and is armed again: no other is for its slot. */
void hd_notices_rearm(struct hd_notices *notices, const struct hd_notice *notice);

/* It is on no list.  An armed one's slot has none any more. */
void hd_notices_disarm(struct hd_notices *notices, struct hd_notice *notice);
void hd_notices_free(struct hd_notices *notices, struct hd_notice *notice);

/* Its queue holds the object, or the weak reference. */
static inline bool hd_notice_is_held(const struct hd_notice *notice)
{
    return notice->state >= HD_NOTICE_COMING && notice->state <= HD_NOTICE_LETTER;
}

/* What a client calls its delivery: the serial, and the number. */
uint64_t hd_notice_delivery(const struct hd_notice *notice);
/* NULL: not outstanding. */
struct hd_notice *hd_notices_delivered(const struct hd_notices *notices, uint64_t delivery);

#endif
