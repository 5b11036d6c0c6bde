/* SPDX-License-Identifier: MIT */
/* heap.h: the face of the heap layer: one managed heap as a state machine.
 *
 * It is changed through op.h, read through inspect.h, and checked by verify.h.
 * It knows neither sockets nor protobuf.  Everything it needs of the world is
 * handed in; two heaps never notice each other.  Not thread-safe: a heap
 * belongs to one loop.  Design note: docs/design/heap.md. */
#ifndef HD_HEAP_HEAP_H
#define HD_HEAP_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/status.h"
#include "collector/collector.h"
#include "heap/op.h"
#include "heap/waiter.h"
#include "object/quota.h"
#include "pool/allocator.h"

/* What clients may use up; beyond it RESOURCE_EXHAUSTED. */
struct hd_heap_limits {
    uint32_t frames;           /* call frames of a session */
    uint32_t names;            /* names in one scope */
    uint32_t holds;            /* different objects held by one frame */
    uint32_t name_bytes;       /* bytes of a name or class name */
    uint32_t batch_operations; /* operations in one batch */
    uint32_t queues;           /* of finalizers and callbacks */
    uint64_t value_bytes;      /* bytes of one str or bytes */
    uint64_t items;            /* items of one container */
    uint64_t compare_work;     /* steps of one comparison or search */
};

/* When bodies are moved together without being asked to: what looks sparse is at least
 * waste_percent of the pools, and floor_bytes. */
struct hd_compact_options {
    bool enabled;
    uint32_t waste_percent;
    size_t floor_bytes;
};

/* One sentence on what is wrong with the daemon itself; borrowed for the call. */
typedef void (*hd_report_cb)(void *ctx, const char *sentence);

struct hd_heap_options {
    const char *name; /* borrowed for the heap's life */
    struct hd_memory_options memory;
    struct hd_hash_key hash_key; /* of keys of dicts and items of sets */
    uint32_t version_seed;       /* where versions of slots start */
    uint32_t max_slots;          /* of atoms, and of containers */
    uint32_t slice_units;        /* release work an operation does at once */
    uint32_t events;             /* that are kept; events.h */
    uint64_t pause_ns;           /* a longer pause is an event; pauses.h */
    struct hd_amount limit;      /* of the heap as a whole, to begin with */
    struct hd_heap_limits limits;
    struct hd_compact_options compact;
    enum hd_collector_mode mode; /* of the collector, to begin with */
    hd_report_cb report;         /* what the debug allocator finds; may be NULL */
    void *report_ctx;
};

/* "default", pools, no seeds, 2^28 slots of either sort, 1024 units, 4096 events, 1 ms, and
 * the limits of docs/protocol.md. */
struct hd_heap_options hd_heap_options_default(void);

struct hd_heap;

/* The world's part, borrowed for the heap's life. */
struct hd_heap_world {
    const struct hd_os *os;
    const struct hd_allocator *allocator; /* for what is too large for pools, and for tables */
    const struct hd_clock *clock;
};

enum hd_status hd_heap_new(const struct hd_heap_options *options,
                           const struct hd_heap_world *world, struct hd_heap **ret_heap);

/* Everything in it goes at once.  All sessions must have ended.  NULL is nothing. */
void hd_heap_free(struct hd_heap *heap);

/* A session with its module frame.  It ends by the operation SESSION_END,
 * after which the pointer is gone.  HD_RESOURCE_EXHAUSTED: LIMIT_MEMORY, LIMIT_HEAP_BYTES.
 * At the limit sessions are opened from the reserve. */
enum hd_status hd_heap_open_session(struct hd_heap *heap, struct hd_session **ret_session,
                                    struct hd_error *error);

/* What it makes from now on belongs to this account.  RESOURCE_EXHAUSTED as above. */
enum hd_status hd_session_set_account(struct hd_session *session, uint16_t account,
                                      struct hd_error *error);

/* Heap-wide number of the session, from 1. */
uint64_t hd_session_number(const struct hd_session *session);

/* An operation of it is being worked off: it takes no other. */
bool hd_session_is_busy(const struct hd_session *session);

/* Call frames, the module scope included. */
uint32_t hd_session_depth(const struct hd_session *session);

/* Wakes the waiter, once, when something may wait on the queue, or the queue is gone. */
void hd_heap_wait_for_queue(struct hd_heap *heap, struct hd_bytes queue,
                            struct hd_waiter *waiter);

/* Whoever asked for a collection and wants to know what becomes of its pending sets (contract
 * §6).  COLLECT puts it on a list of the heap's and counts; it leaves by hd_waiter_leave, and
 * may come back by hd_heap_watch if nothing has happened in between.  Its waiter is woken when
 * the last set has been looked at. */
struct hd_watch {
    struct hd_waiter waiter;
    uint64_t collection; /* the heap's number of it */
    uint64_t sets;       /* that are pending still */
    uint64_t collected;  /* freed when the others were looked at again */
};

void hd_heap_watch(struct hd_heap *heap, struct hd_watch *watch);

/* They are named soon: what is known of them comes into the cache meanwhile.  Changes nothing;
 * an id may name nothing. */
void hd_heap_expect(const struct hd_heap *heap, const uint64_t *ids, size_t count);

const struct hd_heap_options *hd_heap_options(const struct hd_heap *heap);

struct hd_memory *hd_heap_memory(struct hd_heap *heap);

#endif
