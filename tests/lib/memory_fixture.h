/* SPDX-License-Identifier: MIT */
/* memory_fixture.h: one hd_memory on watched ground, for tests of the pool layer and above it.
 */
#ifndef HD_TESTS_MEMORY_FIXTURE_H
#define HD_TESTS_MEMORY_FIXTURE_H

#include <stddef.h>

#include "lib/fake_os.h"
#include "lib/fault_alloc.h"
#include "pool/allocator.h"

struct memory_fixture {
    struct fault_alloc fault; /* the fallback */
    struct fake_os os;
    struct hd_memory *memory;
};

/* 256 MiB of address space, nothing failing. */
void memory_fixture_init(struct memory_fixture *fixture, enum hd_allocator_kind kind,
                         size_t boundary);

/* Checks the memory, gives it all back, and makes sure that it was all. */
void memory_fixture_fini(struct memory_fixture *fixture);

/* As objects. */
void *memory_fixture_take(struct memory_fixture *fixture, size_t size);
void memory_fixture_give(struct memory_fixture *fixture, void *block, size_t size);

#endif
