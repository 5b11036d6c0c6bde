/* SPDX-License-Identifier: MIT */
/* convert.c: enums are open ints and oneofs may be unset: all of it is judged here. */
#include "rpc/convert.h"

static enum hd_status bad_operand(struct hd_call *call, const char *what, const char *why)
{
    return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_OPERAND, "%s %s", what,
                   why);
}

static enum hd_status bad_argument(struct hd_call *call, const char *why)
{
    return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, "%s", why);
}

enum hd_status hd_convert_optional(struct hd_call *call, const Heapd__V1__ObjectRef *ref,
                                   const char *what, struct hd_operand *ret_operand)
{
    *ret_operand = (struct hd_operand){.by = HD_BY_NOTHING};
    if (ref == NULL) {
        return HD_OK;
    }
    switch (ref->by_case) {
    case HEAPD__V1__OBJECT_REF__BY_ID:
        ret_operand->by = HD_BY_ID;
        ret_operand->id = ref->id;
        return HD_OK;
    case HEAPD__V1__OBJECT_REF__BY_NAME:
        ret_operand->by = HD_BY_NAME;
        ret_operand->name = hd_bytes_of(ref->name);
        return HD_OK;
    case HEAPD__V1__OBJECT_REF__BY_RESULT:
        ret_operand->by = HD_BY_RESULT;
        ret_operand->result = ref->result;
        return HD_OK;
    default:
        return bad_operand(call, what, "names no object: neither id, name nor result is set");
    }
}

enum hd_status hd_convert_operand(struct hd_call *call, const Heapd__V1__ObjectRef *ref,
                                  const char *what, struct hd_operand *ret_operand)
{
    if (ref == NULL) {
        return bad_operand(call, what, "is not set");
    }
    return hd_convert_optional(call, ref, what, ret_operand);
}

enum hd_status hd_convert_operands(struct hd_call *call, const Heapd__V1__Operands *operands,
                                   struct hd_operands *ret_operands)
{
    struct hd_operand *mixed;

    *ret_operands = (struct hd_operands){0};
    if (operands == NULL) {
        return HD_OK;
    }
    if ((operands->n_ids > 0) + (operands->n_results > 0) + (operands->n_refs > 0) > 1) {
        return bad_operand(call, "Operands", "uses more than one of ids, results and refs");
    }
    if (operands->n_ids > 0) {
        *ret_operands = (struct hd_operands){.count = operands->n_ids, .ids = operands->ids};
    } else if (operands->n_results > 0) {
        ret_operands->count = operands->n_results;
        ret_operands->results = operands->results;
    } else if (operands->n_refs > 0) {
        mixed = hd_call_take_array(call, operands->n_refs, sizeof *mixed);
        if (mixed == NULL) {
            return call->op.error.status;
        }
        for (size_t i = 0; i < operands->n_refs; i++) {
            if (hd_convert_operand(call, operands->refs[i], "Operands.refs", &mixed[i]) !=
                HD_OK) {
                return call->op.error.status;
            }
        }
        *ret_operands = (struct hd_operands){.count = operands->n_refs, .mixed = mixed};
    }
    return HD_OK;
}

enum hd_status hd_convert_scope(struct hd_call *call, Heapd__V1__Scope scope,
                                enum hd_scope *ret_scope)
{
    if ((int)scope < HEAPD__V1__SCOPE__SCOPE_UNSPECIFIED ||
        (int)scope > HEAPD__V1__SCOPE__SCOPE_HEAP) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "scope %d is none of frame, module and heap", (int)scope);
    }
    *ret_scope = (enum hd_scope)scope;
    return HD_OK;
}

enum hd_status hd_convert_kind(struct hd_call *call, Heapd__V1__Kind kind,
                               enum hd_kind *ret_kind)
{
    if ((int)kind < 0 || (int)kind >= HD_KIND_COUNT) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "there is no kind %d", (int)kind);
    }
    *ret_kind = (enum hd_kind)kind;
    return HD_OK;
}

