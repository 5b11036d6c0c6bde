/* SPDX-License-Identifier: MIT */
/* test_items.c: containers behave as Python's, in their refusals too. */
#include <math.h>

#include "unit/heap/fixture.h"

static uint64_t list_of(struct fixture *f, int64_t from, int64_t to)
{
    uint64_t list = new_list(f);

    for (int64_t i = from; i < to; i++) {
        assert_int_equal(append(f, list, new_int(f, i)), HD_OK);
    }
    return list;
}

static void assert_ints(struct fixture *f, uint64_t seq, const int64_t *expected, size_t count)
{
    uint64_t items[64];
    uint64_t values[64];

    assert_int_equal(hd_inspect_items(f->heap, slot_of(f, seq), 0, 64, items, values), count);
    for (size_t i = 0; i < count; i++) {
        struct hd_object_info info;

        hd_inspect_object(f->heap, NULL, slot_of(f, items[i]), &info);
        assert_int_equal(info.integer, expected[i]);
    }
}

static struct hd_subscript slice(bool has_start, int64_t start, bool has_stop, int64_t stop,
                                 int64_t step)
{
    return (struct hd_subscript){
        .at = HD_AT_SLICE,
        .slice = {.has_start = has_start,
                  .has_stop = has_stop,
                  .start = start,
                  .stop = stop,
                  .step = step},
    };
}

static void lists_insert_set_get_and_delete(void **state)
{
    struct fixture f;
    uint64_t list;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    list = list_of(&f, 0, 4);
    x = new_int(&f, 9);
    assert_int_equal(place_op(&f, HD_OP_INSERT, list, at_index(-100), x), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_INSERT, list, at_index(100), x), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_INSERT, list, at_index(-1), x), HD_OK);
    assert_ints(&f, list, (const int64_t[]){9, 0, 1, 2, 3, 9, 9}, 7);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, list, at_index(-2), new_int(&f, 8)), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, at_index(0), 0), HD_OK);
    assert_ints(&f, list, (const int64_t[]){0, 1, 2, 3, 8, 9}, 6);
    assert_int_equal(place_op(&f, HD_OP_GET_ITEM, list, at_key(new_int(&f, -1)), 0), HD_OK);
    assert_int_equal(f.op.out.id, x);
    (void)place_op(&f, HD_OP_GET_ITEM, list, at_index(6), 0);
    assert_refused(&f, HD_OUT_OF_RANGE, HD_REASON_PY_INDEX_ERROR, "list index out of range");
    (void)place_op(&f, HD_OP_SET_ITEM, list, at_index(-7), x);
    assert_refused(&f, HD_OUT_OF_RANGE, HD_REASON_PY_INDEX_ERROR,
                   "list assignment index out of range");
    (void)place_op(&f, HD_OP_GET_ITEM, list, at_key(new_str(&f, "no")), 0);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                   "list indices must be integers or slices, not str");
    fixture_down(&f);
}

static void slices_are_deleted_as_python_does(void **state)
{
    struct fixture f;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = list_of(&f, 0, 10);
    assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, slice(true, 1, true, 4, 0), 0), HD_OK);
    assert_ints(&f, list, (const int64_t[]){0, 4, 5, 6, 7, 8, 9}, 7);
    assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, slice(false, 0, false, 0, -3), 0),
                     HD_OK);
    assert_ints(&f, list, (const int64_t[]){4, 5, 7, 8}, 4);
    assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, list, slice(true, 9, true, 3, 1), 0), HD_OK);
    assert_int_equal(
        place_op(&f, HD_OP_DEL_ITEM, list, slice(true, -1, false, 0, INT64_MAX), 0), HD_OK);
    assert_ints(&f, list, (const int64_t[]){4, 5, 7}, 3);
    assert_int_equal(
        place_op(&f, HD_OP_DEL_ITEM, list, slice(false, 0, false, 0, INT64_MIN), 0), HD_OK);
    assert_ints(&f, list, (const int64_t[]){4, 5}, 2);
    fixture_down(&f);
}

