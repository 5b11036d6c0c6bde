/* SPDX-License-Identifier: MIT */
/* test_pool.c: a pool hands out each of its blocks once, and a broken one is noticed. */
#include "lib/testlib.h"

#include <stdlib.h>
#include <string.h>

#include "lib/random.h"
#include "pool/geometry.h"
#include "pool/guard.h"
#include "pool/pool.h"
#include "pool/sizeclass.h"

struct fixture {
    struct hd_pool descriptors[HD_POOL_UNITS_MAX];
    struct hd_pool *pool;
    char *memory;
    size_t size;
};

static void set_up(struct fixture *f, unsigned sizeclass)
{
    f->size = hd_sizeclass_units(sizeclass) * HD_UNIT_BYTES;
    f->memory = aligned_alloc(HD_UNIT_BYTES, f->size);
    assert_non_null(f->memory);
    memset(f->memory, 'u', f->size); /* untouched */
    memset(f->descriptors, 0xEE, sizeof f->descriptors);
    f->pool = f->descriptors;
    hd_pool_init(f->pool, f->memory, sizeclass, 0);
    hd_guard_permit(f->memory, f->size); /* the test looks everywhere */
}

static void tear_down(struct fixture *f)
{
    hd_guard_permit(f->memory, f->size);
    free(f->memory);
}

static bool give(struct fixture *f, void *block)
{
    if (HD_GUARDED) {
        hd_guard_given(block, f->pool->block_size);
    }
    hd_guard_permit(block, f->pool->block_size);
    return hd_pool_give(f->pool, block, f->pool->block_size);
}

static void a_pool_hands_out_its_blocks_in_order_and_touches_none(void **state)
{
    (void)state;
    for (unsigned sizeclass = 0; sizeclass < HD_SIZECLASS_COUNT; sizeclass += 3) {
        struct fixture f;
        uint32_t size = hd_sizeclass_bytes(sizeclass);

        set_up(&f, sizeclass);
        for (uint32_t i = 0; i < f.pool->capacity; i++) {
            assert_true(hd_pool_has_room(f.pool));
            assert_ptr_equal(hd_pool_take(f.pool, f.pool->block_size), f.memory + i * size);
        }
        assert_false(hd_pool_has_room(f.pool));
        assert_null(hd_pool_take(f.pool, f.pool->block_size));
        assert_int_equal(f.pool->used, f.pool->capacity);
        assert_true(f.size - f.pool->capacity * size <= f.size / 16);
        for (size_t i = 0; i < f.size; i++) {
            assert_true(f.memory[i] == 'u');
        }
        assert_true(hd_pool_check(f.pool));
        tear_down(&f);
    }
}

static void the_last_block_given_is_the_first_taken(void **state)
{
    struct fixture f;
    void *a, *b;

    (void)state;
    set_up(&f, hd_sizeclass_of(12));
    a = hd_pool_take(f.pool, f.pool->block_size);
    b = hd_pool_take(f.pool, f.pool->block_size);
    (void)hd_pool_take(f.pool, f.pool->block_size);
    assert_false(give(&f, a));
    assert_false(give(&f, b));
    assert_true(hd_pool_check(f.pool));
    assert_ptr_equal(hd_pool_take(f.pool, f.pool->block_size), b);
    assert_ptr_equal(hd_pool_take(f.pool, f.pool->block_size), a);
    assert_ptr_equal(hd_pool_take(f.pool, f.pool->block_size), f.memory + 36);
    tear_down(&f);
}

static void giving_reports_when_the_watch_says_so(void **state)
{
    struct fixture f;
    void *a, *b;

    (void)state;
    set_up(&f, 0);
    a = hd_pool_take(f.pool, f.pool->block_size);
    b = hd_pool_take(f.pool, f.pool->block_size);
    assert_false(give(&f, a));
    assert_true(give(&f, b)); /* empty */
    f.pool->watch = HD_POOL_WATCH_NEVER;
    assert_false(give(&f, hd_pool_take(f.pool, f.pool->block_size)));
    a = hd_pool_take(f.pool, f.pool->block_size);
    b = hd_pool_take(f.pool, f.pool->block_size);
    f.pool->watch = HD_POOL_WATCH_FULL;
    assert_true(give(&f, a));
    assert_int_equal(f.pool->used, 1);
    tear_down(&f);
}

static void blocks_are_distinct_whatever_the_order(void **state)
{
    struct fixture f;
    struct random rng;
    bool taken[HD_UNIT_BYTES / 48] = {false};
    void *blocks[HD_UNIT_BYTES / 48];
    size_t n = 0;

    (void)state;
    (void)random_init(&rng, 6);
    set_up(&f, hd_sizeclass_of(48));
    for (int round = 0; round < 20000; round++) {
        if (n == 0 ||
            (n < f.pool->capacity && random_chance(&rng, round % 2000 < 1000 ? 80 : 20))) {
            size_t index;

            blocks[n] = hd_pool_take(f.pool, f.pool->block_size);
            index = (size_t)((char *)blocks[n] - f.memory) / 48;
            assert_true(((char *)blocks[n] - f.memory) % 48 == 0 && !taken[index]);
            assert_true(hd_pool_is_taken(f.pool, blocks[n]));
            taken[index] = true;
            n++;
        } else {
            size_t victim = random_below(&rng, n);

            taken[((char *)blocks[victim] - f.memory) / 48] = false;
            (void)give(&f, blocks[victim]);
            blocks[victim] = blocks[--n];
        }
        assert_int_equal(f.pool->used, n);
    }
    assert_true(hd_pool_check(f.pool));
    tear_down(&f);
}

