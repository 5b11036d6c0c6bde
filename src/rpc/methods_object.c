/* SPDX-License-Identifier: MIT */
/* methods_object.c: ObjectService: what changes objects, and the short questions. */
#include "heap/inspect.h"
#include "heapd/v1/object.pb-c.h"
#include "rpc/convert.h"
#include "rpc/describe.h"
#include "rpc/item.h"

/* Without a hold only a batch keeps what was made. */
static enum hd_status judge_unheld(struct hd_call *call)
{
    if (call->op.batch == NULL) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "hold is false, and outside a batch nothing else would keep the object");
    }
    return HD_OK;
}

static enum hd_status fill_create(struct hd_call *call, const void *request)
{
    const Heapd__V1__CreateRequest *create = request;
    struct hd_op *op = &call->op;

    if (hd_convert_new(call, create->object, &op->in.create.object) != HD_OK) {
        return op->error.status;
    }
    switch (create->place_case) {
    case HEAPD__V1__CREATE_REQUEST__PLACE_BIND:
        op->in.create.keep = HD_KEEP_BIND;
        op->in.create.bind.name = hd_bytes_of(create->bind->name);
        return hd_convert_scope(call, create->bind->scope, &op->in.create.bind.scope);
    case HEAPD__V1__CREATE_REQUEST__PLACE_STORE:
        op->in.create.keep = HD_KEEP_STORE;
        return hd_convert_store(call, create->store, &op->in.create.store);
    case HEAPD__V1__CREATE_REQUEST__PLACE_HOLD:
        op->in.create.keep = create->hold ? HD_KEEP_HOLD : HD_KEEP_BATCH;
        return create->hold ? HD_OK : judge_unheld(call);
    default:
        op->in.create.keep = HD_KEEP_HOLD;
        return HD_OK;
    }
}

static enum hd_status fill_counts(struct hd_call *call, const Heapd__V1__Operands *objects,
                                  size_t n_counts, const uint32_t *counts)
{
    struct hd_op *op = &call->op;

    if (hd_convert_operands(call, objects, &op->in.hold.objects) != HD_OK) {
        return op->error.status;
    }
    if (n_counts != 0 && n_counts != op->in.hold.objects.count) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "%zu counts for %zu objects", n_counts, op->in.hold.objects.count);
    }
    op->in.hold.counts = n_counts == 0 ? NULL : counts;
    return HD_OK;
}

static enum hd_status fill_hold(struct hd_call *call, const void *request)
{
    const Heapd__V1__HoldRequest *hold = request;
    struct hd_op *op = &call->op;
    Heapd__V1__HoldResponse *response = (Heapd__V1__HoldResponse *)(void *)call->response;

    if (fill_counts(call, hold->objects, hold->n_counts, hold->counts) != HD_OK) {
        return op->error.status;
    }
    if (op->in.hold.objects.count > 0 && op->in.hold.objects.ids == NULL) {
        response->n_ids = op->in.hold.objects.count;
        response->ids = hd_call_take_array(call, response->n_ids, sizeof response->ids[0]);
        op->in.hold.ret_ids = response->ids;
        return op->error.status;
    }
    return HD_OK;
}

static enum hd_status fill_release(struct hd_call *call, const void *request)
{
    const Heapd__V1__ReleaseRequest *release = request;

    return fill_counts(call, release->objects, release->n_counts, release->counts);
}

static enum hd_status fill_extend(struct hd_call *call, const void *request)
{
    const Heapd__V1__ExtendRequest *extend = request;
    struct hd_op *op = &call->op;

    if (hd_convert_operand(call, extend->container, "container", &op->in.extend.container) !=
        HD_OK) {
        return op->error.status;
    }
    switch (extend->source_case) {
    case HEAPD__V1__EXTEND_REQUEST__SOURCE_FROM:
        return hd_convert_operand(call, extend->from, "from", &op->in.extend.from);
    case HEAPD__V1__EXTEND_REQUEST__SOURCE_ITEMS:
        return hd_convert_operands(call, extend->items, &op->in.extend.items);
    default:
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "neither items nor from is set");
    }
}

static enum hd_status fill_attr(struct hd_call *call, const Heapd__V1__ObjectRef *object,
                                const char *name)
{
    call->op.in.attr.name = hd_bytes_of(name);
    return hd_convert_operand(call, object, "object", &call->op.in.attr.object);
}

static enum hd_status fill_set_attr(struct hd_call *call, const void *request)
{
    const Heapd__V1__SetAttrRequest *set = request;

    if (fill_attr(call, set->object, set->name) != HD_OK) {
        return call->op.error.status;
    }
    return hd_convert_operand(call, set->value, "value", &call->op.in.attr.value);
}

