/* SPDX-License-Identifier: MIT */
/* object.h: the face of the object layer: identity, kinds, references, death by count.  No
 * policy.
 *
 * An object is a slot number of 32 bits.  Its slot entry (slot.h) has the
 * version, the count, the kind and 8 bytes of payload: a small value, or the
 * block of its body.  References between objects are slot numbers in bodies;
 * nothing is linked through the objects.  Collectable kinds have slot numbers
 * below HD_ATOM_BASE, all others (atoms, and the empty tuple) above, so that the
 * collector's arrays cover only the former.
 *
 * Functions that store a reference count it; those that take one out drop it
 * onto the cascade given.  A reference to be stored is taken before another is
 * given up.  Nothing here judges ids, names or limits of sessions: that is the
 * heap's.  Design note: docs/design/object.md. */
#ifndef HD_OBJECT_OBJECT_H
#define HD_OBJECT_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/status.h"
#include "object/kind.h"
#include "object/quota.h"
#include "object/refs.h"
#include "object/slot.h"

struct hd_objects;

/* Most bytes of a body that is one block, and most references of a container. */
#define HD_OBJECT_ITEMS_MAX ((uint32_t)1 << 28)
#define HD_OBJECT_BYTES_MAX ((uint32_t)1 << 30)

/* Errors common to all that make or grow something: HD_RESOURCE_EXHAUSTED with
 * LIMIT_SLOTS, LIMIT_MEMORY, LIMIT_SIZE or LIMIT_REFCOUNT; then nothing has changed. */

/* Making.  The new object has the count 0: the caller takes the first
 * reference, or gives the object back with hd_object_discard.  Immortal and
 * interned objects may come back instead of new ones.  Items are counted. */
uint32_t hd_object_none(void);
uint32_t hd_object_bool(bool flag);
enum hd_status hd_object_new_int(struct hd_objects *objects, int64_t value, uint32_t *ret_slot,
                                 struct hd_error *error);
enum hd_status hd_object_new_float(struct hd_objects *objects, double value, uint32_t *ret_slot,
                                   struct hd_error *error);
/* text is valid UTF-8. */
enum hd_status hd_object_new_str(struct hd_objects *objects, struct hd_bytes text,
                                 bool interned, uint32_t *ret_slot, struct hd_error *error);
enum hd_status hd_object_new_bytes(struct hd_objects *objects, struct hd_bytes bytes,
                                   uint32_t *ret_slot, struct hd_error *error);
enum hd_status hd_object_new_tuple(struct hd_objects *objects, const uint32_t *items,
                                   size_t count, uint32_t *ret_slot, struct hd_error *error);
enum hd_status hd_object_new_list(struct hd_objects *objects, const uint32_t *items,
                                  size_t count, uint32_t *ret_slot, struct hd_error *error);
/* DICT, SET or FROZENSET, empty. */
enum hd_status hd_object_new_table(struct hd_objects *objects, enum hd_kind kind,
                                   uint32_t *ret_slot, struct hd_error *error);
enum hd_status hd_object_new_instance(struct hd_objects *objects, struct hd_bytes class_name,
                                      uint32_t *ret_slot, struct hd_error *error);

/* Undoes a making: the object has the count 0 and no one knows it.  Its items
 * are dropped.  Does nothing to an object that somebody holds. */
void hd_object_discard(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot);

/* Somebody names a living object, which takes it out of what a collection in progress takes
 * for dead; and the living object of an id, as hd_slots_resolve, which is named. */
void hd_object_name(struct hd_objects *objects, uint32_t slot);
enum hd_status hd_object_resolve(struct hd_objects *objects, uint64_t id, uint32_t *ret_slot,
                                 struct hd_error *error);

/* Reading.  Immortals have the same slots in every heap. */
bool hd_object_is_immortal(uint32_t slot);
enum hd_kind hd_object_kind(const struct hd_objects *objects, uint32_t slot);
bool hd_object_flag(const struct hd_objects *objects, uint32_t slot);       /* BOOL */
int64_t hd_object_integer(const struct hd_objects *objects, uint32_t slot); /* INT, BOOL */
double hd_object_real(const struct hd_objects *objects, uint32_t slot);     /* FLOAT */
struct hd_bytes hd_object_bytes(const struct hd_objects *objects,
                                uint32_t slot); /* STR, BYTES */
struct hd_bytes hd_object_class_name(const struct hd_objects *objects, uint32_t slot);
/* The type as Python names it: "list", or the class of an instance. */
struct hd_bytes hd_object_type_name(const struct hd_objects *objects, uint32_t slot);
/* Bytes of the body's blocks as asked for; 0 without a body. */
size_t hd_object_body_bytes(const struct hd_objects *objects, uint32_t slot);
/* The body's own block, and how many bytes it has; NULL without a body.  Big
 * containers have others beside it. */
