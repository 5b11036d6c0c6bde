/* SPDX-License-Identifier: MIT */
/* op.h: the one door.  Everything that changes a heap is an operation that passes hd_heap_do.
 *
 * The caller fills an hd_op: the code, the session it is for, and the member of
 * `in` that belongs to the code.  hd_heap_do judges it, and either refuses it
 * (error.status is not HD_OK, nothing has changed) or carries it out (the
 * member of `out` is filled).  All memory the operands point to is the
 * caller's and is not needed after hd_heap_do returns.
 *
 * An operation whose release work is long does some units of it and stays:
 * hd_heap_do says HD_MORE, its effects and results stand already, the op is
 * the heap's until `finished` is called from hd_heap_work, and the session
 * takes no other operation meanwhile (hd_session_is_busy).  One that searches
 * stays likewise, has its results and effects at its end, and may be refused even then.  In
 * a batch nothing takes slices: WHY and others of whole heaps stand in none, comparisons
 * are done in one piece up to a limit.
 *
 * Ids given back are borrowed unless the operation took a hold.
 * Design note: docs/design/heap.md. */
#ifndef HD_HEAP_OP_H
#define HD_HEAP_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/list.h"
#include "base/status.h"
#include "object/kind.h"
#include "object/refs.h"

struct hd_batch;
struct hd_comparison;
struct hd_dry_report;
struct hd_dry_run;
struct hd_heap;
struct hd_path;
struct hd_search;
struct hd_session;
struct hd_watch;

/* One object, named in one of three ways. */
struct hd_operand {
    enum { HD_BY_NOTHING, HD_BY_ID, HD_BY_NAME, HD_BY_RESULT } by;
    uint32_t result; /* number of an earlier operation of the batch */
    uint64_t id;
    struct hd_bytes name;
};

/* Many, in one of three columns; the pointer that is not NULL says which. */
struct hd_operands {
    size_t count;
    const uint64_t *ids;
    const uint32_t *results;
    const struct hd_operand *mixed;
};

enum hd_scope {
    HD_SCOPE_DEFAULT, /* bind, delete, list: top frame; lookup: frame, module, heap */
    HD_SCOPE_FRAME,
    HD_SCOPE_MODULE,
    HD_SCOPE_HEAP,
};

struct hd_slice {
    bool has_start;
    bool has_stop;
    int64_t start;
    int64_t stop;
    int64_t step; /* 0 means 1 */
};

struct hd_subscript {
    enum { HD_AT_NOTHING, HD_AT_INDEX, HD_AT_KEY, HD_AT_SLICE } at;
    int64_t index;
    struct hd_operand key;
    struct hd_slice slice;
};

/* What a name must be bound to for the operation to be carried out. */
struct hd_expectation {
    enum { HD_EXPECT_ANYTHING, HD_EXPECT_ABSENT, HD_EXPECT_ID } what;
    uint64_t id;
};

struct hd_name_target {
    struct hd_bytes name;
    enum hd_scope scope;
};

/* A slot of a container to store into. */
struct hd_store {
    struct hd_operand container;
    enum { HD_STORE_APPEND, HD_STORE_ADD, HD_STORE_INDEX, HD_STORE_KEY, HD_STORE_ATTRIBUTE } to;
    int64_t index;
    struct hd_operand key;
    struct hd_bytes attribute;
};

/* An object to be made: kind says which member holds its value. */
struct hd_new {
    enum hd_kind kind;
    bool interned; /* HD_KIND_STR only */
    union {
        bool flag;                /* BOOL */
        int64_t integer;          /* INT */
        double real;              /* FLOAT */
        struct hd_bytes bytes;    /* STR (UTF-8, judged here), BYTES */
        struct hd_operands items; /* TUPLE, LIST, SET, FROZENSET */
        struct {
            struct hd_operands keys;
            struct hd_operands values;
        } pairs; /* DICT */
        struct {
            struct hd_bytes class_name;
            const struct hd_bytes *names;
            size_t name_count;
            struct hd_operands values;
        } instance; /* INSTANCE */
    };
};

struct hd_copy_part {
    struct hd_operand source;
    bool sliced; /* false: all of it */
    struct hd_slice slice;
};

struct hd_argument {
    struct hd_bytes name;
    struct hd_operand object; /* HD_BY_NOTHING: a local without a value yet */
};

/* What a heap, or one account of it, may use from now on; HD_UNLIMITED: all it wants. */
struct hd_new_limit {
    bool of_account; /* false: of the heap as a whole */
    uint32_t account;
    bool has_bytes; /* false: that limit stays as it is */
    bool has_objects;
    uint64_t bytes;
    uint64_t objects;
};

