/* SPDX-License-Identifier: MIT */
/* object_fixture.c: objects without a heap around them. */
#include "lib/object_fixture.h"

#include "lib/testlib.h"
#include "pool/os.h"

void object_fixture_init(struct object_fixture *f, uint32_t version_seed, uint32_t max_slots)
{
    const struct hd_object_options options = {
        .hash_key = {1, 2},
        .version_seed = version_seed,
        .max_slots = max_slots,
        .compare_work = 1000000,
    };

    fault_alloc_init(&f->alloc, FAULT_NEVER);
    f->cascade = (struct hd_cascade){0};
    assert_int_equal(
        hd_objects_new(&options, hd_os_system(), &f->alloc.iface, &f->alloc.iface, &f->objects),
        HD_OK);
}

void object_fixture_fini(struct object_fixture *f)
{
    assert_int_equal(f->cascade.top, 0);
    hd_objects_free(f->objects);
    assert_int_equal(f->alloc.live_blocks, 0);
    assert_int_equal(f->alloc.live_bytes, 0);
}

uint32_t object_fixture_list(struct object_fixture *f, const uint32_t *items, size_t count)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_list(f->objects, items, count, &slot, NULL), HD_OK);
    assert_true(hd_refs_take(f->objects, slot));
    return slot;
}

uint32_t object_fixture_int(struct object_fixture *f, int64_t value)
{
    uint32_t slot;

    assert_int_equal(hd_object_new_int(f->objects, value, &slot, NULL), HD_OK);
    assert_true(hd_refs_take(f->objects, slot));
    return slot;
}

void object_fixture_drop(struct object_fixture *f, uint32_t slot)
{
    uint32_t units = UINT32_MAX;

    hd_refs_drop(f->objects, &f->cascade, slot);
    assert_true(hd_refs_work(f->objects, &f->cascade, &units));
}

uint64_t object_fixture_living(const struct object_fixture *f)
{
    uint64_t n = 0;

    for (int kind = HD_KIND_NONE; kind < HD_KIND_COUNT; kind++) {
        n += hd_objects_count(f->objects, (enum hd_kind)kind);
    }
    return n;
}
