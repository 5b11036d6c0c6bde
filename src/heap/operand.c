/* SPDX-License-Identifier: MIT */
/* operand.c: from ids, names and results to slot numbers. */
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "heap/internal.h"

#define QUOTED(bytes) (int)((bytes).size < 64 ? (bytes).size : 64), (bytes).data

struct hd_names *hd_scope_names(const struct hd_heap *heap, const struct hd_session *session,
                                enum hd_scope scope)
{
    union {
        const struct hd_names *in;
        struct hd_names *out;
    } global = {&heap->names};

    switch (scope) {
    case HD_SCOPE_HEAP:
        return global.out;
    case HD_SCOPE_MODULE:
        return &hd_session_module(session)->names;
    default:
        return &session->top->names;
    }
}

struct hd_name *hd_scope_lookup(const struct hd_heap *heap, const struct hd_session *session,
                                enum hd_scope scope, struct hd_bytes text,
                                enum hd_scope *ret_scope)
{
    bool is_module = session != NULL && session->top != NULL && session->top->next == NULL;
    bool any = scope == HD_SCOPE_DEFAULT;

    for (enum hd_scope at = HD_SCOPE_FRAME; at <= HD_SCOPE_HEAP; at++) {
        struct hd_name *name;

        if ((!any && at != scope) || (any && at == HD_SCOPE_FRAME && is_module) ||
            (at != HD_SCOPE_HEAP && (session == NULL || session->top == NULL))) {
            continue;
        }
        name = hd_names_find(hd_scope_names(heap, session, at), text);
        if (name != NULL && name->slot != 0) {
            *ret_scope = at;
            return name;
        }
    }
    return NULL;
}

enum hd_status hd_no_such_name(struct hd_bytes text, struct hd_error *error)
{
    return hd_fail(error, HD_NOT_FOUND, HD_REASON_NO_SUCH_NAME, "name '%.*s' is not defined",
                   QUOTED(text));
}

enum hd_status hd_judge_name(const struct hd_heap *heap, const char *what, struct hd_bytes text,
                             struct hd_error *error)
{
    uint32_t max = heap->options.limits.name_bytes;

    if (text.size == 0) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_NAME, "the %s is empty", what);
    }
    if (text.size > max) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_NAME,
                       "a %s of %zu bytes is longer than %u", what, text.size, max);
    }
    if (memchr(text.data, 0, text.size) != NULL || !hd_utf8_is_valid(text.data, text.size)) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_NAME,
                       "the %s '%.*s' is not UTF-8 text without U+0000", what, QUOTED(text));
    }
    return HD_OK;
}

static enum hd_status resolve_result(const struct hd_heap *heap, const struct hd_batch *batch,
                                     uint32_t number, uint32_t *ret_slot,
                                     struct hd_error *error)
{
    uint32_t slot = batch == NULL ? 0 : hd_batch_result(batch, number);

    if (batch == NULL) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_OPERAND,
                       "result %u is named outside a batch", number);
    }
    if (slot == 0) {
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_OPERAND,
                       "operation %u of the batch gave no object", number);
    }
    *ret_slot = slot;
    hd_object_name(heap->objects, slot);
    return HD_OK;
}

enum hd_status hd_operand_resolve(const struct hd_heap *heap, const struct hd_session *session,
                                  const struct hd_batch *batch,
                                  const struct hd_operand *operand, uint32_t *ret_slot,
                                  struct hd_error *error)
{
    const struct hd_name *name;
    enum hd_scope scope;

    switch (operand->by) {
    case HD_BY_ID:
        return hd_object_resolve(heap->objects, operand->id, ret_slot, error);
    case HD_BY_NAME:
        name = hd_scope_lookup(heap, session, HD_SCOPE_DEFAULT, operand->name, &scope);
        if (name == NULL) {
            return hd_no_such_name(operand->name, error);
        }
        *ret_slot = name->slot;
        return HD_OK;
    case HD_BY_RESULT:
        return resolve_result(heap, batch, operand->result, ret_slot, error);
    default:
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_OPERAND,
                       "an operand is missing");
    }
}

enum hd_status hd_operands_resolve(const struct hd_heap *heap, const struct hd_session *session,
                                   const struct hd_batch *batch,
                                   const struct hd_operands *operands, size_t index,
                                   uint32_t *ret_slot, struct hd_error *error)
{
    HD_CHECK(index < operands->count);
    if (operands->ids != NULL) {
        return hd_object_resolve(heap->objects, operands->ids[index], ret_slot, error);
    }
    if (operands->results != NULL) {
        return resolve_result(heap, batch, operands->results[index], ret_slot, error);
    }
    HD_CHECK(operands->mixed != NULL);
    return hd_operand_resolve(heap, session, batch, &operands->mixed[index], ret_slot, error);
}

enum hd_status hd_resolve(const struct hd_heap *heap, struct hd_op *op,
                          const struct hd_operand *operand, uint32_t *ret_slot)
{
    return hd_operand_resolve(heap, op->session, op->batch, operand, ret_slot, &op->error);
}

enum hd_status hd_resolve_both(const struct hd_heap *heap, struct hd_op *op,
                               uint32_t *ret_container, uint32_t *ret_item)
{
    enum hd_status status = hd_resolve(heap, op, &op->in.item.container, ret_container);

    return status != HD_OK ? status : hd_resolve(heap, op, &op->in.item.item, ret_item);
}

uint32_t *hd_array_new(struct hd_heap *heap, size_t count, struct hd_error *error)
{
    uint32_t *array = NULL;

    if (count <= SIZE_MAX / sizeof *array) {
        array = hd_alloc(&heap->books.iface, (count > 0 ? count : 1) * sizeof *array);
    }
    if (array == NULL) {
        (void)hd_refuse_memory(error, "the operands");
    }
    return array;
}

void hd_array_free(struct hd_heap *heap, uint32_t *array, size_t count)
{
    hd_free(&heap->books.iface, array, (count > 0 ? count : 1) * sizeof *array);
}

enum hd_status hd_resolve_all(struct hd_heap *heap, struct hd_op *op,
                              const struct hd_operands *operands, uint32_t **ret_slots)
{
    uint32_t *slots;
    enum hd_status status = hd_judge_growth(heap, 0, operands->count, &op->error);

    if (status != HD_OK) {
        return status;
    }
    slots = hd_array_new(heap, operands->count, &op->error);
    if (slots == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    for (size_t i = 0; status == HD_OK && i < operands->count; i++) {
        status = hd_operands_resolve(heap, op->session, op->batch, operands, i, &slots[i],
                                     &op->error);
    }
    if (status != HD_OK) {
        hd_array_free(heap, slots, operands->count);
        return status;
    }
    *ret_slots = slots;
    return HD_OK;
}
