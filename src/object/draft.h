/* SPDX-License-Identifier: MIT */
/* draft.h: a list or tuple that gets its items some at a time, and is there when it has all.
 *
 * Until then nobody can name it.  It waits on a cascade of its own, which nobody works off, as
 * a dying object would that has only these items left: who looks after the dying knows it, and
 * to give it up is to let it die.
 *
 *   [object.inv.draft]  A draft is the only one on its cascade.  What it refers to was reached
 *                       when it was taken, or the draft waits to be looked at: so it is of
 *                       the color of the living when it is complete. */
#ifndef HD_OBJECT_DRAFT_H
#define HD_OBJECT_DRAFT_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "object/kind.h"
#include "object/refs.h"

/* For so many items, one at least.  A long list takes most of its memory with its items, and
 * asks now whether there is room for all of them in its quota.  Errors as of objects of the
 * kind; then there is none. */
enum hd_status hd_draft_begin(struct hd_objects *objects, enum hd_kind kind, size_t length,
                              struct hd_cascade *draft, struct hd_error *error);

/* A list whose items will be those of this one: its account pays, and no object is asked for.
 */
enum hd_status hd_draft_begin_beside(struct hd_objects *objects, uint32_t list, size_t length,
                                     struct hd_cascade *draft, struct hd_error *error);

/* LIMIT_REFCOUNT, and of a list LIMIT_MEMORY: none is added. */
enum hd_status hd_draft_add(struct hd_objects *objects, const struct hd_cascade *draft,
                            const uint32_t *items, size_t count, struct hd_error *error);

/* How many it has. */
uint32_t hd_draft_length(const struct hd_objects *objects, const struct hd_cascade *draft);

/* It has all: a new object. */
uint32_t hd_draft_finish(struct hd_objects *objects, struct hd_cascade *draft);

/* Of one beside a list: its items go to the end of the list, as they lie if they are many.
 * LIMIT_SIZE, LIMIT_MEMORY; then nothing has changed. */
enum hd_status hd_draft_append(struct hd_objects *objects, const struct hd_cascade *draft,
                               uint32_t list, struct hd_error *error);

/* Of one beside a list: the list has its items, and it, which is to be dropped, those that the
 * list had. */
void hd_draft_exchange(struct hd_objects *objects, const struct hd_cascade *draft,
                       uint32_t list);

/* It dies, on a cascade that is worked off. */
void hd_draft_drop(struct hd_objects *objects, struct hd_cascade *draft,
                   struct hd_cascade *cascade);

#endif
