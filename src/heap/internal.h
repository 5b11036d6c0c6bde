/* SPDX-License-Identifier: MIT */
/* internal.h: what the modules of this layer share: the heap, sessions, and the operations. */
#ifndef HD_HEAP_INTERNAL_H
#define HD_HEAP_INTERNAL_H

#include "collector/collector.h"
#include "heap/batch.h"
#include "heap/events.h"
#include "heap/frame.h"
#include "heap/heap.h"
#include "heap/ledger.h"
#include "heap/notices.h"
#include "heap/op.h"
#include "heap/pauses.h"
#include "heap/queues.h"
#include "heap/roots.h"
#include "object/compact.h"
#include "object/object.h"
#include "object/span.h"

/* Bodies move together, one pass at a time, whoever asked for it. */
struct hd_compaction {
    enum {
        HD_COMPACTION_NONE,
        HD_COMPACTION_CHOOSE,
        HD_COMPACTION_MOVE,
        HD_COMPACTION_END
    } stage;
    struct hd_sweep sweep;
    uint64_t begun; /* passes */
    uint64_t ended;
    size_t in_vain; /* bytes that looked sparse and a pass could not free */
};

/* Pending sets (contract §6). */
struct hd_pending {
    struct hd_list complete; /* of struct hd_notice: sets to be looked at again */
    struct hd_list watches;  /* of struct hd_watch */
    uint64_t sets;           /* that are not complete, or not looked at yet */
    uint64_t collection;     /* number of the last collection, whose sets these are */
    unsigned generation;     /* of it */
    uint64_t sliced;         /* number of the last that could take slices: others may follow
                                before its commit */
};

/* By the last full collection that is complete. */
struct hd_found {
    uint64_t objects; /* dead, and freed by it */
    uint64_t bytes;
    uint64_t members;     /* tracked objects when it was complete */
    uint64_t used_bytes;  /* the heap's, at that time */
    uint64_t candidates;  /* it looked at */
    uint64_t units;       /* that it took */
    uint64_t units_begun; /* done by all collections when the last one in slices began */
};

struct hd_heap {
    struct hd_heap_options options;
    struct hd_heap_world world;
    struct hd_memory *memory;
    struct hd_quota quota;
    uint64_t relief_change; /* the quota's change when all garbage was last collected */
    uint64_t reliefs;       /* collections tried at a limit */
    struct hd_ledger books; /* sessions, frames, names, holds, batches */
    struct hd_ledger object_books;
    struct hd_ledger collector_books;
    struct hd_objects *objects;
    struct hd_collector *collector;
    struct hd_compaction compaction;
    struct hd_events events;
    struct hd_names names;   /* the global scope */
    struct hd_list sessions; /* of struct hd_session */
    struct hd_list batches;  /* of struct hd_batch */
    struct hd_list running;  /* of struct hd_op */
    struct hd_mourner mourner;
    struct hd_collector_host host;
    struct hd_notices notices;
    struct hd_list queues; /* of struct hd_queue */
    struct hd_list coming; /* of these, those on which something is coming */
    struct hd_roots roots; /* how far a collection has come among the owners */
    uint32_t queue_count;
    struct hd_timers timers;  /* of subscriptions */
    struct hd_bitset garbage; /* what SAVEALL kept, by slot */
    uint64_t garbage_count;
    struct hd_pending pending;
    uint32_t last_finalized;    /* number of the notice */
    struct hd_op *current;      /* that is being carried out */
    struct hd_event collection; /* the one in progress, or the last, so far as it has got */
    struct hd_op *collecting;   /* who asked for it and waits; or NULL */
    struct hd_pauses pauses;
    struct hd_found found;    /* by the last full collection */
    uint64_t assisted_made;   /* containers made when somebody last helped */
    uint64_t assisted_change; /* the quota's change at that time */
    uint64_t session_count;
    uint64_t session_last; /* number */
    uint64_t changes;      /* operations, and slices of them, that may have changed something */
    hd_report_cb verifier; /* while it is verified: who is told of wrong use of blocks */
    void *verifier_ctx;
};