/* code, and the member of in and out it uses */
#define HD_OPS(X)                                                                              \
    X(CREATE, create)                                                                          \
    X(HOLD, hold)                                                                              \
    X(RELEASE, hold)                                                                           \
    X(APPEND, item)                                                                            \
    X(INSERT, item)                                                                            \
    X(SET_ITEM, item)                                                                          \
    X(GET_ITEM, item)                                                                          \
    X(DEL_ITEM, item)                                                                          \
    X(POP, item)                                                                               \
    X(REMOVE, item)                                                                            \
    X(CONTAINS, item)                                                                          \
    X(EQUALS, item)                                                                            \
    X(EXTEND, extend)                                                                          \
    X(CLEAR, item)                                                                             \
    X(ADD, item)                                                                               \
    X(DISCARD, item)                                                                           \
    X(SET_ATTR, attr)                                                                          \
    X(GET_ATTR, attr)                                                                          \
    X(DEL_ATTR, attr)                                                                          \
    X(INTERN, item)                                                                            \
    X(COPY, copy)                                                                              \
    X(NEW_WEAKREF, finalizer)                                                                  \
    X(DEREF, item)                                                                             \
    X(CREATE_QUEUE, queue)                                                                     \
    X(DELETE_QUEUE, queue)                                                                     \
    X(SET_FINALIZER, finalizer)                                                                \
    X(RECEIVE, receive)                                                                        \
    X(ACKNOWLEDGE, deliveries)                                                                 \
    X(REDRIVE, deliveries)                                                                     \
    X(EXPIRE, expire)                                                                          \
    X(BIND, name)                                                                              \
    X(DELETE, name)                                                                            \
    X(LOOKUP, name)                                                                            \
    X(CALL, call)                                                                              \
    X(RETURN, item)                                                                            \
    X(COLLECT, collect)                                                                        \
    X(ENABLE, none)                                                                            \
    X(DISABLE, none)                                                                           \
    X(SET_THRESHOLD, threshold)                                                                \
    X(FREEZE, none)                                                                            \
    X(UNFREEZE, none)                                                                          \
    X(SET_MODE, mode)                                                                          \
    X(SET_DEBUG, debug)                                                                        \
    X(CLEAR_GARBAGE, none)                                                                     \
    X(GET_OBJECTS, ids)                                                                        \
    X(GET_REFERRERS, ids)                                                                      \
    X(DRY_RUN, dry_run)                                                                        \
    X(WHY, why)                                                                                \
    X(TRIM, trim)                                                                              \
    X(CONFIGURE, configure)                                                                    \
    X(BATCH_BEGIN, none)                                                                       \
    X(BATCH_END, none)                                                                         \
    X(SESSION_END, none)

enum hd_op_code {
#define X(name, member) HD_OP_##name,
    HD_OPS(X)
#undef X
        HD_OP_COUNT
};

/* Deadlines and tries of queues: what they are if nobody says, and the most they can be. */
#define HD_QUEUE_DEADLINE_MS     UINT64_C(30000)
#define HD_QUEUE_DEADLINE_MS_MAX UINT64_C(604800000)
#define HD_QUEUE_TRIES           5u
#define HD_QUEUE_TRIES_MAX       1000u

/* Of the collector's pace: how much the heap grows until the next full collection. */
#define HD_GROWTH_PERCENT_MAX 10000u
#define HD_PACE_BYTES_MIN     (UINT64_C(1) << 16)
#define HD_PACE_BYTES_MAX     (UINT64_C(1) << 40)

/* What somebody is told: an object waits for its finalizer, or the target of a weak reference
 * is dead. */
struct hd_delivery {
    uint64_t delivery; /* to be acknowledged */
    uint64_t object;   /* id of the object, or of the weak reference */
    bool is_callback;
    uint32_t tries;   /* this one included */
    uint64_t left_ns; /* RECEIVE: until it is taken back */
};

/* How far a walk over the slots has come. */
struct hd_scan {
    uint64_t changes; /* the heap's, when it began */
    uint64_t target_id;
    uint32_t target;
    uint32_t at;  /* the slot to look at */
    uint32_t end; /* of its references those from here on are seen; UINT32_MAX: none is */
    size_t found;
    unsigned tries;
};

enum hd_progress {
    HD_DONE,
    HD_MORE,
};

struct hd_op {
    enum hd_op_code code;
    struct hd_session *session; /* NULL: the daemon's own (TRIM in slices, EXPIRE) */
    /* The batch it stands in, or NULL.  Set by BATCH_BEGIN; given to BATCH_END. */
    struct hd_batch *batch;

