/* SPDX-License-Identifier: MIT */
/* object_fixture.h: an object layer on a fault allocator, and a collector where wanted. */
#ifndef HD_TESTS_OBJECT_FIXTURE_H
#define HD_TESTS_OBJECT_FIXTURE_H

#include "lib/fault_alloc.h"
#include "object/object.h"

struct object_fixture {
    struct fault_alloc alloc;
    struct hd_objects *objects;
    struct hd_cascade cascade;
};

/* version_seed and max_slots as for hd_objects_new. */
void object_fixture_init(struct object_fixture *f, uint32_t version_seed, uint32_t max_slots);

/* Asserts that nothing leaked. */
void object_fixture_fini(struct object_fixture *f);

/* An empty list, or a list of these items; held once. */
uint32_t object_fixture_list(struct object_fixture *f, const uint32_t *items, size_t count);

/* An int outside the cache, held once. */
uint32_t object_fixture_int(struct object_fixture *f, int64_t value);

/* Gives up one reference and works the cascade off. */
void object_fixture_drop(struct object_fixture *f, uint32_t slot);

/* Living objects of all kinds, immortals left out. */
uint64_t object_fixture_living(const struct object_fixture *f);

#endif
