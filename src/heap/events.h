/* SPDX-License-Identifier: MIT */
/* events.h: what happened in a heap, numbered, in a ring of fixed size.
 *
 * Events only mirror what happens: nothing depends on them, publishing cannot fail and takes
 * no memory, and the same operations, with the same readings of the clock, publish the same
 * events [events.inv.mirror].  The ring keeps the last ones [events.inv.ring].
 *
 * A reader is a number - the last event it has seen - and a filter, both its own; the heap
 * knows of it only while it waits, and then has its mark on a list.  So a reader that stops
 * reading costs nothing; what was overwritten meanwhile is told as one OVERFLOW. Design note:
 * docs/design/events.md. */
#ifndef HD_HEAP_EVENTS_H
#define HD_HEAP_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/list.h"
#include "base/status.h"
#include "heap/waiter.h"

/* Bytes of a queue's name that are kept; longer ones are cut at a character. */
#define HD_EVENT_QUEUE_BYTES 48

/* Numbered as heapd.v1.EventKind, and the members that say something, beside session: whose
 * operation it was. */
enum hd_event_kind {
    HD_EVENT_OVERFLOW = 1,               /* count: lost; sequence: of the last one lost */
    HD_EVENT_SESSION_OPENED = 2,         /* session */
    HD_EVENT_SESSION_CLOSED = 3,         /* session, when all it held has been released */
    HD_EVENT_COLLECTION_STARTED = 4,     /* generation, mode, cause */
    HD_EVENT_COLLECTION_FINISHED = 5,    /* and: count (collected), uncollectable, candidates,
                                            bytes (freed by it itself), duration_ns */
    HD_EVENT_FINALIZER_QUEUED = 6,       /* queue, object, count (0 means 1; more: object is the
                                            first of them) */
    HD_EVENT_FINALIZER_DELIVERED = 7,    /* queue, object, count (which try) */
    HD_EVENT_FINALIZER_ACKNOWLEDGED = 8, /* queue, object */
    HD_EVENT_FINALIZER_RETURNED = 9,     /* queue, object: not acknowledged, waits again */
    HD_EVENT_FINALIZER_DEAD = 10,        /* queue, object: a dead letter after count tries */
    HD_EVENT_CALLBACK_QUEUED = 11,       /* as of finalizers; object: the weak reference */
    HD_EVENT_CALLBACK_DELIVERED = 12,
    HD_EVENT_CALLBACK_ACKNOWLEDGED = 13,
    HD_EVENT_CALLBACK_RETURNED = 14,
    HD_EVENT_CALLBACK_DEAD = 15,
    HD_EVENT_LIMIT_MET = 16,    /* limit (which), count (asked for), bytes (allowed, of it) */
    HD_EVENT_LIMIT_RELIEF = 17, /* limit, count (objects freed), bytes (freed) */
    HD_EVENT_PAUSE = 18,        /* duration_ns: the heap stood still for longer than it may;
                                   pause, stage, generation, count (units), candidates */
    HD_EVENT_KIND_COUNT
};

/* Why a collection runs; as heapd.v1.CollectionCause. */
enum hd_event_cause {
    HD_EVENT_BY_REQUEST = 1,
    HD_EVENT_BY_THRESHOLD = 2,
    HD_EVENT_BY_LIMIT = 3,
};

/* How it runs; as heapd.v1.CollectorMode. */
enum hd_event_mode {
    HD_EVENT_CLASSIC = 1,
    HD_EVENT_INCREMENTAL = 2,
};

struct hd_event {
    uint64_t sequence; /* from 1; given by publish */
    uint64_t time_ns;  /* of the heap's clock; given by publish */
    enum hd_event_kind kind;
    uint8_t generation;
    uint8_t mode : 7;   /* enum hd_event_mode */
    uint8_t logged : 1; /* collections: gc.DEBUG_STATS was set when it began */
    uint8_t cause;      /* enum hd_event_cause */
    uint8_t limit;      /* enum hd_reason */
    uint8_t pause;      /* enum hd_pause_kind */
    uint8_t stage;      /* as struct hd_pause's */
    uint64_t session;
    uint64_t object;
    uint64_t count;
    uint64_t uncollectable;
    uint64_t candidates;
    uint64_t bytes;
    uint64_t duration_ns;
    struct hd_bytes
        queue; /* for publish: borrowed; of next: in the ring until the next publish */
};

/* What a reader wants; 0 everywhere: everything.  Each member that is set must agree. */
struct hd_event_filter {
    uint32_t kinds;      /* bits: 1 << kind */
    uint8_t generations; /* bits: 1 << generation; only collections have one */
    uint64_t session;
    struct hd_bytes queue; /* borrowed; compared as far as names are kept */
};

struct hd_event_reader {
    uint64_t after; /* number of the last event seen; moves on with hd_events_next */
    struct hd_event_filter filter;
    struct hd_waiter waiter; /* waiter.h; set by who waits */
    bool waits;              /* nothing it wants has come since hd_events_wait */
};

struct hd_event_record;

struct hd_events {
    const struct hd_allocator *books;
    const struct hd_clock *clock;
    struct hd_event_record *ring; /* owned: capacity records */
    uint32_t capacity;
    uint64_t last;          /* number of the newest event; 0: there was none */
    struct hd_list waiting; /* of struct hd_event_reader */
    uint32_t wanted;        /* kinds that one of those waiting wants, or wanted */
    uint64_t looked;        /* marks looked at so far, for tests: what publishing costs */
};

struct hd_heap;

/* Of a heap, for those who read and wait. */
struct hd_events *hd_heap_events(struct hd_heap *heap);

/* capacity > 0.  RESOURCE_EXHAUSTED: no memory. */
enum hd_status hd_events_init(struct hd_events *events, const struct hd_allocator *books,
                              const struct hd_clock *clock, uint32_t capacity);
/* Nobody may wait. */
void hd_events_fini(struct hd_events *events);

/* Of books. */
size_t hd_events_bytes(const struct hd_events *events);

/* Copies *event, numbers and dates it; wakes who waits for it. */
void hd_events_publish(struct hd_events *events, const struct hd_event *event);

/* The next event the reader wants, or once OVERFLOW, whatever it wants.  False: it has seen all
 * there is. */
bool hd_events_next(const struct hd_events *events, struct hd_event_reader *reader,
                    struct hd_event *ret_event);

/* hd_events_next has just said false: reader->waiter is woken, once, when it would say true. */
void hd_events_wait(struct hd_events *events, struct hd_event_reader *reader);

#endif
