/* SPDX-License-Identifier: MIT */
/* internal.h: what the modules of this layer share: the instance, and the shapes of bodies. */
#ifndef HD_OBJECT_INTERNAL_H
#define HD_OBJECT_INTERNAL_H

#include "object/barrier.h"
#include "object/body.h"
#include "object/classes.h"
#include "object/compare.h"
#include "object/intern.h"
#include "object/object.h"
#include "object/reader.h"
#include "object/span.h"
#include "object/weak.h"

/* Numbers of the immortals among the atoms. */
enum {
    ATOM_NONE = 1,
    ATOM_FALSE,
    ATOM_TRUE,
    ATOM_EMPTY_TUPLE,
    ATOM_EMPTY_STR,
    ATOM_EMPTY_BYTES,
    ATOM_INT, /* -5 .. 256 */
    ATOM_CHAR = ATOM_INT + 262,
    ATOM_BYTE = ATOM_CHAR + 256,
    ATOM_MORTAL = ATOM_BYTE + 256,
};

/* Python's limit of recursion. */
#define HD_DEPTH_MAX 1000

#define INT_CACHE_FROM (-5)
#define INT_CACHE_TO   256

#define HD_WATCHED 64

struct hd_objects {
    const struct hd_allocator *bodies;
    const struct hd_allocator *books;
    struct hd_hash_key hash_key;
    uint64_t compare_work;
    struct hd_quota *quota;
    struct hd_quota unlimited; /* the quota of who has none */
    uint16_t account;          /* that of objects made now */
    struct hd_slots slots;
    struct hd_intern intern;
    struct hd_classes classes;
    uint64_t kinds[HD_KIND_COUNT];
    const struct hd_mourner *mourner;
    struct hd_barrier barrier;
    struct hd_list comparisons;   /* compare.h; [object.inv.watched] */
    struct hd_list readers;       /* reader.h */
    uint32_t watched[HD_WATCHED]; /* containers these stand in, by slot */
    uint64_t made;                /* containers, so far */
    uint64_t young_count;     /* allocations minus deallocations of collectable kinds, >= 0 */
    uint64_t stranded_deaths; /* see refs.h */
};

/* STR and BYTES: the text follows; hash is 0 until it is asked for. */
struct hd_text {
    uint32_t size;
    uint32_t hash;
    char data[];
};

/* The words of the entry at a position below span. */
uint32_t *hd_table_entry(const struct hd_table *table, enum hd_kind kind, uint32_t position);

/* Bytes of all blocks of a table or list. */
size_t hd_table_bytes(const struct hd_slot *entry);
size_t hd_list_bytes(const struct hd_slot *entry);

/* The word of the weak reference to the table's object, which has HD_SLOT_WEAK;
 * and how it gets one. */
uint32_t *hd_table_weak_word(const struct hd_slot *entry);
enum hd_status hd_table_give_weak_word(struct hd_objects *objects, struct hd_slot *entry,
                                       struct hd_error *error);

/* Its body goes to a shell: an empty one, with the word if there was one. */
enum hd_status hd_table_empty_body(struct hd_objects *objects, const struct hd_slot *entry,
                                   struct hd_table **ret_table, struct hd_error *error);

/* Gives back all blocks of a body of the entry's kind; what it refers to is another matter. */
void hd_table_free_body(struct hd_objects *objects, const struct hd_slot *entry,
                        struct hd_table *table);

/* Room for one entry of this hash behind the last, which is then put there.  LIMIT_SIZE,
 * LIMIT_MEMORY; what is reserved in a big table must be used. */
enum hd_status hd_table_reserve(struct hd_objects *objects, struct hd_slot *entry,
                                uint32_t hash, struct hd_error *error);
void hd_table_append(struct hd_slot *entry, const uint32_t fresh[3]);

/* The entry goes; its references are the caller's to drop. */
void hd_table_take_out(struct hd_objects *objects, struct hd_slot *entry, uint32_t position);

/* Bytes of the body's own block; those of big containers beside it left out. */
size_t hd_object_own_bytes(const struct hd_slot *entry);

/* Where the item of an index in the list lies. */
uint32_t *hd_list_place(const struct hd_slot *entry, uint32_t index);

/* Room for `more` items behind the last: adding so many will need no memory. */
enum hd_status hd_list_reserve(struct hd_objects *objects, struct hd_slot *entry, size_t more,
                               struct hd_error *error);

/* Items for which there is room go behind the last; they are not counted. */
void hd_list_push(struct hd_slot *entry, const uint32_t *items, size_t count);

/* Of a list in one block: leaves with the same items, room for more behind them, and in the
 * directory for so many leaves beside. */
enum hd_status hd_list_make_big(struct hd_objects *objects, struct hd_slot *entry, size_t more,
                                uint32_t leaves, struct hd_error *error);

