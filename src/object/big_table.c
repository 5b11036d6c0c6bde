/* SPDX-License-Identifier: MIT */
/* big_table.c: chunks of entries, in order [object.inv.chunks] [object.inv.refs]. */
#include "object/big_table.h"

#include <string.h>

#include "base/check.h"
#include "object/internal.h"

/* Two neighbours with no more living entries than these become one. */
#define MERGED (HD_CHUNK_ENTRIES / 2)

static size_t chunk_bytes(enum hd_kind kind)
{
    return HD_CHUNK_ENTRIES * hd_table_entry_words(kind) * sizeof(uint32_t);
}

static size_t arrays_bytes(uint32_t room)
{
    return room * (sizeof(struct hd_chunk) + sizeof(uint32_t));
}

static uint32_t ref_of(uint32_t number, uint32_t offset)
{
    return number << HD_CHUNK_BITS | offset;
}

static struct hd_chunk *chunk_at(const struct hd_big_table *table, uint32_t place)
{
    return &table->chunk[table->order[place]];
}

static uint32_t *entry_of(const struct hd_chunk *chunk, enum hd_kind kind, uint32_t offset)
{
    return chunk->words + offset * hd_table_entry_words(kind);
}

size_t hd_big_table_bytes(const struct hd_big_table *table, enum hd_kind kind)
{
    return sizeof *table + arrays_bytes(table->room) + table->chunks * chunk_bytes(kind) +
           hd_index_bytes(&table->index);
}

enum hd_status hd_big_table_new(struct hd_objects *objects, uint16_t account,
                                struct hd_big_table **ret_table, struct hd_error *error)
{
    struct hd_big_table *table;
    enum hd_status status = hd_body_take(objects, account, sizeof *table, &table, error);

    if (status != HD_OK) {
        return status;
    }
    *table = (struct hd_big_table){.capacity = HD_BODY_BIG};
    status = hd_index_init(objects, account, &table->index, error);
    if (status != HD_OK) {
        hd_body_give(objects, account, table, sizeof *table);
        return status;
    }
    *ret_table = table;
    return HD_OK;
}

bool hd_big_table_shed(struct hd_objects *objects, uint16_t account, enum hd_kind kind,
                       struct hd_big_table *table, uint32_t *blocks)
{
    while (table->chunks > 0) {
        if (*blocks == 0) {
            return false;
        }
        (*blocks)--;
        table->chunks--;
        hd_body_give(objects, account, chunk_at(table, table->chunks)->words,
                     chunk_bytes(kind));
    }
    if (!hd_index_shed(objects, account, &table->index, blocks)) {
        return false;
    }
    hd_body_give(objects, account, table->chunk, arrays_bytes(table->room));
    table->chunk = NULL;
    table->room = 0;
    table->span = 0;
    return true;
}

uint32_t *hd_big_table_entry(const struct hd_big_table *table, enum hd_kind kind,
                             uint32_t position)
{
    return entry_of(chunk_at(table, position >> HD_CHUNK_BITS), kind,
                    position & (HD_CHUNK_ENTRIES - 1));
}

uint32_t hd_big_table_next(const struct hd_big_table *table, struct hd_index_search *search)
{
    uint32_t ref = hd_index_next(search);

    return ref == HD_REF_NONE
               ? HD_REF_NONE
               : ref_of(table->chunk[ref >> HD_CHUNK_BITS].order, ref & (HD_CHUNK_ENTRIES - 1));
}

/* Both arrays are one block: chunks by number, then the order. */
static enum hd_status grow_arrays(struct hd_objects *objects, uint16_t account,
                                  struct hd_big_table *table, struct hd_error *error)
{
    uint32_t room = table->room == 0 ? 16 : table->room * 2;
    struct hd_chunk *chunk;
    uint32_t *order;
    enum hd_status status = hd_body_take(objects, account, arrays_bytes(room), &chunk, error);

