/* SPDX-License-Identifier: MIT */
/* Lists too long for one block, beside a plain array. */
#include "lib/object_fixture.h"
#include "lib/random.h"
#include "lib/testlib.h"

#include <stdlib.h>
#include <string.h>

#include "object/draft.h"
#include "object/internal.h"

#define ITEMS_MAX 200000
#define OBJECTS   50

struct world {
    struct object_fixture f;
    struct random random;
    uint32_t objects[OBJECTS];
    uint32_t list;
    uint32_t *model;
    uint32_t length;
};

static void setup(struct world *w)
{
    object_fixture_init(&w->f, 0, 1000);
    random_init(&w->random, 20251);
    for (int i = 0; i < OBJECTS; i++) {
        w->objects[i] = object_fixture_int(&w->f, 1000 + i);
    }
    w->list = object_fixture_list(&w->f, NULL, 0);
    w->model = calloc(ITEMS_MAX, sizeof *w->model);
    assert_non_null(w->model);
    w->length = 0;
}

/* Counts are references in the model and one of our own. */
static void check(struct world *w)
{
    uint32_t counts[OBJECTS] = {0};

    assert_int_equal(hd_seq_length(w->f.objects, w->list), w->length);
    assert_true(hd_object_check(w->f.objects, w->list));
    for (uint32_t i = 0; i < w->length; i++) {
        assert_int_equal(hd_seq_item(w->f.objects, w->list, i), w->model[i]);
        counts[w->model[i] - w->objects[0]]++;
    }
    for (uint32_t i = 0; i < OBJECTS; i++) {
        assert_int_equal(hd_slot_at(hd_objects_slots(w->f.objects), w->objects[i])->count,
                         1 + counts[i]);
    }
}

static void teardown(struct world *w)
{
    object_fixture_drop(&w->f, w->list);
    for (int i = 0; i < OBJECTS; i++) {
        object_fixture_drop(&w->f, w->objects[i]);
    }
    assert_int_equal(object_fixture_living(&w->f), 0);
    object_fixture_fini(&w->f);
    free(w->model);
}

static uint32_t any(struct world *w)
{
    return w->objects[random_below(&w->random, OBJECTS)];
}

static void insert(struct world *w, uint32_t index)
{
    uint32_t item = any(w);

    assert_int_equal(hd_list_insert_at(w->f.objects, w->list, index, item, NULL), HD_OK);
    memmove(w->model + index + 1, w->model + index, (w->length - index) * sizeof item);
    w->model[index] = item;
    w->length++;
}

static void extend(struct world *w, uint32_t count)
{
    uint32_t *items = calloc(count, sizeof *items);

    assert_non_null(items);
    for (uint32_t i = 0; i < count; i++) {
        items[i] = any(w);
    }
    assert_int_equal(hd_list_extend(w->f.objects, w->list, items, count, NULL), HD_OK);
    memcpy(w->model + w->length, items, count * sizeof *items);
    w->length += count;
    free(items);
}

/* With items behind the last of the model, which are not the list's yet. */
static struct hd_cascade draft_of(struct world *w, uint32_t count)
{
    struct hd_cascade draft = {0};

    for (uint32_t i = 0; i < count; i++) {
        w->model[w->length + i] = any(w);
    }
    assert_int_equal(hd_draft_begin_beside(w->f.objects, w->list, count, &draft, NULL), HD_OK);
    assert_int_equal(hd_draft_add(w->f.objects, &draft, w->model + w->length, count, NULL),
                     HD_OK);
    return draft;
}

static void drop(struct world *w, struct hd_cascade *draft)
{
    uint32_t units = UINT32_MAX;

    hd_draft_drop(w->f.objects, draft, &w->f.cascade);
    assert_true(hd_refs_work(w->f.objects, &w->f.cascade, &units));
}

