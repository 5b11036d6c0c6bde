/* SPDX-License-Identifier: MIT */
/* op_copy.c: slices, concatenation and repetition, into a new sequence.
 *
 * What is longer than a slice of work is made in slices (copying.h), outside of batches.
 * As in Python a whole tuple, str or bytes, alone and once, is itself the result. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "heap/copying.h"
#include "heap/internal.h"

static bool is_text(enum hd_kind kind)
{
    return kind == HD_KIND_STR || kind == HD_KIND_BYTES;
}

static int64_t length_of(const struct hd_heap *heap, uint32_t slot)
{
    enum hd_kind kind = hd_object_kind(heap->objects, slot);
    struct hd_bytes text;

    if (!is_text(kind)) {
        return hd_items_count(heap, slot);
    }
    text = hd_object_bytes(heap->objects, slot);
    return (int64_t)(kind == HD_KIND_STR ? hd_utf8_length(text.data, text.size) : text.size);
}

struct hd_range hd_copy_range(const struct hd_heap *heap, const struct hd_copy_part *part,
                              uint32_t slot)
{
    int64_t length = length_of(heap, slot);

    return part->sliced ? hd_slice_range(&part->slice, length)
                        : (struct hd_range){0, 1, length};
}

static enum hd_status judge_part(struct hd_heap *heap, struct hd_op *op,
                                 const struct hd_copy_plan *plan,
                                 const struct hd_copy_part *part, uint32_t slot)
{
    enum hd_kind kind = hd_object_kind(heap->objects, slot);
    char before[64];
    char after[32];

    if (plan->any_iterable && !is_text(plan->kind)) {
        if (!hd_items_iterable(heap, slot)) {
            return hd_refuse_type(heap, "'", slot, "' object is not iterable", &op->error);
        }
        if (part->sliced && hd_kind_is_table(kind)) {
            return hd_refuse_type(heap, "'", slot, "' object is not subscriptable", &op->error);
        }
        return HD_OK;
    }
    if (kind != plan->kind) {
        (void)snprintf(before, sizeof before, "can only concatenate %s (not \"",
                       hd_kind_name(plan->kind));
        (void)snprintf(after, sizeof after, "\") to %s", hd_kind_name(plan->kind));
        return hd_refuse_type(heap, before, slot, after, &op->error);
    }
    return HD_OK;
}

static enum hd_status judge_kind(struct hd_heap *heap, struct hd_op *op,
                                 struct hd_copy_plan *plan)
{
    uint32_t first;
    enum hd_status status;

    plan->kind = op->in.copy.kind;
    plan->any_iterable = plan->kind != HD_KIND_FREE;
    if (op->in.copy.count == 0) {
        return hd_refuse_argument(&op->error, "there is nothing to copy");
    }
    if (!op->in.copy.hold && op->batch == NULL) {
        return hd_refuse_argument(&op->error, "outside a batch nothing would keep the copy");
    }
    if (!plan->any_iterable) {
        status = hd_resolve(heap, op, &hd_copying_part(op, 0)->source, &first);
        if (status != HD_OK) {
            return status;
        }
        plan->kind = hd_object_kind(heap->objects, first);
        if (plan->kind != HD_KIND_LIST && plan->kind != HD_KIND_TUPLE && !is_text(plan->kind)) {
            return hd_refuse_type(heap, "'", first, "' object is not a sequence", &op->error);
        }
    } else if (plan->kind != HD_KIND_LIST && plan->kind != HD_KIND_TUPLE &&
               !is_text(plan->kind)) {
        return hd_refuse_argument(&op->error, "the kind is no sequence");
    }
    return HD_OK;
}

static enum hd_status judge_size(const struct hd_heap *heap, struct hd_op *op,
                                 const struct hd_copy_plan *plan)
{
    const struct hd_heap_limits *limits = &heap->options.limits;
    uint64_t max = is_text(plan->kind) ? limits->value_bytes : limits->items;

    if (plan->repeat > 0 && plan->units > max / plan->repeat) {
        return hd_fail(&op->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "a %s of %" PRIu64 " times %" PRIu64 " is longer than %" PRIu64,
                       hd_kind_name(plan->kind), plan->repeat, plan->units, max);
    }
    return HD_OK;
}

static uint64_t units_of(const struct hd_heap *heap, const struct hd_copy_plan *plan,
                         uint32_t slot, struct hd_range range)
{
    struct hd_bytes text;

    if (plan->kind != HD_KIND_STR) {
        return (uint64_t)range.count;
    }
    text = hd_object_bytes(heap->objects, slot);
    if (range.step != 1) {
        return text.size < (uint64_t)range.count * 4 ? text.size : (uint64_t)range.count * 4;
    }
    text.data += hd_utf8_offset(text.data, text.size, (size_t)range.start);
    text.size -= (size_t)(text.data - hd_object_bytes(heap->objects, slot).data);
    return hd_utf8_offset(text.data, text.size, (size_t)range.count);
}

static enum hd_status make_plan(struct hd_heap *heap, struct hd_op *op,
                                struct hd_copy_plan *plan)
{
    enum hd_status status = judge_kind(heap, op, plan);

    plan->repeat = op->in.copy.repeat < 0    ? 0
                   : op->in.copy.repeat == 0 ? 1
                                             : (uint64_t)op->in.copy.repeat;
    for (size_t i = 0; status == HD_OK && i < op->in.copy.count; i++) {
        const struct hd_copy_part *part = hd_copying_part(op, i);
        struct hd_range range;
        uint32_t slot;

        status = hd_resolve(heap, op, &part->source, &slot);
        if (status == HD_OK) {
            status = judge_part(heap, op, plan, part, slot);
        }
        if (status != HD_OK) {
            return status;
        }
        range = hd_copy_range(heap, part, slot);
        if (range.count > 0) {
            bool all = range.step == 1 && range.count == length_of(heap, slot);

            plan->filled++;
            plan->whole = all && hd_object_kind(heap->objects, slot) == plan->kind ? slot : 0;
            plan->units += units_of(heap, plan, slot, range);
            status = judge_size(heap, op, plan);
        }
    }
    return status;
}

static uint32_t *copy_items(const struct hd_heap *heap, const struct hd_copy_part *part,
                            uint32_t slot, uint32_t *items)
{
    struct hd_range range = hd_copy_range(heap, part, slot);

    if (hd_kind_is_table(hd_object_kind(heap->objects, slot))) {
        hd_items_list(heap, slot, items);
        return items + range.count;
    }
    for (int64_t i = 0; i < range.count; i++) {
        *items++ = hd_seq_item(heap->objects, slot, (uint32_t)(range.start + i * range.step));
    }
    return items;
}

static enum hd_status make_sequence(struct hd_heap *heap, struct hd_op *op,
                                    const struct hd_copy_plan *plan, uint32_t *ret_slot)
{
    size_t once = plan->repeat == 0 ? 0 : (size_t)plan->units;
    size_t count = once * (size_t)plan->repeat;
    uint32_t *items = hd_array_new(heap, count, &op->error);
    uint32_t *end = items;
    enum hd_status status;

    if (items == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    for (size_t i = 0; once > 0 && i < op->in.copy.count; i++) {
        uint32_t slot;

        status = hd_resolve(heap, op, &hd_copying_part(op, i)->source, &slot);
        HD_CHECK(status == HD_OK);
        end = copy_items(heap, hd_copying_part(op, i), slot, end);
    }
    HD_CHECK((size_t)(end - items) == once);
    for (size_t i = once; i < count; i += once) {
        memcpy(items + i, items, once * sizeof *items);
    }
    status = plan->kind == HD_KIND_LIST
                 ? hd_object_new_list(heap->objects, items, count, ret_slot, &op->error)
                 : hd_object_new_tuple(heap->objects, items, count, ret_slot, &op->error);
    hd_array_free(heap, items, count);
    return status;
}

/* The offset that many characters further on, or back. */
static size_t move(struct hd_bytes text, size_t at, int64_t by)
{
    if (by >= 0) {
        return at + hd_utf8_offset(text.data + at, text.size - at, (size_t)by);
    }
    for (; by < 0 && at > 0; by++) {
        at--;
        while (at > 0 && ((unsigned char)text.data[at] & 0xC0) == 0x80) {
            at--;
        }
    }
    return at;
}