    union {
        struct {
            struct hd_new object;
            enum { HD_KEEP_HOLD, HD_KEEP_BATCH, HD_KEEP_BIND, HD_KEEP_STORE } keep;
            struct hd_name_target bind;
            struct hd_store store;
        } create;
        struct {
            struct hd_operands objects;
            const uint32_t *counts; /* as many as objects; NULL: once each */
            uint64_t *ret_ids;      /* HOLD: as many as objects, or NULL */
        } hold;
        /* APPEND, INSERT, SET_ITEM, REMOVE, ADD, DISCARD, CONTAINS: container and item;
         * EQUALS: likewise the left and the right one;
         * GET_ITEM, DEL_ITEM, POP: container and at; CLEAR: container;
         * INTERN, DEREF, RETURN: item. */
        struct {
            struct hd_operand container;
            struct hd_operand item;
            struct hd_subscript at; /* INSERT: HD_AT_INDEX; POP: may be HD_AT_NOTHING */
            bool hold;              /* take a hold of the result */
            bool missing_ok;        /* GET_ITEM: id 0 for a missing key */
        } item;
        /* A queue of finalizers and callbacks.  One that is there gets the new settings. */
        struct {
            struct hd_bytes name;
            uint64_t deadline_ms; /* 0: as it is, or HD_QUEUE_DEADLINE_MS */
            uint32_t tries;       /* 0: as it is, or HD_QUEUE_TRIES */
            bool of_session;      /* a new one ends with the session */
        } queue;
        /* SET_FINALIZER: who is told before the object dies; no queue: nobody.
         * NEW_WEAKREF: who is told when it has died; no queue: nobody, and it is shared. */
        struct {
            struct hd_operand object;
            struct hd_bytes queue;
            bool hold; /* NEW_WEAKREF */
        } finalizer;
        struct {
            struct hd_bytes queue;
            size_t max;
            struct hd_delivery *ret_deliveries; /* max */
        } receive;
        /* ACKNOWLEDGE: deliveries, or dead letters.  REDRIVE: dead letters, or (count is 0)
         * all of the queue. */
        struct {
            struct hd_bytes queue;
            const uint64_t *ids;
            size_t count;
        } deliveries;
        struct {
            uint32_t units; /* at most so many are taken back */
        } expire;
        /* 0: that stays as it is.  Ranges: HD_GROWTH_PERCENT_MAX, HD_PACE_BYTES_MIN and _MAX.
         */
        struct {
            uint32_t mode; /* enum hd_collector_mode */
            uint32_t growth_percent;
            uint64_t floor_bytes;
            uint64_t young_bytes;
        } mode;
        struct {
            uint32_t flags;
        } debug;
        struct {
            struct hd_operand container;
            struct hd_operand from; /* HD_BY_NOTHING: items */
            struct hd_operands items;
        } extend;
        struct {
            struct hd_operand object;
            struct hd_bytes name;
            struct hd_operand value; /* SET_ATTR */
            bool hold;               /* GET_ATTR */
        } attr;
        struct {
            const struct hd_copy_part *parts;
            size_t count;
            int64_t repeat;    /* 0 means 1 */
            enum hd_kind kind; /* HD_KIND_FREE: that of the first part */
            bool hold;
        } copy;
        struct {
            struct hd_bytes name;
            enum hd_scope scope;
            struct hd_operand object;     /* BIND */
            struct hd_expectation expect; /* BIND, DELETE */
            bool hold;                    /* LOOKUP */
        } name;
        struct {
            struct hd_bytes function;
            const struct hd_argument *arguments;
            size_t count;
        } call;
        struct {
            int64_t generation;
            struct hd_watch *watch; /* heap.h; initialised, or NULL: nobody wants to know */
        } collect;
        struct {
            const int64_t *values;
            size_t count;
        } threshold;
        /* A page of ids, in slot order; each is right when it is given.  GET_OBJECTS: the
         * tracked objects of a generation, or all that are not frozen.  GET_REFERRERS: the
         * tracked containers, not frozen, that refer to an object. */
        struct {
            struct hd_operand object; /* GET_REFERRERS */
            bool has_generation;      /* GET_OBJECTS */
            int64_t generation;
            uint64_t cursor; /* of the page before; 0: from the start */
            size_t max;
            uint64_t *ret_ids; /* max; stands until the operation is finished */
        } ids;
        /* A shortest path from each kind of owner to an object (path.h).  It takes no
         * reference; if the heap changes meanwhile, a path is one, but may be longer. */
        struct {
            struct hd_operand object;
            struct hd_path *ret_paths; /* HD_PATHS; stands until the operation is finished */
        } why;
        /* What COLLECT of the generation would free now, and the largest cycles of it
         * (dry_report.h).  It is so when it is given. */
        struct {
            int64_t generation;
            uint32_t cycles;                  /* wanted, HD_DRY_LARGEST at most */
            struct hd_dry_report *ret_report; /* stands until the operation is finished */
        } dry_run;
        /* Empty memory goes back to the system; before that, bodies may move together. */
        struct {
            enum { HD_COMPACT_NEVER, HD_COMPACT_IF_WORTH, HD_COMPACT_NOW } compact;
            uint32_t
                units; /* not 0: so many only, and out.trim.more says whether there is more */
        } trim;
        struct {
            const struct hd_new_limit *limits;
            size_t count;
        } configure;
        /* BATCH_BEGIN: a refused operation undoes all of it, when it ends.  Until then only
         * its operations pass the door, and hd_heap_work is not called.  BATCH_END of such a
         * one: undo it in any case. */
        struct {
            bool atomic;
            bool undo;
        } batch;
    } in;

