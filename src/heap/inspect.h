/* SPDX-License-Identifier: MIT */
/* inspect.h: reading a heap.  Nothing here changes anything a client can see.
 *
 * Objects are slot numbers, from hd_operand_resolve, valid until the next operation. */
#ifndef HD_HEAP_INSPECT_H
#define HD_HEAP_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/status.h"
#include "collector/collector.h"
#include "heap/op.h"
#include "heap/pauses.h"
#include "heap/roots.h"
#include "object/quota.h"
#include "pool/allocator.h"

#define HD_REFCOUNT_IMMORTAL UINT32_MAX

/* What is known of one object.  bytes and class_name are borrowed from it. */
struct hd_object_info {
    uint64_t id;
    enum hd_kind kind;
    uint32_t refcount; /* HD_REFCOUNT_IMMORTAL; the batch's own references left out */
    bool tracked;
    bool finalized;
    bool interned;
    bool has_body;
    uint32_t generation;   /* 0 to 3; means nothing unless tracked */
    uint64_t size_bytes;   /* slot entry and block */
    struct hd_place place; /* with has_body */
    uint64_t length;
    bool flag;
    int64_t integer;
    double real;
    struct hd_bytes bytes; /* STR, BYTES */
    struct hd_bytes class_name;
};

uint64_t hd_inspect_id(const struct hd_heap *heap, uint32_t slot);
uint32_t hd_inspect_refcount(const struct hd_heap *heap, const struct hd_batch *batch,
                             uint32_t slot);
/* Living weak references to it. */
uint32_t hd_inspect_weakrefs(const struct hd_heap *heap, uint32_t slot);
bool hd_inspect_is_tracked(const struct hd_heap *heap, uint32_t slot);

/* Of it id, kind and what the value is: length and below; the rest is zero. */
void hd_inspect_value(const struct hd_heap *heap, uint32_t slot,
                      struct hd_object_info *ret_info);

void hd_inspect_object(const struct hd_heap *heap, const struct hd_batch *batch, uint32_t slot,
                       struct hd_object_info *ret_info);

/* Python's repr, cut to size bytes (at least 16), the ending 0 included. */
void hd_inspect_repr(const struct hd_heap *heap, uint32_t slot, char *ret_text, size_t size);

/* References number first onward, at most max of them: ids of items (keys,
 * attribute names) and, beside them, of values (0 where there are none).
 * Returns how many were written. */
size_t hd_inspect_items(const struct hd_heap *heap, uint32_t slot, uint64_t first, size_t max,
                        uint64_t *ret_items, uint64_t *ret_values);

/* PY_TYPE_ERROR: has no len(). */
enum hd_status hd_inspect_length(const struct hd_heap *heap, uint32_t slot,
                                 uint64_t *ret_length, struct hd_error *error);
/* gc.get_referents, in slot order of the object: from *cursor (0: the start) onward; *cursor
 * becomes where the next page begins, and 0 with the last.  A page may have fewer than max. */
size_t hd_inspect_referents(const struct hd_heap *heap, uint32_t slot, uint64_t *cursor,
                            size_t max, uint64_t *ret_ids);

struct hd_named {
    struct hd_bytes name; /* borrowed until the next operation */
    uint64_t id;
};

/* Names of a scope in the order they were bound, as above. */
size_t hd_inspect_names(const struct hd_heap *heap, const struct hd_session *session,
                        enum hd_scope scope, uint64_t *cursor, size_t max,
                        struct hd_named *ret_names);

/* What waits on the queues a session takes from. */
uint64_t hd_inspect_waiting(const struct hd_session *session);

/* What waits on a queue; and what a session has of it, and has not acknowledged.  0: there is
 * none of this name. */
uint64_t hd_inspect_queue_waiting(const struct hd_heap *heap, struct hd_bytes queue);
uint64_t hd_inspect_delivered(const struct hd_heap *heap, struct hd_bytes queue,
                              const struct hd_session *session);

/* When the next delivery is to be taken back (by EXPIRE), by the heap's clock; UINT64_MAX:
 * nothing is delivered. */
uint64_t hd_inspect_deadline(const struct hd_heap *heap);

struct hd_queue_info {
    struct hd_bytes name; /* borrowed until the next operation */
    uint64_t deadline_ns;
    uint32_t tries;
    uint64_t session; /* it ends with; 0: the heap's */
    uint64_t armed;
    uint64_t waiting;
    uint64_t delivered;
    uint64_t dead;
    uint32_t takers; /* sessions that take from it */
};

