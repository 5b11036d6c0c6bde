/* SPDX-License-Identifier: MIT */
#include "operand.h"

char *hdc_text(const char *text)
{
    union {
        const char *in;
        char *out;
    } cast = {.in = text != NULL ? text : ""};

    return cast.out;
}

static uint8_t *borrowed_bytes(const void *data)
{
    union {
        const void *in;
        uint8_t *out;
    } cast = {.in = data};

    return cast.out;
}

static void fill_ref(const struct heapd_ref *ref, Heapd__V1__ObjectRef *message)
{
    heapd__v1__object_ref__init(message);
    switch (ref->by) {
    case HEAPD_BY_ID:
        message->by_case = HEAPD__V1__OBJECT_REF__BY_ID;
        message->id = ref->id;
        break;
    case HEAPD_BY_NAME:
        message->by_case = HEAPD__V1__OBJECT_REF__BY_NAME;
        message->name = hdc_text(ref->name);
        break;
    case HEAPD_BY_RESULT:
        message->by_case = HEAPD__V1__OBJECT_REF__BY_RESULT;
        message->result = ref->result;
        break;
    case HEAPD_BY_NOTHING:
        break;
    }
}

Heapd__V1__ObjectRef *hdc_ref(struct heapd_batch *batch, const struct heapd_ref *ref)
{
    Heapd__V1__ObjectRef *message;

    if (ref->by == HEAPD_BY_NOTHING) {
        return NULL;
    }
    message = hdc_batch_take(batch, 1, sizeof(*message));
    if (message != NULL) {
        fill_ref(ref, message);
    }
    return message;
}

static bool all_by(const struct heapd_ref *refs, size_t count, enum heapd_by by)
{
    for (size_t i = 0; i < count; i++) {
        if (refs[i].by != by) {
            return false;
        }
    }
    return true;
}

static void fill_ids(struct heapd_batch *batch, const struct heapd_ref *refs, size_t count,
                     Heapd__V1__Operands *message)
{
    message->ids = hdc_batch_take(batch, count, sizeof(uint64_t));
    if (message->ids == NULL) {
        return;
    }
    message->n_ids = count;
    for (size_t i = 0; i < count; i++) {
        message->ids[i] = refs[i].id;
    }
}

static void fill_results(struct heapd_batch *batch, const struct heapd_ref *refs, size_t count,
                         Heapd__V1__Operands *message)
{
    message->results = hdc_batch_take(batch, count, sizeof(uint32_t));
    if (message->results == NULL) {
        return;
    }
    message->n_results = count;
    for (size_t i = 0; i < count; i++) {
        message->results[i] = refs[i].result;
    }
}

static void fill_mixed(struct heapd_batch *batch, const struct heapd_ref *refs, size_t count,
                       Heapd__V1__Operands *message)
{
    Heapd__V1__ObjectRef *each = hdc_batch_take(batch, count, sizeof(*each));

    message->refs = hdc_batch_take(batch, count, sizeof(each));
    if (each == NULL || message->refs == NULL) {
        return;
    }
    message->n_refs = count;
    for (size_t i = 0; i < count; i++) {
        fill_ref(&refs[i], &each[i]);
        message->refs[i] = &each[i];
    }
}

Heapd__V1__Operands *hdc_refs(struct heapd_batch *batch, const struct heapd_ref *refs,
                              size_t count)
{
    Heapd__V1__Operands *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message == NULL) {
        return NULL;
    }
    heapd__v1__operands__init(message);
    if (all_by(refs, count, HEAPD_BY_ID)) {
        fill_ids(batch, refs, count, message);
    } else if (all_by(refs, count, HEAPD_BY_RESULT)) {
        fill_results(batch, refs, count, message);
    } else {
        fill_mixed(batch, refs, count, message);
    }
    return message;
}

