/* SPDX-License-Identifier: MIT */
/* graph.c: level by level, each level in as few questions as its size allows. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* Objects in one question. */
#define ASK_MAX 4096

void hd_graph_fini(struct hd_graph *graph)
{
    for (uint32_t i = 0; i < graph->count; i++) {
        free(graph->items[i].items);
        free(graph->items[i].values);
    }
    free(graph->items);
    free(graph->table);
}

static uint32_t hash_of(uint64_t id)
{
    id *= 0x9E3779B97F4A7C15u;
    return (uint32_t)(id >> 32);
}

static uint32_t *place_of(const struct hd_graph *graph, uint64_t id)
{
    uint32_t at = hash_of(id) & (graph->table_size - 1);

    while (graph->table[at] != 0 && graph->items[graph->table[at] - 1].id != id) {
        at = (at + 1) & (graph->table_size - 1);
    }
    return &graph->table[at];
}

static void grow(struct hd_graph *graph)
{
    if (graph->count == graph->capacity) {
        graph->capacity = graph->capacity == 0 ? 16 : graph->capacity * 2;
        graph->items = hd_must_realloc(graph->items, graph->capacity * sizeof(graph->items[0]));
    }
    if ((graph->count + 1) * 2 > graph->table_size) {
        graph->table_size = graph->table_size == 0 ? 32 : graph->table_size * 2;
        free(graph->table);
        graph->table = hd_must_alloc(graph->table_size * sizeof(graph->table[0]));
        memset(graph->table, 0, graph->table_size * sizeof(graph->table[0]));
        for (uint32_t i = 0; i < graph->count; i++) {
            *place_of(graph, graph->items[i].id) = i + 1;
        }
    }
}

/* The number of the item with this id, new or not. */
static uint32_t number_of(struct hd_console *console, struct hd_graph *graph, uint64_t id)
{
    uint32_t *place;
    struct hd_item *item;

    grow(graph);
    place = place_of(graph, id);
    if (*place != 0) {
        return *place - 1;
    }
    item = &graph->items[graph->count++];
    memset(item, 0, sizeof(*item));
    item->id = id;
    item->fetched = hd_console_knows(console, id, &item->value);
    *place = graph->count;
    return graph->count - 1;
}

static void note_scalar(struct hd_console *console, struct hd_value *value,
                        const struct heapd_info *info)
{
    *value = hd_value_id(info->id, info->kind);
    value->known = info->kind >= HEAPD_KIND_NONE && info->kind <= HEAPD_KIND_BYTES;
    value->integer = info->kind == HEAPD_KIND_BOOL ? info->bool_value : info->int_value;
    value->number = info->float_value;
    if (info->data != NULL) {
        value->data = hd_zone_copy(hd_zone_of(console), info->data, info->size);
        value->size = info->size;
    } else if (info->class_name != NULL) {
        value->data =
            hd_zone_copy(hd_zone_of(console), info->class_name, strlen(info->class_name));
    }
}

static void note_items(struct hd_console *console, struct hd_graph *graph, uint32_t number,
                       const struct heapd_info *info)
{
    uint64_t first = graph->items[number].count;
    size_t total = (size_t)first + info->item_count;
    struct hd_item *item = &graph->items[number];
    bool pairs = info->kind == HEAPD_KIND_DICT && info->values != NULL;

    item->items = hd_must_realloc(item->items, total * sizeof(item->items[0]));
    if (pairs) {
        item->values = hd_must_realloc(item->values, total * sizeof(item->values[0]));
    }
    for (size_t i = 0; i < info->item_count; i++) {
        uint32_t reference = number_of(console, graph, info->items[i]);

        graph->items[number].items[first + i] = reference;
        if (pairs) {
            reference = number_of(console, graph, info->values[i]);
            graph->items[number].values[first + i] = reference;
        }
    }
    item = &graph->items[number];
    item->count = total;
    item->fetched = total >= info->length || info->item_count == 0;
}

static void note_info(struct hd_console *console, struct hd_graph *graph, uint32_t number,
                      const struct heapd_info *info)
{
    struct hd_item *item = &graph->items[number];

    note_scalar(console, &item->value, info);
    item->length = info->length;
    item->fetched = true;
    if (info->kind >= HEAPD_KIND_TUPLE && info->kind <= HEAPD_KIND_FROZENSET) {
        note_items(console, graph, number, info);
    }
}

/* One object alone, from where its items were left off; it may be gone. */
static bool ask_one(struct hd_console *console, struct hd_graph *graph, uint32_t number)
{
    while (!graph->items[number].fetched) {
        struct heapd_get_options options = {graph->items[number].count, 0, 0};
        struct heapd_error refusal;
        struct heapd_info *info;

        if (heapd_get(console->client, heapd_id(graph->items[number].id), &options, &info,
                      &refusal) != HEAPD_OK) {
            if (refusal.code != HEAPD_NOT_FOUND) {
                return hd_link_refused(console, &refusal);
            }
            graph->items[number].fetched = graph->items[number].gone = true;
            return true;
        }
        note_info(console, graph, number, info);
        heapd_free(info);
    }
    return true;
}

