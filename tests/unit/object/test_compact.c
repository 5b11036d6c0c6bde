/* SPDX-License-Identifier: MIT */
/* Bodies move while they are changed, and nobody notices: small ones, leaves, chunks, pages. */
#include <stdlib.h>

#include "lib/fault_alloc.h"
#include "lib/random.h"
#include "lib/testlib.h"
#include "object/compact.h"
#include "object/object.h"
#include "pool/allocator.h"
#include "pool/evacuate.h"

#define SMALL 30000
#define BIG   30000

struct world {
    struct fault_alloc alloc;
    struct hd_memory *memory;
    struct hd_objects *objects;
    struct hd_cascade cascade;
    struct random random;
    uint32_t list;
    uint32_t dict;
    uint32_t small[SMALL]; /* tuples of (i, i, ...), or 0 */
    int64_t next;          /* the dict has the keys next - BIG .. next - 1, the list too */
};

static uint32_t number(struct world *w, int64_t value)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_int(w->objects, value, &slot, NULL), HD_OK);
    return slot;
}

static void finish(struct world *w)
{
    uint32_t units = UINT32_MAX;

    assert_true(hd_refs_work(w->objects, &w->cascade, &units));
}

/* The oldest key and item go, a new one comes. */
static void turn_over(struct world *w, bool remove)
{
    uint32_t item = number(w, w->next);

    if (remove) {
        uint32_t oldest = number(w, w->next - BIG);
        uint32_t position;

        assert_int_equal(hd_table_find(w->objects, w->dict, oldest, &position, NULL), HD_OK);
        assert_true(position != HD_TABLE_MISSING);
        hd_table_delete(w->objects, &w->cascade, w->dict, position);
        assert_int_equal(hd_list_delete(w->objects, &w->cascade, w->list, 0, 1, 1, NULL),
                         HD_OK);
        hd_object_discard(w->objects, &w->cascade, oldest);
    }
    assert_int_equal(hd_table_put(w->objects, &w->cascade, w->dict, item, item, NULL, NULL),
                     HD_OK);
    assert_int_equal(
        hd_list_insert_at(w->objects, w->list, hd_seq_length(w->objects, w->list), item, NULL),
        HD_OK);
    w->next++;
    finish(w);
}

static void setup(struct world *w)
{
    const struct hd_object_options options = {
        .hash_key = {1, 2}, .max_slots = 1 << 20, .compare_work = 1000000};
    struct hd_memory_options memory = hd_memory_options_default();

    fault_alloc_init(&w->alloc, FAULT_NEVER);
    memory.reserve_bytes = (size_t)256 << 20;
    assert_int_equal(hd_memory_new(&memory, hd_os_system(), &w->alloc.iface, &w->memory),
                     HD_OK);
    assert_int_equal(hd_objects_new(&options, hd_os_system(),
                                    hd_memory_allocator(w->memory, HD_MEMORY_OBJECTS),
                                    hd_memory_allocator(w->memory, HD_MEMORY_BOOKS),
                                    &w->objects),
                     HD_OK);
    w->cascade = (struct hd_cascade){0};
    w->next = 1000;
    random_init(&w->random, 4711);
    assert_int_equal(hd_object_new_list(w->objects, NULL, 0, &w->list, NULL), HD_OK);
    assert_int_equal(hd_object_new_table(w->objects, HD_KIND_DICT, &w->dict, NULL), HD_OK);
    assert_true(hd_refs_take(w->objects, w->list) && hd_refs_take(w->objects, w->dict));
}

/* Small and big bodies side by side, and most of the small ones gone. */
static void fill(struct world *w)
{
    for (int i = 0; i < SMALL; i++) {
        uint32_t item = number(w, 500 + i);
        uint32_t items[4200];
        size_t count = i % 100 == 0 ? 4100 : 1 + random_below(&w->random, 60);

        for (size_t j = 0; j < count; j++) {
            items[j] = item;
        }
        assert_int_equal(hd_object_new_tuple(w->objects, items, count, &w->small[i], NULL),
                         HD_OK);
        assert_true(hd_refs_take(w->objects, w->small[i]));
        turn_over(w, i >= BIG);
    }
    for (int i = 0; i < SMALL; i++) {
        if (random_chance(&w->random, 90)) {
            hd_refs_drop(w->objects, &w->cascade, w->small[i]);
            w->small[i] = 0;
        }
    }
    finish(w);
    for (int i = 0; i < BIG; i++) {
        turn_over(w, true); /* the pools of chunks, leaves and pages get holes, too */
    }
}

static void check(struct world *w)
{
    assert_true(hd_memory_check(w->memory));
    assert_true(hd_object_check(w->objects, w->list));
    assert_true(hd_object_check(w->objects, w->dict));
    assert_int_equal(hd_objects_body_bytes(w->objects),
                     hd_memory_used_bytes(w->memory, HD_MEMORY_OBJECTS));
    for (uint32_t i = 0; i < BIG; i++) {
        assert_int_equal(hd_object_integer(w->objects, hd_seq_item(w->objects, w->list, i)),
                         w->next - BIG + i);
    }
    for (int i = 0; i < SMALL; i++) {
        if (w->small[i] != 0) {
            uint32_t length = hd_seq_length(w->objects, w->small[i]);

            assert_int_equal(
                hd_object_integer(w->objects, hd_seq_item(w->objects, w->small[i], length - 1)),
                500 + i);
        }
    }
}

static void bodies_move_while_they_change(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct hd_sweep sweep = {0};
    uint32_t units;
    size_t before;

    (void)state;
    assert_non_null(w);
    setup(w);
    fill(w);
    check(w);
    (void)hd_memory_trim(w->memory, SIZE_MAX);
    before = hd_memory_committed_bytes(w->memory);
    hd_memory_evacuate_begin(w->memory);
    do {
        units = 7;
    } while (!hd_memory_evacuate_choose(w->memory, &units));
    do {
        units = 1 + (uint32_t)random_below(&w->random, 200);
        if (random_chance(&w->random, 20)) {
            turn_over(w, true);
        }
    } while (!hd_objects_compact(w->objects, w->memory, &sweep, &units));
    do {
        units = 7;
    } while (!hd_memory_evacuate_end(w->memory, &units));
    check(w);
    (void)hd_memory_trim(w->memory, SIZE_MAX);
    assert_true(hd_memory_committed_bytes(w->memory) < before / 2);
    assert_true(hd_memory_moved(w->memory).blocks > 1000);
    for (int i = 0; i < SMALL; i++) {
        if (w->small[i] != 0) {
            hd_refs_drop(w->objects, &w->cascade, w->small[i]);
        }
    }
    hd_refs_drop(w->objects, &w->cascade, w->list);
    hd_refs_drop(w->objects, &w->cascade, w->dict);
    finish(w);
    hd_objects_free(w->objects);
    hd_memory_free(w->memory);
    assert_int_equal(w->alloc.live_bytes, 0);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bodies_move_while_they_change)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
