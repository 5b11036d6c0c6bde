/* SPDX-License-Identifier: MIT */
/* test_debug.c: blocks used wrongly on purpose, each way, and found. */
#include "lib/testlib.h"

#include <string.h>

#include "lib/memory_fixture.h"
#include "pool/debug.h"

struct found {
    struct memory_fixture f;
    unsigned count;
    struct hd_debug_finding last;
};

static void note(void *ctx, const struct hd_debug_finding *finding)
{
    struct found *found = ctx;

    found->count++;
    found->last = *finding;
}

static int setup(void **state)
{
    static struct found found;

    memset(&found, 0, sizeof found);
    memory_fixture_init(&found.f, HD_ALLOCATOR_DEBUG, HD_POOL_BOUNDARY_MAX);
    hd_memory_set_report(found.f.memory, note, &found);
    *state = &found;
    return 0;
}

/* The fixture gives back everything: quarantine has ended by then. */
static int teardown(void **state)
{
    struct found *found = *state;

    hd_memory_free(found->f.memory);
    assert_int_equal(found->f.fault.live_blocks, 0);
    assert_int_equal(found->f.os.live_reservations, 0);
    return 0;
}

static void assert_found(const struct found *found, enum hd_debug_defect defect,
                         const void *block, size_t size, uint64_t serial)
{
    assert_int_equal(found->count, 1);
    assert_int_equal(found->last.defect, defect);
    assert_ptr_equal(found->last.block, block);
    assert_int_equal(found->last.size, size);
    assert_int_equal(found->last.serial, serial);
}

static void bytes_have_patterns(void **state)
{
    struct found *found = *state;
    unsigned char *block = memory_fixture_take(&found->f, 100);

    assert_int_equal(block[0], HD_DEBUG_NEW);
    assert_int_equal(block[99], HD_DEBUG_NEW);
    assert_int_equal(block[-1], HD_DEBUG_PAD);
    assert_int_equal(block[100], HD_DEBUG_PAD);
    memory_fixture_give(&found->f, block, 100);
    assert_int_equal(block[0], HD_DEBUG_FREED);
    assert_int_equal(found->count, 0);
}

static void right_use_is_not_reported(void **state)
{
    struct found *found = *state;
    size_t used = hd_memory_used_bytes(found->f.memory, HD_MEMORY_OBJECTS);

    for (size_t size = 1; size < 400000; size += 1 + size / 3) {
        char *block = memory_fixture_take(&found->f, size);

        memset(block, 1, size);
        assert_int_equal(hd_memory_used_bytes(found->f.memory, HD_MEMORY_OBJECTS), used + size);
        assert_int_equal((uintptr_t)block % (size % 16 == 0 ? 16 : size % 8 == 0 ? 8 : 4), 0);
        block = hd_resize(hd_memory_allocator(found->f.memory, HD_MEMORY_OBJECTS), block, size,
                          size + 50);
        assert_int_equal(block[size - 1], 1);
        assert_true(hd_memory_check(found->f.memory));
        memory_fixture_give(&found->f, block, size + 50);
    }
    assert_int_equal(found->count, 0);
}

static void a_write_behind_is_found_when_it_is_freed(void **state)
{
    struct found *found = *state;
    char *block = memory_fixture_take(&found->f, 33);

    block[33] = 0;
    memory_fixture_give(&found->f, block, 33);
    assert_found(found, HD_DEBUG_WRITTEN_BEHIND, block, 33, 1);
}

static void a_write_before_is_found_by_the_check(void **state)
{
    struct found *found = *state;
    char *block = memory_fixture_take(&found->f, 5000);

    block[-1] = 0;
    assert_false(hd_memory_check(found->f.memory));
    assert_found(found, HD_DEBUG_WRITTEN_BEFORE, block, 5000, 1);
    assert_true(found->last.in_use);
    block[-1] = (char)HD_DEBUG_PAD;
    memory_fixture_give(&found->f, block, 5000);
    assert_int_equal(found->count, 1); /* told once */
}

static void a_write_after_free_is_found_by_the_check(void **state)
{
    struct found *found = *state;
    char *block = memory_fixture_take(&found->f, 64);

    memory_fixture_give(&found->f, block, 64);
    block[63] = 1;
    assert_false(hd_memory_check(found->f.memory));
    assert_found(found, HD_DEBUG_WRITTEN_AFTER_FREE, block, 64, 1);
    assert_false(found->last.in_use);
    block[63] = (char)HD_DEBUG_FREED;
}

static void a_write_after_free_is_found_when_quarantine_ends(void **state)
{
    struct found *found = *state;
    char *block = memory_fixture_take(&found->f, 64);

    memory_fixture_give(&found->f, block, 64);
    block[0] = 1;
    for (size_t bytes = 0; bytes < HD_DEBUG_QUARANTINE; bytes += 100000) {
        memory_fixture_give(&found->f, memory_fixture_take(&found->f, 100000), 100000);
    }
    assert_found(found, HD_DEBUG_WRITTEN_AFTER_FREE, block, 64, 1);
}

static void a_second_free_is_found_and_does_nothing(void **state)
{
    struct found *found = *state;
    char *block = memory_fixture_take(&found->f, 20);
    char *other = memory_fixture_take(&found->f, 20);

    memory_fixture_give(&found->f, block, 20);
    memory_fixture_give(&found->f, block, 20);
    assert_found(found, HD_DEBUG_FREED_TWICE, block, 20, 1);
    assert_true(hd_memory_check(found->f.memory));
    memory_fixture_give(&found->f, other, 20);
}

static void a_wrong_size_is_found(void **state)
{
    struct found *found = *state;
    char *block = memory_fixture_take(&found->f, 20);

    memory_fixture_give(&found->f, block, 24);
    assert_found(found, HD_DEBUG_WRONG_SIZE, block, 20, 1);
    assert_int_equal(hd_memory_used_bytes(found->f.memory, HD_MEMORY_OBJECTS), 0);
}

static void every_request_may_fail(void **state)
{
    struct found *found = *state;
    size_t sizes[] = {10, 3000, 300000};

    for (size_t i = 0; i < 3; i++) {
        fault_alloc_rearm(&found->f.fault, 0, true);
        fake_os_rearm(&found->f.os, 0, true);
        assert_null(memory_fixture_take(&found->f, sizes[i]));
        assert_true(hd_memory_check(found->f.memory));
    }
    fault_alloc_rearm(&found->f.fault, FAULT_NEVER, false);
    fake_os_rearm(&found->f.os, FAKE_OS_NEVER, false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_have_patterns),
        TEST(right_use_is_not_reported),
        TEST(a_write_behind_is_found_when_it_is_freed),
        TEST(a_write_before_is_found_by_the_check),
        TEST(a_write_after_free_is_found_by_the_check),
        TEST(a_write_after_free_is_found_when_quarantine_ends),
        TEST(a_second_free_is_found_and_does_nothing),
        TEST(a_wrong_size_is_found),
        TEST(every_request_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