struct hd_session {
    struct hd_heap *heap;
    struct hd_list link;
    uint64_t number;
    uint16_t account; /* that of what it makes */
    struct hd_frame *top;
    struct hd_frame *leaving; /* popped, not yet released; the first goes first */
    struct hd_frame *leaving_last;
    struct hd_op *busy;
    struct hd_batch *batch;
    struct hd_list subscriptions; /* of struct hd_subscription */
};

/* session.c */
size_t hd_session_bytes(const struct hd_session *session);
struct hd_frame *hd_session_module(const struct hd_session *session);
/* The top frame goes into the queue of those to be released. */
void hd_session_leave_frame(struct hd_session *session);
void hd_session_free(struct hd_session *session);

/* pressure.c: an operation was refused for a limit: what is unheld goes first. */
struct hd_relief {
    enum { HD_RELIEF_NONE, HD_RELIEF_WORK, HD_RELIEF_ALL } done;
    struct hd_amount used; /* before the operation was tried */
    uint64_t change;
};

struct hd_relief hd_relief_before(const struct hd_heap *heap);
/* Makes room, by the next measure.  False: there is none left; if a limit was in the way,
 * op->error says which. */
bool hd_relieve(struct hd_heap *heap, struct hd_op *op, struct hd_relief *relief);
/* What an operation weighs in the quota's change: it may have let go of something. */
#define HD_OP_CHANGE 64

/* collection.c: begins a collection, for an operation that has not asked for another: one of
 * the young, if another one is in progress; goes on with what is left of it: true, nothing
 * is; and does so at once. */
void hd_collection_begin(struct hd_heap *heap, struct hd_op *op, unsigned generation,
                         enum hd_event_cause cause);
bool hd_collection_work(struct hd_heap *heap, uint32_t *units);
void hd_collection_finish(struct hd_heap *heap);
/* Who makes much helps with what is in progress. */
void hd_collection_assist(struct hd_heap *heap);

/* operand.c */
struct hd_names *hd_scope_names(const struct hd_heap *heap, const struct hd_session *session,
                                enum hd_scope scope);
/* A bound name and where it was found; NULL: none. */
struct hd_name *hd_scope_lookup(const struct hd_heap *heap, const struct hd_session *session,
                                enum hd_scope scope, struct hd_bytes text,
                                enum hd_scope *ret_scope);
enum hd_status hd_judge_name(const struct hd_heap *heap, const char *what, struct hd_bytes text,
                             struct hd_error *error);
enum hd_status hd_no_such_name(struct hd_bytes text, struct hd_error *error);
/* The operands of the operation at hand. */
enum hd_status hd_resolve(const struct hd_heap *heap, struct hd_op *op,
                          const struct hd_operand *operand, uint32_t *ret_slot);
/* A container, and an item. */
enum hd_status hd_resolve_both(const struct hd_heap *heap, struct hd_op *op,
                               uint32_t *ret_container, uint32_t *ret_item);
/* All of them, in an array of the books' (NULL if none) to be given to hd_array_free. */
enum hd_status hd_resolve_all(struct hd_heap *heap, struct hd_op *op,
                              const struct hd_operands *operands, uint32_t **ret_slots);
uint32_t *hd_array_new(struct hd_heap *heap, size_t count, struct hd_error *error);
void hd_array_free(struct hd_heap *heap, uint32_t *array, size_t count);

/* op.c: the next measure of what an operation has left to do.  True: nothing is left. */
bool hd_op_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
/* Of that, only what gives references back. */
bool hd_op_release_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);

/* result.c: an operation's result, held as asked and kept by its batch. */
struct hd_cascade *hd_op_cascade(struct hd_op *op);
/* Takes all references, or none; frame is NULL if no hold is asked for.  Last
 * step before the change; a change that fails is followed by undo. */
enum hd_status hd_result_keep(struct hd_heap *heap, struct hd_op *op, struct hd_frame *frame,
                              uint32_t slot);
void hd_result_undo(struct hd_heap *heap, struct hd_op *op, struct hd_frame *frame,
                    uint32_t slot);
