/* SPDX-License-Identifier: MIT */
#include "lib/object_fixture.h"
#include "lib/testlib.h"

#include <math.h>

static uint32_t real_of(struct object_fixture *f, double value)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_float(f->objects, value, &slot, NULL), HD_OK);
    return slot;
}

static void numbers_that_are_equal_are_one_key(void **state)
{
    struct object_fixture f;
    uint32_t dict;
    uint32_t one;
    uint32_t real;
    uint32_t position;
    bool added;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    assert_int_equal(hd_object_new_table(f.objects, HD_KIND_DICT, &dict, NULL), HD_OK);
    assert_true(hd_refs_take(f.objects, dict));
    assert_false(hd_slots_is_tracked(hd_objects_slots(f.objects), dict));
    assert_int_equal(hd_object_new_int(f.objects, 1, &one, NULL), HD_OK);
    real = real_of(&f, 1.0);
    assert_true(hd_refs_take(f.objects, real));
    assert_int_equal(hd_table_put(f.objects, &f.cascade, dict, one, one, &added, NULL), HD_OK);
    assert_true(added);
    assert_int_equal(hd_table_put(f.objects, &f.cascade, dict, real, one, &added, NULL), HD_OK);
    assert_false(added);
    assert_int_equal(
        hd_table_put(f.objects, &f.cascade, dict, hd_object_bool(true), real, &added, NULL),
        HD_OK);
    assert_false(added);
    assert_int_equal(hd_table_length(f.objects, dict), 1);
    assert_int_equal(hd_table_key(f.objects, dict, 0), one); /* the first key stays */
    assert_int_equal(hd_table_find(f.objects, dict, hd_object_none(), &position, NULL), HD_OK);
    assert_int_equal(position, HD_TABLE_MISSING);
    object_fixture_drop(&f, dict);
    object_fixture_drop(&f, real);
    object_fixture_fini(&f);
}