    union {
        /* CREATE, GET_ITEM, POP, GET_ATTR, INTERN, COPY, NEW_WEAKREF, DEREF, BIND, RETURN;
         * 0: none */
        uint64_t id;
        bool changed; /* ADD, DISCARD; CREATE_QUEUE: it is new */
        bool truth;   /* CONTAINS, EQUALS */
        bool undone;  /* BATCH_END */
        size_t count; /* RECEIVE, REDRIVE, CLEAR_GARBAGE: how many */
        struct {
            uint64_t id;
            enum hd_kind kind;
            enum hd_scope scope;
        } lookup;
        struct {
            uint64_t collected;
            uint64_t uncollectable;
            uint64_t candidates;
        } collect;
        struct {
            size_t count;
            uint64_t cursor; /* where the next page begins; 0: there is none */
        } ids;
        struct {
            uint64_t id;
            uint32_t paths;
            bool immortal; /* no search is made */
            bool exact;    /* the heap did not change meanwhile; without any path: garbage */
        } why;
        struct {
            bool exact; /* the heap did not change meanwhile: there is no other garbage */
        } dry_run;
        struct {
            uint64_t returned_bytes;
            uint64_t moved_bytes;
            bool more;
        } trim;
    } out;

    /* Why it was refused, or HD_OK. */
    struct hd_error error;

    /* Called once, from hd_heap_work, if hd_heap_do said HD_MORE; the op is the
     * caller's again.  May start another operation. */
    void (*finished)(struct hd_op *op, void *ctx);
    void *ctx;

    /* The heap's own, until it is done. */
    struct hd_cascade cascade;
    struct hd_list running;
    bool searching; /* what it has done so far changed nothing that is seen */
    union {
        uint64_t pass;   /* TRIM: of compaction, that must have ended */
        uint32_t cursor; /* FREEZE, UNFREEZE: slots below it are done */
        struct {
            enum { HD_COLLECT_WAITS, HD_COLLECT_RUNS, HD_COLLECT_DONE } stage;
        } collect;           /* COLLECT */
        struct hd_scan scan; /* GET_OBJECTS, GET_REFERRERS */
        struct {
            struct hd_comparison *of; /* owned */
            uint64_t left;            /* ids */
            uint64_t right;
            unsigned tries;
        } comparison;               /* REMOVE, CONTAINS, EQUALS */
        struct hd_copying *copying; /* COPY, EXTEND, DEL_ITEM; owned */
        struct hd_search *search;   /* WHY; owned */
        struct hd_dry_run *dry_run; /* DRY_RUN; owned */
    };
};

/* Sets everything to nothing: NULL, 0, HD_OK. */
void hd_op_init(struct hd_op *op, enum hd_op_code code, struct hd_session *session);

/* "CREATE".  Static storage. */
const char *hd_op_name(enum hd_op_code code);

/* Carries out one operation, as above.  Automatic collection, if it is owed,
 * runs here too, after the operation and before the next.  A session that is
 * busy may not be given. */
enum hd_progress hd_heap_do(struct hd_heap *heap, struct hd_op *op);

/* Continues running operations in turn, at most so many units (about one
 * reference released each) of work altogether.  True: work is left. */
bool hd_heap_work(struct hd_heap *heap, uint32_t units);

/* True if hd_heap_work has something to do. */
bool hd_heap_has_work(const struct hd_heap *heap);

/* A read stood at this place of the batch: its number gives no object. */
enum hd_status hd_batch_note_read(struct hd_batch *batch, struct hd_error *error);

/* The object an operand names, as a slot number, valid until the next operation. */
enum hd_status hd_operand_resolve(const struct hd_heap *heap, const struct hd_session *session,
                                  const struct hd_batch *batch,
                                  const struct hd_operand *operand, uint32_t *ret_slot,
                                  struct hd_error *error);

/* Operand number index of many. */
enum hd_status hd_operands_resolve(const struct hd_heap *heap, const struct hd_session *session,
                                   const struct hd_batch *batch,
                                   const struct hd_operands *operands, size_t index,
                                   uint32_t *ret_slot, struct hd_error *error);

#endif