const void *hd_object_body(const struct hd_objects *objects, uint32_t slot, size_t *ret_bytes);
/* The interned str of this text, or 0. */
uint32_t hd_object_find_interned(const struct hd_objects *objects, struct hd_bytes text);

/* Gives the one interned str equal to this str: itself if there was none. */
enum hd_status hd_object_intern(struct hd_objects *objects, uint32_t slot, uint32_t *ret_slot,
                                struct hd_error *error);

/* Undoes the interning of a str that is alive: another of its text may be interned. */
void hd_object_unintern(struct hd_objects *objects, uint32_t slot);

/* Sequences: TUPLE, LIST.  index is in range; item is borrowed. */
uint32_t hd_seq_length(const struct hd_objects *objects, uint32_t slot);
uint32_t hd_seq_item(const struct hd_objects *objects, uint32_t slot, uint32_t index);

/* LIST.  Ranges are within the list. */
enum hd_status hd_list_insert_at(struct hd_objects *objects, uint32_t slot, uint32_t index,
                                 uint32_t item, struct hd_error *error);
enum hd_status hd_list_extend(struct hd_objects *objects, uint32_t slot, const uint32_t *items,
                              size_t count, struct hd_error *error);
enum hd_status hd_list_set(struct hd_objects *objects, struct hd_cascade *cascade,
                           uint32_t slot, uint32_t index, uint32_t item,
                           struct hd_error *error);
/* Takes items start, start + step, ... (count of them, step >= 1) out; they go
 * from the last to the first.  One item never fails. */
enum hd_status hd_list_delete(struct hd_objects *objects, struct hd_cascade *cascade,
                              uint32_t slot, uint32_t start, uint32_t step, uint32_t count,
                              struct hd_error *error);

/* Tables: DICT, SET, FROZENSET, INSTANCE.  Entries have positions, 0 up to
 * hd_table_span; a position may be a hole (key 0).  value is 0 in sets. */
uint32_t hd_table_length(const struct hd_objects *objects, uint32_t slot);
uint32_t hd_table_span(const struct hd_objects *objects, uint32_t slot);
uint32_t hd_table_key(const struct hd_objects *objects, uint32_t slot, uint32_t position);
uint32_t hd_table_value(const struct hd_objects *objects, uint32_t slot, uint32_t position);

/* The position of an equal key; HD_TABLE_MISSING if there is none.  Errors:
 * PY_TYPE_ERROR (unhashable), PY_RECURSION_ERROR, LIMIT_WORK. */
#define HD_TABLE_MISSING UINT32_MAX
enum hd_status hd_table_find(struct hd_objects *objects, uint32_t slot, uint32_t key,
                             uint32_t *ret_position, struct hd_error *error);
/* table[key] = value; an equal key that is there stays, its value is replaced.
 * In a set value is 0.  *ret_added (may be NULL): the key was new. */
enum hd_status hd_table_put(struct hd_objects *objects, struct hd_cascade *cascade,
                            uint32_t slot, uint32_t key, uint32_t value, bool *ret_added,
                            struct hd_error *error);
void hd_table_delete(struct hd_objects *objects, struct hd_cascade *cascade, uint32_t slot,
                     uint32_t position);

/* Empties a LIST, DICT or SET. Items go as by death: lists last to first, tables in order. */
enum hd_status hd_object_clear(struct hd_objects *objects, struct hd_cascade *cascade,
                               uint32_t slot, struct hd_error *error);

/* left == right as in Python, identical objects being equal.  Errors:
 * HD_ABORTED, PY_RECURSION_ERROR beyond a depth of 1000; HD_RESOURCE_EXHAUSTED, LIMIT_WORK
 * beyond max_steps, which compare.h can do in slices. */
enum hd_status hd_object_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                               uint64_t max_steps, bool *ret_equal, struct hd_error *error);
/* The first item of a list or tuple that equals this one; UINT32_MAX: none.  Errors as above.
 */
enum hd_status hd_object_search(struct hd_objects *objects, uint32_t seq, uint32_t item,
                                uint64_t max_steps, uint32_t *ret_index,
                                struct hd_error *error);

/* The keyed hash.  Errors: PY_TYPE_ERROR "unhashable type: 'list'", PY_RECURSION_ERROR,
 * LIMIT_WORK. */
enum hd_status hd_object_hash(struct hd_objects *objects, uint32_t slot, uint32_t *ret_hash,
                              struct hd_error *error);

/* Calls visit for every reference of a living container; nothing for atoms. */
typedef void (*hd_visit_cb)(void *ctx, uint32_t slot);
void hd_object_visit(const struct hd_objects *objects, uint32_t slot, hd_visit_cb visit,
                     void *ctx);

/* True if a reference to it can never be part of a cycle the collector needs to
 * know of: an atom, or an untracked tuple (CPython's MAY_BE_TRACKED, negated). */
