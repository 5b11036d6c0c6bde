/* SPDX-License-Identifier: MIT */
/* test_inspect.c: the figures are right, trimming keeps its word, and a broken memory is
 * noticed. */
#include "lib/testlib.h"

#include <stdlib.h>
#include <string.h>

#include "lib/memory_fixture.h"
#include "lib/random.h"
#include "pool/geometry.h"
#include "pool/memory.h"

/* The naive model: what is live, with what it must contain. */
struct shadow {
    unsigned char *block;
    size_t size;
    uint64_t seed;
    enum hd_memory_use use;
};

static void fill(const struct shadow *s)
{
    for (size_t i = 0; i < s->size; i += i < 64 ? 1 : 61) {
        s->block[i] = (unsigned char)(s->seed + i);
    }
}

static void assert_filled(const struct shadow *s, size_t size)
{
    for (size_t i = 0; i < size; i += i < 64 ? 1 : 61) {
        assert_true(s->block[i] == (unsigned char)(s->seed + i));
    }
}

static size_t random_size(struct random *rng)
{
    static const size_t ranges[] = {16, 64, 256, 1024, 4096, 70000, 300000};

    return 1 + random_below(rng, ranges[random_below(rng, random_chance(rng, 10) ? 7 : 5)]);
}

static void step(struct memory_fixture *f, struct random *rng, struct shadow *s, size_t *total)
{
    const struct hd_allocator *allocator;
    size_t size = random_size(rng);

    if (s->block == NULL) {
        s->use = random_chance(rng, 60) ? HD_MEMORY_OBJECTS : HD_MEMORY_BOOKS;
        s->block = hd_alloc(hd_memory_allocator(f->memory, s->use), size);
        assert_non_null(s->block);
        total[s->use] += s->size = size;
        fill(s);
        return;
    }
    allocator = hd_memory_allocator(f->memory, s->use);
    assert_filled(s, s->size);
    if (random_chance(rng, 25)) {
        s->block = hd_resize(allocator, s->block, s->size, size);
        assert_non_null(s->block);
        assert_filled(s, size < s->size ? size : s->size);
        total[s->use] += size - s->size;
        s->size = size;
        fill(s);
        return;
    }
    hd_free(allocator, s->block, s->size);
    total[s->use] -= s->size;
    s->block = NULL;
}

static void run_trace(struct random *rng, enum hd_allocator_kind kind, size_t boundary)
{
    enum { SHADOWS = 2000 };
    struct shadow *shadows = calloc(SHADOWS, sizeof *shadows);
    size_t total[HD_MEMORY_USES] = {0};
    struct memory_fixture f;

    assert_non_null(shadows);
    memory_fixture_init(&f, kind, boundary);
    for (int round = 0; round < 60000; round++) {
        struct shadow *s = &shadows[random_below(rng, SHADOWS)];

        s->seed = s->block == NULL ? random_next(rng) : s->seed;
        step(&f, rng, s, total);
        for (int use = 0; use < HD_MEMORY_USES; use++) {
            assert_true(hd_memory_used_bytes(f.memory, (enum hd_memory_use)use) == total[use]);
        }
        if (round % 500 == 0) {
            assert_true(hd_memory_check(f.memory));
            (void)hd_memory_trim(f.memory, random_below(rng, (size_t)2 << 20));
        }
    }
    for (size_t i = 0; i < SHADOWS; i++) {
        if (shadows[i].block != NULL) {
            assert_filled(&shadows[i], shadows[i].size);
            hd_free(hd_memory_allocator(f.memory, shadows[i].use), shadows[i].block,
                    shadows[i].size);
        }
    }
    free(shadows);
    memory_fixture_fini(&f);
}

static void a_random_trace_agrees_with_the_naive_model(void **state)
{
    struct random rng;

    (void)state;
    (void)random_init(&rng, 20240601);
    run_trace(&rng, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    run_trace(&rng, HD_ALLOCATOR_POOL, 512);
    run_trace(&rng, HD_ALLOCATOR_MALLOC, HD_POOL_BOUNDARY_MAX);
}

static void the_figures_of_a_few_blocks_are_right(void **state)
{
    struct memory_fixture f;
    struct hd_memory_stats stats;
    struct hd_class_stats of_class;
    void *a, *b, *c, *d;
    struct hd_place place;

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    a = memory_fixture_take(&f, 33);
    b = memory_fixture_take(&f, 40);
    c = hd_alloc(hd_memory_allocator(f.memory, HD_MEMORY_BOOKS), 262144);
    d = hd_alloc(hd_memory_allocator(f.memory, HD_MEMORY_BOOKS), 262145);
    hd_memory_stats(f.memory, &stats);
    assert_int_equal(stats.used_bytes[HD_MEMORY_OBJECTS], 73);
    assert_int_equal(stats.used_bytes[HD_MEMORY_BOOKS], 262144 + 262145);
    assert_int_equal(stats.pool_used_bytes, 2 * 40 + 262144);
    assert_int_equal(stats.large_count, 1);
    assert_int_equal(stats.large_bytes, 262145);
    assert_int_equal(stats.committed_bytes, 5 * stats.unit_bytes);
    assert_int_equal(stats.empty_bytes, 0);
    assert_true(stats.arenas_now == 1 && stats.arenas_ever == 1 && stats.arenas_returned == 0);
    hd_memory_class_stats(f.memory, hd_sizeclass_of(40), &of_class);
    assert_int_equal(of_class.block_size, 40);
    assert_int_equal(of_class.pools, 1);
    assert_int_equal(of_class.blocks_used, 2);
    assert_int_equal(of_class.blocks_free, 65536 / 40 - 2);
    assert_int_equal(of_class.asked_bytes, 73);
    place = hd_memory_place(f.memory, b, 40);
    assert_true(place.in_pool && place.arena == 0 && place.pool == 0);
    assert_true(place.block == 1 && place.block_size == 40);
    assert_int_equal(hd_memory_place(f.memory, c, 262144).pool, 1);
    assert_false(hd_memory_place(f.memory, d, 262145).in_pool);
    assert_int_equal(hd_memory_block_bytes(f.memory, 262145), 262145);
    memory_fixture_give(&f, a, 33);
    memory_fixture_give(&f, b, 40);
    hd_free(hd_memory_allocator(f.memory, HD_MEMORY_BOOKS), c, 262144);
    hd_free(hd_memory_allocator(f.memory, HD_MEMORY_BOOKS), d, 262145);
    memory_fixture_fini(&f);
}

static void the_classes_end_at_the_boundary(void **state)
{
    struct memory_fixture f;

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, 1000);
    assert_int_equal(hd_memory_class_count(f.memory), hd_sizeclass_of(1024) + 1);
    memory_fixture_fini(&f);
    memory_fixture_init(&f, HD_ALLOCATOR_MALLOC, 1000);
    assert_int_equal(hd_memory_class_count(f.memory), 0);
    assert_int_equal(hd_memory_block_bytes(f.memory, 13), 13);
    assert_int_equal(f.os.calls, 0);
    memory_fixture_fini(&f);
}