    if (status != HD_OK) {
        return status;
    }
    order = (uint32_t *)(chunk + room);
    if (table->chunk != NULL) {
        memcpy(chunk, table->chunk, table->numbers * sizeof *chunk);
        memcpy(order, table->order, table->chunks * sizeof *order);
        hd_body_give(objects, account, table->chunk, arrays_bytes(table->room));
    }
    table->chunk = chunk;
    table->order = order;
    table->room = room;
    return HD_OK;
}

static enum hd_status add_chunk(struct hd_objects *objects, uint16_t account, enum hd_kind kind,
                                struct hd_big_table *table, struct hd_error *error)
{
    enum hd_status status = HD_OK;
    uint32_t *words;
    uint32_t number;

    if (table->free == 0 && table->numbers == table->room) {
        status = grow_arrays(objects, account, table, error);
    }
    if (status == HD_OK) {
        status = hd_body_take(objects, account, chunk_bytes(kind), &words, error);
    }
    if (status != HD_OK) {
        return status;
    }
    memset(words, 0, chunk_bytes(kind));
    if (table->free != 0) {
        number = table->free - 1;
        table->free = table->chunk[number].order;
    } else {
        number = table->numbers++;
    }
    table->chunk[number] = (struct hd_chunk){.words = words, .order = table->chunks};
    table->order[table->chunks++] = number;
    return HD_OK;
}

static bool has_room(const struct hd_big_table *table)
{
    return table->chunks > 0 && chunk_at(table, table->chunks - 1)->span < HD_CHUNK_ENTRIES;
}

/* Takes a chunk without living entries out of the order. */
static void remove_chunk(struct hd_objects *objects, uint16_t account, enum hd_kind kind,
                         struct hd_big_table *table, uint32_t place)
{
    uint32_t number = table->order[place];
    struct hd_chunk *chunk = &table->chunk[number];

    HD_CHECK(chunk->live == 0);
    hd_body_give(objects, account, chunk->words, chunk_bytes(kind));
    *chunk = (struct hd_chunk){.order = table->free};
    table->free = number + 1;
    table->chunks--;
    for (uint32_t i = place; i < table->chunks; i++) {
        table->order[i] = table->order[i + 1];
        table->chunk[table->order[i]].order = i;
    }
}

/* [object.inv.chunks]: what span there is. */
static void set_span(struct hd_big_table *table)
{
    table->span = table->chunks == 0
                      ? 0
                      : ref_of(table->chunks - 1, 0) + chunk_at(table, table->chunks - 1)->span;
}

enum hd_status hd_big_table_reserve(struct hd_objects *objects, uint16_t account,
                                    enum hd_kind kind, struct hd_big_table *table,
                                    uint32_t hash, struct hd_error *error)
{
    enum hd_status status = hd_index_reserve(objects, account, &table->index, hash, error);

    if (status == HD_OK && !has_room(table)) {
        status = add_chunk(objects, account, kind, table, error);
    }
    return status;
}

void hd_big_table_append(struct hd_big_table *table, enum hd_kind kind, const uint32_t *entry)
{
    uint32_t number = table->order[table->chunks - 1];
    struct hd_chunk *chunk = &table->chunk[number];

    memcpy(entry_of(chunk, kind, chunk->span), entry,
           hd_table_entry_words(kind) * sizeof *entry);
    hd_index_put(&table->index, entry[HD_ENTRY_HASH], ref_of(number, chunk->span));
    chunk->span++;
    chunk->live++;
    table->live++;
    set_span(table);
}

/* Moves the living entries of one chunk behind those of another, or together in one. */
static void move_entries(struct hd_big_table *table, enum hd_kind kind, struct hd_chunk *from,
                         struct hd_chunk *to, uint32_t at)
{
    uint32_t from_number = (uint32_t)(from - table->chunk);
    uint32_t to_number = (uint32_t)(to - table->chunk);
    size_t bytes = hd_table_entry_words(kind) * sizeof(uint32_t);

    for (uint32_t i = 0; i < from->span; i++) {
        uint32_t *entry = entry_of(from, kind, i);

        if (entry[HD_ENTRY_KEY] == 0) {
            continue;
        }
        if (from != to || i != at) {
            memcpy(entry_of(to, kind, at), entry, bytes);
            hd_index_move(&table->index, entry[HD_ENTRY_HASH], ref_of(from_number, i),
                          ref_of(to_number, at));
            memset(entry, 0, bytes);
        }
        at++;
    }
    to->span = (uint16_t)at;
}

