/* SPDX-License-Identifier: MIT */
/* blocks.c: leaves of a list; chunks, pages and the two directories of a table. */
#include "object/blocks.h"

#include "object/big_list.h"
#include "object/big_table.h"
#include "object/internal.h"

enum { BLOCK_ARRAYS, BLOCK_DIRECTORY, BLOCKS_FIXED };

static struct hd_big_list *big_list(const struct hd_slot *entry)
{
    return entry->kind == HD_KIND_LIST && hd_list_is_big(entry) ? hd_slot_body(entry) : NULL;
}

static struct hd_big_table *big_table(const struct hd_slot *entry)
{
    bool is_table = entry->kind >= HD_KIND_DICT && entry->kind <= HD_KIND_INSTANCE;

    return is_table && hd_table_is_big(entry) ? hd_slot_body(entry) : NULL;
}

uint32_t hd_object_block_count(const struct hd_slot *entry)
{
    const struct hd_big_list *list = big_list(entry);
    const struct hd_big_table *table = big_table(entry);

    if (list != NULL) {
        return list->leaves + list->spares;
    }
    return table == NULL || (entry->flags & HD_SLOT_DYING) != 0
               ? 0 /* a dying one is giving its blocks back */
               : BLOCKS_FIXED + table->numbers + (UINT32_C(1) << table->index.depth);
}

static void *block_of_table(const struct hd_big_table *table, enum hd_kind kind,
                            uint32_t number, size_t *ret_bytes)
{
    switch (number) {
    case BLOCK_ARRAYS:
        *ret_bytes = hd_big_table_arrays_bytes(table);
        return table->chunk;
    case BLOCK_DIRECTORY:
        *ret_bytes = hd_index_directory_bytes(&table->index);
        return table->index.pages;
    default:
        number -= BLOCKS_FIXED;
    }
    if (number < table->numbers) {
        *ret_bytes = hd_big_table_chunk_bytes(kind);
        return table->chunk[number].words;
    }
    *ret_bytes = sizeof(struct hd_page);
    return hd_index_page(&table->index, number - table->numbers);
}

void *hd_object_block(const struct hd_slot *entry, uint32_t number, size_t *ret_bytes)
{
    const struct hd_big_list *list = big_list(entry);

    if (list != NULL) {
        *ret_bytes = HD_LEAF_BYTES;
        return list->leaf[number].items;
    }
    return block_of_table(big_table(entry), (enum hd_kind)entry->kind, number, ret_bytes);
}

static void block_of_table_moved(struct hd_big_table *table, uint32_t number, void *to)
{
    if (number == BLOCK_ARRAYS) {
        hd_big_table_set_arrays(table, to);
    } else if (number == BLOCK_DIRECTORY) {
        table->index.pages = to;
    } else if (number - BLOCKS_FIXED < table->numbers) {
        table->chunk[number - BLOCKS_FIXED].words = to;
    } else {
        hd_index_set_page(&table->index, number - BLOCKS_FIXED - table->numbers, to);
    }
}

void hd_object_block_moved(const struct hd_slot *entry, uint32_t number, void *to)
{
    struct hd_big_list *list = big_list(entry);

    if (list != NULL) {
        list->leaf[number].items = to;
    } else {
        block_of_table_moved(big_table(entry), number, to);
    }
}