static Heapd__V1__Pairs *pairs(struct heapd_batch *batch, const struct heapd_new *object)
{
    Heapd__V1__Pairs *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message != NULL) {
        heapd__v1__pairs__init(message);
        message->keys = hdc_refs(batch, object->items, object->count);
        message->values = hdc_refs(batch, object->values, object->count);
    }
    return message;
}

static Heapd__V1__NewInstance *instance(struct heapd_batch *batch,
                                        const struct heapd_new *object)
{
    Heapd__V1__NewInstance *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message == NULL) {
        return NULL;
    }
    heapd__v1__new_instance__init(message);
    message->class_name = hdc_text(object->class_name);
    message->values = hdc_refs(batch, object->values, object->count);
    message->names = hdc_batch_take(batch, object->count, sizeof(char *));
    if (message->names != NULL) {
        message->n_names = object->count;
        for (size_t i = 0; i < object->count; i++) {
            message->names[i] = hdc_text(object->names[i]);
        }
    }
    return message;
}

static void fill_scalar(const struct heapd_new *object, Heapd__V1__NewObject *message)
{
    ProtobufCBinaryData data = {object->size, borrowed_bytes(object->data)};

    switch (object->kind) {
    case HEAPD_KIND_NONE:
        message->none = true;
        break;
    case HEAPD_KIND_BOOL:
        message->bool_value = object->bool_value;
        break;
    case HEAPD_KIND_INT:
        message->int_value = object->int_value;
        break;
    case HEAPD_KIND_FLOAT:
        message->float_value = object->float_value;
        break;
    case HEAPD_KIND_STR:
        message->str_value = data;
        message->interned = object->interned;
        break;
    default:
        message->bytes_value = data;
        break;
    }
}

/* The field numbers of NewObject's value are those of the kinds. */
_Static_assert((int)HEAPD__V1__NEW_OBJECT__VALUE_NONE == (int)HEAPD_KIND_NONE &&
                   (int)HEAPD__V1__NEW_OBJECT__VALUE_INSTANCE == (int)HEAPD_KIND_INSTANCE,
               "NewObject and Kind");

Heapd__V1__NewObject *hdc_new(struct heapd_batch *batch, const struct heapd_new *object)
{
    Heapd__V1__NewObject *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message == NULL) {
        return NULL;
    }
    heapd__v1__new_object__init(message);
    message->value_case = (Heapd__V1__NewObject__ValueCase)object->kind;
    switch (object->kind) {
    case HEAPD_KIND_TUPLE:
    case HEAPD_KIND_LIST:
    case HEAPD_KIND_SET:
    case HEAPD_KIND_FROZENSET:
        message->list = hdc_refs(batch, object->items, object->count);
        break;
    case HEAPD_KIND_DICT:
        message->dict = pairs(batch, object);
        break;
    case HEAPD_KIND_INSTANCE:
        message->instance = instance(batch, object);
        break;
    case HEAPD_KIND_NONE:
    case HEAPD_KIND_BOOL:
    case HEAPD_KIND_INT:
    case HEAPD_KIND_FLOAT:
    case HEAPD_KIND_STR:
    case HEAPD_KIND_BYTES:
        fill_scalar(object, message);
        break;
    default:
        hdc_batch_spoil(batch, HEAPD_INVALID_ARGUMENT, "BAD_ARGUMENT",
                        "objects of this kind are not made by create");
        break;
    }
    return message;
}

static Heapd__V1__Store *store(struct heapd_batch *batch, const struct heapd_keep *keep)
{
    Heapd__V1__Store *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message == NULL) {
        return NULL;
    }
    heapd__v1__store__init(message);
    message->container = hdc_ref(batch, &keep->container);
    switch (keep->how) {
    case HEAPD_KEEP_APPEND:
        message->slot_case = HEAPD__V1__STORE__SLOT_APPEND;
        message->append = true;
        break;
    case HEAPD_KEEP_ADD:
        message->slot_case = HEAPD__V1__STORE__SLOT_ADD;
        message->add = true;
        break;
    case HEAPD_KEEP_INDEX:
        message->slot_case = HEAPD__V1__STORE__SLOT_INDEX;
        message->index = keep->index;
        break;
    case HEAPD_KEEP_KEY:
        message->slot_case = HEAPD__V1__STORE__SLOT_KEY;
        message->key = hdc_ref(batch, &keep->key);
        break;
    default:
        message->slot_case = HEAPD__V1__STORE__SLOT_ATTRIBUTE;
        message->attribute = hdc_text(keep->name);
        break;
    }
    return message;
}

