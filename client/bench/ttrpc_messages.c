/* SPDX-License-Identifier: MIT */
#include "ttrpc_messages.h"

#include <stdlib.h>
#include <string.h>

#include "framing.h"
#include "heapd/v1/batch.pb-c.h"
#include "ttrpc/envelope.pb-c.h"

/* The messages of one step, which point at each other. */
struct messages {
    union {
        Heapd__V1__CreateRequest create;
        Heapd__V1__HoldRequest hold;
        Heapd__V1__ReleaseRequest release;
        Heapd__V1__BindRequest bind;
        Heapd__V1__DeleteRequest delete_;
        Heapd__V1__AppendRequest append;
        Heapd__V1__PopRequest pop;
        Heapd__V1__GetRequest get;
        Heapd__V1__GetRefcountsRequest refcounts;
    } request;
    Heapd__V1__NewObject object;
    Heapd__V1__Operands operands;
    Heapd__V1__ObjectRef container;
    Heapd__V1__ObjectRef item;
    uint64_t id;
    uint32_t result;
    char name[BENCH_HEX_DIGITS + 1];
};

static void *begin(struct messages *m, const ProtobufCMessageDescriptor *type)
{
    protobuf_c_message_init(type, &m->request);
    heapd__v1__new_object__init(&m->object);
    heapd__v1__operands__init(&m->operands);
    heapd__v1__object_ref__init(&m->container);
    heapd__v1__object_ref__init(&m->item);
    bench_put_hex((uint8_t *)m->name, bench_mark(BENCH_NAME));
    return &m->request;
}

static Heapd__V1__ObjectRef *by_id(Heapd__V1__ObjectRef *ref, enum bench_source source)
{
    ref->by_case = HEAPD__V1__OBJECT_REF__BY_ID;
    ref->id = bench_mark(source);
    return ref;
}

static Heapd__V1__Operands *one_id(struct messages *m, enum bench_source source)
{
    m->id = bench_mark(source);
    m->operands.n_ids = 1;
    m->operands.ids = &m->id;
    return &m->operands;
}

static enum hdc_method_id fill_create(struct messages *m, uint8_t *payload, uint32_t size)
{
    Heapd__V1__CreateRequest *create = begin(m, &heapd__v1__create_request__descriptor);

    create->object = &m->object;
    if (payload == NULL) {
        m->object.value_case = HEAPD__V1__NEW_OBJECT__VALUE_LIST;
        m->object.list = &m->operands;
    } else {
        m->object.value_case = HEAPD__V1__NEW_OBJECT__VALUE_BYTES_VALUE;
        m->object.bytes_value.data = payload;
        m->object.bytes_value.len = size;
    }
    return HDC_CREATE;
}

static enum hdc_method_id fill_name(struct messages *m, bool bind)
{
    if (bind) {
        Heapd__V1__BindRequest *request = begin(m, &heapd__v1__bind_request__descriptor);

        request->name = m->name;
        request->object = by_id(&m->item, BENCH_OBJECT);
        request->scope = HEAPD__V1__SCOPE__SCOPE_HEAP; /* seen by all, as Redis's keys are */
        return HDC_BIND;
    }
    Heapd__V1__DeleteRequest *request = begin(m, &heapd__v1__delete_request__descriptor);

    request->name = m->name;
    request->scope = HEAPD__V1__SCOPE__SCOPE_HEAP;
    return HDC_DELETE;
}

static enum hdc_method_id fill_list(struct messages *m, bool append)
{
    if (append) {
        Heapd__V1__AppendRequest *request = begin(m, &heapd__v1__append_request__descriptor);

        request->container = by_id(&m->container, BENCH_LIST);
        request->item = by_id(&m->item, BENCH_OBJECT);
        return HDC_APPEND;
    }
    Heapd__V1__PopRequest *request = begin(m, &heapd__v1__pop_request__descriptor);

    request->container = by_id(&m->container, BENCH_LIST);
    return HDC_POP;
}

/* Hold, Release, GetRefcounts and Get have their operands at the same place. */
static Heapd__V1__Operands **fill_operands(struct messages *m, enum hdc_method_id method)
{
    (void)begin(m, hdc_method(method)->request);
    switch (method) {
    case HDC_HOLD:
        return &m->request.hold.objects;
    case HDC_RELEASE:
        return &m->request.release.objects;
    case HDC_GET_REFCOUNTS:
        return &m->request.refcounts.objects;
    default: /* what Redis's GET answers is the value */
        m->request.get.value_only = true;
        return &m->request.get.objects;
    }
}

static enum hdc_method_id fill_ids(struct messages *m, enum hdc_method_id method,
                                   enum bench_source source)
{
    Heapd__V1__Operands **objects = fill_operands(m, method);

    *objects = one_id(m, source);
    return method;
}

static enum hdc_method_id fill_column(struct messages *m, enum hdc_method_id method,
                                      uint64_t *ids, size_t count)
{
    Heapd__V1__Operands **objects = fill_operands(m, method);

    *objects = &m->operands;
    m->operands.n_ids = count;
    m->operands.ids = ids;
    return method;
}