/* In the order of creation; returns how many were written. */
size_t hd_inspect_queues(const struct hd_heap *heap, size_t max,
                         struct hd_queue_info *ret_infos);

/* Dead letters of a queue, the oldest first, as above.  NO_SUCH_QUEUE. */
enum hd_status hd_inspect_dead(const struct hd_heap *heap, struct hd_bytes name,
                               uint64_t *cursor, size_t max, struct hd_delivery *ret_letters,
                               size_t *ret_count, struct hd_error *error);

/* gc.garbage: how many, and their ids in slot order, as above. */
uint64_t hd_inspect_garbage_count(const struct hd_heap *heap);
size_t hd_inspect_garbage(const struct hd_heap *heap, uint64_t *cursor, size_t max,
                          uint64_t *ret_ids);

struct hd_session_info {
    uint64_t number;
    uint16_t account;
    uint32_t frames; /* the module scope included */
    uint64_t names;
    uint64_t holds;        /* in all frames: of different objects in each */
    const char *busy_with; /* name of the operation; NULL: it is not */
    bool ending;
};

/* By number, from *cursor (0: the first) onward, as above. */
size_t hd_inspect_sessions(const struct hd_heap *heap, uint64_t *cursor, size_t max,
                           struct hd_session_info *ret_sessions);

/* A reference that a session has; borrowed until the next operation. */
struct hd_holding {
    struct hd_owner owner;
    struct hd_bytes function; /* of the frame, as Call named it */
    uint32_t slot;
    uint32_t count;
};

/* Frame by frame from the top, names before holds; then what it is leaving, and its batch.
 * *cursor as above.  NOT_FOUND, NO_SUCH_SESSION. */
enum hd_status hd_inspect_holdings(const struct hd_heap *heap, uint64_t session,
                                   uint64_t *cursor, size_t max,
                                   struct hd_holding *ret_holdings, size_t *ret_count,
                                   struct hd_error *error);

/* "there is no session 7". */
enum hd_status hd_no_such_session(uint64_t number, struct hd_error *error);

struct hd_generation_stats {
    uint64_t collections;
    uint64_t collected;
    uint64_t uncollectable;
    uint64_t candidates;
    uint64_t duration_ns;
    uint64_t objects; /* in it now */
};

struct hd_collector_info {
    enum hd_collector_mode mode;
    struct hd_collector_pace pace;
    bool enabled;
    uint32_t debug; /* gc.get_debug() */
    uint32_t thresholds[3];
    uint64_t counts[3];
    struct hd_generation_stats generations[3];
    uint64_t frozen;
};

/* What collecting has done and is to do, and what is garbage still; as heapd.v1.CollectorWork
 * and FloatingGarbage say. */
struct hd_work_info {
    enum hd_stage stage; /* of the collection in progress */
    unsigned generation;
    uint64_t slice_units; /* done so far */
    uint64_t cascade_units;
    uint64_t owed_units;
    uint64_t operations; /* that are being worked off */
    uint64_t dying_objects;
    uint64_t pending_sets;
    uint64_t found_objects;
    uint64_t found_bytes;
    uint64_t grown_objects;
    uint64_t grown_bytes;
};

void hd_inspect_work(const struct hd_heap *heap, struct hd_work_info *ret_info);
const struct hd_pauses *hd_inspect_pauses(const struct hd_heap *heap);

void hd_inspect_collector(const struct hd_heap *heap, struct hd_collector_info *ret_info);

struct hd_heap_info {
    uint64_t objects; /* living, immortals left out */
    uint64_t kinds[HD_KIND_COUNT];
    uint64_t generations[4];
    uint64_t sessions;
    uint64_t names; /* in the heap's global scope */
    uint64_t object_bytes;
    uint64_t book_bytes;
    uint64_t slot_bytes;
    struct hd_account account; /* of the heap as a whole: what limits count */
    uint64_t committed_bytes;  /* from the system: pools, large blocks, slot tables */
    uint64_t reliefs;          /* collections tried at a limit */
};

void hd_inspect_heap(const struct hd_heap *heap, struct hd_heap_info *ret_info);

/* Accounts 0 to hd_inspect_account_count - 1. */
uint32_t hd_inspect_account_count(const struct hd_heap *heap);
struct hd_account hd_inspect_account(const struct hd_heap *heap, uint16_t account);

#endif