static void pop_gives_and_takes(void **state)
{
    struct fixture f;
    uint64_t list;
    uint64_t x;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    (void)place_op(&f, HD_OP_POP, list, (struct hd_subscript){0}, 0);
    assert_refused(&f, HD_OUT_OF_RANGE, HD_REASON_PY_INDEX_ERROR, "pop from empty list");
    x = new_float(&f, 1.5);
    assert_int_equal(append(&f, list, x), HD_OK);
    assert_int_equal(release(&f, x), HD_OK);
    (void)place_op(&f, HD_OP_POP, list, at_index(1), 0);
    assert_refused(&f, HD_OUT_OF_RANGE, HD_REASON_PY_INDEX_ERROR, "pop index out of range");
    op = begin(&f, HD_OP_POP);
    op->in.item.container = by_id(list);
    op->in.item.hold = true;
    assert_int_equal(created(&f), x);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(append(&f, list, x), HD_OK);
    assert_int_equal(release(&f, x), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_POP, list, (struct hd_subscript){0}, 0), HD_OK);
    assert_int_equal(f.op.out.id, x);
    assert_false(is_alive(&f, x)); /* nothing kept it */
    (void)place_op(&f, HD_OP_POP, new_int(&f, 1), at_index(0), 0);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_ATTRIBUTE_ERROR,
                   "'int' object has no attribute 'pop'");
    fixture_down(&f);
}

static void dicts_keep_keys_and_replace_values(void **state)
{
    struct fixture f;
    uint64_t dict;
    uint64_t one;
    uint64_t other;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    dict = new_dict(&f);
    one = new_int(&f, 1);
    other = new_float(&f, 1.0);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(one), dict), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(other), one), HD_OK);
    assert_int_equal(length(&f, dict), 1);
    assert_int_equal(refcount(&f, dict), 1);
    assert_int_equal(place_op(&f, HD_OP_GET_ITEM, dict, at_key(other), 0), HD_OK);
    assert_int_equal(f.op.out.id, one);
    (void)place_op(&f, HD_OP_GET_ITEM, dict, at_key(new_str(&f, "it's")), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "\"it's\"");
    (void)place_op(&f, HD_OP_DEL_ITEM, dict, at_key(new_float(&f, 1.5)), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "1.5");
    (void)place_op(&f, HD_OP_POP, dict, at_key(new_float(&f, 1e16)), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "1e+16");
    (void)place_op(&f, HD_OP_POP, dict, at_key(new_bytes(&f, "a\n\x01\xff")), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "b'a\\n\\x01\\xff'");
    (void)place_op(&f, HD_OP_SET_ITEM, dict, at_key(dict), one);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR, "unhashable type: 'dict'");
    assert_int_equal(place_op(&f, HD_OP_DEL_ITEM, dict, at_key(one), 0), HD_OK);
    op = begin(&f, HD_OP_GET_ITEM);
    op->in.item.container = by_id(dict);
    op->in.item.at = at_key(one);
    op->in.item.missing_ok = true;
    assert_int_equal(finish(&f), HD_OK);
    assert_int_equal(op->out.id, 0);
    fixture_down(&f);
}

static void a_set_is_sought_as_a_frozenset(void **state)
{
    struct fixture f;
    uint64_t items[3];
    uint64_t set;
    uint64_t sought;

    (void)state;
    fixture_up(&f);
    items[0] = new_int(&f, 1);
    items[1] = new_str(&f, "two");
    sought = new_of(&f, HD_KIND_SET, items, 2);
    items[2] = new_of(&f, HD_KIND_FROZENSET, items, 2);
    set = new_of(&f, HD_KIND_SET, items, 3);
    assert_true(holds_true(&f, HD_OP_CONTAINS, set, sought));
    (void)item_op(&f, HD_OP_ADD, set, sought);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR, "unhashable type: 'set'");
    assert_int_equal(item_op(&f, HD_OP_REMOVE, set, sought), HD_OK);
    assert_int_equal(item_op(&f, HD_OP_DISCARD, set, sought), HD_OK);
    assert_int_equal(length(&f, set), 2);
    (void)item_op(&f, HD_OP_REMOVE, set, set);
    assert_int_equal(f.op.error.reason, HD_REASON_PY_KEY_ERROR);
    fixture_down(&f);
}