static enum hdc_method_id fill_release_created(struct messages *m, int created)
{
    Heapd__V1__Operands **objects = fill_operands(m, HDC_RELEASE);

    if (created < 0) {
        *objects = one_id(m, BENCH_RING);
    } else {
        m->result = (uint32_t)created;
        m->operands.n_results = 1;
        m->operands.results = &m->result;
        *objects = &m->operands;
    }
    return HDC_RELEASE;
}

struct room {
    uint8_t *payload;
    uint64_t *ids;
    size_t ids_count;
};

static enum hdc_method_id fill(struct messages *m, enum bench_step step, uint32_t payload,
                               int created, const struct room *room)
{
    switch (step) {
    case BENCH_CREATE:
    case BENCH_MAKE_OBJECT:
        return fill_create(m, room->payload, payload);
    case BENCH_MAKE_LIST:
        return fill_create(m, NULL, 0);
    case BENCH_RELEASE_CREATED:
        return fill_release_created(m, created);
    case BENCH_HOLD:
        return fill_ids(m, HDC_HOLD, BENCH_COUNT);
    case BENCH_RELEASE:
        return fill_ids(m, HDC_RELEASE, BENCH_COUNT);
    case BENCH_BIND:
    case BENCH_DELETE:
        return fill_name(m, step == BENCH_BIND);
    case BENCH_APPEND:
    case BENCH_POP:
        return fill_list(m, step == BENCH_APPEND);
    case BENCH_GET:
        return fill_ids(m, HDC_GET, BENCH_OBJECT);
    case BENCH_BULK_HOLD:
        return fill_column(m, HDC_HOLD, room->ids, room->ids_count);
    case BENCH_BULK_RELEASE:
        return fill_column(m, HDC_RELEASE, room->ids, room->ids_count);
    case BENCH_BULK_REFCOUNTS:
        return fill_column(m, HDC_GET_REFCOUNTS, room->ids, room->ids_count);
    case BENCH_DROP_OBJECT:
        return fill_ids(m, HDC_RELEASE, BENCH_OBJECT);
    case BENCH_DROP_LIST:
        return fill_ids(m, HDC_RELEASE, BENCH_LIST);
    default:
        return HDC_METHOD_COUNT; /* nothing to be done */
    }
}

static bool pack(const ProtobufCMessage *message, uint8_t **ret_bytes, size_t *ret_size)
{
    size_t size = protobuf_c_message_get_packed_size(message);

    *ret_bytes = malloc(size + 1);
    if (*ret_bytes == NULL) {
        return false;
    }
    *ret_size = protobuf_c_message_pack(message, *ret_bytes);
    return true;
}

bool bench_pack_step(enum bench_step step, const struct bench_options *options, int created,
                     enum hdc_method_id *ret_method, uint8_t **ret_bytes, size_t *ret_size)
{
    struct messages m = {0};
    struct room room = {.ids_count = options->batch > 0 ? options->batch : 1};
    bool packed = false;

    room.payload = malloc((size_t)options->payload + 1);
    room.ids = malloc(room.ids_count * sizeof(uint64_t));
    if (room.payload != NULL && room.ids != NULL) {
        memset(room.payload, 'x', options->payload);
        for (size_t i = 0; i < room.ids_count; i++) {
            room.ids[i] = bench_mark(BENCH_BULK);
        }
        *ret_method = fill(&m, step, options->payload, created, &room);
        *ret_size = 0;
        *ret_bytes = NULL;
        packed = *ret_method == HDC_METHOD_COUNT ||
                 pack((const ProtobufCMessage *)&m.request, ret_bytes, ret_size);
    }
    free(room.payload);
    free(room.ids);
    return packed;
}

bool bench_pack_frame(const struct bench_options *options, enum hdc_method_id method,
                      uint8_t *payload, size_t size, uint8_t **ret_bytes, size_t *ret_size)
{
    Ttrpc__Request request = TTRPC__REQUEST__INIT;
    Ttrpc__KeyValue heap = TTRPC__KEY_VALUE__INIT;
    Ttrpc__KeyValue *metadata[] = {&heap};
    char key[] = "heapd-heap";
    const struct hdc_method *row = hdc_method(method);
    size_t room;

    request.service = (char *)(uintptr_t)row->service; /* only read from */
    request.method = (char *)(uintptr_t)row->method;
    request.payload.data = payload;
    request.payload.len = size;
    if (options->heap != NULL) {
        heap.key = key;
        heap.value = (char *)(uintptr_t)options->heap;
        request.n_metadata = 1;
        request.metadata = metadata;
    }
    room = ttrpc__request__get_packed_size(&request);
    *ret_bytes = malloc(HDC_FRAME_HEADER + room);
    if (*ret_bytes != NULL) {
        *ret_size =
            HDC_FRAME_HEADER + ttrpc__request__pack(&request, *ret_bytes + HDC_FRAME_HEADER);
        hdc_frame_header(*ret_bytes, (uint32_t)room, 0, HDC_TYPE_REQUEST, 0);
    }
    free(payload);
    return *ret_bytes != NULL;
}
