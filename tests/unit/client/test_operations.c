/* SPDX-License-Identifier: MIT */
#include "operations.h"

#include <string.h>

#include "fake_peer.h"
#include "heapd/v1/batch.pb-c.h"

static const uint8_t *bytes_of(const struct heapd_batch *batch)
{
    return hdc_buffer_front(&batch->requests);
}

static void an_append_has_golden_bytes(void **state)
{
    static const uint8_t append[] = {
        0x0a, 0x11,                                                       /* operations */
        0x32, 0x0f,                                                       /* append */
        0x0a, 0x09, 0x09, 0x2a, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00, /* container: id */
        0x12, 0x02, 0x18, 0x01,                                           /* item: result */
    };
    struct heapd_batch *batch = heapd_batch_new();

    (void)state;
    assert_int_equal(heapd_batch_append(batch, heapd_id(0x70000002a), heapd_result(1)), 0);
    assert_int_equal(heapd_batch_bytes(batch), sizeof(append));
    assert_memory_equal(bytes_of(batch), append, sizeof(append));
    heapd_batch_free(batch);
}

static void a_create_has_golden_bytes(void **state)
{
    static const uint8_t golden[] = {
        0x0a, 0x12,                             /* operations */
        0x0a, 0x10,                             /* create */
        0x0a, 0x03, 0x18, 0xd0, 0x0f,           /* object: int_value 1000 */
        0x1a, 0x09,                             /* bind */
        0x0a, 0x05, 'h',  'e',  'l',  'l', 'o', /* name */
        0x10, 0x03,                             /* scope: heap */
    };
    struct heapd_batch *batch = heapd_batch_new();

    (void)state;
    assert_int_equal(heapd_batch_create(batch, heapd_new_int(1000),
                                        heapd_keep_name("hello", HEAPD_SCOPE_HEAP)),
                     0);
    assert_int_equal(heapd_batch_bytes(batch), sizeof(golden));
    assert_memory_equal(bytes_of(batch), golden, sizeof(golden));
    heapd_batch_free(batch);
}

/* Whatever is added, the bytes are an ExecuteRequest that says it. */
static Heapd__V1__ExecuteRequest *decode(const struct heapd_batch *batch)
{
    Heapd__V1__ExecuteRequest *request =
        heapd__v1__execute_request__unpack(NULL, heapd_batch_bytes(batch), bytes_of(batch));

    assert_non_null(request);
    return request;
}

static void operands_take_the_cheapest_column(void **state)
{
    const struct heapd_ref ids[] = {heapd_id(1), heapd_id(2)};
    const struct heapd_ref results[] = {heapd_result(0), heapd_result(0)};
    const struct heapd_ref mixed[] = {heapd_id(1), heapd_name("x"), heapd_result(3)};
    struct heapd_batch *batch = heapd_batch_new();
    Heapd__V1__ExecuteRequest *request;
    const Heapd__V1__Operands *list;

    (void)state;
    (void)heapd_batch_create(batch, heapd_new_list(ids, 2), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_tuple(results, 2), heapd_keep_batch());
    (void)heapd_batch_create(batch, heapd_new_set(mixed, 3), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_frozenset(NULL, 0), heapd_keep_hold());
    request = decode(batch);
    assert_int_equal(request->n_operations, 4);

    list = request->operations[0]->create->object->list;
    assert_int_equal(list->n_ids, 2);
    assert_true(list->ids[1] == 2);
    assert_int_equal(request->operations[0]->create->place_case,
                     HEAPD__V1__CREATE_REQUEST__PLACE__NOT_SET);

    assert_int_equal(request->operations[1]->create->object->value_case,
                     HEAPD__V1__NEW_OBJECT__VALUE_TUPLE);
    assert_int_equal(request->operations[1]->create->object->tuple->n_results, 2);
    assert_int_equal(request->operations[1]->create->place_case,
                     HEAPD__V1__CREATE_REQUEST__PLACE_HOLD);
    assert_false(request->operations[1]->create->hold);

    list = request->operations[2]->create->object->set;
    assert_int_equal(list->n_refs, 3);
    assert_string_equal(list->refs[1]->name, "x");
    assert_int_equal(list->refs[2]->result, 3);

    assert_int_equal(request->operations[3]->create->object->value_case,
                     HEAPD__V1__NEW_OBJECT__VALUE_FROZENSET);
    assert_non_null(request->operations[3]->create->object->frozenset);
    heapd__v1__execute_request__free_unpacked(request, NULL);
    heapd_batch_free(batch);
}