struct hd_slice hd_convert_slice(const Heapd__V1__Slice *slice)
{
    bool has_start = slice->from_case == HEAPD__V1__SLICE__FROM_START;
    bool has_stop = slice->to_case == HEAPD__V1__SLICE__TO_STOP;

    return (struct hd_slice){
        .has_start = has_start,
        .has_stop = has_stop,
        .start = has_start ? slice->start : 0,
        .stop = has_stop ? slice->stop : 0,
        .step = slice->step,
    };
}

enum hd_status hd_convert_subscript(struct hd_call *call, const Heapd__V1__Subscript *subscript,
                                    bool optional, struct hd_subscript *ret_subscript)
{
    *ret_subscript = (struct hd_subscript){.at = HD_AT_NOTHING};
    switch (subscript == NULL ? HEAPD__V1__SUBSCRIPT__AT__NOT_SET : subscript->at_case) {
    case HEAPD__V1__SUBSCRIPT__AT_INDEX:
        ret_subscript->at = HD_AT_INDEX;
        ret_subscript->index = subscript->index;
        return HD_OK;
    case HEAPD__V1__SUBSCRIPT__AT_KEY:
        ret_subscript->at = HD_AT_KEY;
        return hd_convert_operand(call, subscript->key, "at.key", &ret_subscript->key);
    case HEAPD__V1__SUBSCRIPT__AT_SLICE:
        ret_subscript->at = HD_AT_SLICE;
        ret_subscript->slice = hd_convert_slice(subscript->slice);
        return HD_OK;
    default:
        return optional
                   ? HD_OK
                   : bad_argument(call, "at says no place: index, key and slice are not set");
    }
}

static enum hd_status convert_pairs(struct hd_call *call, const Heapd__V1__Pairs *pairs,
                                    struct hd_new *ret_new)
{
    if (hd_convert_operands(call, pairs->keys, &ret_new->pairs.keys) != HD_OK ||
        hd_convert_operands(call, pairs->values, &ret_new->pairs.values) != HD_OK) {
        return call->op.error.status;
    }
    return HD_OK;
}

static enum hd_status convert_instance(struct hd_call *call, const Heapd__V1__NewInstance *from,
                                       struct hd_new *ret_new)
{
    struct hd_bytes *names = hd_call_take_array(call, from->n_names, sizeof *names);

    if (names == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < from->n_names; i++) {
        names[i] = hd_bytes_of(from->names[i]);
    }
    ret_new->instance.class_name = hd_bytes_of(from->class_name);
    ret_new->instance.names = names;
    ret_new->instance.name_count = from->n_names;
    return hd_convert_operands(call, from->values, &ret_new->instance.values);
}

static struct hd_bytes bytes_of(const ProtobufCBinaryData *data)
{
    return (struct hd_bytes){data->len == 0 ? "" : (const char *)data->data, data->len};
}

/* Which member of NewObject makes which kind. */
static enum hd_kind kind_of(Heapd__V1__NewObject__ValueCase which)
{
    static const enum hd_kind kinds[] = {
        [HEAPD__V1__NEW_OBJECT__VALUE_NONE] = HD_KIND_NONE,
        [HEAPD__V1__NEW_OBJECT__VALUE_BOOL_VALUE] = HD_KIND_BOOL,
        [HEAPD__V1__NEW_OBJECT__VALUE_INT_VALUE] = HD_KIND_INT,
        [HEAPD__V1__NEW_OBJECT__VALUE_FLOAT_VALUE] = HD_KIND_FLOAT,
        [HEAPD__V1__NEW_OBJECT__VALUE_STR_VALUE] = HD_KIND_STR,
        [HEAPD__V1__NEW_OBJECT__VALUE_BYTES_VALUE] = HD_KIND_BYTES,
        [HEAPD__V1__NEW_OBJECT__VALUE_TUPLE] = HD_KIND_TUPLE,
        [HEAPD__V1__NEW_OBJECT__VALUE_LIST] = HD_KIND_LIST,
        [HEAPD__V1__NEW_OBJECT__VALUE_DICT] = HD_KIND_DICT,
        [HEAPD__V1__NEW_OBJECT__VALUE_SET] = HD_KIND_SET,
        [HEAPD__V1__NEW_OBJECT__VALUE_FROZENSET] = HD_KIND_FROZENSET,
        [HEAPD__V1__NEW_OBJECT__VALUE_INSTANCE] = HD_KIND_INSTANCE,
    };