static void extend_by_draft(struct world *w, uint32_t count, size_t spare)
{
    struct hd_slot *entry = hd_slot_at(hd_objects_slots(w->f.objects), w->list);
    struct hd_cascade draft = draft_of(w, count);

    assert_int_equal(hd_list_reserve(w->f.objects, entry, spare, NULL), HD_OK);
    assert_int_equal(hd_draft_append(w->f.objects, &draft, w->list, NULL), HD_OK);
    w->length += count;
    assert_int_equal(hd_draft_length(w->f.objects, &draft), 0);
    drop(w, &draft);
}

static void exchange(struct world *w, uint32_t count)
{
    struct hd_cascade draft;

    w->length = 0;
    draft = draft_of(w, count);
    hd_draft_exchange(w->f.objects, &draft, w->list);
    w->length = count;
    drop(w, &draft);
}

static void delete (struct world *w, uint32_t start, uint32_t step, uint32_t count)
{
    uint32_t units = UINT32_MAX;
    uint32_t to = start;

    assert_int_equal(
        hd_list_delete(w->f.objects, &w->f.cascade, w->list, start, step, count, NULL), HD_OK);
    for (uint32_t i = start; i < w->length; i++) {
        if ((i - start) % step != 0 || (i - start) / step >= count) {
            w->model[to++] = w->model[i];
        }
    }
    w->length = to;
    assert_true(hd_object_check(w->f.objects, w->list));
    assert_true(hd_refs_work(w->f.objects, &w->f.cascade, &units));
}

static void draw(struct world *w)
{
    uint32_t index = (uint32_t)random_below(&w->random, w->length + 1);
    uint32_t step =
        random_chance(&w->random, 50) ? 1 : 1 + (uint32_t)random_below(&w->random, 5);
    uint32_t left = w->length - index;

    switch (random_below(&w->random, 6)) {
    case 0:
    case 1:
        insert(w, random_chance(&w->random, 30) ? 0 : index);
        break;
    case 2:
        if (w->length + 20000 < ITEMS_MAX) {
            extend(w, (uint32_t)random_below(&w->random,
                                             random_chance(&w->random, 2) ? 20000 : 9));
        }
        break;
    case 3:
        if (left > 0) {
            delete (w, index, 1, 1);
        }
        break;
    case 4:
        if (left > 0 && random_chance(&w->random, 3)) {
            delete (w, index, step,
                    1 + (uint32_t)random_below(&w->random, (left - 1) / step + 1));
        }
        break;
    default:
        if (left > 0) {
            w->model[index] = any(w);
            assert_int_equal(
                hd_list_set(w->f.objects, &w->f.cascade, w->list, index, w->model[index], NULL),
                HD_OK);
        }
    }
}

static void a_long_list_is_as_an_array(void **state)
{
    struct world w;

    (void)state;
    setup(&w);
    for (int round = 0; round < 20; round++) {
        extend(&w, 17000);
        for (int i = 0; i < 500; i++) {
            draw(&w);
        }
        check(&w);
        if (w.length > 100000) {
            delete (&w, 0, 1, w.length - 10000);
            check(&w);
        }
    }
    while (w.length > 0) { /* from leaves to a block again, and to nothing */
        uint32_t part = w.length > 7000 ? 6000 : w.length > 3500 ? 1 : w.length;

        delete (&w, w.length - part, 1, part);
    }
    check(&w);
    teardown(&w);
}

/* One operation on ten thousand leaves' worth moves a leaf and some starts, not the list. */
static void inserting_in_front_asks_for_little(void **state)
{
    struct world w;
    size_t before;

    (void)state;
    setup(&w);
    extend(&w, 150000);
    before = w.f.alloc.live_bytes;
    fault_alloc_rearm(&w.f.alloc, FAULT_NEVER, false);
    for (int i = 0; i < 1000; i++) {
        insert(&w, 0);
    }
    assert_in_range(w.f.alloc.requests, 1, 4);
    assert_in_range(w.f.alloc.live_bytes - before, 1, 40000);
    check(&w);
    teardown(&w);
}