/* The top frame if a hold is asked for. */
struct hd_frame *hd_result_frame(const struct hd_op *op, bool hold);
/* A place for slot among the holds; LIMIT_HOLDS, LIMIT_MEMORY. */
enum hd_status hd_hold_reserve(const struct hd_heap *heap, struct hd_frame *frame,
                               uint32_t slot, struct hd_error *error);

/* refuse.c: what many say. */
enum hd_status hd_refuse_memory(struct hd_error *error, const char *what);
enum hd_status hd_refuse_count(const struct hd_heap *heap, uint32_t slot,
                               struct hd_error *error);
enum hd_status hd_refuse_argument(struct hd_error *error, const char *sentence);
/* "'list' object has no attribute 'x'". */
enum hd_status hd_refuse_attribute(const struct hd_heap *heap, enum hd_status status,
                                   uint32_t slot, struct hd_bytes name, struct hd_error *error);
/* PY_TYPE_ERROR with the type's name between before and after. */
enum hd_status hd_refuse_type(const struct hd_heap *heap, const char *before, uint32_t slot,
                              const char *after, struct hd_error *error);
enum hd_status hd_refuse_key(const struct hd_heap *heap, uint32_t key, struct hd_error *error);

/* repr.c: Python's repr, cut to size, which is at least 16. */
void hd_repr(const struct hd_objects *objects, uint32_t slot, char *ret_text, size_t size);

/* subscript.c */
struct hd_range {
    int64_t start;
    int64_t step;
    int64_t count;
};

/* What a slice takes of a sequence of this length; count items from start on. */
struct hd_range hd_slice_range(const struct hd_slice *slice, int64_t length);
/* The number a subscript of a sequence says: an index, or an int object. */
enum hd_status hd_subscript_number(const struct hd_heap *heap, struct hd_op *op,
                                   const struct hd_subscript *at, uint32_t container,
                                   int64_t *ret_number);
/* Below 0 from the end; PY_INDEX_ERROR with this sentence. */
enum hd_status hd_index_judge(int64_t number, int64_t length, const char *sentence,
                              uint32_t *ret_index, struct hd_error *error);

/* items.c: what operations on containers are made of. */
bool hd_is_set_like(enum hd_kind kind);
enum hd_status hd_judge_growth(const struct hd_heap *heap, uint64_t length, uint64_t more,
                               struct hd_error *error);
enum hd_status hd_items_append(struct hd_heap *heap, uint32_t list, uint32_t item,
                               struct hd_error *error);
enum hd_status hd_items_put(struct hd_heap *heap, struct hd_cascade *cascade, uint32_t table,
                            uint32_t key, uint32_t value, bool *ret_added,
                            struct hd_error *error);
enum hd_status hd_items_set_index(struct hd_heap *heap, struct hd_cascade *cascade,
                                  uint32_t list, int64_t number, uint32_t item,
                                  struct hd_error *error);
/* Items of a sequence or set, keys of a dict: how many; and all of them. */
bool hd_items_iterable(const struct hd_heap *heap, uint32_t slot);
uint32_t hd_items_count(const struct hd_heap *heap, uint32_t slot);
void hd_items_list(const struct hd_heap *heap, uint32_t slot, uint32_t *ret_items);
enum hd_status hd_attr_put(struct hd_heap *heap, struct hd_cascade *cascade, uint32_t instance,
                           struct hd_bytes name, uint32_t value, bool *ret_added,
                           struct hd_error *error);

/* mourning.c: what the layers below tell of deaths, and what the collector asks. */
void hd_mourning_init(struct hd_heap *heap);
void hd_tell(struct hd_heap *heap, enum hd_event_kind finalizer_kind,
             const struct hd_notice *notice, uint64_t count);
/* Nobody will be told of what it is armed for. */
void hd_notice_drop(struct hd_heap *heap, struct hd_notice *notice);
/* What is coming is armed again; an object that was to be finalized counts as living. */
void hd_notice_retract(struct hd_heap *heap, struct hd_notice *notice,
                       struct hd_cascade *cascade);

/* inspect_queues.c */
void hd_notice_describe(const struct hd_heap *heap, const struct hd_notice *notice,
                        struct hd_delivery *ret_delivery);

