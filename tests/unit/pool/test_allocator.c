/* SPDX-License-Identifier: MIT */
/* test_allocator.c: requests of all sizes, in any order, with anything failing. */
#include "lib/testlib.h"

#include <string.h>

#include "lib/death.h"
#include "lib/memory_fixture.h"
#include "pool/guard.h"
#include "pool/sizeclass.h"

/* Every small size, then those around the edge of every class. */
static size_t next_telling_size(const struct hd_memory *memory, size_t size)
{
    size_t block = hd_memory_block_bytes(memory, size);

    return size < 2100 || block - size < 2 ? size + 1 : block - 1;
}

static void every_size_gets_a_block_of_its_own(void **state)
{
    struct memory_fixture f;
    void *neighbours[2];

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    for (size_t size = 1; size <= HD_POOL_BOUNDARY_MAX + 100;) {
        size_t promised = size % 16 == 0 ? 16 : size % 8 == 0 ? 8 : 4;
        bool in_pool = size <= HD_POOL_BOUNDARY_MAX;

        for (int i = 0; i < 2; i++) {
            neighbours[i] = memory_fixture_take(&f, size);
            assert_non_null(neighbours[i]);
            assert_true((uintptr_t)neighbours[i] % promised == 0);
            assert_true(hd_memory_place(f.memory, neighbours[i], size).in_pool == in_pool);
            memset(neighbours[i], i + 1, size);
        }
        assert_true(((char *)neighbours[0])[0] == 1 && ((char *)neighbours[0])[size - 1] == 1);
        memory_fixture_give(&f, neighbours[0], size);
        assert_true(((char *)neighbours[1])[0] == 2 && ((char *)neighbours[1])[size - 1] == 2);
        memory_fixture_give(&f, neighbours[1], size);
        size = next_telling_size(f.memory, size);
    }
    memory_fixture_fini(&f);
}

static void the_boundary_decides_who_serves_a_request(void **state)
{
    static const size_t boundaries[] = {0, 1, 8, 100, 1000, 5000, HD_POOL_BOUNDARY_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof boundaries / sizeof boundaries[0]; i++) {
        for (size_t size = boundaries[i]; size <= boundaries[i] + 1; size++) {
            struct memory_fixture f;
            struct hd_memory_stats stats;
            void *block;

            memory_fixture_init(&f, HD_ALLOCATOR_POOL, boundaries[i]);
            if (size > 0) {
                block = memory_fixture_take(&f, size);
                hd_memory_stats(f.memory, &stats);
                assert_int_equal(stats.large_count, size > boundaries[i]);
                assert_int_equal(stats.large_bytes, size > boundaries[i] ? size : 0);
                assert_true(hd_memory_place(f.memory, block, size).in_pool ==
                            (size <= boundaries[i]));
                memory_fixture_give(&f, block, size);
            }
            memory_fixture_fini(&f);
        }
    }
}

static void wrong_options_are_refused(void **state)
{
    struct memory_fixture f;
    struct hd_memory_options options = hd_memory_options_default();
    struct hd_memory *memory = NULL;

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, 100);
    options.boundary = HD_POOL_BOUNDARY_MAX + 1;
    assert_int_equal(hd_memory_new(&options, &f.os.iface, &f.fault.iface, &memory),
                     HD_INVALID_ARGUMENT);
    options.boundary = 100;
    options.reserve_bytes = SIZE_MAX;
    assert_int_equal(hd_memory_new(&options, &f.os.iface, &f.fault.iface, &memory),
                     HD_INVALID_ARGUMENT);
    assert_null(memory);
    hd_memory_free(NULL);
    memory_fixture_fini(&f);
}

