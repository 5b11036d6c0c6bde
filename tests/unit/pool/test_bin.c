/* SPDX-License-Identifier: MIT */
/* test_bin.c: full pools step aside, empty ones leave, and one may stay. */
#include "lib/testlib.h"

#include "lib/fake_os.h"
#include "pool/bin.h"
#include "pool/sizeclass.h"

#define BLOCK 16384 /* four to a pool */

struct fixture {
    struct fake_os os;
    struct hd_arenas arenas;
    struct hd_pool none;
    struct hd_bin bin;
};

static void set_up(struct fixture *f)
{
    fake_os_init(&f->os, FAKE_OS_NEVER);
    assert_int_equal(hd_arenas_init(&f->arenas, &f->os.iface, 1), HD_OK);
    hd_pool_init_none(&f->none);
    hd_bin_init(&f->bin, 0, hd_sizeclass_of(BLOCK), &f->none);
}

static void tear_down(struct fixture *f)
{
    hd_bin_drop_spare(&f->bin, &f->arenas);
    assert_int_equal(f->bin.pools, 0);
    assert_true(hd_bin_check(&f->bin, 0, 0));
    assert_true(hd_arenas_check(&f->arenas));
    hd_arenas_fini(&f->arenas);
    assert_int_equal(f->os.live_reservations, 0);
}

static char *take(struct fixture *f)
{
    void *block = hd_pool_take(f->bin.current, BLOCK);

    return block != NULL ? block : hd_bin_take_slowly(&f->bin, &f->arenas, BLOCK);
}

static void give(struct fixture *f, char *block)
{
    struct hd_pool *pool = hd_arenas_pool_of(&f->arenas, (size_t)(block - f->arenas.base));

    if (HD_GUARDED) {
        hd_guard_given(block, BLOCK);
    }
    if (hd_pool_give(pool, block, BLOCK)) {
        hd_bin_settle(&f->bin, pool, BLOCK, &f->arenas);
    }
}

static void check(struct fixture *f, uint64_t listed)
{
    const struct hd_pool *pool = NULL;

    while ((pool = hd_arenas_next_pool(&f->arenas, pool)) != NULL) {
        assert_true(hd_pool_check(pool));
        assert_true(hd_bin_check_pool(&f->bin, pool));
    }
    assert_true(hd_bin_check(&f->bin, listed, 0));
}

static void pools_are_filled_one_after_the_other(void **state)
{
    struct fixture f;
    char *blocks[12];

    (void)state;
    set_up(&f);
    for (int i = 0; i < 12; i++) {
        blocks[i] = take(&f);
        assert_ptr_equal(blocks[i], f.arenas.base + i * BLOCK);
    }
    assert_int_equal(f.bin.pools, 3);
    check(&f, 1); /* the full ones before the last have left the list */
    give(&f, blocks[1]);
    give(&f, blocks[6]);
    check(&f, 3); /* the last is full, too, but not yet found so */
    assert_ptr_equal(take(&f), blocks[1]);
    assert_ptr_equal(take(&f), blocks[6]);
    for (int i = 0; i < 12; i++) {
        give(&f, blocks[i]);
    }
    assert_int_equal(f.bin.pools, 1);
    tear_down(&f);
}

static void one_empty_pool_stays_for_the_next_request(void **state)
{
    struct fixture f;
    char *blocks[8];
    long commits;

    (void)state;
    set_up(&f);
    for (int i = 0; i < 4; i++) {
        blocks[i] = take(&f);
    }
    commits = f.os.commits;
    for (int round = 0; round < 100; round++) { /* around the edge of a pool */
        for (int i = 4; i < 6; i++) {
            blocks[i] = take(&f);
        }
        for (int i = 4; i < 6; i++) {
            give(&f, blocks[i]);
        }
        assert_int_equal(f.bin.pools, 2);
        assert_int_equal(hd_bin_spare_bytes(&f.bin), HD_UNIT_BYTES);
        check(&f, 1);
    }
    assert_int_equal(f.os.commits, commits + 1);
    for (int i = 0; i < 4; i++) {
        give(&f, blocks[i]);
    }
    assert_int_equal(f.bin.pools, 1);
    assert_int_equal(f.arenas.empty_units, 1);
    check(&f, 1);
    tear_down(&f);
}