bool hd_object_is_inert(const struct hd_objects *objects, uint32_t slot);

/* Construction. */
struct hd_object_options {
    struct hd_hash_key hash_key;
    uint32_t version_seed;
    uint32_t max_slots; /* of atoms, and of containers */
    uint64_t compare_work;
    struct hd_quota *quota; /* borrowed; NULL: no limits, and nobody asks who uses what */
};

struct hd_os;

/* bodies: for bodies of objects; books: for tables of the layer's own. */
enum hd_status hd_objects_new(const struct hd_object_options *options, const struct hd_os *os,
                              const struct hd_allocator *bodies,
                              const struct hd_allocator *books,
                              struct hd_objects **ret_objects);

/* Frees every living object's body at once, and itself.  NULL is nothing. */
void hd_objects_free(struct hd_objects *objects);

/* What its blocks take of the heap, by size class. */
uint64_t hd_object_block_bytes(const struct hd_objects *objects, uint32_t slot);

/* The account of objects made from now on; the quota must know it.  0 at the start. */
void hd_objects_set_account(struct hd_objects *objects, uint16_t account);

/* The slot table: for the layers above that walk or verify the heap. */
struct hd_slots *hd_objects_slots(struct hd_objects *objects);
const struct hd_slots *hd_objects_slots_const(const struct hd_objects *objects);

/* Allocations minus deallocations of collectable kinds since the last reset,
 * never below 0: CPython's count of generation 0. */
uint64_t hd_objects_young_count(const struct hd_objects *objects);
void hd_objects_reset_young_count(struct hd_objects *objects);
/* Containers made so far. */
uint64_t hd_objects_made(const struct hd_objects *objects);
/* Not below what it was. */
void hd_objects_keep_young_count(struct hd_objects *objects, uint64_t count);

/* The mourner is told of deaths that somebody wants to know of.  It belongs to the layer
 * above, is borrowed, and must need no memory.  NULL: nobody is told of anything. */
struct hd_mourner {
    /* An object with HD_SLOT_FINALIZER has no reference left.  True: it is kept, by one
     * reference that is the mourner's from now on, and is not told of again. */
    bool (*finalize)(void *ctx, uint32_t slot);
    /* The target of a living weak reference with HD_SLOT_CALLBACK is dead.  True: it is
     * kept by one reference more, which is the mourner's. */
    bool (*call_back)(void *ctx, uint32_t weakref);
    /* Nobody will be told any more: the object, or the weak reference, is dead itself. */
    void (*forget)(void *ctx, uint32_t slot);
    /* While a collection is marking somebody names an object that counts as finalized: it does
     * not, if only that collection would have it so. */
    void (*name)(void *ctx, uint32_t slot);
    /* While a collection is marking an object that counts as finalized, or a weak reference
     * with HD_SLOT_CALLBACK, has one reference left: if it is the mourner's, for what is not
     * committed, that is given up as well. */
    void (*abandon)(void *ctx, uint32_t slot, struct hd_cascade *cascade);
    void *ctx;
};

/* The collector's, to be told of changes through (barrier.h); for the objects' life. */
struct hd_barrier *hd_objects_barrier(struct hd_objects *objects);

/* An item was inserted into a list before this index. */
void hd_objects_note_insert(struct hd_objects *objects, uint32_t list, uint32_t index);

void hd_objects_set_mourner(struct hd_objects *objects, const struct hd_mourner *mourner);

/* Of which objects it can be told: not of atoms and weak references, PY_TYPE_ERROR "cannot
 * set a finalizer on 'int' object"; once, HD_FAILED_PRECONDITION, FINALIZED. */
enum hd_status hd_object_judge_finalizer(const struct hd_objects *objects, uint32_t slot,
                                         struct hd_error *error);
/* The mourner is prepared to be told, or it is no more. */
void hd_object_arm(struct hd_objects *objects, uint32_t slot);
void hd_object_disarm(struct hd_objects *objects, uint32_t slot);
void hd_object_set_finalized(struct hd_objects *objects, uint32_t slot, bool finalized);

/* The object is found dead.  True: it had a finalizer, and the mourner keeps it. */
bool hd_object_finalize(struct hd_objects *objects, uint32_t slot);

/* Whether a living object's body is as it should be: [object.inv.leaves],
 * [object.inv.index], [object.inv.chunks], [object.inv.refs], [object.inv.pages],
 * [object.inv.weak]. */
bool hd_object_check(const struct hd_objects *objects, uint32_t slot);

/* Bytes of bodies of living objects as asked for, re-derived by a walk. */
uint64_t hd_objects_body_bytes(const struct hd_objects *objects);

/* Living objects, immortals left out; by kind. */
uint64_t hd_objects_count(const struct hd_objects *objects, enum hd_kind kind);

#endif