static Heapd__V1__NameTarget *name_target(struct heapd_batch *batch,
                                          const struct heapd_keep *keep)
{
    Heapd__V1__NameTarget *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message != NULL) {
        heapd__v1__name_target__init(message);
        message->name = hdc_text(keep->name);
        message->scope = (Heapd__V1__Scope)keep->scope;
    }
    return message;
}

void hdc_keep(struct heapd_batch *batch, const struct heapd_keep *keep,
              Heapd__V1__CreateRequest *request)
{
    switch (keep->how) {
    case HEAPD_KEEP_HOLD:
        break; /* what is not said means a hold */
    case HEAPD_KEEP_BATCH:
        request->place_case = HEAPD__V1__CREATE_REQUEST__PLACE_HOLD;
        request->hold = false;
        batch->only_batched = true;
        break;
    case HEAPD_KEEP_NAME:
        request->place_case = HEAPD__V1__CREATE_REQUEST__PLACE_BIND;
        request->bind = name_target(batch, keep);
        break;
    default:
        request->place_case = HEAPD__V1__CREATE_REQUEST__PLACE_STORE;
        request->store = store(batch, keep);
        break;
    }
}

Heapd__V1__Slice *hdc_slice(struct heapd_batch *batch, const struct heapd_slice *slice)
{
    Heapd__V1__Slice *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message == NULL) {
        return NULL;
    }
    heapd__v1__slice__init(message);
    if (slice->has_start) {
        message->from_case = HEAPD__V1__SLICE__FROM_START;
        message->start = slice->start;
    }
    if (slice->has_stop) {
        message->to_case = HEAPD__V1__SLICE__TO_STOP;
        message->stop = slice->stop;
    }
    message->step = slice->step;
    return message;
}

Heapd__V1__Subscript *hdc_at(struct heapd_batch *batch, const struct heapd_at *at)
{
    Heapd__V1__Subscript *message;

    if (at->how == HEAPD_AT_NOTHING) {
        return NULL;
    }
    message = hdc_batch_take(batch, 1, sizeof(*message));
    if (message == NULL) {
        return NULL;
    }
    heapd__v1__subscript__init(message);
    if (at->how == HEAPD_AT_INDEX) {
        message->at_case = HEAPD__V1__SUBSCRIPT__AT_INDEX;
        message->index = at->index;
    } else if (at->how == HEAPD_AT_KEY) {
        message->at_case = HEAPD__V1__SUBSCRIPT__AT_KEY;
        message->key = hdc_ref(batch, &at->key);
    } else {
        message->at_case = HEAPD__V1__SUBSCRIPT__AT_SLICE;
        message->slice = hdc_slice(batch, &at->slice);
    }
    return message;
}

Heapd__V1__Expectation *hdc_expect(struct heapd_batch *batch, const struct heapd_expect *expect)
{
    Heapd__V1__Expectation *message;

    if (expect == NULL) {
        return NULL;
    }
    message = hdc_batch_take(batch, 1, sizeof(*message));
    if (message == NULL) {
        return NULL;
    }
    heapd__v1__expectation__init(message);
    if (expect->absent) {
        message->what_case = HEAPD__V1__EXPECTATION__WHAT_ABSENT;
        message->absent = true;
    } else {
        message->what_case = HEAPD__V1__EXPECTATION__WHAT_ID;
        message->id = expect->id;
    }
    return message;
}
