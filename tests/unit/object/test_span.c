/* SPDX-License-Identifier: MIT */
/* References from the last to the first, beside the visitor's from the first to the last. */
#include <stdlib.h>

#include "lib/object_fixture.h"
#include "lib/testlib.h"
#include "object/span.h"

#define SMALL 5
#define BIG   40000

struct references {
    uint32_t *slots; /* owned */
    size_t count;
    size_t room;
};

static void add(void *ctx, uint32_t slot)
{
    struct references *all = ctx;

    if (all->count == all->room) {
        all->room = all->room * 2 + 64;
        all->slots = realloc(all->slots, all->room * sizeof *all->slots);
        assert_non_null(all->slots);
    }
    all->slots[all->count++] = slot;
}

static const struct hd_slot *entry_of(const struct object_fixture *f, uint32_t slot)
{
    return hd_slot_at(hd_objects_slots_const(f->objects), slot);
}

/* From the last to the first. */
static struct references downwards(const struct object_fixture *f, uint32_t slot)
{
    struct references all = {0};
    uint32_t end = UINT32_MAX;

    do {
        uint32_t above = end;
        struct hd_span span = hd_object_span_below(entry_of(f, slot), &end);

        assert_true(end < above);
        for (uint32_t i = span.count; i-- > 0;) {
            const uint32_t *at = span.first + (size_t)i * span.step;

            if (at[0] != 0 && span.pairs) {
                add(&all, at[1]);
            }
            if (at[0] != 0) {
                add(&all, at[0]);
            }
        }
    } while (end > 0);
    return all;
}

static void assert_mirrored(const struct references *all, const struct references *mirror)
{
    assert_int_equal(all->count, mirror->count);
    for (size_t i = 0; i < all->count; i++) {
        assert_int_equal(all->slots[i], mirror->slots[all->count - 1 - i]);
    }
}

static void compare(const struct object_fixture *f, uint32_t slot, size_t count)
{
    struct references up = {0};
    struct references down = downwards(f, slot);

    hd_object_visit(f->objects, slot, add, &up);
    assert_int_equal(up.count, count);
    assert_mirrored(&up, &down);
    free(up.slots);
    free(down.slots);
}

static uint32_t make(struct object_fixture *f, enum hd_kind kind, uint32_t count)
{
    uint32_t slot;
    enum hd_status status =
        kind == HD_KIND_INSTANCE
            ? hd_object_new_instance(f->objects, hd_bytes_of("Node"), &slot, NULL)
        : kind == HD_KIND_LIST || kind == HD_KIND_TUPLE
            ? hd_object_new_list(f->objects, NULL, 0, &slot, NULL)
            : hd_object_new_table(f->objects, kind, &slot, NULL);
    bool is_set = kind == HD_KIND_SET || kind == HD_KIND_FROZENSET;

    assert_int_equal(status, HD_OK);
    assert_true(hd_refs_take(f->objects, slot));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t item = object_fixture_int(f, 1000 + i);

        assert_int_equal(hd_kind_is_table(kind)
                             ? hd_table_put(f->objects, &f->cascade, slot, item,
                                            is_set ? 0 : hd_object_none(), NULL, NULL)
                             : hd_list_insert_at(f->objects, slot, i, item, NULL),
                         HD_OK);
        object_fixture_drop(f, item);
    }
    return slot;
}

/* Entries that are gone leave holes. */
static void thin_out(struct object_fixture *f, uint32_t slot)
{
    for (uint32_t i = 0; i < hd_table_span(f->objects, slot); i += 3) {
        if (hd_table_key(f->objects, slot, i) != 0) {
            hd_table_delete(f->objects, &f->cascade, slot, i);
        }
    }
    uint32_t all = UINT32_MAX;

    assert_true(hd_refs_work(f->objects, &f->cascade, &all));
}

