/* SPDX-License-Identifier: MIT */
/* arena.c: masks of units, and when they are committed. */
#include "pool/arena.h"

#include "base/check.h"

#define ARENAS_SIG UINT32_C(0x4172656E)

/* Descriptors are committed in steps of this, so that a small heap needs few calls. */
#define POOLS_STEP ((size_t)256 * 1024)

static size_t round_up(size_t size, size_t to)
{
    return (size + to - 1) / to * to;
}

static size_t pools_bytes(const struct hd_arenas *arenas)
{
    return round_up((size_t)arenas->count * HD_ARENA_UNITS * sizeof(struct hd_pool),
                    arenas->os->page_size);
}

/* Tables: the fit tree, the masks, then the descriptors of all units. */
static enum hd_status make_tables(struct hd_arenas *arenas)
{
    const struct hd_os *os = arenas->os;
    size_t fit_bytes = hd_fit_table_bytes(arenas->count);
    size_t fixed = round_up(fit_bytes + arenas->count * sizeof(struct hd_arena), os->page_size);
    char *tables;
    void *got;

    arenas->tables_size = fixed + pools_bytes(arenas);
    if (os->reserve(os->ctx, arenas->tables_size, os->page_size, &got) != 0) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (os->commit(os->ctx, got, fixed) != 0) {
        (void)os->release(os->ctx, got, arenas->tables_size);
        return HD_RESOURCE_EXHAUSTED;
    }
    tables = got;
    arenas->tables = got;
    hd_fit_init(&arenas->fit, tables, arenas->count);
    arenas->arenas = (struct hd_arena *)(void *)(tables + fit_bytes);
    arenas->pools = (struct hd_pool *)(void *)(tables + fixed);
    return HD_OK;
}

enum hd_status hd_arenas_init(struct hd_arenas *arenas, const struct hd_os *os,
                              size_t reserve_bytes)
{
    enum hd_status status;
    size_t count;
    void *base;

    HD_CHECK(os->page_size > 0 && HD_UNIT_BYTES % os->page_size == 0);
    if (reserve_bytes > (size_t)UINT32_MAX << HD_UNIT_SHIFT) {
        return HD_INVALID_ARGUMENT;
    }
    count = round_up(reserve_bytes, HD_ARENA_BYTES) >> HD_ARENA_SHIFT;
    count = count == 0 ? 1 : count;
    *arenas = (struct hd_arenas){
        .os = os,
        .count = (uint32_t)count,
        .size = count << HD_ARENA_SHIFT,
    };
    if (os->reserve(os->ctx, arenas->size, HD_ARENA_BYTES, &base) != 0) {
        return HD_RESOURCE_EXHAUSTED;
    }
    arenas->base = base;
    status = make_tables(arenas);
    if (status != HD_OK) {
        (void)os->release(os->ctx, base, arenas->size);
        return status;
    }
    arenas->sig = ARENAS_SIG;
    return HD_OK;
}

void hd_arenas_fini(struct hd_arenas *arenas)
{
    const struct hd_os *os = arenas->os;

    HD_CHECK(arenas->sig == ARENAS_SIG && arenas->committed_units == arenas->empty_units);
    arenas->sig = 0;
    if (HD_GUARDED) {
        hd_guard_permit(arenas->base, (size_t)arenas->top << HD_ARENA_SHIFT);
    }
    (void)os->release(os->ctx, arenas->tables, arenas->tables_size);
    (void)os->release(os->ctx, arenas->base, arenas->size);
}

static uint64_t run_mask(unsigned start, unsigned units)
{
    return ((UINT64_C(1) << units) - 1) << start;
}

/* What the fit tree is to know of an arena. */
static struct hd_fit_scores score_of(const struct hd_arena *arena)
{
    int8_t score = (int8_t)(1 + __builtin_popcountll(arena->taken));
    uint64_t starts = ~arena->taken;
    struct hd_fit_scores scores;

    if (arena->committed == 0) {
        return (struct hd_fit_scores){{HD_FIT_FRESH}};
    }
    for (unsigned i = 0; i < HD_POOL_UNITS_MAX; i++) {
        starts &= ~arena->taken >> i; /* runs of i + 1 start here */
        scores.score[i] = (int8_t)(starts != 0 ? score : HD_FIT_NO_ROOM);
    }
    return scores;
}

