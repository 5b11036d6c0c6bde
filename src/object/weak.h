/* SPDX-License-Identifier: MIT */
/* weak.h: weak references: they know an object, and keep it not.
 *
 * Sets, frozensets and instances can be weakly referred to, as in CPython.  A plain
 * weak reference is shared by all who ask for one while it lives; one with a
 * callback is not.  A weak reference is a tracked object; that of the plain one
 * needs no body.
 *
 *   [object.inv.weak]  An object with HD_SLOT_WEAK has a word behind its table: the first of
 *                      the living weak references to it, or 0.  The plain one, if there is
 *                      one, is the first; those with callbacks follow, the newest before
 *                      the older ones.  The target of a weak reference is a living object
 *                      whose chain it is in, or 0. */
#ifndef HD_OBJECT_WEAK_H
#define HD_OBJECT_WEAK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "object/slot.h"

struct hd_cascade;
struct hd_objects;

/* The weak reference to the object: the one there is, or a new one with the
 * count 0 (see the rules for making in object.h).  PY_TYPE_ERROR: "cannot create
 * weak reference to 'list' object". */
enum hd_status hd_weak_new(struct hd_objects *objects, uint32_t target, uint32_t *ret_slot,
                           struct hd_error *error);

/* A new one, of whose callback the mourner is prepared to be told. */
enum hd_status hd_weak_new_with_callback(struct hd_objects *objects, uint32_t target,
                                         uint32_t *ret_slot, struct hd_error *error);

/* The living target of a weak reference, or 0. */
uint32_t hd_weak_target(const struct hd_objects *objects, uint32_t slot);

/* Weak references to an object; the first with a callback, or 0, and the next older one. */
uint32_t hd_weak_count(const struct hd_objects *objects, uint32_t target);
uint32_t hd_weak_first_callback(const struct hd_objects *objects, uint32_t target);
uint32_t hd_weak_older_callback(const struct hd_objects *objects, uint32_t weakref);

/* The target is dead: of a weak reference with a callback the mourner is told, and it
 * has no target any more. */
void hd_weak_call_back(struct hd_objects *objects, uint32_t weakref);

/* The object, or the weak reference, is about to die: they forget each other.  Callbacks
 * are called, the newest first. */
void hd_weak_part(struct hd_objects *objects, uint32_t slot);

/* Bytes of the body of a weak reference. */
size_t hd_weak_bytes(const struct hd_slot *entry);

/* [object.inv.weak] of one object. */
bool hd_weak_check(const struct hd_objects *objects, uint32_t slot);

#endif
