/* SPDX-License-Identifier: MIT */
/* span.h: the bodies of containers, and where the references in them lie.
 *
 * For loops over the heap, which cannot afford a call for each object. */
#ifndef HD_OBJECT_SPAN_H
#define HD_OBJECT_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "object/kind.h"
#include "object/slot.h"

/* TUPLE.  While dying, the last item's place holds how many are left to release. */
struct hd_tuple {
    uint32_t length;
    uint32_t items[];
};

/* LIST; no body while it has no capacity.  A long one is a struct hd_big_list. */
struct hd_list_body {
    uint32_t length;
    uint32_t capacity;
    uint32_t items[];
};

/* DICT, SET, FROZENSET, INSTANCE; no body while a table has no capacity.
 * Entries of 3 words (hash, key, value) or, in sets, 2; then the index.  One of
 * very many entries is a struct hd_big_table, which begins in the same way. */
struct hd_table {
    uint32_t span;     /* entries used, holes included */
    uint32_t live;     /* entries with a key; while dying: the next to release */
    uint32_t capacity; /* entries */
    uint32_t owner;    /* INSTANCE: number of its class */
    uint32_t words[];
};

enum { HD_ENTRY_HASH, HD_ENTRY_KEY, HD_ENTRY_VALUE };

static inline size_t hd_table_entry_words(enum hd_kind kind)
{
    return kind == HD_KIND_SET || kind == HD_KIND_FROZENSET ? 2 : 3;
}

/* Stands where a body in one block has its capacity. */
#define HD_BODY_BIG UINT32_MAX

/* The references of a living container as they lie in its body: count of them,
 * `step` words apart, 0 being a hole; with `pairs`, one more behind each.  A big
 * container lies in parts: *part, at first 0, becomes the number of the next
 * one, and 0 with the last. */
struct hd_span {
    const uint32_t *first;
    uint32_t count;
    uint32_t step;
    bool pairs;
};

/* A list lies in leaves, a table in chunks. */
static inline bool hd_list_is_big(const struct hd_slot *entry)
{
    const struct hd_list_body *list = hd_slot_body(entry);

    return list != NULL && list->capacity == HD_BODY_BIG;
}

static inline bool hd_table_body_is_big(const struct hd_table *table)
{
    return table != NULL && table->capacity == HD_BODY_BIG;
}

static inline bool hd_table_is_big(const struct hd_slot *entry)
{
    return hd_table_body_is_big(hd_slot_body(entry));
}

/* A container lies in one block, or in none. */
static inline bool hd_object_is_flat(const struct hd_slot *entry)
{
    switch (entry->kind) {
    case HD_KIND_WEAKREF:
    case HD_KIND_TUPLE:
        return true;
    case HD_KIND_LIST:
        return !hd_list_is_big(entry);
    default:
        return !hd_table_is_big(entry);
    }
}

/* Those of so many entries of a table of this kind, one behind the other. */
static inline struct hd_span hd_span_of_entries(const uint32_t *entries, uint32_t count,
                                                enum hd_kind kind)
{
    uint32_t step = (uint32_t)hd_table_entry_words(kind);

    return (struct hd_span){entries + HD_ENTRY_KEY, count, step, step == 3};
}

/* Whether all references, and holes, are such as this: a question that the compiler takes in.
 */
static inline __attribute__((always_inline)) bool
hd_span_has_only(struct hd_span span, bool (*is_such)(const void *ctx, uint32_t slot),
                 const void *ctx)
{
    const uint32_t *at = span.first;

    for (uint32_t i = 0; i < span.count; i++, at += span.step) {
        if (!is_such(ctx, *at) || (span.pairs && !is_such(ctx, at[1]))) {
            return false;
        }
    }
    return true;
}

/* hd_object_span of a big container. */
struct hd_span hd_object_span_of_big(const struct hd_slot *entry, uint32_t *part);

static inline struct hd_span hd_object_span(const struct hd_slot *entry, uint32_t *part)
{
    const void *body = hd_slot_body(entry);
    const struct hd_list_body *list = body;
    const struct hd_tuple *tuple = body;
    const struct hd_table *table = body;

    if (body == NULL) {
        return (struct hd_span){0};
    }
    switch (entry->kind) {
    case HD_KIND_WEAKREF:
        return (struct hd_span){0}; /* it refers to nothing */
    case HD_KIND_TUPLE:
        return (struct hd_span){tuple->items, tuple->length, 1, false};
    case HD_KIND_LIST:
        return hd_list_is_big(entry) ? hd_object_span_of_big(entry, part)
                                     : (struct hd_span){list->items, list->length, 1, false};
    default:
        return hd_table_is_big(entry)
                   ? hd_object_span_of_big(entry, part)
                   : hd_span_of_entries(table->words, table->span, (enum hd_kind)entry->kind);
    }
}

/* The same from the last to the first, for walks that stop in the middle of a container and go
 * on when it may have changed.  *end, at first UINT32_MAX, is above where to look; it becomes
 * the position (index; or of the entry) of the span's first, and 0 with the last.  Of a
 * dying container: what it has not released. */
struct hd_span hd_object_span_below(const struct hd_slot *entry, uint32_t *end);
/* The same, of at most so many places, one at least. */
struct hd_span hd_object_piece_below(const struct hd_slot *entry, uint32_t *end, uint32_t most);

/* Of a living container: how many references its spans have, holes included. */
uint64_t hd_object_places(const struct hd_slot *entry);

#endif
