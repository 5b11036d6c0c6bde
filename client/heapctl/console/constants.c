/* SPDX-License-Identifier: MIT */
/* constants.c: the constants of a unit, merged as CPython merges them: by type
 * and value, items of tuples and frozensets too. */
#include <stdlib.h>
#include <string.h>

#include "compiling.h"
#include "constant.h"

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static uint64_t hash_of(const struct hd_constant *c)
{
    uint64_t hash = mix(1, (uint64_t)c->kind);
    uint64_t sum = 0;

    for (size_t i = 0; i < c->size; i++) {
        hash = mix(hash, (unsigned char)c->data[i]);
    }
    for (size_t i = 0; i < c->count; i++) {
        if (c->kind == HEAPD_KIND_FROZENSET) {
            sum += hash_of(c->items[i]); /* in any order */
        } else {
            hash = mix(hash, hash_of(c->items[i]));
        }
    }
    if (c->kind == HEAPD_KIND_FLOAT) {
        memcpy(&sum, &c->number, sizeof(sum));
    }
    return mix(mix(hash, sum), (uint64_t)c->integer);
}

static void place(struct hd_constant_pool *pool, uint64_t hash, uint32_t number)
{
    size_t at = hash & (pool->table_size - 1);

    while (pool->table[at] != 0) {
        at = (at + 1) & (pool->table_size - 1);
    }
    pool->table[at] = number + 1;
}

static void grow(struct hd_constant_pool *pool)
{
    if (pool->count == pool->capacity) {
        pool->capacity = pool->capacity == 0 ? 8 : pool->capacity * 2;
        pool->items = hd_must_realloc(pool->items, pool->capacity * sizeof(pool->items[0]));
    }
    if ((pool->count + 1) * 2 > pool->table_size) {
        pool->table_size = pool->table_size == 0 ? 16 : pool->table_size * 2;
        free(pool->table);
        pool->table = hd_must_alloc(pool->table_size * sizeof(pool->table[0]));
        memset(pool->table, 0, pool->table_size * sizeof(pool->table[0]));
        for (size_t i = 0; i < pool->count; i++) {
            place(pool, hash_of(pool->items[i].constant), (uint32_t)i);
        }
    }
}

static bool find(const struct hd_constant_pool *pool, const struct hd_constant *constant,
                 uint64_t hash, uint32_t *ret_number)
{
    size_t at = pool->table_size == 0 ? 0 : hash & (pool->table_size - 1);

    while (pool->table_size > 0 && pool->table[at] != 0) {
        uint32_t number = pool->table[at] - 1;

        if (hd_constant_is_same(pool->items[number].constant, constant)) {
            *ret_number = number;
            return true;
        }
        at = (at + 1) & (pool->table_size - 1);
    }
    return false;
}

uint32_t hd_constants_add(struct hd_constant_pool *pool, struct hd_zone *zone,
                          const struct hd_constant *constant)
{
    uint64_t hash = hash_of(constant);
    uint32_t number;
    uint32_t *items = NULL;

    if (find(pool, constant, hash, &number)) {
        return number;
    }
    if (constant->count > 0) {
        items = hd_zone_alloc(zone, constant->count * sizeof(items[0]));
        for (size_t i = 0; i < constant->count; i++) {
            items[i] = hd_constants_add(pool, zone, constant->items[i]);
        }
    }
    grow(pool);
    number = (uint32_t)pool->count++;
    pool->items[number] = (struct hd_unit_constant){constant, items, NULL, hd_value_nothing()};
    place(pool, hash, number);
    return number;
}

void hd_constants_fini(struct hd_constant_pool *pool)
{
    free(pool->items);
    free(pool->table);
}