/* op_queues.c */
enum hd_status hd_queue_resolve(const struct hd_heap *heap, struct hd_bytes name,
                                struct hd_queue **ret_queue, struct hd_error *error);
/* A closed queue lets go of the next it holds.  False: it holds nothing. */
bool hd_queue_empty_next(struct hd_heap *heap, struct hd_queue *queue,
                         struct hd_cascade *cascade);
/* A session that ends gives back the next of what was delivered to it, or lets go of the
 * next that a queue of its own holds.  False: nothing is left. */
bool hd_session_queues_next(struct hd_heap *heap, struct hd_session *session,
                            struct hd_cascade *cascade);

/* op_finalizers.c: not acknowledged: it waits again, or is a dead letter. */
void hd_notice_take_back(struct hd_heap *heap, struct hd_notice *notice);

/* The same, once it has been judged. */
void hd_acknowledge(struct hd_heap *heap, struct hd_notice *notice, struct hd_cascade *cascade);

/* pending.c: the notice has been acknowledged, or nobody will be told: the queue's reference
 * is dropped, or kept until its pending set is looked at again, as is owed with the last of it.
 */
void hd_notice_conclude(struct hd_heap *heap, struct hd_notice *notice,
                        struct hd_cascade *cascade);
bool hd_notice_keeps(const struct hd_heap *heap, const struct hd_notice *notice);
/* Looks at the next complete set; what is freed is on the cascade.  False: there is none. */
bool hd_pending_look(struct hd_heap *heap, struct hd_cascade *cascade);
/* The notice is of a set of its own; two sets are one. */
uint32_t hd_pending_add(struct hd_heap *heap, struct hd_notice *notice);
void hd_pending_join(struct hd_heap *heap, uint32_t number, uint32_t other);
/* It lives after all: its set has one less to wait for. */
void hd_pending_leave(struct hd_heap *heap, struct hd_notice *notice);

/* verify_owners.c: every reference there is, and who has it. */
typedef void (*hd_owner_cb)(void *ctx, const struct hd_owner *owner, uint32_t slot, uint32_t n);
void hd_owners_each(const struct hd_heap *heap, hd_owner_cb visit, void *ctx);
void hd_owner_describe(const struct hd_heap *heap, const struct hd_owner *owner, char *ret_text,
                       size_t size);
/* Calls visit for every cascade there is. */
void hd_cascades_each(const struct hd_heap *heap,
                      void (*visit)(void *ctx, struct hd_cascade *cascade), void *ctx);

/* What searches count: an entry or a reference looked at is a step, what costs more is several.
 */
#define HD_UNIT_STEPS 32

/* reference.c: in a living container or, of a dying one, in what it has not released. */
void hd_pay_steps(uint64_t *steps, uint64_t price);
/* As hd_object_span_below, of at most so many references; *steps is not 0. */
struct hd_span hd_next_span(const struct hd_slot *entry, uint32_t *end, uint64_t *steps);
/* Looks through it from *end down.  False: the target is not there, or (*end is not 0) the
 * steps are used up. */
bool hd_find_reference(const struct hd_slot *entry, uint32_t target, uint32_t *end,
                       uint64_t *steps, uint32_t *ret_position);
/* Whether it has the target at a position. */
bool hd_has_reference(const struct hd_slot *entry, uint32_t position, uint32_t target);

/* op_scan.c: an item of a list was inserted: items behind it moved up. */
void hd_scans_note_insert(struct hd_heap *heap, uint32_t list);

/* op_why.c: a session ends, at which searches may stand; and what a search has of the books. */
void hd_searches_leave_session(struct hd_heap *heap, const struct hd_session *session);
size_t hd_search_bytes(const struct hd_search *search);
/* There was no memory; at once, for the quota remembers only the last refusal. */
void hd_search_refuse(struct hd_heap *heap, struct hd_op *op);

/* It may copy in slices (copying.h). */
static inline bool hd_op_copies(const struct hd_op *op)
{
    return op->code == HD_OP_COPY || op->code == HD_OP_EXTEND || op->code == HD_OP_DEL_ITEM;
}

/* copying.c: what such a copy has of the books, and its draft; NULL: none. */
size_t hd_copying_bytes(const struct hd_copying *copying);
struct hd_cascade *hd_copying_draft(const struct hd_op *op);