static void resizing_within_a_class_stays_in_place(void **state)
{
    struct memory_fixture f;
    const struct hd_allocator *objects;
    char *block, *same;

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    objects = hd_memory_allocator(f.memory, HD_MEMORY_OBJECTS);
    block = memory_fixture_take(&f, 1100);
    memset(block, 'r', 1100);
    same = hd_resize(objects, block, 1100, 1152);
    assert_ptr_equal(same, block);
    memset(block + 1100, 's', 52);
    same = hd_resize(objects, block, 1152, 1025);
    assert_ptr_equal(same, block);
    assert_true(block[0] == 'r' && block[1024] == 'r');
    assert_int_equal(hd_memory_used_bytes(f.memory, HD_MEMORY_OBJECTS), 1025);
    memory_fixture_give(&f, block, 1025);
    memory_fixture_fini(&f);
}

static void resizing_keeps_the_contents_everywhere(void **state)
{
    static const size_t sizes[] = {1,    8,    9,      31,     128,    129,    1000,  1024,
                                   1025, 5000, 262143, 262144, 262145, 300000, 900000};
    const size_t count = sizeof sizes / sizeof sizes[0];

    (void)state;
    for (size_t i = 0; i < count * count * 2; i++) {
        struct memory_fixture f;
        size_t from = sizes[i % count], to = sizes[i / count % count];
        const struct hd_allocator *objects;
        unsigned char *block;

        memory_fixture_init(&f, i < count * count ? HD_ALLOCATOR_POOL : HD_ALLOCATOR_MALLOC,
                            262144);
        objects = hd_memory_allocator(f.memory, HD_MEMORY_OBJECTS);
        block = memory_fixture_take(&f, from);
        memset(block, 0x77, from);
        block = hd_resize(objects, block, from, to);
        assert_non_null(block);
        assert_int_equal(block[0], 0x77);
        assert_int_equal(block[(from < to ? from : to) - 1], 0x77);
        memset(block, 0x78, to);
        assert_int_equal(hd_memory_used_bytes(f.memory, HD_MEMORY_OBJECTS), to);
        assert_true(hd_memory_check(f.memory));
        memory_fixture_give(&f, block, to);
        memory_fixture_fini(&f);
    }
}

static void a_refused_resize_leaves_the_block_as_it_was(void **state)
{
    static const size_t sizes[][2] = {{100, 3000}, {100, 1000}, {1000, 3000}, {4000, 500}};

    (void)state;
    for (size_t i = 0; i < 4; i++) { /* boundary 2000: in pools, across it, above it */
        struct memory_fixture f;
        const struct hd_allocator *objects;
        unsigned char *block;

        memory_fixture_init(&f, HD_ALLOCATOR_POOL, 2000);
        objects = hd_memory_allocator(f.memory, HD_MEMORY_OBJECTS);
        block = memory_fixture_take(&f, sizes[i][0]);
        memset(block, 0x66, sizes[i][0]);
        fault_alloc_rearm(&f.fault, 0, true);
        fake_os_rearm(&f.os, 0, true);
        assert_null(hd_resize(objects, block, sizes[i][0], sizes[i][1]));
        assert_int_equal(block[sizes[i][0] - 1], 0x66);
        assert_int_equal(hd_memory_used_bytes(f.memory, HD_MEMORY_OBJECTS), sizes[i][0]);
        assert_true(hd_memory_check(f.memory));
        memory_fixture_give(&f, block, sizes[i][0]);
        memory_fixture_fini(&f);
    }
}

static void anything_may_fail_while_a_memory_is_made(void **state)
{
    struct hd_memory_options options = hd_memory_options_default();

    (void)state;
    for (long n = 0;; n++) {
        struct fault_alloc fault;
        struct fake_os os;
        struct hd_memory *memory = NULL;
        enum hd_status status;

        fault_alloc_init(&fault, n < 2 ? n : FAULT_NEVER);
        fake_os_init(&os, n < 2 ? FAKE_OS_NEVER : n - 2);
        status = hd_memory_new(&options, &os.iface, &fault.iface, &memory);
        assert_int_equal(status,
                         fault.refused + os.refused > 0 ? HD_RESOURCE_EXHAUSTED : HD_OK);
        assert_true((memory != NULL) == (status == HD_OK));
        hd_memory_free(memory);
        assert_int_equal(fault.live_blocks, 0);
        assert_int_equal(os.live_reservations, 0);
        if (n >= 2 && status == HD_OK) {
            assert_int_equal(n, 5); /* two reservations, one commit */
            break;
        }
    }
}