/* The lowest run of free units; there is one. */
static unsigned first_run(const struct hd_arena *arena, unsigned units)
{
    uint64_t starts = ~arena->taken;

    for (unsigned i = 1; i < units; i++) {
        starts &= ~arena->taken >> i;
    }
    HD_CHECK(starts != 0);
    return (unsigned)__builtin_ctzll(starts);
}

/* Makes the units of the mask usable, in one call from its first to its last. */
static bool commit_units(struct hd_arenas *arenas, uint32_t arena, uint64_t mask)
{
    const struct hd_os *os = arenas->os;
    unsigned first = (unsigned)__builtin_ctzll(mask);
    unsigned last = 63 - (unsigned)__builtin_clzll(mask);
    char *base = arenas->base + ((size_t)arena << HD_ARENA_SHIFT);

    return os->commit(os->ctx, base + first * HD_UNIT_BYTES,
                      (last - first + 1) * HD_UNIT_BYTES) == 0;
}

static bool commit_descriptors(struct hd_arenas *arenas, uint32_t arena)
{
    const struct hd_os *os = arenas->os;
    size_t needed = ((size_t)arena + 1) * HD_ARENA_UNITS * sizeof(struct hd_pool);
    size_t from = arenas->pools_committed;
    size_t to = round_up(round_up(needed, POOLS_STEP), os->page_size);

    if (needed <= from) {
        return true;
    }
    to = to < pools_bytes(arenas) ? to : pools_bytes(arenas);
    if (os->commit(os->ctx, (char *)arenas->pools + from, to - from) != 0) {
        return false;
    }
    arenas->pools_committed = to;
    return true;
}

static void note_in_use(struct hd_arenas *arenas, uint32_t arena)
{
    arenas->now++;
    arenas->ever++;
    arenas->highest = arenas->now > arenas->highest ? arenas->now : arenas->highest;
    arenas->top = arena >= arenas->top ? arena + 1 : arenas->top;
}

struct hd_pool *hd_arenas_take(struct hd_arenas *arenas, unsigned units)
{
    uint32_t index = hd_fit_find(&arenas->fit, units);
    struct hd_arena *arena;
    struct hd_fit_scores scores;
    uint64_t run, missing;
    unsigned start, count;

    if (index >= arenas->count || !commit_descriptors(arenas, index)) {
        return NULL;
    }
    arena = &arenas->arenas[index];
    start = first_run(arena, units);
    run = run_mask(start, units);
    missing = run & ~arena->committed;
    if (missing != 0 && !commit_units(arenas, index, missing)) {
        return NULL;
    }
    if (arena->committed == 0) {
        note_in_use(arenas, index);
    }
    count = (unsigned)__builtin_popcountll(missing);
    arenas->committed_units += count;
    arenas->empty_units -= units - count;
    arena->committed |= run;
    arena->taken |= run;
    scores = score_of(arena);
    hd_fit_set(&arenas->fit, index, &scores);
    return &arenas->pools[(size_t)index * HD_ARENA_UNITS + start];
}

void hd_arenas_give(struct hd_arenas *arenas, const struct hd_pool *first, unsigned units)
{
    size_t unit = (size_t)(first - arenas->pools);
    uint32_t index = (uint32_t)(unit / HD_ARENA_UNITS);
    struct hd_arena *arena = &arenas->arenas[index];
    uint64_t run = run_mask((unsigned)(unit % HD_ARENA_UNITS), units);
    struct hd_fit_scores scores;

    HD_CHECK((arena->taken & run) == run);
    arena->taken &= ~run;
    arenas->empty_units += units;
    arenas->trim_from = index >= arenas->trim_from ? index + 1 : arenas->trim_from;
    scores = score_of(arena);
    hd_fit_set(&arenas->fit, index, &scores);
}

char *hd_arenas_address_of(const struct hd_arenas *arenas, const struct hd_pool *pool)
{
    return arenas->base + ((size_t)(pool - arenas->pools) << HD_UNIT_SHIFT);
}

/* The highest empty units that lie together, at most so many. */
static uint64_t highest_empty_run(const struct hd_arena *arena, size_t units)
{
    uint64_t empty = arena->committed & ~arena->taken;
    uint64_t run = UINT64_C(1) << (63 - __builtin_clzll(empty));

    while (--units > 0 && (empty & run >> 1 & ~run) != 0) {
        run |= run >> 1;
    }
    return run;
}

