/* SPDX-License-Identifier: MIT */
/* item.c: members of generated messages, by their offset; 0 is the message's head and no
 * member. */
#include "rpc/item.h"

#include <string.h>

#include "rpc/convert.h"

static const void *member(const void *message, uint16_t offset)
{
    return (const char *)message + offset;
}

static bool flag_at(const void *message, uint16_t offset)
{
    return offset != 0 && *(const protobuf_c_boolean *)member(message, offset);
}

static const Heapd__V1__ObjectRef *ref_at(const void *message, uint16_t offset)
{
    return *(Heapd__V1__ObjectRef *const *)member(message, offset);
}

static enum hd_status fill_refs(struct hd_call *call, const void *request)
{
    const struct hd_layout *at = &call->method->at;
    struct hd_op *op = &call->op;

    if (at->container != 0 &&
        hd_convert_operand(call, ref_at(request, at->container), "container",
                           &op->in.item.container) != HD_OK) {
        return op->error.status;
    }
    if (at->item == 0) {
        return HD_OK;
    }
    if (op->code == HD_OP_RETURN) {
        return hd_convert_optional(call, ref_at(request, at->item), "object",
                                   &op->in.item.item);
    }
    return hd_convert_operand(call, ref_at(request, at->item), "item", &op->in.item.item);
}

enum hd_status hd_item_fill(struct hd_call *call, const void *request)
{
    const struct hd_layout *at = &call->method->at;
    struct hd_op *op = &call->op;

    if (fill_refs(call, request) != HD_OK) {
        return op->error.status;
    }
    op->in.item.hold = flag_at(request, at->hold);
    op->in.item.missing_ok = flag_at(request, at->missing_ok);
    if (at->index != 0) {
        op->in.item.at.at = HD_AT_INDEX;
        op->in.item.at.index = *(const int64_t *)member(request, at->index);
    }
    if (at->at != 0) {
        return hd_convert_subscript(call,
                                    *(Heapd__V1__Subscript *const *)member(request, at->at),
                                    op->code == HD_OP_POP, &op->in.item.at);
    }
    return HD_OK;
}

enum hd_status hd_item_answer_id(struct hd_call *call, const void *request, void *response)
{
    (void)request;
    memcpy((char *)response + call->method->at.result, &call->op.out.id, sizeof(uint64_t));
    return HD_OK;
}

static enum hd_status answer_flag(struct hd_call *call, protobuf_c_boolean flag, void *response)
{
    memcpy((char *)response + call->method->at.result, &flag, sizeof flag);
    return HD_OK;
}

enum hd_status hd_item_answer_changed(struct hd_call *call, const void *request, void *response)
{
    (void)request;
    return answer_flag(call, call->op.out.changed, response);
}

enum hd_status hd_item_answer_truth(struct hd_call *call, const void *request, void *response)
{
    (void)request;
    return answer_flag(call, call->op.out.truth, response);
}

enum hd_status hd_item_resolve(struct hd_call *call, const void *request, uint32_t *ret_slot)
{
    const struct hd_layout *at = &call->method->at;
    uint16_t offset = at->container != 0 ? at->container : at->item;
    struct hd_operand operand;

    if (hd_convert_operand(call, ref_at(request, offset), "object", &operand) != HD_OK) {
        return call->op.error.status;
    }
    return hd_operand_resolve(call->heap, call->session, call->op.batch, &operand, ret_slot,
                              &call->op.error);
}

bool hd_item_hold(const struct hd_call *call, const void *request)
{
    return flag_at(request, call->method->at.hold);
}

#define EXPECTED_MOST 16u

static size_t not_too_many(size_t n)
{
    return n < EXPECTED_MOST ? n : EXPECTED_MOST;
}

static void expect_ref(const struct hd_heap *heap, const Heapd__V1__ObjectRef *ref)
{
    if (ref != NULL && ref->by_case == HEAPD__V1__OBJECT_REF__BY_ID) {
        hd_heap_expect(heap, &ref->id, 1);
    }
}

static void expect_operands(const struct hd_heap *heap, const Heapd__V1__Operands *operands)
{
    if (operands == NULL) {
        return;
    }
    hd_heap_expect(heap, operands->ids, not_too_many(operands->n_ids));
    for (size_t i = 0; i < not_too_many(operands->n_refs); i++) {
        expect_ref(heap, operands->refs[i]);
    }
}

static void expect_items(const struct hd_heap *heap, const Heapd__V1__NewObject *object)
{
    switch (object == NULL ? HEAPD__V1__NEW_OBJECT__VALUE__NOT_SET : object->value_case) {
    case HEAPD__V1__NEW_OBJECT__VALUE_TUPLE:
    case HEAPD__V1__NEW_OBJECT__VALUE_LIST:
    case HEAPD__V1__NEW_OBJECT__VALUE_SET:
    case HEAPD__V1__NEW_OBJECT__VALUE_FROZENSET: /* one member of the union for all four */
        expect_operands(heap, object->list);
        return;
    default:
        return;
    }
}

void hd_item_expect(const struct hd_heap *heap, const struct hd_layout *at, const void *request)
{
    uint16_t ref = at->item != 0 ? at->item : at->container;

    if (ref != 0) {
        expect_ref(heap, ref_at(request, ref));
    } else if (at->objects != 0) {
        expect_operands(heap, *(Heapd__V1__Operands *const *)member(request, at->objects));
    } else if (at->made != 0) {
        expect_items(heap, *(Heapd__V1__NewObject *const *)member(request, at->made));
    }
}