static enum hd_status fill_get_attr(struct hd_call *call, const void *request)
{
    const Heapd__V1__GetAttrRequest *get = request;

    call->op.in.attr.hold = get->hold;
    return fill_attr(call, get->object, get->name);
}

static enum hd_status fill_del_attr(struct hd_call *call, const void *request)
{
    const Heapd__V1__DelAttrRequest *del = request;

    return fill_attr(call, del->object, del->name);
}

static enum hd_status fill_copy(struct hd_call *call, const void *request)
{
    const Heapd__V1__CopyRequest *copy = request;
    struct hd_op *op = &call->op;
    struct hd_copy_part *parts = hd_call_take_array(call, copy->n_parts, sizeof *parts);

    if (parts == NULL) {
        return op->error.status;
    }
    for (size_t i = 0; i < copy->n_parts; i++) {
        const Heapd__V1__CopyPart *part = copy->parts[i];

        if (hd_convert_operand(call, part->source, "source", &parts[i].source) != HD_OK) {
            return op->error.status;
        }
        parts[i].sliced = part->slice != NULL;
        if (parts[i].sliced) {
            parts[i].slice = hd_convert_slice(part->slice);
        }
    }
    op->in.copy.parts = parts;
    op->in.copy.count = copy->n_parts;
    op->in.copy.repeat = copy->repeat;
    op->in.copy.hold = copy->hold;
    if (hd_convert_kind(call, copy->kind, &op->in.copy.kind) != HD_OK) {
        return op->error.status;
    }
    return copy->hold ? HD_OK : judge_unheld(call);
}

/* So many ids ahead of the one that is looked at. */
#define EXPECTED_AHEAD 16u

static enum hd_status answer_refcounts(struct hd_call *call, const void *request,
                                       void *response)
{
    const Heapd__V1__GetRefcountsRequest *get = request;
    Heapd__V1__GetRefcountsResponse *counts = response;
    struct hd_operands objects;
    uint32_t slot;

    if (hd_convert_operands(call, get->objects, &objects) != HD_OK) {
        return call->op.error.status;
    }
    counts->refcounts = hd_call_take_array(call, objects.count, sizeof counts->refcounts[0]);
    if (counts->refcounts == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < objects.count; i++) {
        if (objects.ids != NULL && objects.count - i > EXPECTED_AHEAD) {
            hd_heap_expect(call->heap, &objects.ids[i + EXPECTED_AHEAD], 1);
        }
        if (hd_operands_resolve(call->heap, call->session, call->op.batch, &objects, i, &slot,
                                &call->op.error) != HD_OK) {
            return call->op.error.status;
        }
        counts->refcounts[i] = hd_inspect_refcount(call->heap, call->op.batch, slot);
    }
    counts->n_refcounts = objects.count;
    return HD_OK;
}

static enum hd_status answer_length(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__LengthResponse *length = response;
    uint32_t slot;

    if (hd_item_resolve(call, request, &slot) != HD_OK) {
        return call->op.error.status;
    }
    return hd_inspect_length(call->heap, slot, &length->length, &call->op.error);
}

static enum hd_status fill_equals(struct hd_call *call, const void *request)
{
    const Heapd__V1__EqualsRequest *equals = request;
    struct hd_op *op = &call->op;

    return hd_convert_operand(call, equals->left, "left", &op->in.item.container) == HD_OK
               ? hd_convert_operand(call, equals->right, "right", &op->in.item.item)
               : op->error.status;
}

#define AT(message, member) HD_FIELD_AT(message, member)
#define CONTAINER_AND_ITEM(message)                                                            \
    .container = AT(message, container), .item = AT(message, item)

