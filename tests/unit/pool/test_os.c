/* SPDX-License-Identifier: MIT */
/* test_os.c: the system's memory is as os.h says, and the fake one notices who breaks its
 * rules. */
#include "lib/testlib.h"

#include <string.h>

#include "lib/death.h"
#include "lib/fake_os.h"
#include "pool/os.h"

#define MIB ((size_t)1 << 20)

static void a_reservation_is_aligned_as_asked(void **state)
{
    const struct hd_os *os = hd_os_system();

    (void)state;
    for (size_t align = 1; align <= 64 * MIB; align *= 4) {
        void *at = NULL;

        assert_int_equal(os->reserve(os->ctx, 4 * MIB, align, &at), 0);
        assert_true((uintptr_t)at % align == 0);
        assert_true((uintptr_t)at % os->page_size == 0);
        assert_int_equal(os->release(os->ctx, at, 4 * MIB), 0);
    }
}

static void committed_memory_is_zeroed_and_usable(void **state)
{
    const struct hd_os *os = hd_os_system();
    size_t page = os->page_size;
    void *at;
    char *bytes;

    (void)state;
    assert_int_equal(os->reserve(os->ctx, 16 * page, page, &at), 0);
    bytes = at;
    assert_int_equal(os->commit(os->ctx, bytes + page, 2 * page), 0);
    for (size_t i = page; i < 3 * page; i++) {
        assert_true(bytes[i] == 0);
    }
    memset(bytes + page, 'x', 2 * page);
    assert_int_equal(os->commit(os->ctx, bytes, 4 * page), 0); /* again, and around */
    assert_true(bytes[page] == 'x' && bytes[3 * page - 1] == 'x' && bytes[3 * page] == 0);
    assert_int_equal(os->decommit(os->ctx, bytes + page, page), 0);
    assert_int_equal(os->commit(os->ctx, bytes + page, page), 0);
    assert_true(bytes[page] == 0 && bytes[2 * page - 1] == 0 && bytes[2 * page] == 'x');
    assert_int_equal(os->release(os->ctx, at, 16 * page), 0);
}

static void touch(void *ctx)
{
    *(volatile char *)ctx = 1;
}

static void reserved_memory_cannot_be_touched(void **state)
{
    const struct hd_os *os = hd_os_system();
    void *at;

    (void)state;
    assert_int_equal(os->reserve(os->ctx, MIB, MIB, &at), 0);
    assert_true(dies(touch, at));
    assert_int_equal(os->release(os->ctx, at, MIB), 0);
}

static void what_cannot_be_had_is_an_error(void **state)
{
    const struct hd_os *os = hd_os_system();
    void *untouched = &untouched;

    (void)state;
    assert_int_not_equal(os->reserve(os->ctx, SIZE_MAX / MIB * MIB, MIB, &untouched), 0);
    assert_int_not_equal(os->reserve(os->ctx, SIZE_MAX / 4 / MIB * MIB, MIB, &untouched), 0);
    assert_ptr_equal(untouched, &untouched);
}

struct broken_rule {
    struct fake_os *os;
    char *at;
};

static void release_a_part(void *ctx)
{
    struct broken_rule *rule = ctx;

    (void)rule->os->iface.release(rule->os, rule->at, MIB);
}

static void release_a_stranger(void *ctx)
{
    struct broken_rule *rule = ctx;

    (void)rule->os->iface.release(rule->os, rule->at - MIB, MIB);
}

static void commit_past_the_end(void *ctx)
{
    struct broken_rule *rule = ctx;

    (void)rule->os->iface.commit(rule->os, rule->at + MIB, 2 * MIB);
}

static void decommit_what_is_not_committed(void *ctx)
{
    struct broken_rule *rule = ctx;

    (void)rule->os->iface.decommit(rule->os, rule->at, 2 * MIB);
}

static void touch_what_was_decommitted(void *ctx)
{
    struct broken_rule *rule = ctx;

    (void)rule->os->iface.decommit(rule->os, rule->at, MIB);
    *(volatile char *)rule->at = 1;
}

static void the_fake_notices_broken_rules(void **state)
{
    struct fake_os os;
    struct broken_rule rule = {.os = &os};
    void *at;

    (void)state;
    fake_os_init(&os, FAKE_OS_NEVER);
    assert_int_equal(os.iface.reserve(&os, 2 * MIB, MIB, &at), 0);
    assert_int_equal(os.iface.commit(&os, at, MIB), 0);
    rule.at = at;
    assert_true(aborts(release_a_part, &rule));
    assert_true(aborts(release_a_stranger, &rule));
    assert_true(aborts(commit_past_the_end, &rule));
    assert_true(aborts(decommit_what_is_not_committed, &rule));
    assert_true(dies(touch_what_was_decommitted, &rule));
    assert_int_equal(os.committed_bytes, MIB);
    assert_int_equal(os.iface.release(&os, at, 2 * MIB), 0);
    assert_int_equal(os.live_reservations, 0);
    assert_int_equal(os.committed_bytes, 0);
}

static void the_fake_refuses_the_chosen_call(void **state)
{
    struct fake_os os;
    void *at;

    (void)state;
    fake_os_init(&os, 1);
    assert_int_equal(os.iface.reserve(&os, MIB, MIB, &at), 0);
    assert_int_not_equal(os.iface.commit(&os, at, MIB), 0);
    assert_int_equal(os.iface.commit(&os, at, MIB), 0);
    assert_int_equal(os.refused, 1);
    assert_int_equal(os.commits, 1);
    assert_int_equal(os.iface.release(&os, at, MIB), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reservation_is_aligned_as_asked),
        cmocka_unit_test(committed_memory_is_zeroed_and_usable),
        cmocka_unit_test(reserved_memory_cannot_be_touched),
        cmocka_unit_test(what_cannot_be_had_is_an_error),
        cmocka_unit_test(the_fake_notices_broken_rules),
        cmocka_unit_test(the_fake_refuses_the_chosen_call),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