static void key_errors_show_the_key(void **state)
{
    struct fixture f;
    uint64_t items[3];
    uint64_t dict;
    uint64_t key;

    (void)state;
    fixture_up(&f);
    dict = new_dict(&f);
    (void)place_op(&f, HD_OP_GET_ITEM, dict, at_key(new_of(&f, HD_KIND_TUPLE, NULL, 0)), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "()");
    items[0] = new_of(&f, HD_KIND_FROZENSET, NULL, 0);
    key = new_of(&f, HD_KIND_TUPLE, items, 1);
    items[0] = new_int(&f, 1);
    items[1] = new_of(&f, HD_KIND_FROZENSET, items, 1);
    items[2] = key;
    key = new_of(&f, HD_KIND_TUPLE, items, 3);
    (void)place_op(&f, HD_OP_DEL_ITEM, dict, at_key(key), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR,
                   "(1, frozenset({1}), (frozenset(),))");
    items[0] = new_list(&f);
    assert_int_equal(append(&f, items[0], items[0]), HD_OK);
    items[1] = dict;
    (void)place_op(&f, HD_OP_POP, dict, at_key(new_of(&f, HD_KIND_SET, items + 2, 1)), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "{(frozenset(),)}");
    (void)place_op(&f, HD_OP_POP, dict, at_key(new_of(&f, HD_KIND_TUPLE, items, 2)), 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "([[...]], {})");
    for (int i = 0; i < 300; i++) {
        key = new_of(&f, HD_KIND_TUPLE, &key, 1);
    }
    (void)place_op(&f, HD_OP_POP, dict, at_key(key), 0);
    assert_int_equal(f.op.error.reason, HD_REASON_PY_KEY_ERROR);
    assert_non_null(strstr(f.op.error.text, "(((..."));
    fixture_down(&f);
}

static void sets_add_discard_remove_and_pop(void **state)
{
    struct fixture f;
    uint64_t set;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    set = new_of(&f, HD_KIND_SET, NULL, 0);
    x = new_float(&f, 2.5);
    assert_int_equal(item_op(&f, HD_OP_ADD, set, x), HD_OK);
    assert_true(f.op.out.changed);
    assert_int_equal(item_op(&f, HD_OP_ADD, set, x), HD_OK);
    assert_false(f.op.out.changed);
    assert_int_equal(refcount(&f, x), 2);
    assert_int_equal(item_op(&f, HD_OP_DISCARD, set, x), HD_OK);
    assert_true(f.op.out.changed);
    assert_int_equal(item_op(&f, HD_OP_DISCARD, set, x), HD_OK);
    assert_false(f.op.out.changed);
    (void)item_op(&f, HD_OP_REMOVE, set, x);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "2.5");
    (void)place_op(&f, HD_OP_POP, set, (struct hd_subscript){0}, 0);
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "'pop from an empty set'");
    assert_int_equal(item_op(&f, HD_OP_ADD, set, new_int(&f, 1)), HD_OK);
    assert_int_equal(item_op(&f, HD_OP_ADD, set, x), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_POP, set, (struct hd_subscript){0}, 0), HD_OK);
    assert_int_equal(f.op.out.id, new_int(&f, 1));
    (void)item_op(&f, HD_OP_ADD, set, set);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR, "unhashable type: 'set'");
    (void)place_op(&f, HD_OP_GET_ITEM, set, at_index(0), 0);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                   "'set' object is not subscriptable");
    fixture_down(&f);
}