/* Whichever request fails, the list is as before, and nothing leaks. */
static void each_request_may_fail(void **state)
{
    struct world w;

    (void)state;
    setup(&w);
    extend(&w, 16384);
    for (long at = 0;; at++) {
        uint32_t items[9000];
        size_t bytes = w.f.alloc.live_bytes;
        enum hd_status status;

        for (int i = 0; i < 9000; i++) {
            items[i] = any(&w);
        }
        fault_alloc_rearm(&w.f.alloc, at, false);
        status = hd_list_extend(w.f.objects, w.list, items, 9000, NULL);
        fault_alloc_rearm(&w.f.alloc, FAULT_NEVER, false);
        if (status == HD_OK) {
            memcpy(w.model + w.length, items, sizeof items);
            w.length += 9000;
            assert_true(at > 3);
            break;
        }
        assert_int_equal(w.f.alloc.live_bytes, bytes);
        check(&w);
    }
    check(&w);
    for (long at = 0;; at++) {
        uint32_t units = UINT32_MAX;
        enum hd_status status;

        fault_alloc_rearm(&w.f.alloc, at, false);
        status = hd_list_delete(w.f.objects, &w.f.cascade, w.list, 100, 1, 20000, NULL);
        fault_alloc_rearm(&w.f.alloc, FAULT_NEVER, false);
        assert_true(hd_refs_work(w.f.objects, &w.f.cascade, &units));
        if (status == HD_OK) {
            memmove(w.model + 100, w.model + 20100, (w.length - 20100) * sizeof *w.model);
            w.length -= 20000;
            break;
        }
        check(&w);
    }
    check(&w);
    teardown(&w);
}

static void a_draft_may_become_its_end(void **state)
{
    static const uint32_t counts[] = {1, 5000, 16384, 16385, 40000};

    (void)state;
    for (unsigned i = 0; i < 125; i++) {
        struct world w;

        setup(&w);
        if (i % 5 > 0) {
            extend(&w, counts[i % 5]);
        }
        extend_by_draft(&w, counts[i / 5 % 5], i / 25 * 3000);
        check(&w);
        extend_by_draft(&w, counts[i / 25], 9000);
        insert(&w, w.length / 2);
        extend(&w, 10000);
        check(&w);
        exchange(&w, counts[i % 5]);
        extend(&w, 5000);
        check(&w);
        teardown(&w);
    }
}

/* Whichever request fails, the list is as before, and the draft has its items. */
static void without_memory_it_becomes_nothing(void **state)
{
    static const uint32_t counts[] = {1, 16384, 17000, 100000};

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        enum hd_status status = HD_OK;
        struct world w;

        setup(&w);
        extend(&w, i < 4 ? 10000 : 20000);
        for (long at = 0; at == 0 || status != HD_OK; at++) {
            struct hd_cascade draft = draft_of(&w, counts[i % 4]);
            size_t bytes = w.f.alloc.live_bytes;

            fault_alloc_rearm(&w.f.alloc, at, false);
            status = hd_draft_append(w.f.objects, &draft, w.list, NULL);
            fault_alloc_rearm(&w.f.alloc, FAULT_NEVER, false);
            if (status != HD_OK) {
                assert_int_equal(w.f.alloc.live_bytes, bytes);
                assert_int_equal(hd_draft_length(w.f.objects, &draft), counts[i % 4]);
            }
            drop(&w, &draft);
            w.length += status == HD_OK ? counts[i % 4] : 0;
            check(&w);
        }
        teardown(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_list_is_as_an_array),
        cmocka_unit_test(inserting_in_front_asks_for_little),
        cmocka_unit_test(each_request_may_fail),
        cmocka_unit_test(a_draft_may_become_its_end),
        cmocka_unit_test(without_memory_it_becomes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
