/* SPDX-License-Identifier: MIT */
/* test_weakref_bytes.c: what a weak reference without a callback costs: its slot with the
 * collector's columns, and what its target needs to know of it.  At most 40 bytes. */
#include "unit/heap/death_fixture.h"

#define MANY 2000
#define MOST 40

static uint64_t object_bytes(struct fixture *f)
{
    struct hd_heap_info info;

    hd_inspect_heap(f->heap, &info);
    return info.object_bytes;
}

static void it_costs_little(void **state)
{
    static uint64_t targets[MANY];
    struct fixture f;
    uint64_t before;
    double each;

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < MANY; i++) {
        targets[i] = new_instance(&f, "Node");
        set_attr(&f, targets[i], "x", targets[i]);
    }
    before = object_bytes(&f);
    for (int i = 0; i < MANY; i++) {
        (void)new_weakref(&f, targets[i], "");
    }
    each = (double)(object_bytes(&f) - before) / MANY + hd_slot_share(1);
    print_message("%.1f bytes\n", each);
    assert_true(each <= MOST);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_costs_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
