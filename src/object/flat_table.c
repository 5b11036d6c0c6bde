/* SPDX-License-Identifier: MIT */
/* flat_table.c: entries and index in one block [object.inv.index]. */
#include "object/flat_table.h"

#include <string.h>

#define SMALL 8 /* entries searched without an index */

/* Cells of the index: a power of two, at least 3/2 of the capacity. */
static uint32_t index_size(uint32_t capacity)
{
    uint32_t size = 16;

    if (capacity <= SMALL) {
        return 0;
    }
    while (size < capacity + capacity / 2) {
        size *= 2;
    }
    return size;
}

size_t hd_flat_bytes(enum hd_kind kind, uint32_t capacity)
{
    return sizeof(struct hd_table) +
           (capacity * hd_table_entry_words(kind) + index_size(capacity)) * sizeof(uint32_t);
}

uint32_t *hd_flat_entry(const struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    union {
        const uint32_t *in;
        uint32_t *out;
    } words = {table->words};

    return words.out + position * hd_table_entry_words(kind);
}

/* A cell has a position plus one; 0 is empty. */
static uint32_t *index_of(const struct hd_table *table, enum hd_kind kind)
{
    return hd_flat_entry(table, kind, table->capacity);
}

uint32_t *hd_flat_end(const struct hd_table *table, enum hd_kind kind)
{
    return index_of(table, kind) + index_size(table->capacity);
}

void hd_flat_init(struct hd_table *table, enum hd_kind kind, uint32_t capacity, uint32_t owner)
{
    *table = (struct hd_table){.capacity = capacity, .owner = owner};
    memset(index_of(table, kind), 0, index_size(capacity) * sizeof(uint32_t));
}

static uint32_t next_of_small(const struct hd_table *table, enum hd_kind kind, uint32_t hash,
                              uint32_t *at)
{
    while (*at < table->span) {
        const uint32_t *entry = hd_flat_entry(table, kind, *at);

        (*at)++;
        if (entry[HD_ENTRY_HASH] == hash && entry[HD_ENTRY_KEY] != 0) {
            return *at - 1;
        }
    }
    return HD_TABLE_MISSING;
}

uint32_t hd_flat_next(const struct hd_table *table, enum hd_kind kind, uint32_t hash,
                      uint32_t *at)
{
    const uint32_t *index;
    uint32_t mask;
    uint32_t cell;

    if (table->capacity <= SMALL) {
        return next_of_small(table, kind, hash, at);
    }
    index = index_of(table, kind);
    mask = index_size(table->capacity) - 1;
    while ((cell = index[(hash + *at) & mask]) != 0) {
        (*at)++;
        if (hd_flat_entry(table, kind, cell - 1)[HD_ENTRY_HASH] == hash) {
            return cell - 1;
        }
    }
    return HD_TABLE_MISSING;
}

static void index_put(struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    uint32_t *index = index_of(table, kind);
    uint32_t mask = index_size(table->capacity) - 1;
    uint32_t i = hd_flat_entry(table, kind, position)[HD_ENTRY_HASH] & mask;

    while (index[i] != 0) {
        i = (i + 1) & mask;
    }
    index[i] = position + 1;
}

/* Those behind it that a search would no longer reach move up. */
static void index_remove(struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    uint32_t *index = index_of(table, kind);
    uint32_t mask = index_size(table->capacity) - 1;
    uint32_t hole = hd_flat_entry(table, kind, position)[HD_ENTRY_HASH] & mask;

    while (index[hole] != position + 1) {
        hole = (hole + 1) & mask;
    }
    for (uint32_t i = (hole + 1) & mask; index[i] != 0; i = (i + 1) & mask) {
        uint32_t home = hd_flat_entry(table, kind, index[i] - 1)[HD_ENTRY_HASH] & mask;

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            index[hole] = index[i];
            hole = i;
        }
    }
    index[hole] = 0;
}

void hd_flat_append(struct hd_table *table, enum hd_kind kind, const uint32_t *entry)
{
    memcpy(hd_flat_entry(table, kind, table->span), entry,
           hd_table_entry_words(kind) * sizeof *entry);
    if (table->capacity > SMALL) {
        index_put(table, kind, table->span);
    }
    table->span++;
    table->live++;
}

void hd_flat_delete(struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    if (table->capacity > SMALL) {
        index_remove(table, kind, position);
    }
    memset(hd_flat_entry(table, kind, position), 0,
           hd_table_entry_words(kind) * sizeof(uint32_t));
    table->live--;
    while (table->span > 0 && hd_flat_entry(table, kind, table->span - 1)[HD_ENTRY_KEY] == 0) {
        table->span--; /* holes at the end need no place */
    }
}

static bool is_found(const struct hd_table *table, enum hd_kind kind, uint32_t position)
{
    uint32_t at = 0;
    uint32_t found;

    do {
        found =
            hd_flat_next(table, kind, hd_flat_entry(table, kind, position)[HD_ENTRY_HASH], &at);
    } while (found != HD_TABLE_MISSING && found != position);
    return found == position;
}

bool hd_flat_check(const struct hd_table *table, enum hd_kind kind)
{
    uint32_t cells = 0;
    uint32_t live = 0;
    bool is_hole = false;

    for (uint32_t i = 0; i < table->span; i++) {
        is_hole = hd_flat_entry(table, kind, i)[HD_ENTRY_KEY] == 0;
        live += !is_hole;
        if (!is_hole && !is_found(table, kind, i)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < index_size(table->capacity); i++) {
        cells += index_of(table, kind)[i] != 0;
    }
    return live == table->live && !is_hole && table->span <= table->capacity &&
           (table->capacity <= SMALL || cells == live);
}