static void a_dict_is_as_a_model_through_growth_and_holes(void **state)
{
    enum { KEYS = 500 };
    struct object_fixture f;
    uint32_t keys[KEYS];
    bool there[KEYS] = {false};
    uint32_t set;
    uint32_t n = 0;
    uint64_t x = 99;

    (void)state;
    object_fixture_init(&f, 0, 10000);
    assert_int_equal(hd_object_new_table(f.objects, HD_KIND_SET, &set, NULL), HD_OK);
    assert_true(hd_refs_take(f.objects, set));
    for (int i = 0; i < KEYS; i++) {
        keys[i] = object_fixture_int(&f, 100000 + i);
    }
    for (int round = 0; round < 20000; round++) {
        uint32_t position;
        uint32_t i;

        x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
        i = (uint32_t)(x >> 40) % KEYS;
        assert_int_equal(hd_table_find(f.objects, set, keys[i], &position, NULL), HD_OK);
        assert_int_equal(position != HD_TABLE_MISSING, there[i]);
        if (there[i] && (x >> 35 & 1) != 0) {
            hd_table_delete(f.objects, &f.cascade, set, position);
            there[i] = false;
            n--;
        } else if (!there[i]) {
            bool added;

            assert_int_equal(hd_table_put(f.objects, &f.cascade, set, keys[i], 0, &added, NULL),
                             HD_OK);
            assert_true(added);
            there[i] = true;
            n++;
        }
        assert_int_equal(hd_table_length(f.objects, set), n);
    }
    object_fixture_drop(&f, set);
    for (int i = 0; i < KEYS; i++) {
        object_fixture_drop(&f, keys[i]);
    }
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

/* A removed key once left a mark in the index for ever, and a search for a missing
 * one found no end when nothing but marks was left. */
static void keys_that_come_and_go_leave_nothing_behind(void **state)
{
    struct object_fixture f;
    uint32_t dict;
    uint32_t position;

    (void)state;
    object_fixture_init(&f, 0, 10000);
    assert_int_equal(hd_object_new_table(f.objects, HD_KIND_DICT, &dict, NULL), HD_OK);
    assert_true(hd_refs_take(f.objects, dict));
    for (int64_t i = 0; i < 2000; i++) {
        uint32_t key;

        assert_int_equal(hd_object_new_int(f.objects, 1000 + i, &key, NULL), HD_OK);
        assert_int_equal(hd_table_put(f.objects, &f.cascade, dict, key, key, NULL, NULL),
                         HD_OK);
        if (i >= 9) {
            uint32_t units = 100;

            hd_table_delete(f.objects, &f.cascade, dict, 9);
            assert_true(hd_refs_work(f.objects, &f.cascade, &units));
        }
        assert_int_equal(hd_table_find(f.objects, dict, hd_object_none(), &position, NULL),
                         HD_OK);
        assert_int_equal(position, HD_TABLE_MISSING);
    }
    assert_int_equal(hd_table_length(f.objects, dict), 9);
    object_fixture_drop(&f, dict);
    object_fixture_fini(&f);
}

static void what_python_cannot_hash_is_refused(void **state)
{
    struct object_fixture f;
    struct hd_error error;
    uint32_t list;
    uint32_t tuple;
    uint32_t hash;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    list = object_fixture_list(&f, NULL, 0);
    assert_int_equal(hd_object_hash(f.objects, list, &hash, &error), HD_INVALID_ARGUMENT);
    assert_int_equal(error.reason, HD_REASON_PY_TYPE_ERROR);
    assert_string_equal(error.text, "unhashable type: 'list'");
    assert_int_equal(hd_object_new_tuple(f.objects, &list, 1, &tuple, NULL), HD_OK);
    assert_int_equal(hd_object_hash(f.objects, tuple, &hash, &error), HD_INVALID_ARGUMENT);
    hd_object_discard(f.objects, &f.cascade, tuple);
    object_fixture_drop(&f, list);
    object_fixture_fini(&f);
}

/* Each level holds the one below twice: 2^60 ways through 61 objects. */
static void hashing_has_a_limit_of_work(void **state)
{
    struct object_fixture f;
    struct hd_error error;
    uint32_t tuple = 0;
    uint32_t hash;

    (void)state;
    object_fixture_init(&f, 0, 1000);
    tuple = hd_object_none();
    for (unsigned level = 0; level <= 60; level++) {
        const uint32_t items[2] = {tuple, tuple};

        assert_int_equal(hd_object_new_tuple(f.objects, items, 2, &tuple, NULL), HD_OK);
        if (level == 10) {
            assert_int_equal(hd_object_hash(f.objects, tuple, &hash, &error), HD_OK);
        }
    }
    assert_int_equal(hd_object_hash(f.objects, tuple, &hash, &error), HD_RESOURCE_EXHAUSTED);
    assert_int_equal(error.reason, HD_REASON_LIMIT_WORK);
    hd_object_discard(f.objects, &f.cascade, tuple);
    uint32_t units = UINT32_MAX;
    assert_true(hd_refs_work(f.objects, &f.cascade, &units));
    object_fixture_fini(&f);
}

static void equality_is_pythons(void **state)
{
    struct object_fixture f;
    struct hd_error error;
    uint32_t big;
    uint32_t real;
    uint32_t nan_slot;
    uint32_t a;
    uint32_t b;
    bool equal;

    (void)state;
    object_fixture_init(&f, 0, 10000);
    /* 2**53 + 1 is not 2.0**53: no int is rounded */
    big = object_fixture_int(&f, INT64_C(9007199254740993));
    real = real_of(&f, 9007199254740992.0);
    assert_int_equal(hd_object_equal(f.objects, big, real, 1000000, &equal, NULL), HD_OK);
    assert_false(equal);
    nan_slot = real_of(&f, NAN);
    assert_int_equal(hd_object_equal(f.objects, nan_slot, nan_slot, 1000000, &equal, NULL),
                     HD_OK);
    assert_true(equal); /* as items are compared: identity first */
    a = object_fixture_list(&f, &big, 1);
    b = object_fixture_list(&f, &big, 1);
    assert_int_equal(hd_object_equal(f.objects, a, b, 1000000, &equal, NULL), HD_OK);
    assert_true(equal);
    assert_int_equal(hd_list_extend(f.objects, a, &b, 1, NULL), HD_OK);
    assert_int_equal(hd_list_extend(f.objects, b, &a, 1, NULL), HD_OK);
    assert_int_equal(hd_object_equal(f.objects, a, b, 1000000, &equal, &error), HD_ABORTED);
    assert_int_equal(error.reason, HD_REASON_PY_RECURSION_ERROR);
    assert_int_equal(hd_object_clear(f.objects, &f.cascade, a, NULL), HD_OK);
    object_fixture_drop(&f, a);
    object_fixture_drop(&f, b);
    object_fixture_drop(&f, big);
    hd_object_discard(f.objects, &f.cascade, real);
    hd_object_discard(f.objects, &f.cascade, nan_slot);
    uint32_t units = UINT32_MAX;
    assert_true(hd_refs_work(f.objects, &f.cascade, &units));
    assert_int_equal(object_fixture_living(&f), 0);
    object_fixture_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_that_are_equal_are_one_key),
        cmocka_unit_test(a_dict_is_as_a_model_through_growth_and_holes),
        cmocka_unit_test(keys_that_come_and_go_leave_nothing_behind),
        cmocka_unit_test(what_python_cannot_hash_is_refused),
        cmocka_unit_test(hashing_has_a_limit_of_work),
        cmocka_unit_test(equality_is_pythons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
