/* SPDX-License-Identifier: MIT */
/* weak.h: weak references: they know an object, and keep it not.
 *
 * Sets, frozensets and instances can be weakly referred to, as in CPython.  A plain
 * weak reference (one without a callback) is shared by all who ask for one while
 * it lives.  A weak reference is a tracked object whose payload is its target.
 *
 *   [object.inv.weak]  an object with HD_SLOT_WEAK has a word behind its table that is its
 *                      living weak reference, or 0; the target of a weak reference is a living
 *                      object whose word names it, or 0. */
#ifndef HD_OBJECT_WEAK_H
#define HD_OBJECT_WEAK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "object/slot.h"

struct hd_objects;

/* The weak reference to the object: the one there is, or a new one with the
 * count 0 (see the rules for making in object.h).  PY_TYPE_ERROR: "cannot create
 * weak reference to 'list' object". */
enum hd_status hd_weak_new(struct hd_objects *objects, uint32_t target, uint32_t *ret_slot,
                           struct hd_error *error);

/* The living target of a weak reference, or 0. */
uint32_t hd_weak_target(const struct hd_objects *objects, uint32_t slot);

/* Weak references to an object. */
uint32_t hd_weak_count(const struct hd_objects *objects, uint32_t target);

/* The object, or the weak reference, is about to die: they forget each other. */
void hd_weak_part(struct hd_objects *objects, uint32_t slot);

/* [object.inv.weak] of one object. */
bool hd_weak_check(const struct hd_objects *objects, uint32_t slot);

#endif