static void an_emptied_pool_starts_again_from_the_front(void **state)
{
    struct fixture f;
    void *a, *b;

    (void)state;
    set_up(&f, 5);
    a = hd_pool_take(f.pool, f.pool->block_size);
    b = hd_pool_take(f.pool, f.pool->block_size);
    (void)give(&f, a);
    (void)give(&f, b);
    hd_pool_restart(f.pool);
    assert_ptr_equal(hd_pool_take(f.pool, f.pool->block_size), f.memory);
    (void)give(&f, f.memory);
    hd_pool_fini(f.pool);
    assert_false(hd_pool_check(f.pool));
    tear_down(&f);
}

static void a_pool_without_memory_never_has_room(void **state)
{
    struct hd_pool none;

    (void)state;
    hd_pool_init_none(&none);
    assert_false(hd_pool_has_room(&none));
    assert_null(hd_pool_take(&none, 8));
}

static void what_is_not_a_taken_block_is_told_apart(void **state)
{
    struct fixture f;
    char *a;

    (void)state;
    set_up(&f, hd_sizeclass_of(64));
    a = hd_pool_take(f.pool, f.pool->block_size);
    (void)hd_pool_take(f.pool, f.pool->block_size);
    assert_true(hd_pool_is_taken(f.pool, a));
    assert_false(hd_pool_is_taken(f.pool, a + 8));
    assert_false(hd_pool_is_taken(f.pool, a + 128)); /* not yet carved */
    assert_false(hd_pool_is_taken(f.pool, a - 64));
    if (HD_CHECK_LEVEL >= 2) {
        memset(a, HD_FILL_FREED, 64); /* looks freed, but is not */
        assert_true(hd_pool_is_taken(f.pool, a));
        (void)give(&f, a);
        assert_false(hd_pool_is_taken(f.pool, a));
    }
    tear_down(&f);
}

static void the_check_notices_a_broken_pool(void **state)
{
    struct fixture f;
    struct hd_pool whole;
    char *a, *b;

    (void)state;
    set_up(&f, hd_sizeclass_of(3000));
    a = hd_pool_take(f.pool, f.pool->block_size);
    b = hd_pool_take(f.pool, f.pool->block_size);
    (void)hd_pool_take(f.pool, f.pool->block_size);
    (void)give(&f, a);
    (void)give(&f, b);
    whole = *f.pool;
    assert_true(hd_pool_check(f.pool));

#define ASSERT_NOTICED(change)                                                                 \
    do {                                                                                       \
        change;                                                                                \
        assert_false(hd_pool_check(f.pool));                                                   \
        *f.pool = whole;                                                                       \
        assert_true(hd_pool_check(f.pool));                                                    \
    } while (0)
    ASSERT_NOTICED(f.pool->sig++);
    ASSERT_NOTICED(f.pool->used++);
    ASSERT_NOTICED(f.pool->asked++);
    ASSERT_NOTICED(f.pool->asked = 0);
    ASSERT_NOTICED(f.pool->carved += f.pool->block_size);
    ASSERT_NOTICED(f.pool->carved--);
    ASSERT_NOTICED(f.pool->limit++);
    ASSERT_NOTICED(f.pool->sizeclass++);
    ASSERT_NOTICED(f.pool->block_size++);
    ASSERT_NOTICED(f.pool->free++);
    ASSERT_NOTICED(f.pool->free = f.pool->carved);
    ASSERT_NOTICED(f.pool->free = HD_POOL_NO_BLOCK);
#undef ASSERT_NOTICED
    hd_pool_set_next(a, f.pool->free); /* a loop: b, a, b, ... */
    assert_false(hd_pool_check(f.pool));
    tear_down(&f);
}

static void a_write_to_a_freed_block_is_noticed(void **state)
{
    struct fixture f;
    char *a;

    (void)state;
    if (HD_CHECK_LEVEL < 2) {
        return;
    }
    set_up(&f, hd_sizeclass_of(100));
    a = hd_pool_take(f.pool, f.pool->block_size);
    (void)hd_pool_take(f.pool, f.pool->block_size);
    (void)give(&f, a);
    assert_true(hd_pool_check(f.pool));
    a[50] = 'x';
    assert_false(hd_pool_check(f.pool));
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_hands_out_its_blocks_in_order_and_touches_none),
        cmocka_unit_test(the_last_block_given_is_the_first_taken),
        cmocka_unit_test(giving_reports_when_the_watch_says_so),
        cmocka_unit_test(blocks_are_distinct_whatever_the_order),
        cmocka_unit_test(an_emptied_pool_starts_again_from_the_front),
        cmocka_unit_test(a_pool_without_memory_never_has_room),
        cmocka_unit_test(what_is_not_a_taken_block_is_told_apart),
        cmocka_unit_test(the_check_notices_a_broken_pool),
        cmocka_unit_test(a_write_to_a_freed_block_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