/* The next item that a dying list releases, from its end; 0: none is left. */
uint32_t hd_list_pop_dying(struct hd_objects *objects, struct hd_slot *entry);

enum hd_status hd_seq_judge_length(size_t length, struct hd_error *error);

/* Untracked, and without references: its id is stale, and what it refers to is released when
 * the cascade is worked off. */
void hd_refs_kill(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot);

/* All of them, or none: LIMIT_REFCOUNT.  And the way back, right after: nothing dies of
 * it, for what nobody referred to before is a new object that its maker will discard. */
enum hd_status hd_refs_take_all(struct hd_objects *objects, const uint32_t *items, size_t count,
                                struct hd_error *error);
void hd_refs_untake_all(struct hd_objects *objects, const uint32_t *items, size_t count);

/* Gives back what a body has beside its own block, at most *blocks of it;
 * false: there is more.  Its references are released or not counted any more. */
bool hd_object_shed(struct hd_objects *objects, struct hd_slot *entry, uint32_t *blocks);

/* Makes the slot of a new object and books it. */
enum hd_status hd_object_make(struct hd_objects *objects, enum hd_kind kind, bool atom,
                              uint32_t *ret_slot, struct hd_error *error);

/* The parts of this: a draft is counted among the containers made when it is complete. */
enum hd_status hd_object_make_slot(struct hd_objects *objects, enum hd_kind kind, bool atom,
                                   uint32_t *ret_slot, struct hd_error *error);
void hd_object_count_made(struct hd_objects *objects);

/* Unmakes what has no references left: body, class, slot; or all but the slot, which may
 * then be given back. */
void hd_object_unmake(struct hd_objects *objects, uint32_t slot);
void hd_object_strip(struct hd_objects *objects, uint32_t slot);
void hd_object_strip_flat(struct hd_objects *objects, const struct hd_slot *entry,
                          uint32_t slot);

/* The object dies, and whoever wanted to be told of a callback will not be. */
void hd_object_forget(struct hd_objects *objects, uint32_t slot);

/* A body for a fresh slot; on failure the slot is unmade. */
enum hd_status hd_object_give_body(struct hd_objects *objects, uint32_t slot, size_t bytes,
                                   void **ret_body, struct hd_error *error);

/* Hands the next block of a big body beside its own to the callback, which says where it
 * lies from now on.  False: there is none of this number. */
bool hd_object_relocate_part(const struct hd_slot *entry, uint32_t part,
                             hd_relocate_cb relocate, void *ctx);

/* A shell of the kind and account of another one, without a body; no object is asked for. */
enum hd_status hd_object_make_shell(struct hd_objects *objects, const struct hd_slot *of,
                                    uint32_t *ret_slot, struct hd_error *error);

/* A dying object of the kind and account of another one is put on the cascade, with a
 * body whose references it takes over: they are released in the order of death. */
enum hd_status hd_object_bury(struct hd_objects *objects, struct hd_cascade *cascade,
                              const struct hd_slot *of, void *body, struct hd_error *error);

enum hd_status hd_fail_memory(struct hd_error *error, size_t bytes);

/* key became equal to the table's: found with its hash known. */
enum hd_status hd_table_find_hashed(struct hd_objects *objects, const struct hd_table *table,
                                    enum hd_kind kind, uint32_t key, uint32_t hash,
                                    unsigned depth, uint64_t *work, uint32_t *ret_position,
                                    struct hd_error *error);

/* The position of entry number `nth` of those that have the hash; HD_TABLE_MISSING. */
uint32_t hd_table_nth(const struct hd_table *table, enum hd_kind kind, uint32_t hash,
                      uint32_t nth);

/* A container has gained, lost or replaced a reference. */
static inline void hd_objects_note_change(struct hd_objects *objects, uint32_t slot)
{
    if (objects->watched[slot % HD_WATCHED] != 0) {
        hd_comparisons_note_change(objects, slot);
        hd_readers_note_change(objects, slot);
    }
}

/* What two objects are to each other at a glance; DEEP: two containers of the same length. */
enum hd_shallow { HD_SHALLOW_UNEQUAL, HD_SHALLOW_EQUAL, HD_SHALLOW_DEEP };
enum hd_shallow hd_equal_shallow(const struct hd_objects *objects, uint32_t left,
                                 uint32_t right);
enum hd_status hd_refuse_depth(struct hd_error *error);

/* *work goes down; LIMIT_WORK when it is used up. */
enum hd_status hd_equal_at(struct hd_objects *objects, uint32_t left, uint32_t right,
                           unsigned depth, uint64_t *work, bool *ret_equal,
                           struct hd_error *error);

/* As hd_object_hash, but a set is looked up as the frozenset that equals it. */
enum hd_status hd_object_hash_sought(struct hd_objects *objects, uint32_t slot,
                                     uint32_t *ret_hash, struct hd_error *error);
uint32_t hd_text_hash(const struct hd_objects *objects, struct hd_bytes text);

#endif
