/* SPDX-License-Identifier: MIT */
/* memory_fixture.c: setting up, and looking for what was left behind. */
#include "lib/memory_fixture.h"

#include <stdint.h>

#include "base/check.h"

void memory_fixture_init(struct memory_fixture *fixture, enum hd_allocator_kind kind,
                         size_t boundary)
{
    struct hd_memory_options options = {
        .kind = kind,
        .boundary = boundary,
        .reserve_bytes = (size_t)256 << 20,
    };

    fault_alloc_init(&fixture->fault, FAULT_NEVER);
    fake_os_init(&fixture->os, FAKE_OS_NEVER);
    HD_CHECK(hd_memory_new(&options, &fixture->os.iface, &fixture->fault.iface,
                           &fixture->memory) == HD_OK);
}

void memory_fixture_fini(struct memory_fixture *fixture)
{
    struct hd_memory_stats stats;

    fault_alloc_rearm(&fixture->fault, FAULT_NEVER, false);
    fake_os_rearm(&fixture->os, FAKE_OS_NEVER, false);
    HD_CHECK(hd_memory_check(fixture->memory));
    (void)hd_memory_trim(fixture->memory, SIZE_MAX);
    HD_CHECK(hd_memory_check(fixture->memory));
    hd_memory_stats(fixture->memory, &stats);
    HD_CHECK(stats.committed_bytes == 0 && stats.large_count == 0);
    hd_memory_free(fixture->memory);
    HD_CHECK(fixture->fault.live_blocks == 0 && fixture->fault.live_bytes == 0);
    HD_CHECK(fixture->os.live_reservations == 0 && fixture->os.committed_bytes == 0);
}

void *memory_fixture_take(struct memory_fixture *fixture, size_t size)
{
    return hd_alloc(hd_memory_allocator(fixture->memory, HD_MEMORY_OBJECTS), size);
}

void memory_fixture_give(struct memory_fixture *fixture, void *block, size_t size)
{
    hd_free(hd_memory_allocator(fixture->memory, HD_MEMORY_OBJECTS), block, size);
}