/* All of `numbers`; if one of them is gone the daemon refuses, and each is asked alone. */
static bool ask_many(struct hd_console *console, struct hd_graph *graph,
                     const uint32_t *numbers, size_t count)
{
    static const struct heapd_get_options options = {0, 0, 0};
    struct hd_flight *flight = hd_link_take(console);
    struct heapd_ref refs[ASK_MAX];
    struct heapd_error refusal;
    struct heapd_info info;
    uint32_t operation;
    bool done = true;

    for (size_t i = 0; i < count; i++) {
        refs[i] = heapd_id(graph->items[numbers[i]].id);
    }
    operation = heapd_batch_get(flight->batch, refs, count, &options);
    if (heapd_batch_run(console->client, flight->batch, &refusal) == HEAPD_OK) {
        for (size_t i = 0; i < count && heapd_result_info(flight->batch, operation, i, &info);
             i++) {
            note_info(console, graph, numbers[i], &info);
        }
    } else if (refusal.code != HEAPD_NOT_FOUND) {
        done = hd_link_refused(console, &refusal);
    }
    hd_link_give(console, flight);
    for (size_t i = 0; done && i < count; i++) {
        done = ask_one(console, graph, numbers[i]);
    }
    return done;
}

static bool ask_level(struct hd_console *console, struct hd_graph *graph, uint32_t from,
                      uint32_t to)
{
    uint32_t numbers[ASK_MAX];
    size_t count = 0;

    for (uint32_t i = from; i < to; i++) {
        if (!graph->items[i].fetched) {
            numbers[count++] = i;
        }
        if (count == ASK_MAX || (i + 1 == to && count > 0)) {
            if (!ask_many(console, graph, numbers, count)) {
                return false;
            }
            count = 0;
        }
    }
    return true;
}

/* What a weak reference refers to; it, too, may be gone. */
static bool ask_target(struct hd_console *console, struct hd_item *item)
{
    static const struct heapd_get_options options = {0, 1, 1};
    struct heapd_error refusal;
    struct heapd_info *info;
    uint64_t id = 0;

    if (heapd_deref(console->client, heapd_id(item->id), 0, &id, &refusal) != HEAPD_OK ||
        (id != 0 &&
         heapd_get(console->client, heapd_id(id), &options, &info, &refusal) != HEAPD_OK)) {
        return refusal.code == HEAPD_NOT_FOUND || hd_link_refused(console, &refusal);
    }
    if (id != 0) {
        note_scalar(console, &item->target, info);
        heapd_free(info);
    }
    return true;
}

static bool ask_targets(struct hd_console *console, struct hd_graph *graph)
{
    bool done = true;

    for (uint32_t i = 0; done && i < graph->count; i++) {
        if (graph->items[i].value.kind == HEAPD_KIND_WEAKREF && !graph->items[i].gone) {
            done = ask_target(console, &graph->items[i]);
        }
    }
    return done;
}

static bool fetch_all(struct hd_console *console, struct hd_graph *graph)
{
    uint32_t from = 0;

    for (int level = 0; level <= HD_GRAPH_DEPTH_MAX && from < graph->count; level++) {
        uint32_t to = graph->count;

        if (!ask_level(console, graph, from, to)) {
            return false;
        }
        from = to;
        if (graph->count > HD_GRAPH_ITEMS_MAX || hd_zone_is_full(hd_zone_of(console))) {
            return hd_pyerror_set(console->error, "MemoryError",
                                  "more than %u objects to be shown", HD_GRAPH_ITEMS_MAX);
        }
    }
    return true;
}

/* What came along about the value itself. */
static void learn_root(struct hd_value *value, const struct hd_value *told)
{
    value->kind = told->kind;
    value->known = told->known;
    value->integer = told->integer;
    value->number = told->number;
    value->data = told->data;
    value->size = told->size;
}

bool hd_graph_fetch(struct hd_console *console, size_t n, struct hd_graph *ret_graph)
{
    static const struct heapd_get_options options = {0, 0, 0};
    struct heapd_ref ref;
    struct heapd_info info;
    uint32_t operation;

    memset(ret_graph, 0, sizeof(*ret_graph));
    if (!hd_link_make(console, hd_top(console, n))) {
        return false;
    }
    ref = hd_link_ref(hd_top(console, n));
    operation = heapd_batch_get(hd_link_add_safe(console), &ref, 1, &options);
    if (!hd_link_sync(console)) {
        return false;
    }
    (void)number_of(console, ret_graph, hd_top(console, n)->id);
    if (heapd_result_info(console->landed->batch, operation, 0, &info)) {
        note_info(console, ret_graph, 0, &info);
        learn_root(hd_top(console, n), &ret_graph->items[0].value);
    }
    return fetch_all(console, ret_graph) && ask_targets(console, ret_graph);
}