static bool merge_right(struct hd_objects *objects, uint16_t account, enum hd_kind kind,
                        struct hd_big_table *table, uint32_t place)
{
    struct hd_chunk *left;
    struct hd_chunk *right;

    if (place + 1 >= table->chunks) {
        return false;
    }
    left = chunk_at(table, place);
    right = chunk_at(table, place + 1);
    if (left->live + right->live > MERGED) {
        return false;
    }
    move_entries(table, kind, left, left, 0);
    move_entries(table, kind, right, left, left->span);
    left->live = left->span;
    right->live = 0;
    remove_chunk(objects, account, kind, table, place + 1);
    return true;
}

void hd_big_table_delete(struct hd_objects *objects, uint16_t account, enum hd_kind kind,
                         struct hd_big_table *table, uint32_t position)
{
    uint32_t place = position >> HD_CHUNK_BITS;
    uint32_t offset = position & (HD_CHUNK_ENTRIES - 1);
    struct hd_chunk *chunk = chunk_at(table, place);
    uint32_t *entry = entry_of(chunk, kind, offset);

    hd_index_remove(objects, account, &table->index, entry[HD_ENTRY_HASH],
                    ref_of(table->order[place], offset));
    memset(entry, 0, hd_table_entry_words(kind) * sizeof *entry);
    chunk->live--;
    table->live--;
    while (chunk->span > 0 && entry_of(chunk, kind, chunk->span - 1)[HD_ENTRY_KEY] == 0) {
        chunk->span--; /* holes at the end need no place */
    }
    if (chunk->live == 0) {
        remove_chunk(objects, account, kind, table, place);
    } else if (chunk->live <= MERGED / 2 &&
               !merge_right(objects, account, kind, table, place) && place > 0) {
        (void)merge_right(objects, account, kind, table, place - 1);
    }
    set_span(table);
}

static bool check_chunk(const struct hd_big_table *table, enum hd_kind kind, uint32_t place)
{
    const struct hd_chunk *chunk = chunk_at(table, place);
    uint32_t live = 0;

    for (uint32_t i = 0; i < HD_CHUNK_ENTRIES; i++) {
        const uint32_t *entry = entry_of(chunk, kind, i);
        struct hd_index_search search;
        uint32_t position;

        if (entry[HD_ENTRY_KEY] == 0) {
            continue;
        }
        live++;
        search = hd_index_search(&table->index, entry[HD_ENTRY_HASH]);
        do {
            position = hd_big_table_next(table, &search);
        } while (position != HD_REF_NONE && position != ref_of(place, i));
        if (position == HD_REF_NONE || i >= chunk->span) {
            return false;
        }
    }
    return live == chunk->live && live > 0 && chunk->order == place;
}

bool hd_big_table_check(const struct hd_big_table *table, enum hd_kind kind)
{
    uint64_t live = 0;

    for (uint32_t i = 0; i < table->chunks; i++) {
        if (!check_chunk(table, kind, i)) {
            return false;
        }
        live += chunk_at(table, i)->live;
    }
    return live == table->live && hd_index_check(&table->index, live) &&
           (table->span == 0 ||
            hd_big_table_entry(table, kind, table->span - 1)[HD_ENTRY_KEY] != 0);
}

bool hd_big_table_relocate(struct hd_big_table *table, enum hd_kind kind, uint32_t part,
                           hd_relocate_cb relocate, void *ctx)
{
    if (part < table->chunks) {
        struct hd_chunk *chunk = chunk_at(table, part);

        chunk->words = relocate(ctx, chunk->words, chunk_bytes(kind));
        return true;
    }
    part -= table->chunks;
    if (part > 0 || table->chunk == NULL) {
        return hd_index_relocate(&table->index, part - (table->chunk != NULL), relocate, ctx);
    }
    table->chunk = relocate(ctx, table->chunk, arrays_bytes(table->room));
    table->order = (uint32_t *)(void *)(table->chunk + table->room);
    return true;
}