static void remove_is_by_value(void **state)
{
    struct fixture f;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = list_of(&f, 0, 3);
    assert_int_equal(item_op(&f, HD_OP_REMOVE, list, new_float(&f, 1.0)), HD_OK);
    assert_ints(&f, list, (const int64_t[]){0, 2}, 2);
    (void)item_op(&f, HD_OP_REMOVE, list, new_int(&f, 5));
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_VALUE_ERROR,
                   "list.remove(x): x not in list");
    (void)append(&f, new_of(&f, HD_KIND_TUPLE, &list, 1), list);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_ATTRIBUTE_ERROR,
                   "'tuple' object has no attribute 'append'");
    (void)place_op(&f, HD_OP_SET_ITEM, new_of(&f, HD_KIND_TUPLE, &list, 1), at_index(0), list);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                   "'tuple' object does not support item assignment");
    fixture_down(&f);
}

static enum hd_status extend_from(struct fixture *f, uint64_t container, uint64_t from)
{
    struct hd_op *op = begin(f, HD_OP_EXTEND);

    op->in.extend.container = by_id(container);
    op->in.extend.from = by_id(from);
    return finish(f);
}

static void extend_is_all_or_nothing(void **state)
{
    struct fixture f;
    uint64_t items[3];
    uint64_t set;
    uint64_t list;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    items[0] = new_float(&f, 1);
    items[1] = new_float(&f, 2);
    items[2] = new_list(&f);
    set = new_of(&f, HD_KIND_SET, items, 1);
    op = begin(&f, HD_OP_EXTEND);
    op->in.extend.container = by_id(set);
    op->in.extend.items = ids_of(items, 3);
    assert_int_equal(finish(&f), HD_INVALID_ARGUMENT);
    assert_int_equal(length(&f, set), 1);
    assert_int_equal(refcount(&f, items[1]), 1);
    list = list_of(&f, 0, 2);
    assert_int_equal(extend_from(&f, list, list), HD_OK);
    assert_ints(&f, list, (const int64_t[]){0, 1, 0, 1}, 4);
    (void)extend_from(&f, list, items[0]);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                   "'float' object is not iterable");
    assert_int_equal(item_op(&f, HD_OP_CLEAR, list, 0), HD_OK);
    assert_int_equal(length(&f, list), 0);
    fixture_down(&f);
}

static void update_replaces_and_adds(void **state)
{
    struct fixture f;
    uint64_t left;
    uint64_t right;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    left = new_dict(&f);
    right = new_dict(&f);
    x = new_float(&f, 9.5);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, left, at_key(new_int(&f, 1)), x), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, right, at_key(new_int(&f, 2)), left), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, right, at_key(new_int(&f, 1)), right), HD_OK);
    assert_int_equal(extend_from(&f, left, right), HD_OK);
    assert_int_equal(length(&f, left), 2);
    assert_int_equal(refcount(&f, x), 1);
    assert_int_equal(refcount(&f, left), 3);
    assert_int_equal(refcount(&f, right), 3);
    assert_int_equal(extend_from(&f, left, left), HD_OK);
    assert_int_equal(refcount(&f, right), 3);
    fixture_down(&f);
}

static void a_copy_is_tracked_as_the_dict_is(void **state)
{
    struct fixture f;
    uint64_t dict;
    uint64_t copy;
    uint64_t other;
    uint64_t one;

    (void)state;
    fixture_up(&f);
    dict = new_dict(&f);
    copy = new_dict(&f);
    other = new_dict(&f);
    one = new_int(&f, 1);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(one), dict), HD_OK);
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, dict, at_key(one), one), HD_OK);
    assert_int_equal(extend_from(&f, copy, dict), HD_OK);
    assert_true(hd_inspect_is_tracked(f.heap, slot_of(&f, dict)));
    assert_true(hd_inspect_is_tracked(f.heap, slot_of(&f, copy)));
    assert_int_equal(place_op(&f, HD_OP_SET_ITEM, other, at_key(one), one), HD_OK);
    assert_int_equal(extend_from(&f, other, dict), HD_OK);
    assert_false(hd_inspect_is_tracked(f.heap, slot_of(&f, other)));
    fixture_down(&f);
}

