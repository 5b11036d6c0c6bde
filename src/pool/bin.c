/* SPDX-License-Identifier: MIT */
/* bin.c: pools come, fill up, empty and go. */
#include "pool/bin.h"

#include "base/check.h"
#include "pool/sizeclass.h"

void hd_bin_init(struct hd_bin *bin, unsigned use, unsigned sizeclass, struct hd_pool *none)
{
    *bin = (struct hd_bin){
        .current = none,
        .none = none,
        .sizeclass = (uint8_t)sizeclass,
        .units = (uint8_t)hd_sizeclass_units(sizeclass),
        .use = (uint8_t)use,
    };
    hd_list_init(&bin->with_room);
    hd_list_init(&bin->evacuating);
}

static struct hd_pool *first_with_room(const struct hd_bin *bin)
{
    struct hd_list *first = hd_list_first(&bin->with_room);

    return first == NULL ? NULL : HD_CONTAINER_OF(first, struct hd_pool, link);
}

static void detach_full(struct hd_bin *bin, struct hd_pool *pool)
{
    hd_list_unlink(&pool->link);
    pool->watch = HD_POOL_WATCH_FULL;
    bin->full_pools++;
    bin->full_asked += pool->asked;
    if (bin->spare == pool) {
        bin->spare = NULL;
    }
    bin->current = bin->none;
}

static struct hd_pool *new_pool(struct hd_bin *bin, struct hd_arenas *arenas)
{
    struct hd_pool *pool = hd_arenas_take(arenas, bin->units);

    if (pool != NULL) {
        hd_pool_init(pool, hd_arenas_address_of(arenas, pool), bin->sizeclass, bin->use);
        hd_list_push_back(&bin->with_room, &pool->link);
        bin->pools++;
    }
    return pool;
}

void *hd_bin_take_slowly(struct hd_bin *bin, struct hd_arenas *arenas, size_t asked)
{
    struct hd_pool *pool;

    if (bin->current != bin->none) {
        detach_full(bin, bin->current);
    }
    pool = first_with_room(bin);
    if (pool == NULL && hd_bin_resume(bin)) { /* [pool.inv.evacuating] */
        pool = first_with_room(bin);
    }
    if (pool == NULL) {
        pool = new_pool(bin, arenas);
    }
    if (pool == NULL) {
        return NULL;
    }
    bin->current = pool;
    return hd_pool_take(pool, asked);
}

void hd_bin_ask_anew(struct hd_bin *bin, struct hd_pool *pool, size_t asked_old,
                     size_t asked_new)
{
    pool->asked += (uint32_t)(asked_new - asked_old);
    if (pool->watch == HD_POOL_WATCH_FULL) {
        bin->full_asked += asked_new - asked_old;
    }
}

static void retire(struct hd_bin *bin, struct hd_pool *pool, struct hd_arenas *arenas)
{
    hd_list_unlink(&pool->link);
    if (bin->current == pool) {
        struct hd_pool *next = first_with_room(bin);

        bin->current = next == NULL ? bin->none : next;
    }
    if (bin->spare == pool) {
        bin->spare = NULL;
    }
    bin->evacuating_pools -= pool->evacuating;
    hd_pool_fini(pool);
    hd_arenas_give(arenas, pool, pool->units);
    bin->pools--;
}

/* One empty pool may stay; of two, the current one does. */
static void settle_empty(struct hd_bin *bin, struct hd_pool *pool, struct hd_arenas *arenas)
{
    struct hd_pool *spare = bin->spare;

    if (spare != NULL && spare->used == 0) {
        if (pool != bin->current) {
            retire(bin, pool, arenas);
            return;
        }
        retire(bin, spare, arenas);
    } else if (spare != NULL) {
        spare->watch = HD_POOL_WATCH_EMPTY;
    }
    bin->spare = pool;
    pool->watch = HD_POOL_WATCH_NEVER;
    hd_pool_restart(pool);
}

void hd_bin_settle(struct hd_bin *bin, struct hd_pool *pool, size_t asked,
                   struct hd_arenas *arenas)
{
    if (pool->watch == HD_POOL_WATCH_FULL) {
        bin->full_pools--;
        bin->full_asked -= pool->asked + asked; /* as it was when it was full */
        hd_list_push_back(&bin->with_room, &pool->link);
        pool->watch = HD_POOL_WATCH_EMPTY;
    }
    if (pool->used == 0 && pool->evacuating) {
        retire(bin, pool, arenas);
    } else if (pool->used == 0) {
        settle_empty(bin, pool, arenas);
    }
}

