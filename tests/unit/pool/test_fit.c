/* SPDX-License-Identifier: MIT */
/* test_fit.c: the tree finds what a search of all arenas finds. */
#include "lib/testlib.h"

#include <string.h>

#include "lib/fault_alloc.h"
#include "lib/random.h"
#include "pool/fit.h"

struct fixture {
    struct fault_alloc fault;
    struct hd_fit fit;
    size_t bytes;
    void *table;
};

static void set_up(struct fixture *f, uint32_t arenas)
{
    fault_alloc_init(&f->fault, FAULT_NEVER);
    f->bytes = hd_fit_table_bytes(arenas);
    f->table = hd_alloc_zeroed(&f->fault.iface, f->bytes);
    hd_fit_init(&f->fit, f->table, arenas);
}

static void tear_down(struct fixture *f)
{
    hd_free(&f->fault.iface, f->table, f->bytes);
    assert_int_equal(f->fault.live_bytes, 0);
}

/* Runs up to longest have the score, longer ones no room. */
static struct hd_fit_scores scores_of(unsigned longest, int8_t score)
{
    struct hd_fit_scores scores;

    for (unsigned i = 0; i < HD_POOL_UNITS_MAX; i++) {
        scores.score[i] = i < longest ? score : HD_FIT_NO_ROOM;
    }
    return scores;
}

static void fresh_arenas_are_taken_from_the_lowest_on(void **state)
{
    struct fixture f;
    struct hd_fit_scores full = scores_of(0, 0);

    (void)state;
    set_up(&f, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(hd_fit_find(&f.fit, 1), i);
        assert_int_equal(hd_fit_find(&f.fit, HD_POOL_UNITS_MAX), i);
        hd_fit_set(&f.fit, i, &full);
    }
    assert_true(hd_fit_find(&f.fit, 1) >= 3);
    tear_down(&f);
}

static void a_single_arena_needs_no_tree(void **state)
{
    struct fixture f;
    struct hd_fit_scores full = scores_of(0, 0);

    (void)state;
    set_up(&f, 1);
    assert_int_equal(hd_fit_find(&f.fit, 1), 0);
    hd_fit_set(&f.fit, 0, &full);
    assert_int_equal(hd_fit_find(&f.fit, 1), HD_FIT_NONE);
    assert_true(hd_fit_check(&f.fit, 1));
    tear_down(&f);
}

static uint32_t search_all(const struct hd_fit *fit, unsigned units)
{
    uint32_t best = HD_FIT_NONE;
    int8_t score = HD_FIT_NO_ROOM;

    for (uint32_t i = 0; i < fit->leaves; i++) {
        int8_t own = hd_fit_scores_of(fit, i)->score[units - 1];

        if (own > score) {
            best = i;
            score = own;
        }
    }
    return best;
}

static void the_tree_finds_what_a_search_finds(void **state)
{
    static const uint32_t counts[] = {1, 2, 3, 7, 8, 50, 256};
    struct random rng;

    (void)state;
    (void)random_init(&rng, 5);
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        struct fixture f;

        set_up(&f, counts[c]);
        for (int round = 0; round < 3000; round++) {
            struct hd_fit_scores scores =
                scores_of((unsigned)random_below(&rng, 17), (int8_t)random_below(&rng, 65));
            unsigned units = 1 + (unsigned)random_below(&rng, HD_POOL_UNITS_MAX);

            hd_fit_set(&f.fit, (uint32_t)random_below(&rng, counts[c]), &scores);
            assert_int_equal(hd_fit_find(&f.fit, units), search_all(&f.fit, units));
        }
        assert_true(hd_fit_check(&f.fit, counts[c]));
        tear_down(&f);
    }
}

static void the_check_notices_a_wrong_ancestor(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f, 10);
    for (uint32_t node = 1; node < 6; node++) { /* those above the first ten of 16 leaves */
        f.fit.nodes[node].score[3]++;
        assert_false(hd_fit_check(&f.fit, 10));
        f.fit.nodes[node].score[3]--;
    }
    assert_true(hd_fit_check(&f.fit, 10));
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_arenas_are_taken_from_the_lowest_on),
        cmocka_unit_test(a_single_arena_needs_no_tree),
        cmocka_unit_test(the_tree_finds_what_a_search_finds),
        cmocka_unit_test(the_check_notices_a_wrong_ancestor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