static void attributes_belong_to_instances(void **state)
{
    struct fixture f;
    uint64_t node;
    uint64_t x;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    node = new_instance(&f, "Node");
    x = new_float(&f, 1);
    for (int i = 0; i < 2; i++) {
        op = begin(&f, HD_OP_SET_ATTR);
        op->in.attr.object = by_id(i == 0 ? node : x);
        op->in.attr.name = text_of("next");
        op->in.attr.value = by_id(x);
        (void)finish(&f);
    }
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_ATTRIBUTE_ERROR,
                   "'float' object has no attribute 'next'");
    assert_int_equal(refcount(&f, x), 2);
    op = begin(&f, HD_OP_GET_ATTR);
    op->in.attr.object = by_id(node);
    op->in.attr.name = text_of("next");
    assert_int_equal(created(&f), x);
    for (int i = 0; i < 2; i++) {
        op = begin(&f, HD_OP_DEL_ATTR);
        op->in.attr.object = by_id(node);
        op->in.attr.name = text_of("next");
        (void)finish(&f);
    }
    assert_refused(&f, HD_NOT_FOUND, HD_REASON_PY_ATTRIBUTE_ERROR,
                   "'Node' object has no attribute 'next'");
    assert_int_equal(refcount(&f, x), 1);
    fixture_down(&f);
}

static void texts_are_subscripted_and_interned(void **state)
{
    struct fixture f;
    uint64_t text;
    uint64_t copy;
    struct hd_object_info info;
    struct hd_op *op;

    (void)state;
    fixture_up(&f);
    text = new_str(&f, "a\xe2\x82\xac"
                       "b");
    assert_int_equal(length(&f, text), 3);
    op = begin(&f, HD_OP_GET_ITEM);
    op->in.item.container = by_id(text);
    op->in.item.at = at_index(-2);
    op->in.item.hold = true;
    hd_inspect_object(f.heap, NULL, slot_of(&f, created(&f)), &info);
    assert_int_equal(info.bytes.size, 3);
    assert_int_equal(info.refcount, 1);
    assert_int_equal(place_op(&f, HD_OP_GET_ITEM, text, at_index(1), 0), HD_OK);
    assert_false(is_alive(&f, f.op.out.id)); /* nothing kept it */
    assert_int_equal(place_op(&f, HD_OP_GET_ITEM, new_bytes(&f, "xy"), at_index(1), 0), HD_OK);
    assert_int_equal(f.op.out.id, new_int(&f, 'y'));
    copy = new_str(&f, "a\xe2\x82\xac"
                       "b");
    for (int i = 0; i < 2; i++) {
        op = begin(&f, HD_OP_INTERN);
        op->in.item.item = by_id(i == 0 ? text : copy);
        assert_int_equal(created(&f), text);
    }
    fixture_down(&f);
}

static uint64_t copy_of(struct fixture *f, const struct hd_copy_part *parts, size_t count,
                        int64_t repeat, enum hd_kind kind)
{
    struct hd_op *op = begin(f, HD_OP_COPY);

    op->in.copy.parts = parts;
    op->in.copy.count = count;
    op->in.copy.repeat = repeat;
    op->in.copy.kind = kind;
    op->in.copy.hold = true;
    (void)finish(f);
    return op->out.id;
}

static void assert_text(struct fixture *f, uint64_t id, const char *text)
{
    struct hd_object_info info;

    assert_true(is_alive(f, id));
    hd_inspect_object(f->heap, NULL, slot_of(f, id), &info);
    assert_int_equal(info.bytes.size, strlen(text));
    assert_memory_equal(info.bytes.data, text, strlen(text));
}

