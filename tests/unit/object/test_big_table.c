/* SPDX-License-Identifier: MIT */
/* Tables too big for one block, beside an array of keys in order. */
#include "lib/object_fixture.h"
#include "lib/random.h"
#include "lib/testlib.h"

#include <stdlib.h>
#include <string.h>

#define KEYS 40000

struct world {
    struct object_fixture f;
    struct random random;
    uint32_t dict;
    uint32_t *keys;     /* each held once by us */
    uint64_t *inserted; /* when; 0: not there */
    uint64_t clock;
    uint32_t length;
};

static void setup(struct world *w)
{
    object_fixture_init(&w->f, 0, KEYS + 1000);
    random_init(&w->random, 7301);
    w->keys = calloc(KEYS, sizeof *w->keys);
    w->inserted = calloc(KEYS, sizeof *w->inserted);
    assert_true(w->keys != NULL && w->inserted != NULL);
    for (int i = 0; i < KEYS; i++) {
        w->keys[i] = object_fixture_int(&w->f, 1000 + i);
    }
    assert_int_equal(hd_object_new_table(w->f.objects, HD_KIND_DICT, &w->dict, NULL), HD_OK);
    assert_true(hd_refs_take(w->f.objects, w->dict));
    w->clock = 0;
    w->length = 0;
}

static void teardown(struct world *w)
{
    object_fixture_drop(&w->f, w->dict);
    for (int i = 0; i < KEYS; i++) {
        object_fixture_drop(&w->f, w->keys[i]);
    }
    assert_int_equal(object_fixture_living(&w->f), 0);
    object_fixture_fini(&w->f);
    free(w->keys);
    free(w->inserted);
}

static void put(struct world *w, uint32_t i)
{
    bool added;

    assert_int_equal(hd_table_put(w->f.objects, &w->f.cascade, w->dict, w->keys[i], w->keys[i],
                                  &added, NULL),
                     HD_OK);
    assert_int_equal(added, w->inserted[i] == 0);
    if (added) {
        w->inserted[i] = ++w->clock;
        w->length++;
    }
}

static void take_out(struct world *w, uint32_t i)
{
    uint32_t position;

    assert_int_equal(hd_table_find(w->f.objects, w->dict, w->keys[i], &position, NULL), HD_OK);
    assert_int_equal(position != HD_TABLE_MISSING, w->inserted[i] != 0);
    if (position != HD_TABLE_MISSING) {
        hd_table_delete(w->f.objects, &w->f.cascade, w->dict, position);
        w->inserted[i] = 0;
        w->length--;
    }
}

/* All that should be there is found, and stands in the order of insertion. */
static void check(struct world *w)
{
    uint32_t span = hd_table_span(w->f.objects, w->dict);
    uint64_t last = 0;
    uint32_t n = 0;

    assert_true(hd_object_check(w->f.objects, w->dict));
    assert_int_equal(hd_table_length(w->f.objects, w->dict), w->length);
    for (uint32_t position = 0; position < span; position++) {
        uint32_t key = hd_table_key(w->f.objects, w->dict, position);

        if (key != 0) {
            uint64_t when = w->inserted[hd_object_integer(w->f.objects, key) - 1000];

            assert_true(when > last);
            assert_int_equal(hd_table_value(w->f.objects, w->dict, position), key);
            last = when;
            n++;
        }
    }
    assert_int_equal(n, w->length);
    for (uint32_t i = 0; i < KEYS; i++) {
        assert_int_equal(hd_slot_at(hd_objects_slots(w->f.objects), w->keys[i])->count,
                         w->inserted[i] != 0 ? 3 : 1);
    }
}

static void a_big_dict_is_as_a_model(void **state)
{
    struct world w;

    (void)state;
    setup(&w);
    for (int round = 0; round < 12; round++) {
        unsigned grow = round % 3 == 2 ? 5 : round % 3 == 1 ? 50 : 95; /* per cent */

        for (int i = 0; i < 30000; i++) {
            uint32_t key = (uint32_t)random_below(&w.random, KEYS);

            if (random_chance(&w.random, grow)) {
                put(&w, key);
            } else {
                take_out(&w, key);
            }
        }
        check(&w);
    }
    for (uint32_t i = 0; i < KEYS; i++) {
        take_out(&w, i);
    }
    check(&w);
    teardown(&w);
}

/* A queue: the oldest goes as the newest comes.  Chunks go from the front, and memory stays. */
static void a_queue_of_keys_stays_small(void **state)
{
    struct world w;
    size_t most = 0;

    (void)state;
    setup(&w);
    for (uint32_t i = 0; i < 10000; i++) {
        put(&w, i);
    }
    w.f.alloc.highest_bytes = w.f.alloc.live_bytes;
    most = w.f.alloc.live_bytes;
    for (uint32_t i = 0; i < 200000; i++) {
        take_out(&w, i % KEYS);
        put(&w, (i + 10000) % KEYS);
    }
    check(&w);
    assert_in_range(w.f.alloc.highest_bytes, most, most + most / 4);
    teardown(&w);
}

/* What is emptied gives its memory back on the way. */
static void an_emptied_dict_gives_back(void **state)
{
    struct world w;
    size_t empty;

    (void)state;
    setup(&w);
    empty = w.f.alloc.live_bytes;
    for (uint32_t i = 0; i < KEYS; i++) {
        put(&w, i);
    }
    for (uint32_t i = 0; i < KEYS; i++) {
        if (i % 40 != 0) {
            take_out(&w, i);
        }
    }
    check(&w);
    assert_in_range(w.f.alloc.live_bytes - empty, 1, 45000); /* 1000 entries in one block */
    teardown(&w);
}

static void each_request_may_fail(void **state)
{
    struct world w;
    uint32_t failures = 0;

    (void)state;
    setup(&w);
    for (uint32_t i = 0; i < 20000; i++) {
        enum hd_status status = HD_RESOURCE_EXHAUSTED;

        for (long at = 0; status != HD_OK; at++) {
            size_t bytes = w.f.alloc.live_bytes;
            bool added;

            fault_alloc_rearm(&w.f.alloc, at, false);
            status = hd_table_put(w.f.objects, &w.f.cascade, w.dict, w.keys[i], w.keys[i],
                                  &added, NULL);
            fault_alloc_rearm(&w.f.alloc, FAULT_NEVER, false);
            if (status != HD_OK) {
                failures++;
                assert_in_range(w.f.alloc.live_bytes, bytes,
                                bytes + 80000); /* a page or the new form stay */
                check(&w);
            }
        }
        w.inserted[i] = ++w.clock;
        w.length++;
    }
    assert_in_range(failures, 50, 1000);
    check(&w);
    teardown(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_big_dict_is_as_a_model),
        cmocka_unit_test(a_queue_of_keys_stays_small),
        cmocka_unit_test(an_emptied_dict_gives_back),
        cmocka_unit_test(each_request_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