/* Takes, resizes and gives; what is refused is left out.  Returns the number refused. */
static int run_sequence(struct memory_fixture *f)
{
    static const size_t sizes[] = {8, 100, 5000, 60000, 200000, 262144, 400000, 24, 70000, 100};
    void *blocks[10];
    size_t now[10];
    int refused = 0;

    for (size_t i = 0; i < 10; i++) {
        now[i] = sizes[i];
        blocks[i] = memory_fixture_take(f, now[i]);
        refused += blocks[i] == NULL;
    }
    for (size_t i = 0; i < 10; i++) {
        size_t size = sizes[9 - i] + 7;
        void *moved;

        if (blocks[i] != NULL) {
            moved = hd_resize(hd_memory_allocator(f->memory, HD_MEMORY_OBJECTS), blocks[i],
                              now[i], size);
            refused += moved == NULL;
            blocks[i] = moved == NULL ? blocks[i] : moved;
            now[i] = moved == NULL ? now[i] : size;
        }
    }
    assert_true(hd_memory_check(f->memory));
    for (size_t i = 0; i < 10; i++) {
        memory_fixture_give(f, blocks[i], now[i]);
    }
    return refused;
}

static void any_one_refusal_leaves_the_rest_working(void **state)
{
    (void)state;
    for (int of_os = 0; of_os < 2; of_os++) {
        for (long n = 0;; n++) {
            struct memory_fixture f;
            int refused;

            memory_fixture_init(&f, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
            fault_alloc_rearm(&f.fault, of_os ? FAULT_NEVER : n, false);
            fake_os_rearm(&f.os, of_os ? n : FAKE_OS_NEVER, false);
            refused = run_sequence(&f);
            assert_int_equal(refused, f.fault.refused + f.os.refused);
            memory_fixture_fini(&f);
            if (refused == 0) {
                assert_true(n > 2);
                break;
            }
        }
    }
}

static void two_memories_do_not_notice_each_other(void **state)
{
    struct memory_fixture a, b;
    struct hd_place place_a, place_b;
    void *in_a[100], *in_b[100];

    (void)state;
    memory_fixture_init(&a, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    memory_fixture_init(&b, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    for (size_t i = 0; i < 100; i++) { /* the same requests give the same places */
        in_a[i] = memory_fixture_take(&a, 1 + i * 37);
        in_b[i] = memory_fixture_take(&b, 1 + i * 37);
        place_a = hd_memory_place(a.memory, in_a[i], 1 + i * 37);
        place_b = hd_memory_place(b.memory, in_b[i], 1 + i * 37);
        assert_memory_equal(&place_a, &place_b, sizeof place_a);
    }
    for (size_t i = 0; i < 100; i++) {
        memory_fixture_give(&a, in_a[i], 1 + i * 37);
    }
    assert_int_equal(hd_memory_used_bytes(a.memory, HD_MEMORY_OBJECTS), 0);
    assert_int_equal(hd_memory_used_bytes(b.memory, HD_MEMORY_OBJECTS), 100 + 37 * 4950);
    memory_fixture_fini(&a);
    assert_true(hd_memory_check(b.memory));
    for (size_t i = 0; i < 100; i++) {
        memory_fixture_give(&b, in_b[i], 1 + i * 37);
    }
    memory_fixture_fini(&b);
}

struct misuse {
    const struct hd_allocator *allocator;
    char *block;
};

static void free_twice(void *ctx)
{
    struct misuse *m = ctx;

    hd_free(m->allocator, m->block, 100);
    hd_free(m->allocator, m->block, 100);
}

static void free_the_middle(void *ctx)
{
    struct misuse *m = ctx;

    hd_free(m->allocator, m->block + 8, 100);
}

static void free_as_another_class(void *ctx)
{
    struct misuse *m = ctx;

    hd_free(m->allocator, m->block, 200);
}

static void free_what_was_never_allocated(void *ctx)
{
    struct misuse *m = ctx;

    hd_free(m->allocator, m->block + 20 * 65536, 100);
}

static void read_after_free(void *ctx)
{
    struct misuse *m = ctx;

    hd_free(m->allocator, m->block, 100);
    (void)*(volatile char *)(m->block + 99);
}

static void write_past_the_end(void *ctx)
{
    struct misuse *m = ctx;

    *(volatile char *)(m->block + 100) = 1;
}

static void misuse_is_noticed(void **state)
{
    struct memory_fixture f;
    struct misuse m;

    (void)state;
    memory_fixture_init(&f, HD_ALLOCATOR_POOL, HD_POOL_BOUNDARY_MAX);
    m.allocator = hd_memory_allocator(f.memory, HD_MEMORY_OBJECTS);
    m.block = memory_fixture_take(&f, 100);
    assert_true(aborts(free_what_was_never_allocated, &m));
    if (HD_CHECK_LEVEL >= 2) {
        assert_true(aborts(free_twice, &m));
        assert_true(aborts(free_the_middle, &m));
        assert_true(aborts(free_as_another_class, &m));
        assert_true((unsigned char)m.block[99] == 0xA5);
    }
    if (HD_ASAN) {
        assert_true(dies(read_after_free, &m));
        assert_true(dies(write_past_the_end, &m));
    }
    memory_fixture_give(&f, m.block, 100);
    memory_fixture_fini(&f);
}

/* One block is grown byte by byte, from one byte to past the boundary. */
static void walk_all_sizes(size_t boundary)
{
    struct memory_fixture f;
    const struct hd_allocator *allocator;
    char *block;

    memory_fixture_init(&f, HD_ALLOCATOR_POOL, boundary);
    allocator = hd_memory_allocator(f.memory, HD_MEMORY_OBJECTS);
    block = memory_fixture_take(&f, 1);
    block[0] = 0;
    for (size_t size = 1; size < boundary + 300; size++) {
        struct hd_place place = hd_memory_place(f.memory, block, size);
        size_t bytes = hd_memory_block_bytes(f.memory, size);

        assert_true(place.in_pool == (size <= boundary));
        assert_true(bytes >= size && (size <= 128 || bytes - size <= size / 8));
        assert_int_equal(hd_memory_used_bytes(f.memory, HD_MEMORY_OBJECTS), size);
        block = hd_resize(allocator, block, size, size + 1);
        assert_non_null(block);
        assert_int_equal(block[size - 1], (char)(size - 1));
        block[size] = (char)size;
    }
    memory_fixture_give(&f, block, boundary + 300);
    memory_fixture_fini(&f);
}

static void every_size_to_past_every_boundary_is_served(void **state)
{
    const size_t boundaries[] = {0, 1, 512, 4096, 70000, HD_POOL_BOUNDARY_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof boundaries / sizeof boundaries[0]; i++) {
        walk_all_sizes(boundaries[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_to_past_every_boundary_is_served),
        cmocka_unit_test(every_size_gets_a_block_of_its_own),
        cmocka_unit_test(the_boundary_decides_who_serves_a_request),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(resizing_within_a_class_stays_in_place),
        cmocka_unit_test(resizing_keeps_the_contents_everywhere),
        cmocka_unit_test(a_refused_resize_leaves_the_block_as_it_was),
        cmocka_unit_test(anything_may_fail_while_a_memory_is_made),
        cmocka_unit_test(any_one_refusal_leaves_the_rest_working),
        cmocka_unit_test(two_memories_do_not_notice_each_other),
        cmocka_unit_test(misuse_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