static void a_spare_that_is_used_again_is_no_spare(void **state)
{
    struct fixture f;
    char *a, *b[5];

    (void)state;
    set_up(&f);
    a = take(&f);
    give(&f, a);
    assert_int_equal(hd_bin_spare_bytes(&f.bin), HD_UNIT_BYTES);
    for (int i = 0; i < 5; i++) {
        b[i] = take(&f);
    }
    assert_int_equal(hd_bin_spare_bytes(&f.bin), 0);
    hd_bin_drop_spare(&f.bin, &f.arenas);
    assert_int_equal(f.bin.pools, 2);
    for (int i = 4; i >= 0; i--) {
        give(&f, b[i]);
        check(&f, f.bin.pools - (i == 4 ? 1 : 0));
    }
    assert_int_equal(f.bin.pools, 1);
    tear_down(&f);
}

static void without_memory_the_bin_stays_usable(void **state)
{
    struct fixture f;
    char *blocks[5];

    (void)state;
    set_up(&f);
    for (int i = 0; i < 4; i++) {
        blocks[i] = take(&f);
    }
    fake_os_rearm(&f.os, 0, true);
    for (int i = 0; i < 3; i++) {
        assert_null(take(&f));
        check(&f, 0);
    }
    give(&f, blocks[2]);
    check(&f, 1);
    assert_ptr_equal(take(&f), blocks[2]);
    fake_os_rearm(&f.os, FAKE_OS_NEVER, false);
    blocks[4] = take(&f);
    assert_non_null(blocks[4]);
    for (int i = 0; i < 5; i++) {
        give(&f, blocks[i]);
    }
    tear_down(&f);
}

static void the_use_is_known_whether_pools_are_full_or_not(void **state)
{
    struct fixture f;
    char *blocks[10];
    struct hd_bin_use use;

    (void)state;
    set_up(&f);
    for (int i = 0; i < 10; i++) {
        blocks[i] = take(&f);
        use = hd_bin_use_of(&f.bin);
        assert_int_equal(use.blocks, i + 1);
        assert_int_equal(use.asked_bytes, (i + 1) * BLOCK);
    }
    assert_int_equal(f.bin.full_pools, 2);
    for (int i = 0; i < 10; i += 9) { /* in a full pool, in one with room */
        struct hd_pool *pool =
            hd_arenas_pool_of(&f.arenas, (size_t)(blocks[i] - f.arenas.base));

        hd_bin_ask_anew(&f.bin, pool, BLOCK, BLOCK - 100);
        assert_int_equal(hd_bin_use_of(&f.bin).asked_bytes, 10 * BLOCK - 100);
        hd_bin_ask_anew(&f.bin, pool, BLOCK - 100, BLOCK);
    }
    for (int i = 0; i < 10; i++) {
        give(&f, blocks[i]);
        use = hd_bin_use_of(&f.bin);
        assert_int_equal(use.blocks, 9 - i);
        assert_int_equal(use.asked_bytes, (9 - i) * BLOCK);
    }
    tear_down(&f);
}

static void the_check_notices_a_broken_list(void **state)
{
    struct fixture f;
    char *a;

    (void)state;
    set_up(&f);
    a = take(&f);
    assert_true(hd_bin_check(&f.bin, 1, 0));
    assert_false(hd_bin_check(&f.bin, 0, 0));
    assert_false(hd_bin_check(&f.bin, 2, 0));
    f.bin.current->watch = HD_POOL_WATCH_FULL;
    assert_false(hd_bin_check_pool(&f.bin, f.bin.current));
    f.bin.current->watch = HD_POOL_WATCH_NEVER; /* but it is not the spare */
    assert_false(hd_bin_check_pool(&f.bin, f.bin.current));
    f.bin.current->watch = HD_POOL_WATCH_EMPTY;
    hd_list_unlink(&f.bin.current->link);
    assert_false(hd_bin_check_pool(&f.bin, f.bin.current));
    hd_list_push_back(&f.bin.with_room, &f.bin.current->link);
    give(&f, a);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pools_are_filled_one_after_the_other),
        cmocka_unit_test(one_empty_pool_stays_for_the_next_request),
        cmocka_unit_test(a_spare_that_is_used_again_is_no_spare),
        cmocka_unit_test(without_memory_the_bin_stays_usable),
        cmocka_unit_test(the_use_is_known_whether_pools_are_full_or_not),
        cmocka_unit_test(the_check_notices_a_broken_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