static void every_reference_is_met_once_from_the_last_to_the_first(void **state)
{
    static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_DICT, HD_KIND_SET,
                                         HD_KIND_FROZENSET, HD_KIND_INSTANCE};
    static const uint32_t counts[] = {0, 1, SMALL, BIG};

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (size_t n = 0; n < sizeof counts / sizeof counts[0]; n++) {
            bool pairs = kinds[k] == HD_KIND_DICT || kinds[k] == HD_KIND_INSTANCE;
            struct object_fixture f;
            uint32_t slot;

            object_fixture_init(&f, 0, (uint32_t)1 << 17);
            slot = make(&f, kinds[k], counts[n]);
            compare(&f, slot, (size_t)counts[n] * (pairs ? 2 : 1));
            if (kinds[k] != HD_KIND_LIST) {
                thin_out(&f, slot);
                compare(&f, slot, (size_t)hd_table_length(f.objects, slot) * (pairs ? 2 : 1));
            }
            object_fixture_drop(&f, slot);
            object_fixture_fini(&f);
        }
    }
}

/* Of a dying one, what it has not released: as the cascade says, whatever the unit. */
static void of_a_dying_container_what_is_left(void **state)
{
    static const enum hd_kind kinds[] = {HD_KIND_LIST, HD_KIND_TUPLE, HD_KIND_DICT, HD_KIND_SET,
                                         HD_KIND_INSTANCE};

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct object_fixture f;
        uint32_t slot;

        object_fixture_init(&f, 0, 1000);
        slot = make(&f, kinds[k], SMALL);
        if (kinds[k] == HD_KIND_TUPLE) {
            uint32_t list = slot;
            uint32_t items[SMALL];

            for (uint32_t i = 0; i < SMALL; i++) {
                items[i] = hd_seq_item(f.objects, list, i);
            }
            assert_int_equal(hd_object_new_tuple(f.objects, items, SMALL, &slot, NULL), HD_OK);
            assert_true(hd_refs_take(f.objects, slot));
            object_fixture_drop(&f, list);
        }
        hd_refs_drop(f.objects, &f.cascade, slot);
        for (uint32_t one = 1; !hd_refs_work(f.objects, &f.cascade, &one); one = 1) {
            struct references left = {0};
            struct references down = downwards(&f, slot);

            /* items that die are atoms, and have none */
            hd_refs_each_pending(f.objects, &f.cascade, add, &left);
            assert_mirrored(&left, &down);
            free(left.slots);
            free(down.slots);
        }
        object_fixture_fini(&f);
    }
}

/* What stays is not missed when others go, below or above, between two pieces. */
static void what_stays_is_met_whatever_goes(void **state)
{
    struct object_fixture f;
    uint32_t end = UINT32_MAX;
    uint32_t slot;
    uint32_t kept;
    size_t met = 0;

    (void)state;
    object_fixture_init(&f, 0, (uint32_t)1 << 17);
    slot = make(&f, HD_KIND_LIST, BIG);
    kept = hd_seq_item(f.objects, slot, 300);
    do {
        struct hd_span span = hd_object_span_below(entry_of(&f, slot), &end);

        for (uint32_t i = 0; i < span.count; i++) {
            met += span.first[i] == kept;
        }
        if (end > 0) { /* it moves down, item by item, and with it all above */
            assert_int_equal(hd_list_delete(f.objects, &f.cascade, slot, 0, 1, 1, NULL), HD_OK);
            assert_int_equal(hd_list_delete(f.objects, &f.cascade, slot,
                                            hd_seq_length(f.objects, slot) / 2, 1, 3000, NULL),
                             HD_OK);
        }
    } while (end > 0);
    assert_int_equal(met, 1);
    object_fixture_drop(&f, slot);
    object_fixture_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reference_is_met_once_from_the_last_to_the_first),
        cmocka_unit_test(of_a_dying_container_what_is_left),
        cmocka_unit_test(what_stays_is_met_whatever_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