/* Returns the bytes given back, 0 if the system would not take them. */
static size_t trim_run(struct hd_arenas *arenas, uint32_t index, size_t max_units)
{
    const struct hd_os *os = arenas->os;
    struct hd_arena *arena = &arenas->arenas[index];
    uint64_t run = highest_empty_run(arena, max_units);
    size_t units = (size_t)__builtin_popcountll(run);
    char *at = arenas->base + ((size_t)index << HD_ARENA_SHIFT) +
               (size_t)__builtin_ctzll(run) * HD_UNIT_BYTES;

    if (os->decommit(os->ctx, at, units * HD_UNIT_BYTES) != 0) {
        return 0;
    }
    arena->committed &= ~run;
    arenas->committed_units -= units;
    arenas->empty_units -= units;
    arenas->returned_bytes += units * HD_UNIT_BYTES;
    if (arena->committed == 0) {
        struct hd_fit_scores scores = score_of(arena);

        hd_fit_set(&arenas->fit, index, &scores);
        arenas->now--;
        arenas->returned++;
    }
    return units * HD_UNIT_BYTES;
}

size_t hd_arenas_trim(struct hd_arenas *arenas, size_t max_bytes)
{
    size_t done = 0;

    while (arenas->empty_units > 0 && max_bytes - done >= HD_UNIT_BYTES) {
        uint32_t index = arenas->trim_from - 1;
        size_t bytes;

        if ((arenas->arenas[index].committed & ~arenas->arenas[index].taken) == 0) {
            arenas->trim_from--;
            continue;
        }
        bytes = trim_run(arenas, index, (max_bytes - done) >> HD_UNIT_SHIFT);
        if (bytes == 0) {
            break;
        }
        done += bytes;
    }
    return done;
}

struct hd_pool *hd_arenas_pool_from(const struct hd_arenas *arenas, size_t unit)
{
    size_t end = (size_t)arenas->top * HD_ARENA_UNITS;

    while (unit < end) {
        uint64_t taken = arenas->arenas[unit / HD_ARENA_UNITS].taken >> unit % HD_ARENA_UNITS;
        struct hd_pool *pool;

        if (taken == 0) {
            unit = (unit / HD_ARENA_UNITS + 1) * HD_ARENA_UNITS;
            continue;
        }
        unit += (unsigned)__builtin_ctzll(taken);
        pool = &arenas->pools[unit];
        if (pool->back == 0) {
            return pool;
        }
        unit += pool[-pool->back].units - pool->back; /* one that begins before */
    }
    return NULL;
}

struct hd_pool *hd_arenas_next_pool(const struct hd_arenas *arenas, const struct hd_pool *pool)
{
    return hd_arenas_pool_from(arenas,
                               pool == NULL ? 0 : (size_t)(pool - arenas->pools) + pool->units);
}

/* Adds up what the masks say, and holds it against the fit tree. */
static bool check_arena(const struct hd_arenas *arenas, uint32_t index, struct hd_arenas *sums)
{
    const struct hd_arena *arena = &arenas->arenas[index];
    struct hd_fit_scores scores = score_of(arena);
    uint64_t empty = arena->committed & ~arena->taken;

    sums->now += arena->committed != 0;
    sums->committed_units += (unsigned)__builtin_popcountll(arena->committed);
    sums->empty_units += (unsigned)__builtin_popcountll(empty);
    return HD_HOLDS((arena->taken & ~arena->committed) == 0) && /* [pool.inv.masks] */
           HD_HOLDS(empty == 0 || index < arenas->trim_from) &&
           HD_HOLDS(memcmp(&scores, hd_fit_scores_of(&arenas->fit, index), sizeof scores) == 0);
}

bool hd_arenas_check(const struct hd_arenas *arenas)
{
    struct hd_arenas sums = {0};

    if (!HD_HOLDS(arenas->sig == ARENAS_SIG) || !HD_HOLDS(arenas->top <= arenas->count) ||
        !HD_HOLDS(arenas->pools_committed >=
                  (size_t)arenas->top * HD_ARENA_UNITS * sizeof(struct hd_pool))) {
        return false;
    }
    for (uint32_t i = 0; i < arenas->top; i++) {
        if (!check_arena(arenas, i, &sums)) {
            return false;
        }
    }
    /* [pool.inv.masks] */
    return HD_HOLDS(sums.now == arenas->now && arenas->now <= arenas->highest) &&
           HD_HOLDS(arenas->ever == arenas->now + arenas->returned) &&
           HD_HOLDS(sums.committed_units == arenas->committed_units) &&
           HD_HOLDS(sums.empty_units == arenas->empty_units) &&
           hd_fit_check(&arenas->fit, arenas->top);
}
