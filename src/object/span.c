/* SPDX-License-Identifier: MIT */
/* span.c: the references of a container from the last to the first, a piece at a time.
 *
 * Downwards, because whatever a container loses meanwhile moves the others down only: who goes
 * on below where they stopped misses none of those that stay. */
#include "base/check.h"
#include "object/big_list.h"
#include "object/big_table.h"
#include "object/internal.h"

/* The piece of an array of `length` items below *end. */
static struct hd_span piece(const uint32_t *items, uint32_t length, uint32_t *end)
{
    uint32_t count = *end < length ? *end : length;

    *end = 0;
    return (struct hd_span){items, count, 1, false};
}

static const struct hd_leaf *leaf_below(const struct hd_big_list *list, uint32_t end)
{
    uint32_t low = 0;
    uint32_t high = list->leaves;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (list->leaf[middle].start < end) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &list->leaf[low];
}

static struct hd_span span_of_list(const struct hd_slot *entry, uint32_t *end)
{
    const struct hd_list_body *list = hd_slot_body(entry);
    const struct hd_big_list *big = hd_slot_body(entry);
    const struct hd_leaf *leaf;
    struct hd_span span;

    if (!hd_list_is_big(entry)) {
        return piece(list->items, list->length, end);
    }
    if (big->leaves == 0) {
        return piece(NULL, 0, end);
    }
    leaf = leaf_below(big, *end);
    *end -= leaf->start;
    span = piece(leaf->items, leaf->length, end);
    *end = leaf->start;
    return span;
}

/* Once it is begun, the last item's place says how many are left. */
static struct hd_span span_of_tuple(const struct hd_slot *entry, uint32_t *end)
{
    const struct hd_tuple *tuple = hd_slot_body(entry);
    bool begun = (entry->flags & HD_SLOT_STARTED) != 0;

    return piece(tuple->items, begun ? tuple->items[tuple->length - 1] : tuple->length, end);
}

/* Entries [first, *end) that lie together. */
static struct hd_span span_of_entries(const struct hd_slot *entry, uint32_t first,
                                      uint32_t *end)
{
    const struct hd_table *table = hd_slot_body(entry);
    enum hd_kind kind = (enum hd_kind)entry->kind;
    uint32_t last = *end;

    if (hd_table_is_big(entry)) {
        const struct hd_big_table *big = hd_slot_body(entry);
        uint32_t place = (last - 1) >> HD_CHUNK_BITS;
        uint32_t start = place << HD_CHUNK_BITS;
        uint32_t span = big->chunk[big->order[place]].span;

        first = first > start ? first : start;
        last = last < start + span ? last : start + span;
    }
    *end = first;
    return hd_span_of_entries(hd_table_entry(table, kind, first),
                              last > first ? last - first : 0, kind);
}

static struct hd_span span_of_table(const struct hd_slot *entry, uint32_t *end)
{
    const struct hd_table *table = hd_slot_body(entry);
    bool dying = (entry->flags & HD_SLOT_DYING) != 0;
    uint32_t first = dying ? table->live / 2 : 0; /* the cursor counts keys and values */
    bool halved = dying && table->live % 2 != 0;

    *end = *end < table->span ? *end : table->span;
    if (*end <= first) {
        return piece(NULL, 0, end);
    }
    if (halved && *end == first + 1) {
        *end = first;
        return (struct hd_span){hd_table_entry(table, (enum hd_kind)entry->kind, first) +
                                    HD_ENTRY_VALUE,
                                hd_table_entry_words((enum hd_kind)entry->kind) == 3, 1, false};
    }
    return span_of_entries(entry, first + halved, end);
}

struct hd_span hd_object_span_below(const struct hd_slot *entry, uint32_t *end)
{
    HD_CHECK(*end > 0);
    if (entry->kind == HD_KIND_WEAKREF || hd_slot_body(entry) == NULL) {
        return piece(NULL, 0, end);
    }
    switch (entry->kind) {
    case HD_KIND_LIST:
        return span_of_list(entry, end);
    case HD_KIND_TUPLE:
        return span_of_tuple(entry, end);
    default:
        return span_of_table(entry, end);
    }
}

struct hd_span hd_object_piece_below(const struct hd_slot *entry, uint32_t *end, uint32_t most)
{
    struct hd_span span = hd_object_span_below(entry, end);
    uint32_t skipped = span.count > most ? span.count - most : 0;

    span.first += (size_t)skipped * span.step;
    span.count -= skipped;
    *end += skipped;
    return span;
}

uint64_t hd_object_places(const struct hd_slot *entry)
{
    const void *body = hd_slot_body(entry);

    if (entry->kind == HD_KIND_WEAKREF || body == NULL) {
        return 0;
    }
    switch (entry->kind) {
    case HD_KIND_LIST:
        return hd_list_is_big(entry) ? ((const struct hd_big_list *)body)->length
                                     : ((const struct hd_list_body *)body)->length;
    case HD_KIND_TUPLE:
        return ((const struct hd_tuple *)body)->length;
    default:
        return (uint64_t)((const struct hd_table *)body)->span * 2;
    }
}