static size_t copy_text(const struct hd_heap *heap, const struct hd_copy_plan *plan,
                        const struct hd_copy_part *part, uint32_t slot, char *ret_text)
{
    struct hd_bytes text = hd_object_bytes(heap->objects, slot);
    struct hd_range range = hd_copy_range(heap, part, slot);
    bool is_str = plan->kind == HD_KIND_STR;
    size_t at;
    size_t size = 0;

    if (range.count == 0) {
        return 0;
    }
    at = is_str ? hd_utf8_offset(text.data, text.size, (size_t)range.start)
                : (size_t)range.start;
    if (range.step == 1) {
        size = (size_t)units_of(heap, plan, slot, range);
        memcpy(ret_text, text.data + at, size);
        return size;
    }
    for (int64_t i = 0; i < range.count; i++) {
        size_t one = is_str ? hd_utf8_offset(text.data + at, text.size - at, 1) : 1;

        memcpy(ret_text + size, text.data + at, one);
        size += one;
        if (i + 1 < range.count) {
            at = is_str ? move(text, at, range.step) : (size_t)((int64_t)at + range.step);
        }
    }
    return size;
}

static enum hd_status make_text(struct hd_heap *heap, struct hd_op *op,
                                const struct hd_copy_plan *plan, uint32_t *ret_slot)
{
    size_t room = (size_t)(plan->units * plan->repeat) + 1;
    char *text = hd_alloc(&heap->books.iface, room);
    size_t once = 0;
    struct hd_bytes bytes;
    enum hd_status status;

    if (text == NULL) {
        return hd_refuse_memory(&op->error, "the copy");
    }
    for (size_t i = 0; plan->repeat > 0 && i < op->in.copy.count; i++) {
        uint32_t slot;

        status = hd_resolve(heap, op, &hd_copying_part(op, i)->source, &slot);
        HD_CHECK(status == HD_OK);
        once += copy_text(heap, plan, hd_copying_part(op, i), slot, text + once);
    }
    for (uint64_t i = 1; i < plan->repeat && once > 0; i++) {
        memcpy(text + i * once, text, once);
    }
    bytes = (struct hd_bytes){text, once * (size_t)plan->repeat};
    status = plan->kind == HD_KIND_STR
                 ? hd_object_new_str(heap->objects, bytes, false, ret_slot, &op->error)
                 : hd_object_new_bytes(heap->objects, bytes, ret_slot, &op->error);
    hd_free(&heap->books.iface, text, room);
    return status;
}