/* op_dry_run.c: as hd_search_bytes. */
size_t hd_dry_run_bytes(const struct hd_dry_run *run);

/* op_collector.c: PY_VALUE_ERROR. */
enum hd_status hd_judge_generation(const struct hd_heap *heap, struct hd_op *op,
                                   int64_t generation);

/* findings.c: for hd_memory_set_report, with the heap. */
void hd_findings_report(void *ctx, const struct hd_debug_finding *finding);

/* The operations: judge, reserve, change.  HD_OK, or nothing has changed. */
typedef enum hd_status (*hd_op_fn)(struct hd_heap *heap, struct hd_op *op);

/* clang-format off */
#define HD_OP_FUNCTIONS(X)                                                                     \
    X(create)                                                                                  \
    X(hold)                                                                                    \
    X(release)                                                                                 \
    X(append)                                                                                  \
    X(insert)                                                                                  \
    X(set_item)                                                                                \
    X(get_item)                                                                                \
    X(del_item)                                                                                \
    X(pop)                                                                                     \
    X(remove)                                                                                  \
    X(contains)                                                                                \
    X(equals)                                                                                  \
    X(extend)                                                                                  \
    X(clear)                                                                                   \
    X(add)                                                                                     \
    X(discard)                                                                                 \
    X(set_attr)                                                                                \
    X(get_attr)                                                                                \
    X(del_attr)                                                                                \
    X(intern)                                                                                  \
    X(copy)                                                                                    \
    X(new_weakref)                                                                             \
    X(deref)                                                                                   \
    X(create_queue)                                                                            \
    X(delete_queue)                                                                            \
    X(set_finalizer)                                                                           \
    X(receive)                                                                                 \
    X(acknowledge)                                                                             \
    X(redrive)                                                                                 \
    X(expire)                                                                                  \
    X(bind)                                                                                    \
    X(delete)                                                                                  \
    X(lookup)                                                                                  \
    X(call)                                                                                    \
    X(return)                                                                                  \
    X(collect)                                                                                 \
    X(enable)                                                                                  \
    X(disable)                                                                                 \
    X(set_threshold)                                                                           \
    X(freeze)                                                                                  \
    X(unfreeze)                                                                                \
    X(set_mode)                                                                                \
    X(set_debug)                                                                               \
    X(clear_garbage)                                                                           \
    X(get_objects)                                                                             \
    X(get_referrers)                                                                           \
    X(dry_run)                                                                                 \
    X(why)                                                                                     \
    X(trim)                                                                                    \
    X(configure)                                                                               \
    X(batch_begin)                                                                             \
    X(batch_end)                                                                               \
    X(session_end)
/* clang-format on */

#define X(name) enum hd_status hd_op_##name(struct hd_heap *heap, struct hd_op *op);
HD_OP_FUNCTIONS(X)
#undef X

/* What some have left to do when their effects stand, done for so many units (1 or more) at a
 * time.  True: nothing is left.  False: the units are used up, or some of them and a
 * reference was dropped onto the cascade, which goes first. */
typedef bool (*hd_work_fn)(struct hd_heap *heap, struct hd_op *op, uint32_t *units);

enum {
    HD_OP_GIVES = 1,     /* back, or helps to: it may use the reserve [heap.inv.reserve] */
    HD_OP_RELEASES = 2,  /* its work gives references back: at a limit it is done at once */
    HD_OP_READS = 4,     /* it changes nothing */
    HD_OP_ASIDE = 8,     /* it is done at once, whatever its session is doing */
    HD_OP_UNDOABLE = 16, /* it may stand in an atomic batch */
};

/* op_table.c */
struct hd_op_row {
    const char *name;
    hd_op_fn carry_out;
    hd_work_fn work; /* or NULL */
    unsigned is;
};

extern const struct hd_op_row hd_op_table[HD_OP_COUNT];

bool hd_copy_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_compare_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_dry_run_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_why_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_scan_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_collect_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_freeze_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_redrive_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_clear_garbage_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_trim_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_batch_end_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);
bool hd_session_end_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units);

#endif