    return (size_t)which < sizeof kinds / sizeof kinds[0] ? kinds[which] : HD_KIND_FREE;
}

enum hd_status hd_convert_new(struct hd_call *call, const Heapd__V1__NewObject *object,
                              struct hd_new *ret_new)
{
    *ret_new =
        (struct hd_new){.kind = object == NULL ? HD_KIND_FREE : kind_of(object->value_case)};
    switch (ret_new->kind) {
    case HD_KIND_NONE:
        return HD_OK;
    case HD_KIND_BOOL:
        ret_new->flag = object->bool_value;
        return HD_OK;
    case HD_KIND_INT:
        ret_new->integer = object->int_value;
        return HD_OK;
    case HD_KIND_FLOAT:
        ret_new->real = object->float_value;
        return HD_OK;
    case HD_KIND_STR:
        ret_new->interned = object->interned;
        ret_new->bytes = bytes_of(&object->str_value);
        return HD_OK;
    case HD_KIND_BYTES:
        ret_new->bytes = bytes_of(&object->bytes_value);
        return HD_OK;
    case HD_KIND_TUPLE:
    case HD_KIND_LIST:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET: /* one member of the union for all four */
        return hd_convert_operands(call, object->list, &ret_new->items);
    case HD_KIND_DICT:
        return convert_pairs(call, object->dict, ret_new);
    case HD_KIND_INSTANCE:
        return convert_instance(call, object->instance, ret_new);
    default:
        return bad_argument(call, "object is not set: it says no kind and no value");
    }
}

static enum hd_status convert_place(struct hd_call *call, const Heapd__V1__Store *store,
                                    struct hd_store *ret_store)
{
    switch (store->slot_case) {
    case HEAPD__V1__STORE__SLOT_APPEND:
        ret_store->to = HD_STORE_APPEND;
        return HD_OK;
    case HEAPD__V1__STORE__SLOT_ADD:
        ret_store->to = HD_STORE_ADD;
        return HD_OK;
    case HEAPD__V1__STORE__SLOT_INDEX:
        ret_store->to = HD_STORE_INDEX;
        ret_store->index = store->index;
        return HD_OK;
    case HEAPD__V1__STORE__SLOT_KEY:
        ret_store->to = HD_STORE_KEY;
        return hd_convert_operand(call, store->key, "store.key", &ret_store->key);
    case HEAPD__V1__STORE__SLOT_ATTRIBUTE:
        ret_store->to = HD_STORE_ATTRIBUTE;
        ret_store->attribute = hd_bytes_of(store->attribute);
        return HD_OK;
    default:
        return bad_argument(call, "store says no slot of the container");
    }
}

enum hd_status hd_convert_store(struct hd_call *call, const Heapd__V1__Store *store,
                                struct hd_store *ret_store)
{
    *ret_store = (struct hd_store){0};
    if (hd_convert_operand(call, store->container, "store.container", &ret_store->container) !=
        HD_OK) {
        return call->op.error.status;
    }
    return convert_place(call, store, ret_store);
}

struct hd_expectation hd_convert_expectation(const Heapd__V1__Expectation *expectation)
{
    if (expectation != NULL && expectation->what_case == HEAPD__V1__EXPECTATION__WHAT_ABSENT &&
        expectation->absent) {
        return (struct hd_expectation){.what = HD_EXPECT_ABSENT};
    }
    if (expectation != NULL && expectation->what_case == HEAPD__V1__EXPECTATION__WHAT_ID) {
        return (struct hd_expectation){.what = HD_EXPECT_ID, .id = expectation->id};
    }
    return (struct hd_expectation){.what = HD_EXPECT_ANYTHING};
}