static void trimming_gives_back_what_it_says_and_no_more_than_asked(void **state)
{
    enum { BLOCKS = 3000 };
    static void *blocks[BLOCKS];
    struct memory_fixture f;
    struct hd_memory_stats stats;
    size_t tables;

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = memory_fixture_take(&f, 4096);
    }
    tables = f.os.committed_bytes - 188 * HD_UNIT_BYTES;
    assert_int_equal(hd_memory_trimmable_bytes(f.memory), 0);
    assert_int_equal(hd_memory_trim(f.memory, SIZE_MAX), 0);
    for (size_t i = 1; i < BLOCKS; i++) {
        memory_fixture_give(&f, blocks[i], 4096);
    }
    for (size_t left = 187 * HD_UNIT_BYTES; left > 0;) {
        size_t max = 5 * HD_UNIT_BYTES + 77, expect = left < max ? left : 5 * HD_UNIT_BYTES;

        assert_int_equal(hd_memory_trimmable_bytes(f.memory), left);
        assert_int_equal(hd_memory_trim(f.memory, max), expect);
        assert_true(hd_memory_check(f.memory));
        left -= expect;
        assert_int_equal(f.os.committed_bytes, tables + HD_UNIT_BYTES + left);
    }
    hd_memory_stats(f.memory, &stats);
    assert_int_equal(stats.returned_bytes, f.os.decommitted_bytes);
    assert_int_equal(stats.arenas_now, 1);
    assert_int_equal(stats.arenas_highest, 3);
    assert_int_equal(stats.arenas_returned, 2);
    memory_fixture_give(&f, blocks[0], 4096); /* the last pool stays until a trim */
    assert_int_equal(hd_memory_trimmable_bytes(f.memory), HD_UNIT_BYTES);
    assert_int_equal(hd_memory_trim(f.memory, SIZE_MAX), HD_UNIT_BYTES);
    assert_int_equal(f.os.committed_bytes, tables);
    memory_fixture_fini(&f);
}

static void the_check_notices_a_broken_memory(void **state)
{
    struct memory_fixture f;
    struct hd_memory *m;
    struct hd_bin *bin;
    struct hd_pool *pool;
    void *block, *large;

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, 1000);
    m = f.memory;
    block = memory_fixture_take(&f, 100);
    large = memory_fixture_take(&f, 2000);
    bin = &m->faces[HD_MEMORY_OBJECTS].bins[hd_sizeclass_of(100)];
    pool = bin->current;
#define ASSERT_NOTICED(change, undo)                                                           \
    do {                                                                                       \
        change;                                                                                \
        assert_false(hd_memory_check(m));                                                      \
        undo;                                                                                  \
        assert_true(hd_memory_check(m));                                                       \
    } while (0)
    ASSERT_NOTICED(m->sig++, m->sig--);
    ASSERT_NOTICED(m->large_bytes++, m->large_bytes--);
    ASSERT_NOTICED(m->large_count = 3000, m->large_count = 1);
    ASSERT_NOTICED(m->faces[1].used_bytes++, m->faces[1].used_bytes--);
    ASSERT_NOTICED(bin->full_pools++, bin->full_pools--);
    ASSERT_NOTICED(bin->full_asked++, bin->full_asked--);
    ASSERT_NOTICED(bin->pools++, bin->pools--);
    ASSERT_NOTICED(bin->spare = pool, bin->spare = NULL);
    ASSERT_NOTICED(pool->used++, pool->used--);
    ASSERT_NOTICED(pool->asked--, pool->asked++);
    ASSERT_NOTICED(pool->base += 8, pool->base -= 8);
    ASSERT_NOTICED(pool->sizeclass++, pool->sizeclass--);
    ASSERT_NOTICED(m->arenas.arenas[0].taken = 3, m->arenas.arenas[0].taken = 1);
    ASSERT_NOTICED(m->none.used++, m->none.used--);
#undef ASSERT_NOTICED
    memory_fixture_give(&f, block, 100);
    memory_fixture_give(&f, large, 2000);
    memory_fixture_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_random_trace_agrees_with_the_naive_model),
        cmocka_unit_test(the_figures_of_a_few_blocks_are_right),
        cmocka_unit_test(the_classes_end_at_the_boundary),
        cmocka_unit_test(trimming_gives_back_what_it_says_and_no_more_than_asked),
        cmocka_unit_test(the_check_notices_a_broken_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
