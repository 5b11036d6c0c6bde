/* SPDX-License-Identifier: MIT */
/* flat_table.h: a table in one block: entries in insertion order, and an index behind
 * them once there are more than eight (the compact dict of CPython 3.6).
 *
 *   [object.inv.index]  every entry with a key is found from its hash's cell of the index
 *                       without crossing an empty cell; no cell names an entry that is not
 *                       there; no hole ends the entries.
 *
 * These functions move references; they do not count them. */
#ifndef HD_OBJECT_FLAT_TABLE_H
#define HD_OBJECT_FLAT_TABLE_H

#include "object/internal.h"

/* Bytes of a table with room for so many entries. */
size_t hd_flat_bytes(enum hd_kind kind, uint32_t capacity);

void hd_flat_init(struct hd_table *table, enum hd_kind kind, uint32_t capacity, uint32_t owner);

uint32_t *hd_flat_entry(const struct hd_table *table, enum hd_kind kind, uint32_t position);

/* The first word behind it. */
uint32_t *hd_flat_end(const struct hd_table *table, enum hd_kind kind);

/* The next position of an entry with this hash, HD_TABLE_MISSING behind the
 * last; *at is 0 before the first. */
uint32_t hd_flat_next(const struct hd_table *table, enum hd_kind kind, uint32_t hash,
                      uint32_t *at);

/* There is room. */
void hd_flat_append(struct hd_table *table, enum hd_kind kind, const uint32_t *entry);

void hd_flat_delete(struct hd_table *table, enum hd_kind kind, uint32_t position);

/* [object.inv.index] */
bool hd_flat_check(const struct hd_table *table, enum hd_kind kind);

#endif
