/* SPDX-License-Identifier: MIT */
/* ttrpc_batch.c: packed requests, made operations of one Execute. */
#include <stdlib.h>

#include "heapd/v1/batch.pb-c.h"
#include "ttrpc_messages.h"

static bool add_operation(Heapd__V1__Operation *operation, enum hdc_method_id method,
                          const uint8_t *bytes, size_t size)
{
    ProtobufCMessage *request =
        protobuf_c_message_unpack(hdc_method(method)->request, NULL, size, bytes);

    heapd__v1__operation__init(operation);
    operation->op_case = (Heapd__V1__Operation__OpCase)hdc_method(method)->number;
    operation->create = (void *)request; /* any member: they share the place */
    return request != NULL;
}

bool bench_pack_batch(const enum hdc_method_id *methods, uint8_t *const *requests,
                      const size_t *sizes, size_t count, uint8_t **ret_bytes, size_t *ret_size)
{
    Heapd__V1__ExecuteRequest execute = HEAPD__V1__EXECUTE_REQUEST__INIT;
    Heapd__V1__Operation *operations = calloc(count, sizeof(*operations));
    Heapd__V1__Operation **pointers = calloc(count, sizeof(Heapd__V1__Operation *));
    bool good = operations != NULL && pointers != NULL;

    for (size_t i = 0; good && i < count; i++) {
        good = add_operation(&operations[i], methods[i], requests[i], sizes[i]);
        pointers[i] = &operations[i];
    }
    if (good) {
        execute.n_operations = count;
        execute.operations = pointers;
        *ret_bytes = malloc(heapd__v1__execute_request__get_packed_size(&execute) + 1);
        good = *ret_bytes != NULL;
    }
    if (good) {
        *ret_size = heapd__v1__execute_request__pack(&execute, *ret_bytes);
    }
    for (size_t i = 0; operations != NULL && i < count; i++) {
        ProtobufCMessage *request = (ProtobufCMessage *)(void *)operations[i].create;

        if (request != NULL) {
            protobuf_c_message_free_unpacked(request, NULL);
        }
    }
    free(operations);
    free(pointers);
    return good;
}
