/* SPDX-License-Identifier: MIT */
/* items.c: what the operations on containers are made of. */
#include <inttypes.h>

#include "base/check.h"
#include "heap/internal.h"

bool hd_is_set_like(enum hd_kind kind)
{
    return kind == HD_KIND_SET || kind == HD_KIND_FROZENSET;
}

enum hd_status hd_judge_growth(const struct hd_heap *heap, uint64_t length, uint64_t more,
                               struct hd_error *error)
{
    uint64_t max = heap->options.limits.items;

    if (length > max || more > max - length) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "%" PRIu64 " items and %" PRIu64 " more are more than %" PRIu64, length,
                       more, max);
    }
    return HD_OK;
}

enum hd_status hd_items_append(struct hd_heap *heap, uint32_t list, uint32_t item,
                               struct hd_error *error)
{
    uint32_t length;
    enum hd_status status;

    if (hd_object_kind(heap->objects, list) != HD_KIND_LIST) {
        return hd_refuse_attribute(heap, HD_INVALID_ARGUMENT, list, hd_bytes_of("append"),
                                   error);
    }
    length = hd_seq_length(heap->objects, list);
    status = hd_judge_growth(heap, length, 1, error);
    return status != HD_OK ? status
                           : hd_list_insert_at(heap->objects, list, length, item, error);
}

enum hd_status hd_items_put(struct hd_heap *heap, struct hd_cascade *cascade, uint32_t table,
                            uint32_t key, uint32_t value, bool *ret_added,
                            struct hd_error *error)
{
    uint32_t length = hd_table_length(heap->objects, table);
    uint32_t position;
    enum hd_status status;

    if (length >= heap->options.limits.items) {
        status = hd_table_find(heap->objects, table, key, &position, error);
        if (status == HD_OK && position == HD_TABLE_MISSING) {
            status = hd_judge_growth(heap, length, 1, error);
        }
        if (status != HD_OK) {
            return status;
        }
    }
    return hd_table_put(heap->objects, cascade, table, key, value, ret_added, error);
}

enum hd_status hd_items_set_index(struct hd_heap *heap, struct hd_cascade *cascade,
                                  uint32_t list, int64_t number, uint32_t item,
                                  struct hd_error *error)
{
    uint32_t index;
    enum hd_status status = hd_index_judge(number, hd_seq_length(heap->objects, list),
                                           "list assignment index out of range", &index, error);

    return status != HD_OK ? status
                           : hd_list_set(heap->objects, cascade, list, index, item, error);
}

bool hd_items_iterable(const struct hd_heap *heap, uint32_t slot)
{
    enum hd_kind kind = hd_object_kind(heap->objects, slot);

    return kind == HD_KIND_LIST || kind == HD_KIND_TUPLE || kind == HD_KIND_DICT ||
           hd_is_set_like(kind);
}

uint32_t hd_items_count(const struct hd_heap *heap, uint32_t slot)
{
    return hd_kind_is_table(hd_object_kind(heap->objects, slot))
               ? hd_table_length(heap->objects, slot)
               : hd_seq_length(heap->objects, slot);
}

void hd_items_list(const struct hd_heap *heap, uint32_t slot, uint32_t *ret_items)
{
    const struct hd_objects *objects = heap->objects;
    uint32_t n = 0;

    if (!hd_kind_is_table(hd_object_kind(objects, slot))) {
        for (uint32_t i = 0; i < hd_seq_length(objects, slot); i++) {
            ret_items[i] = hd_seq_item(objects, slot, i);
        }
        return;
    }
    for (uint32_t i = 0; i < hd_table_span(objects, slot); i++) {
        uint32_t key = hd_table_key(objects, slot, i);

        if (key != 0) {
            ret_items[n++] = key;
        }
    }
}
