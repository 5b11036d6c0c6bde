/* SPDX-License-Identifier: MIT */
/* evacuate.c: counting, choosing, and the moving of one block. */
#include "pool/evacuate.h"

#include <string.h>

#include "base/check.h"
#include "pool/memory.h"

/* Fuller pools are left in peace: moving them costs more than they give. */
#define STEPS_WORTH 14u

static struct hd_face *bodies_of(struct hd_memory *memory)
{
    return &memory->faces[HD_MEMORY_OBJECTS];
}

void hd_memory_evacuate_begin(struct hd_memory *memory)
{
    struct hd_evacuation *evacuation = &memory->evacuation;

    evacuation->stage = HD_EVACUATE_SURVEY;
    evacuation->next_unit = 0;
    evacuation->end_class = 0;
    memset(evacuation->tallies, 0, sizeof evacuation->tallies);
}

static unsigned step_of(const struct hd_pool *pool)
{
    return (unsigned)((uint64_t)pool->used * HD_EVACUATE_STEPS / pool->capacity);
}

static bool is_candidate(const struct hd_pool *pool)
{
    return pool->used > 0 && pool->used < pool->capacity && !pool->evacuating;
}

static void survey(struct hd_memory *memory, struct hd_pool *pool)
{
    struct hd_tally *tally = &memory->evacuation.tallies[pool->sizeclass];

    tally->pools++;
    tally->used += pool->used;
    if (is_candidate(pool)) {
        tally->by_step[step_of(pool)]++;
    }
}

static void mark(struct hd_memory *memory, struct hd_pool *pool)
{
    struct hd_tally *tally = &memory->evacuation.tallies[pool->sizeclass];
    unsigned step = step_of(pool);

    if (!is_candidate(pool) || step > tally->below ||
        (step == tally->below && tally->at == 0)) {
        return;
    }
    tally->at -= step == tally->below;
    hd_bin_evacuate(&bodies_of(memory)->bins[pool->sizeclass], pool);
    memory->evacuation.chosen_pools++;
}

/* The sparsest, up to the number the class could do without. */
static void set_quota(struct hd_tally *tally, uint64_t capacity)
{
    uint64_t needed = (tally->used + capacity - 1) / capacity;
    uint64_t quota = tally->pools - needed;

    while (tally->below < STEPS_WORTH && tally->by_step[tally->below] <= quota) {
        quota -= tally->by_step[tally->below];
        tally->below++;
    }
    tally->at = tally->below < STEPS_WORTH ? (uint32_t)quota : 0;
}

static void set_quotas(struct hd_memory *memory)
{
    for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
        struct hd_tally *tally = &memory->evacuation.tallies[i];

        if (tally->pools > 0) {
            set_quota(tally, hd_sizeclass_units(i) * HD_UNIT_BYTES / hd_sizeclass_bytes(i));
        }
    }
}

/* Calls visit for each pool of bodies from where the last slice ended.  True: for all. */
static bool each_pool(struct hd_memory *memory, uint32_t *units,
                      void (*visit)(struct hd_memory *memory, struct hd_pool *pool))
{
    struct hd_evacuation *evacuation = &memory->evacuation;
    struct hd_pool *pool;

    while (*units > 0) {
        pool = hd_arenas_pool_from(&memory->arenas, evacuation->next_unit);
        if (pool == NULL) {
            evacuation->next_unit = 0;
            return true;
        }
        (*units)--;
        evacuation->next_unit = (size_t)(pool - memory->arenas.pools) + pool->units;
        if (pool->use == HD_MEMORY_OBJECTS) {
            visit(memory, pool);
        }
    }
    return false;
}

bool hd_memory_evacuate_choose(struct hd_memory *memory, uint32_t *units)
{
    struct hd_evacuation *evacuation = &memory->evacuation;

    if (memory->kind == HD_ALLOCATOR_MALLOC) {
        return true;
    }
    if (evacuation->stage == HD_EVACUATE_SURVEY && each_pool(memory, units, survey)) {
        set_quotas(memory);
        evacuation->stage = HD_EVACUATE_MARK;
    }
    if (evacuation->stage == HD_EVACUATE_MARK && each_pool(memory, units, mark)) {
        evacuation->stage = HD_EVACUATE_CHOSEN;
    }
    return evacuation->stage == HD_EVACUATE_CHOSEN;
}

bool hd_memory_evacuate_end(struct hd_memory *memory, uint32_t *units)
{
    struct hd_evacuation *evacuation = &memory->evacuation;

    while (*units > 0 && evacuation->end_class < HD_SIZECLASS_COUNT) {
        if (hd_bin_resume(&bodies_of(memory)->bins[evacuation->end_class])) {
            (*units)--;
        } else {
            evacuation->end_class++;
        }
    }
    return evacuation->end_class == HD_SIZECLASS_COUNT;
}

uint64_t hd_memory_evacuating_pools(const struct hd_memory *memory)
{
    uint64_t pools = 0;

    for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
        pools += memory->faces[HD_MEMORY_OBJECTS].bins[i].evacuating_pools;
    }
    return pools;
}

bool hd_memory_is_evacuating(const struct hd_memory *memory, const void *block)
{
    size_t offset = (size_t)((uintptr_t)block - (uintptr_t)memory->arenas.base);

    return offset < memory->arenas.size &&
           hd_arenas_pool_of(&memory->arenas, offset)->evacuating != 0;
}

void *hd_memory_move(struct hd_memory *memory, void *block, size_t asked)
{
    const struct hd_allocator *bodies = hd_memory_allocator(memory, HD_MEMORY_OBJECTS);
    void *moved = hd_alloc(bodies, asked);

    if (moved != NULL) {
        memcpy(moved, block, asked);
        hd_free(bodies, block, asked);
        memory->evacuation.moved.blocks++;
        memory->evacuation.moved.bytes += asked;
    }
    return moved;
}

struct hd_memory_moved hd_memory_moved(const struct hd_memory *memory)
{
    return memory->evacuation.moved;
}

size_t hd_memory_committed_bytes(const struct hd_memory *memory)
{
    return memory->arenas.committed_units * HD_UNIT_BYTES;
}

size_t hd_memory_sparse_bytes(const struct hd_memory *memory)
{
    const struct hd_face *bodies = &memory->faces[HD_MEMORY_OBJECTS];
    size_t asked = bodies->used_bytes - bodies->large_bytes;
    size_t needed = asked + asked / 8; /* blocks are at most so much larger */
    size_t have = 0;

    for (unsigned i = 0; i < HD_SIZECLASS_COUNT; i++) {
        const struct hd_bin *bin = &bodies->bins[i];

        /* One pool of a class may be as empty as it likes. */
        have += bin->pools > 1 ? (bin->pools - 1) * bin->units * HD_UNIT_BYTES : 0;
    }
    return have > needed ? have - needed : 0;
}