static enum hd_status make(struct hd_heap *heap, struct hd_op *op,
                           const struct hd_copy_plan *plan)
{
    uint32_t slot;
    enum hd_status status = is_text(plan->kind) ? make_text(heap, op, plan, &slot)
                                                : make_sequence(heap, op, plan, &slot);

    return status == HD_OK ? hd_copy_give(heap, op, slot) : status;
}

enum hd_status hd_copy_give(struct hd_heap *heap, struct hd_op *op, uint32_t slot)
{
    struct hd_frame *frame = hd_result_frame(op, op->in.copy.hold);
    enum hd_status status = hd_result_keep(heap, op, frame, slot);

    hd_object_discard(heap->objects, hd_op_cascade(op), slot); /* new, and not kept */
    return status;
}

enum hd_status hd_op_copy(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_copy_plan plan = {0};
    struct hd_copy_order order;
    enum hd_status status = make_plan(heap, op, &plan);

    if (status != HD_OK) {
        return status;
    }
    if (plan.filled == 1 && plan.whole != 0 && plan.repeat == 1 && plan.kind != HD_KIND_LIST) {
        return hd_result_keep(heap, op, hd_result_frame(op, op->in.copy.hold), plan.whole);
    }
    order = (struct hd_copy_order){.parts = op->in.copy.parts,
                                   .count = op->in.copy.count,
                                   .kind = plan.kind,
                                   .length = plan.units * plan.repeat};
    return !is_text(plan.kind) && hd_copying_is_due(heap, op, order.length)
               ? hd_copying_begin(heap, op, &order)
               : make(heap, op, &plan);
}
