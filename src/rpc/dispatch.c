/* SPDX-License-Identifier: MIT */
/* dispatch.c: a hashed index, open addressing, filled once; a look-up compares two strings. */
#include "rpc/dispatch.h"

#include "base/check.h"
#include "heapd/v1/batch.pb-c.h"

static const struct hd_service *const services[] = {
    &hd_service_object,
    &hd_service_name,
    &hd_service_collector,
    &hd_service_heap,
    &hd_service_batch,
    &hd_service_session,
    &hd_service_finalizer,
    &hd_service_server,
    &hd_service_event,
    &hd_service_event_stream,
    &hd_service_finalizer_stream,
};

#define SERVICE_COUNT (sizeof services / sizeof services[0])

/* Takes what differs between our names: sizes, and a letter of either. */
static size_t index_of(struct hd_bytes service, struct hd_bytes method)
{
    size_t mix = service.size * 7 + method.size * 31;

    if (service.size > 10 && method.size > 1) {
        mix += (size_t)(unsigned char)service.data[9] * 5 +
               (size_t)(unsigned char)method.data[0] * 13 +
               (size_t)(unsigned char)method.data[method.size - 1] * 3;
    }
    return mix & (HD_DISPATCH_SLOTS - 1);
}

static bool is_entry(const struct hd_entry *entry, struct hd_bytes service,
                     struct hd_bytes method)
{
    return hd_bytes_equal(method, entry->method_name) &&
           hd_bytes_equal(service, entry->service_name);
}

/* The entry, or the free place where it would stand. */
static inline const struct hd_entry *find(const struct hd_dispatch *dispatch,
                                          struct hd_bytes service, struct hd_bytes method)
{
    size_t at = index_of(service, method);

    while (dispatch->slots[at].method != NULL &&
           !is_entry(&dispatch->slots[at], service, method)) {
        at = (at + 1) & (HD_DISPATCH_SLOTS - 1);
    }
    return &dispatch->slots[at];
}

static void add_service(struct hd_dispatch *dispatch, const struct hd_service *service)
{
    for (size_t i = 0; i < service->count; i++) {
        const struct hd_method *method = &service->methods[i];
        struct hd_entry entry = {service, method, hd_bytes_of(service->name),
                                 hd_bytes_of(method->name)};
        size_t at = index_of(entry.service_name, entry.method_name);

        while (dispatch->slots[at].method != NULL) {
            at = (at + 1) & (HD_DISPATCH_SLOTS - 1);
        }
        dispatch->slots[at] = entry;
    }
}

static const struct hd_method *method_of(const ProtobufCMessageDescriptor *request)
{
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        for (size_t j = 0; j < services[i]->count; j++) {
            if (services[i]->methods[j].request == request) {
                return &services[i]->methods[j];
            }
        }
    }
    return NULL;
}

/* The operations of a batch are the requests of methods: the descriptors say which. */
static void add_batch(struct hd_dispatch *dispatch)
{
    const ProtobufCMessageDescriptor *operation = &heapd__v1__operation__descriptor;
    const ProtobufCMessageDescriptor *result = &heapd__v1__operation_result__descriptor;

    for (unsigned i = 0; i < operation->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &operation->fields[i];

        HD_CHECK(field->id < HD_BATCH_FIELDS);
        dispatch->batch[field->id] = method_of(field->descriptor);
        dispatch->batch_has_result[field->id] =
            protobuf_c_message_descriptor_get_field(result, field->id) != NULL;
        HD_CHECK(dispatch->batch[field->id] != NULL);
    }
}

void hd_dispatch_init(struct hd_dispatch *dispatch)
{
    *dispatch = (struct hd_dispatch){0};
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        add_service(dispatch, services[i]);
    }
    add_batch(dispatch);
}

static bool is_service(struct hd_bytes name)
{
    for (size_t i = 0; i < SERVICE_COUNT; i++) {
        if (hd_bytes_equal(name, hd_bytes_of(services[i]->name))) {
            return true;
        }
    }
    return false;
}

static enum hd_status not_found(struct hd_bytes service, struct hd_bytes method,
                                struct hd_error *error)
{
    if (!is_service(service)) {
        return hd_fail(error, HD_UNIMPLEMENTED, HD_REASON_NO_SUCH_SERVICE, "service %.*s",
                       (int)(service.size < 200 ? service.size : 200), service.data);
    }
    return hd_fail(error, HD_UNIMPLEMENTED, HD_REASON_NO_SUCH_METHOD, "method %.*s",
                   (int)(method.size < 200 ? method.size : 200), method.data);
}

const struct hd_entry *hd_dispatch_look_up(const struct hd_dispatch *dispatch,
                                           struct hd_bytes service, struct hd_bytes method)
{
    const struct hd_entry *entry = find(dispatch, service, method);

    return entry->method != NULL && entry->method->built ? entry : NULL;
}

enum hd_status hd_dispatch_find(const struct hd_dispatch *dispatch, struct hd_bytes service,
                                struct hd_bytes method, const struct hd_entry **ret_entry,
                                struct hd_error *error)
{
    const struct hd_entry *entry = find(dispatch, service, method);

    if (entry->method == NULL) {
        return not_found(service, method, error);
    }
    if (!entry->method->built) {
        return hd_fail(error, HD_UNIMPLEMENTED, HD_REASON_NOT_BUILT,
                       "%s of %s is not built in this version", entry->method->name,
                       entry->service->name);
    }
    *ret_entry = entry;
    return HD_OK;
}
