/* SPDX-License-Identifier: MIT */
/* test_list.c: elements keep their order, and leave without a trace. */
#include "lib/testlib.h"

#include "base/list.h"

struct item {
    int number;
    struct hd_list link;
};

static void assert_items(const struct hd_list *list, const int *numbers, size_t count)
{
    const struct hd_list *previous = list;
    size_t n = 0;

    HD_LIST_FOREACH (element, list) {
        assert_true(n < count);
        assert_int_equal(HD_CONTAINER_OF(element, struct item, link)->number, numbers[n]);
        assert_ptr_equal(element->prev, previous);
        previous = element;
        n++;
    }
    assert_int_equal(n, count);
    assert_ptr_equal(list->prev, previous);
}

static void a_new_list_is_empty(void **state)
{
    struct hd_list list;

    (void)state;
    hd_list_init(&list);
    assert_true(hd_list_is_empty(&list));
    assert_null(hd_list_first(&list));
    assert_items(&list, NULL, 0);
}

static void elements_stay_in_the_order_they_came(void **state)
{
    struct item items[3] = {{.number = 1}, {.number = 2}, {.number = 3}};
    struct hd_list list;

    (void)state;
    hd_list_init(&list);
    for (size_t i = 0; i < 3; i++) {
        hd_list_init(&items[i].link);
        hd_list_push_back(&list, &items[i].link);
    }
    assert_ptr_equal(hd_list_first(&list), &items[0].link);
    assert_items(&list, (const int[]){1, 2, 3}, 3);
    hd_list_unlink(&items[1].link);
    assert_true(hd_list_is_empty(&items[1].link));
    assert_items(&list, (const int[]){1, 3}, 2);
    hd_list_push_back(&list, &items[1].link);
    assert_items(&list, (const int[]){1, 3, 2}, 3);
}

static void unlinking_twice_does_nothing(void **state)
{
    struct item items[2] = {{.number = 1}, {.number = 2}};
    struct hd_list list;

    (void)state;
    hd_list_init(&list);
    for (size_t i = 0; i < 2; i++) {
        hd_list_init(&items[i].link);
        hd_list_push_back(&list, &items[i].link);
    }
    hd_list_unlink(&items[0].link);
    hd_list_unlink(&items[0].link);
    assert_items(&list, (const int[]){2}, 1);
    hd_list_unlink(&items[1].link);
    assert_true(hd_list_is_empty(&list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_list_is_empty),
        cmocka_unit_test(elements_stay_in_the_order_they_came),
        cmocka_unit_test(unlinking_twice_does_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