static const struct hd_method methods[] = {
    {"Create",
     HD_MESSAGES(create),
     HD_OP_CREATE,
     true,
     fill_create,
     hd_item_answer_id,
     {.made = AT(CreateRequest, object), .result = AT(CreateResponse, id)}},
    {"Get", HD_MESSAGES(get), HD_OP_COUNT, true, NULL, hd_describe_objects, {0}},
    {"GetRefcounts",
     HD_MESSAGES(get_refcounts),
     HD_OP_COUNT,
     true,
     NULL,
     answer_refcounts,
     {0}},
    {"Hold",
     HD_MESSAGES(hold),
     HD_OP_HOLD,
     true,
     fill_hold,
     NULL,
     {.objects = AT(HoldRequest, objects)}},
    {"Release",
     HD_MESSAGES(release),
     HD_OP_RELEASE,
     true,
     fill_release,
     NULL,
     {.objects = AT(ReleaseRequest, objects)}},
    {"Append",
     HD_MESSAGES(append),
     HD_OP_APPEND,
     true,
     hd_item_fill,
     NULL,
     {CONTAINER_AND_ITEM(AppendRequest)}},
    {"Insert",
     HD_MESSAGES(insert),
     HD_OP_INSERT,
     true,
     hd_item_fill,
     NULL,
     {CONTAINER_AND_ITEM(InsertRequest), .index = AT(InsertRequest, index)}},
    {"SetItem",
     HD_MESSAGES(set_item),
     HD_OP_SET_ITEM,
     true,
     hd_item_fill,
     NULL,
     {CONTAINER_AND_ITEM(SetItemRequest), .at = AT(SetItemRequest, at)}},
    {"GetItem",
     HD_MESSAGES(get_item),
     HD_OP_GET_ITEM,
     true,
     hd_item_fill,
     hd_item_answer_id,
     {.container = AT(GetItemRequest, container),
      .at = AT(GetItemRequest, at),
      .hold = AT(GetItemRequest, hold),
      .missing_ok = AT(GetItemRequest, missing_ok),
      .result = AT(GetItemResponse, id)}},
    {"DelItem",
     HD_MESSAGES(del_item),
     HD_OP_DEL_ITEM,
     true,
     hd_item_fill,
     NULL,
     {.container = AT(DelItemRequest, container), .at = AT(DelItemRequest, at)}},
    {"Pop",
     HD_MESSAGES(pop),
     HD_OP_POP,
     true,
     hd_item_fill,
     hd_item_answer_id,
     {.container = AT(PopRequest, container),
      .at = AT(PopRequest, at),
      .hold = AT(PopRequest, hold),
      .result = AT(PopResponse, id)}},
    {"Remove",
     HD_MESSAGES(remove),
     HD_OP_REMOVE,
     true,
     hd_item_fill,
     NULL,
     {CONTAINER_AND_ITEM(RemoveRequest)}},
    {"Extend", HD_MESSAGES(extend), HD_OP_EXTEND, true, fill_extend, NULL, {0}},
    {"Clear",
     HD_MESSAGES(clear),
     HD_OP_CLEAR,
     true,
     hd_item_fill,
     NULL,
     {.container = AT(ClearRequest, container)}},
    {"Add",
     HD_MESSAGES(add),
     HD_OP_ADD,
     true,
     hd_item_fill,
     hd_item_answer_changed,
     {CONTAINER_AND_ITEM(AddRequest), .result = AT(AddResponse, added)}},
    {"Discard",
     HD_MESSAGES(discard),
     HD_OP_DISCARD,
     true,
     hd_item_fill,
     hd_item_answer_changed,
     {CONTAINER_AND_ITEM(DiscardRequest), .result = AT(DiscardResponse, removed)}},
    {"Contains",
     HD_MESSAGES(contains),
     HD_OP_CONTAINS,
     true,
     hd_item_fill,
     hd_item_answer_truth,
     {CONTAINER_AND_ITEM(ContainsRequest), .result = AT(ContainsResponse, contains)}},
    {"SetAttr", HD_MESSAGES(set_attr), HD_OP_SET_ATTR, true, fill_set_attr, NULL, {0}},
    {"GetAttr",
     HD_MESSAGES(get_attr),
     HD_OP_GET_ATTR,
     true,
     fill_get_attr,
     hd_item_answer_id,
     {.result = AT(GetAttrResponse, id)}},
    {"DelAttr", HD_MESSAGES(del_attr), HD_OP_DEL_ATTR, true, fill_del_attr, NULL, {0}},
    {"Length",
     HD_MESSAGES(length),
     HD_OP_COUNT,
     true,
     NULL,
     answer_length,
     {.item = AT(LengthRequest, object)}},
    {"Intern",
     HD_MESSAGES(intern),
     HD_OP_INTERN,
     true,
     hd_item_fill,
     hd_item_answer_id,
     {.item = AT(InternRequest, object),
      .hold = AT(InternRequest, hold),
      .result = AT(InternResponse, id)}},
    {"Equals",
     HD_MESSAGES(equals),
     HD_OP_EQUALS,
     true,
     fill_equals,
     hd_item_answer_truth,
     {.result = AT(EqualsResponse, equal)}},
    {"Copy",
     HD_MESSAGES(copy),
     HD_OP_COPY,
     true,
     fill_copy,
     hd_item_answer_id,
     {.result = AT(CopyResponse, id)}},
    HD_METHOD_NOT_BUILT("SetLabels", set_labels),
};

const struct hd_service hd_service_object = {"heapd.v1.ObjectService", true, methods,
                                             sizeof methods / sizeof methods[0]};