static void every_kind_says_what_it_is(void **state)
{
    static const char *const names[] = {"left", "right"};
    const struct heapd_ref refs[] = {heapd_id(1), heapd_id(2)};
    struct heapd_batch *batch = heapd_batch_new();
    Heapd__V1__ExecuteRequest *request;
    const Heapd__V1__NewObject *object;

    (void)state;
    (void)heapd_batch_create(batch, heapd_new_none(), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_bool(false), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_int(INT64_MIN), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_float(3.14), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_interned("a\0b", 3), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_bytes("", 0), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_dict(refs, refs, 2), heapd_keep_hold());
    (void)heapd_batch_create(batch, heapd_new_instance("Node", names, refs, 2),
                             heapd_keep_attribute(heapd_id(9), "next"));
    request = decode(batch);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(request->operations[i]->create->object->value_case, i + 1);
    }
    assert_true(request->operations[2]->create->object->int_value == INT64_MIN);
    object = request->operations[4]->create->object;
    assert_true(object->interned);
    assert_int_equal(object->str_value.len, 3);
    assert_int_equal(request->operations[6]->create->object->dict->values->n_ids, 2);
    object = request->operations[7]->create->object;
    assert_string_equal(object->instance->class_name, "Node");
    assert_string_equal(object->instance->names[1], "right");
    assert_string_equal(request->operations[7]->create->store->attribute, "next");
    heapd__v1__execute_request__free_unpacked(request, NULL);
    heapd_batch_free(batch);
}

static void places_and_parts_are_said(void **state)
{
    const struct heapd_slice tail = {.has_start = true, .start = -2};
    const struct heapd_part parts[] = {{.source = heapd_id(1)},
                                       {.source = heapd_id(2), .sliced = true, .slice = tail}};
    const struct heapd_expect absent = {.absent = true};
    const struct heapd_argument arguments[] = {{"x", heapd_id(5)}, {"y", heapd_nothing()}};
    struct heapd_batch *batch = heapd_batch_new();
    Heapd__V1__ExecuteRequest *request;

    (void)state;
    (void)heapd_batch_get_item(batch, heapd_id(1), heapd_at_index(-1),
                               HEAPD_HOLD | HEAPD_MISSING_OK);
    (void)heapd_batch_del_item(batch, heapd_id(1), heapd_at_slice(tail));
    (void)heapd_batch_pop(batch, heapd_id(1), heapd_at_nothing(), 0);
    (void)heapd_batch_copy(batch, parts, 2, 3, HEAPD_KIND_LIST, HEAPD_HOLD);
    (void)heapd_batch_bind(batch, "n", heapd_result(3), HEAPD_SCOPE_MODULE, &absent);
    (void)heapd_batch_call(batch, "f", arguments, 2);
    (void)heapd_batch_return(batch, heapd_nothing());
    request = decode(batch);
    assert_int_equal(request->operations[0]->get_item->at->index, -1);
    assert_true(request->operations[0]->get_item->hold);
    assert_true(request->operations[0]->get_item->missing_ok);
    assert_int_equal(request->operations[1]->del_item->at->slice->start, -2);
    assert_int_equal(request->operations[1]->del_item->at->slice->to_case, 0);
    assert_null(request->operations[2]->pop->at);
    assert_int_equal(request->operations[3]->copy->n_parts, 2);
    assert_null(request->operations[3]->copy->parts[0]->slice);
    assert_non_null(request->operations[3]->copy->parts[1]->slice);
    assert_int_equal(request->operations[4]->bind->expect->what_case,
                     HEAPD__V1__EXPECTATION__WHAT_ABSENT);
    assert_null(request->operations[5]->call->arguments[1]->object);
    assert_null(request->operations[6]->return_->object);
    heapd__v1__execute_request__free_unpacked(request, NULL);
    heapd_batch_free(batch);
}

static void a_batch_can_be_used_again(void **state)
{
    struct heapd_batch *batch = heapd_batch_new();

    (void)state;
    assert_int_equal(heapd_batch_clear(batch, heapd_id(1)), 0);
    assert_int_equal(heapd_batch_clear(batch, heapd_id(2)), 1);
    heapd_batch_reset(batch);
    assert_int_equal(heapd_batch_count(batch), 0);
    assert_int_equal(heapd_batch_bytes(batch), 0);
    assert_int_equal(heapd_batch_clear(batch, heapd_id(3)), 0);
    assert_false(heapd_batch_is_done(batch));
    assert_int_equal(heapd_batch_status(batch, NULL, NULL), HEAPD_UNKNOWN);
    heapd_batch_free(batch);
    heapd_batch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_append_has_golden_bytes),
        cmocka_unit_test(a_create_has_golden_bytes),
        cmocka_unit_test(operands_take_the_cheapest_column),
        cmocka_unit_test(every_kind_says_what_it_is),
        cmocka_unit_test(places_and_parts_are_said),
        cmocka_unit_test(a_batch_can_be_used_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