static void copies_slice_join_and_repeat(void **state)
{
    struct fixture f;
    uint64_t list;
    struct hd_copy_part parts[2];

    (void)state;
    fixture_up(&f);
    list = list_of(&f, 0, 4);
    parts[0] = (struct hd_copy_part){by_id(list), true, {.step = -2}};
    parts[1] = (struct hd_copy_part){.source = by_id(list)};
    assert_ints(&f, copy_of(&f, parts, 2, 2, HD_KIND_FREE),
                (const int64_t[]){3, 1, 0, 1, 2, 3, 3, 1, 0, 1, 2, 3}, 12);
    assert_int_equal(length(&f, copy_of(&f, parts, 2, -1, HD_KIND_FREE)), 0);
    parts[0] = (struct hd_copy_part){.source = by_id(copy_of(&f, parts, 1, 0, HD_KIND_TUPLE))};
    assert_int_equal(copy_of(&f, parts, 1, 0, HD_KIND_FREE), parts[0].source.id);
    assert_int_equal(copy_of(&f, parts, 2, 0, HD_KIND_FREE), 0);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                   "can only concatenate tuple (not \"list\") to tuple");
    assert_int_equal(copy_of(&f, parts, 1, INT64_MAX, HD_KIND_LIST), 0);
    assert_refused(&f, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE, NULL);
    parts[0] = (struct hd_copy_part){by_id(new_str(&f, "a\xe2\x82\xac"
                                                       "bc")),
                                     true,
                                     {.step = -1}};
    assert_text(&f, copy_of(&f, parts, 1, 2, HD_KIND_FREE),
                "cb\xe2\x82\xac"
                "acb\xe2\x82\xac"
                "a");
    parts[0].slice = (struct hd_slice){true, true, 1, 3, 1};
    assert_text(&f, copy_of(&f, parts, 1, 0, HD_KIND_FREE),
                "\xe2\x82\xac"
                "b");
    parts[0].slice.step = 2;
    parts[0].slice.has_stop = false;
    assert_text(&f, copy_of(&f, parts, 1, 0, HD_KIND_FREE),
                "\xe2\x82\xac"
                "c");
    fixture_down(&f);
}

static void contains_and_equals(void **state)
{
    struct fixture f;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = list_of(&f, 0, 3);
    assert_true(holds_true(&f, HD_OP_CONTAINS, list, new_float(&f, 2.0)));
    assert_true(holds_true(&f, HD_OP_CONTAINS, new_str(&f, "hello"), new_str(&f, "ell")));
    (void)item_op(&f, HD_OP_CONTAINS, new_int(&f, 1), list);
    assert_refused(&f, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                   "argument of type 'int' is not iterable");
    assert_true(holds_true(&f, HD_OP_EQUALS, list, list_of(&f, 0, 3)));
    fixture_down(&f);
}

static void a_nan_equals_itself_as_an_item_only(void **state)
{
    struct fixture f;
    uint64_t nan_id;
    uint64_t list;
    uint64_t other;
    uint64_t number;

    (void)state;
    fixture_up(&f);
    nan_id = new_float(&f, NAN);
    number = new_float(&f, 2.5);
    list = list_of(&f, 0, 0);
    other = list_of(&f, 0, 0);
    assert_int_equal(append(&f, list, nan_id), HD_OK);
    assert_int_equal(append(&f, other, nan_id), HD_OK);
    assert_false(holds_true(&f, HD_OP_EQUALS, nan_id, nan_id));
    assert_true(holds_true(&f, HD_OP_EQUALS, number, number));
    assert_true(holds_true(&f, HD_OP_EQUALS, list, list));
    assert_true(holds_true(&f, HD_OP_EQUALS, list, other));
    assert_true(holds_true(&f, HD_OP_CONTAINS, list, nan_id));
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_errors_show_the_key),
        cmocka_unit_test(a_set_is_sought_as_a_frozenset),
        cmocka_unit_test(lists_insert_set_get_and_delete),
        cmocka_unit_test(slices_are_deleted_as_python_does),
        cmocka_unit_test(pop_gives_and_takes),
        cmocka_unit_test(dicts_keep_keys_and_replace_values),
        cmocka_unit_test(sets_add_discard_remove_and_pop),
        cmocka_unit_test(remove_is_by_value),
        cmocka_unit_test(extend_is_all_or_nothing),
        cmocka_unit_test(update_replaces_and_adds),
        cmocka_unit_test(a_copy_is_tracked_as_the_dict_is),
        cmocka_unit_test(attributes_belong_to_instances),
        cmocka_unit_test(texts_are_subscripted_and_interned),
        cmocka_unit_test(copies_slice_join_and_repeat),
        cmocka_unit_test(contains_and_equals),
        cmocka_unit_test(a_nan_equals_itself_as_an_item_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