void hd_bin_evacuate(struct hd_bin *bin, struct hd_pool *pool)
{
    HD_CHECK(!pool->evacuating && pool->used > 0 && hd_pool_has_room(pool));
    hd_list_unlink(&pool->link);
    hd_list_push_back(&bin->evacuating, &pool->link);
    bin->evacuating_pools++;
    pool->evacuating = 1;
    pool->watch = HD_POOL_WATCH_EMPTY;
    if (bin->spare == pool) {
        bin->spare = NULL;
    }
    if (bin->current == pool) {
        struct hd_pool *next = first_with_room(bin);

        bin->current = next == NULL ? bin->none : next;
    }
}

bool hd_bin_resume(struct hd_bin *bin)
{
    struct hd_list *first = hd_list_first(&bin->evacuating);
    struct hd_pool *pool;

    if (first == NULL) {
        return false;
    }
    pool = HD_CONTAINER_OF(first, struct hd_pool, link);
    hd_list_unlink(first);
    hd_list_push_back(&bin->with_room, first);
    bin->evacuating_pools--;
    pool->evacuating = 0;
    return true;
}

static void add_use(const struct hd_list *list, struct hd_bin_use *use)
{
    HD_LIST_FOREACH (element, list) {
        const struct hd_pool *pool = HD_CONTAINER_OF(element, struct hd_pool, link);

        use->blocks += pool->used;
        use->asked_bytes += pool->asked;
    }
}

struct hd_bin_use hd_bin_use_of(const struct hd_bin *bin)
{
    uint64_t capacity = bin->units * HD_UNIT_BYTES / hd_sizeclass_bytes(bin->sizeclass);
    struct hd_bin_use use = {bin->full_pools * capacity, bin->full_asked};

    add_use(&bin->with_room, &use);
    add_use(&bin->evacuating, &use);
    return use;
}

size_t hd_bin_spare_bytes(const struct hd_bin *bin)
{
    return bin->spare != NULL && bin->spare->used == 0 ? bin->units * HD_UNIT_BYTES : 0;
}

void hd_bin_drop_spare(struct hd_bin *bin, struct hd_arenas *arenas)
{
    if (bin->spare != NULL && bin->spare->used == 0) {
        retire(bin, bin->spare, arenas);
    }
}

bool hd_bin_check_pool(const struct hd_bin *bin, const struct hd_pool *pool)
{
    if (!HD_HOLDS(pool->use == bin->use && pool->sizeclass == bin->sizeclass)) {
        return false;
    }
    if (pool->evacuating) { /* [pool.inv.evacuating] */
        return HD_HOLDS(pool != bin->current && pool != bin->spare && pool->used > 0 &&
                        !hd_list_is_empty(&pool->link) && pool->watch == HD_POOL_WATCH_EMPTY);
    }
    if (hd_list_is_empty(&pool->link)) { /* [pool.inv.listed] */
        return HD_HOLDS(!hd_pool_has_room(pool) && pool->watch == HD_POOL_WATCH_FULL);
    }
    if (!HD_HOLDS(hd_pool_has_room(pool) || pool == bin->current)) {
        return false;
    }
    if (pool == bin->spare) {
        return HD_HOLDS(pool->watch == HD_POOL_WATCH_NEVER);
    }
    return HD_HOLDS(pool->watch == HD_POOL_WATCH_EMPTY &&
                    pool->used > 0); /* [pool.inv.spare] */
}

/* A loop: walking on would be worse [pool.inv.listed]. */
static bool check_list(const struct hd_list *list, uint64_t length)
{
    const struct hd_list *previous = list;
    uint64_t n = 0;

    HD_LIST_FOREACH (element, list) {
        if (!HD_HOLDS(n < length) || !HD_HOLDS(element->prev == previous)) {
            return false;
        }
        previous = element;
        n++;
    }
    return HD_HOLDS(n == length);
}

bool hd_bin_check(const struct hd_bin *bin, uint64_t with_room, uint64_t evacuating)
{
    return check_list(&bin->with_room, with_room) && check_list(&bin->evacuating, evacuating) &&
           HD_HOLDS(evacuating == bin->evacuating_pools) &&
           HD_HOLDS(with_room + evacuating + bin->full_pools == bin->pools) &&
           HD_HOLDS(bin->current == bin->none || bin->current == first_with_room(bin)) &&
           HD_HOLDS(bin->spare == NULL || bin->spare->sizeclass == bin->sizeclass);
}
