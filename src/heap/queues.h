/* SPDX-License-Identifier: MIT */
/* queues.h: named queues of finalizers and callbacks (contract §6).
 *
 * Delivery is at least once: a notice that was taken and is not acknowledged by its
 * deadline, or whose taker's session has ended, waits again, before those that have not
 * been taken; after so many tries it is a dead letter instead.
 *
 * A queue may belong to a session: it ends with it, whoever is armed for it dies untold,
 * and what is on it is let go.
 *
 * [queue.inv.held]    What waits, is delivered or is a dead letter is held by the queue.
 * [queue.inv.once]    A notice is in one list, that of its state.
 * [queue.inv.coming]  The heap's list of queues on which something is coming has no others. */
#ifndef HD_HEAP_QUEUES_H
#define HD_HEAP_QUEUES_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/timers.h"
#include "heap/notices.h"

struct hd_heap;
struct hd_session;

struct hd_queue {
    struct hd_list link; /* in the heap's list, in the order of creation */
    struct hd_list waiting;
    struct hd_list coming;
    struct hd_list of_coming; /* in the heap's list of those on which something is coming */
    struct hd_list letters;
    struct hd_list takers;    /* of struct hd_subscription */
    struct hd_list waiters;   /* of struct hd_waiter: until there is something to take */
    struct hd_session *owner; /* ends with it; NULL: the heap's */
    uint64_t deadline_ns;     /* a taker has so long */
    uint64_t armed;
    uint64_t waiting_count;
    uint64_t coming_count;
    uint64_t published; /* number of the last collection whose notices wait here */
    uint64_t delivered_count;
    uint64_t letter_count;
    uint32_t pins; /* notes of an atomic batch by which one may be armed for it again */
    uint16_t tries;
    bool closed; /* its session has ended */
    uint32_t name_size;
    char name[];
};

/* A session that takes from a queue. */
struct hd_subscription {
    struct hd_list of_queue;
    struct hd_list of_session;
    struct hd_queue *queue;
    struct hd_session *session;
    struct hd_list delivered; /* notices, those with the next deadline first */
    uint64_t count;           /* of them */
    struct hd_timer timer;    /* not later than the first of them is to be taken back */
};

/* NULL: there is none of this name. */
struct hd_queue *hd_queue_find(const struct hd_heap *heap, struct hd_bytes name);

/* NULL: no memory. */
struct hd_queue *hd_queue_new(struct hd_heap *heap, struct hd_bytes name);
/* It holds nothing.  Nobody finds it any more; whoever is armed for it dies untold, and
 * with the last of them it is gone. */
void hd_queue_close(struct hd_heap *heap, struct hd_queue *queue);
/* After an armed notice was removed, or a pin. */
void hd_queue_free_if_done(struct hd_heap *heap, struct hd_queue *queue);
void hd_queue_free(struct hd_heap *heap, struct hd_queue *queue);
/* The heap ends: all of them go. */
void hd_queues_fini(struct hd_heap *heap);
size_t hd_queue_bytes(const struct hd_queue *queue);

/* The session's subscription, made if there is none.  NULL: no memory. */
struct hd_subscription *hd_queue_subscribe(struct hd_heap *heap, struct hd_queue *queue,
                                           struct hd_session *session);
/* Nothing is delivered to it. */
void hd_subscription_free(struct hd_heap *heap, struct hd_subscription *subscription);

/* The steps of a notice.  Each leaves the list it is in and enters that of its new state. */
void hd_queue_put(struct hd_notice *notice);
/* The same when the collection of this number is committed; and back to being armed. */
void hd_queue_announce(struct hd_heap *heap, struct hd_notice *notice, uint64_t collection);
void hd_queue_retract(struct hd_notice *notice);
/* The commit: what is coming waits. */
void hd_queue_publish(struct hd_queue *queue, uint64_t collection);
/* Armed, as far as anybody can see: what is coming is not committed. */
static inline uint64_t hd_queue_set_count(const struct hd_queue *queue)
{
    return queue->armed + queue->coming_count;
}
/* Coming, and not committed. */
bool hd_notice_is_coming(const struct hd_notice *notice);
void hd_queue_deliver(struct hd_heap *heap, struct hd_notice *notice,
                      struct hd_subscription *taker, uint64_t now_ns);
void hd_queue_take_back(struct hd_notice *notice);
void hd_queue_redrive(struct hd_notice *notice);
/* Armed or not, it is on the queue no more.  What the queue held is the caller's to drop. */
void hd_queue_remove(struct hd_notice *notice);

/* To the first that is delivered to it now. */
void hd_subscription_set_timer(struct hd_heap *heap, struct hd_subscription *taker);

/* Not later than the earliest deadline of a delivery; UINT64_MAX: nothing is delivered. */
uint64_t hd_queues_deadline(const struct hd_heap *heap);

#endif
