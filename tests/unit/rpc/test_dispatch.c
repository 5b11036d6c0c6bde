/* SPDX-License-Identifier: MIT */
#include "rpc/dispatch.h"
#include "wire/shape.h"

#include <string.h>

#include "heapd/v1/batch.pb-c.h"
#include "lib/testlib.h"

static const struct hd_service *const services[] = {
    &hd_service_object, &hd_service_name,         &hd_service_collector, &hd_service_heap,
    &hd_service_batch,  &hd_service_session,      &hd_service_finalizer, &hd_service_server,
    &hd_service_event,  &hd_service_event_stream,
};

static enum hd_status find(const char *service, const char *method, struct hd_entry *ret_entry,
                           struct hd_error *error)
{
    struct hd_dispatch *dispatch = test_malloc(sizeof *dispatch);
    const struct hd_entry *entry;
    enum hd_status status;

    hd_error_clear(error);
    hd_dispatch_init(dispatch);
    status =
        hd_dispatch_find(dispatch, hd_bytes_of(service), hd_bytes_of(method), &entry, error);
    if (status == HD_OK) {
        *ret_entry = *entry;
    }
    test_free(dispatch);
    return status;
}

/* [wire.inv.oneof] Messages are not recursive. */
static void check_oneofs(const ProtobufCMessageDescriptor *type)
{
    for (unsigned i = 0; i < type->n_fields; i++) {
        for (unsigned j = i + 2; j < type->n_fields; j++) {
            if (hd_shape_is_either(&type->fields[i], &type->fields[j])) {
                assert_true(hd_shape_is_either(&type->fields[i], &type->fields[j - 1]));
            }
        }
        if (type->fields[i].type == PROTOBUF_C_TYPE_MESSAGE) {
            check_oneofs(type->fields[i].descriptor);
        }
    }
}

static void members_of_a_oneof_stand_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        for (size_t j = 0; j < services[i]->count; j++) {
            check_oneofs(services[i]->methods[j].request);
            check_oneofs(services[i]->methods[j].response);
        }
    }
}

static void every_method_is_found_by_its_name(void **state)
{
    struct hd_entry entry;
    struct hd_error error;

    (void)state;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        for (size_t j = 0; j < services[i]->count; j++) {
            const struct hd_method *method = &services[i]->methods[j];
            enum hd_status status = find(services[i]->name, method->name, &entry, &error);

            if (!method->built) {
                assert_int_equal(status, HD_UNIMPLEMENTED);
                assert_int_equal(error.reason, HD_REASON_NOT_BUILT);
                continue;
            }
            assert_int_equal(status, HD_OK);
            assert_ptr_equal(entry.method, method);
            assert_ptr_equal(entry.service, services[i]);
        }
    }
}

/* Messages are named after their method, but where two services have one of the same name. */
static void every_method_has_the_messages_of_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        for (size_t j = 0; j < services[i]->count; j++) {
            const struct hd_method *method = &services[i]->methods[j];
            const char *request = method->request->short_name;
            const char *response = method->response->short_name;
            size_t size = strlen(method->name);
            const char *stem = strstr(request, method->name);

            assert_non_null(stem);
            assert_string_equal(stem + size, "Request");
            assert_memory_equal(request, response, (size_t)(stem - request) + size);
            assert_string_equal(response + (stem - request) + size, "Response");
        }
    }
}

static void the_unknown_is_named(void **state)
{
    struct hd_entry entry;
    struct hd_error error;

    (void)state;
    assert_int_equal(find("heapd.v1.ObjectService", "create", &entry, &error),
                     HD_UNIMPLEMENTED);
    assert_string_equal(error.text, "method create");
    assert_int_equal(error.reason, HD_REASON_NO_SUCH_METHOD);
    assert_int_equal(find("", "", &entry, &error), HD_UNIMPLEMENTED);
    assert_string_equal(error.text, "service ");
    assert_int_equal(error.reason, HD_REASON_NO_SUCH_SERVICE);
    assert_int_equal(find("heapd.v1.NameService", "Create", &entry, &error), HD_UNIMPLEMENTED);
    assert_string_equal(error.text, "method Create");
}

static void every_operation_of_a_batch_is_a_method(void **state)
{
    const ProtobufCMessageDescriptor *operation = &heapd__v1__operation__descriptor;
    struct hd_dispatch *dispatch = test_malloc(sizeof *dispatch);

    (void)state;
    hd_dispatch_init(dispatch);
    for (unsigned i = 0; i < operation->n_fields; i++) {
        const struct hd_method *method = dispatch->batch[operation->fields[i].id];

        assert_non_null(method);
        assert_true(method->built);
        assert_ptr_equal(method->request, operation->fields[i].descriptor);
        /* It has a result exactly if its response has fields. */
        assert_int_equal(dispatch->batch_has_result[operation->fields[i].id],
                         method->response->n_fields > 0);
    }
    assert_null(dispatch->batch[0]);
    test_free(dispatch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_a_oneof_stand_together),
        cmocka_unit_test(every_method_is_found_by_its_name),
        cmocka_unit_test(every_method_has_the_messages_of_its_name),
        cmocka_unit_test(the_unknown_is_named),
        cmocka_unit_test(every_operation_of_a_batch_is_a_method),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
