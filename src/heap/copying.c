/* SPDX-License-Identifier: MIT */
/* copying.c: the slices of a copy: a draft gets some items at a time, and at the end the new
 * object is there, or the list has them. */
#include "heap/copying.h"

#include <inttypes.h>

#include "base/check.h"
#include "object/draft.h"
#include "object/reader.h"

#define TRIES        3
#define UNIT_ITEMS   4 /* looked at for a unit of work */
#define UNIT_SOURCES 32
#define PIECE        256 /* items added together */

struct source {
    struct hd_copy_part part; /* by its id: names may change */
    struct hd_reader reader;
    struct hd_range range;
    struct hd_range left_out; /* what is still to come of it */
};

struct hd_copying {
    struct hd_cascade draft;
    unsigned tries;
    uint64_t length; /* of the copy */
    size_t source;   /* where it stands */
    int64_t at;      /* in its range */
    size_t count;
    struct source sources[];
};

static size_t bytes_of(size_t count)
{
    return sizeof(struct hd_copying) + count * sizeof(struct source);
}

size_t hd_copying_bytes(const struct hd_copying *copying)
{
    return copying == NULL ? 0 : bytes_of(copying->count);
}

struct hd_cascade *hd_copying_draft(const struct hd_op *op)
{
    return hd_op_copies(op) && op->copying != NULL ? &op->copying->draft : NULL;
}

const struct hd_copy_part *hd_copying_part(const struct hd_op *op, size_t index)
{
    return op->copying != NULL ? &op->copying->sources[index].part : &op->in.copy.parts[index];
}

bool hd_copying_is_due(const struct hd_heap *heap, const struct hd_op *op, uint64_t length)
{
    return op->batch == NULL && length > (uint64_t)heap->options.slice_units * UNIT_ITEMS;
}

/* Positions that are looked at: a table's holes are among them. */
static struct hd_range range_of(const struct hd_heap *heap, const struct source *source)
{
    uint32_t slot = source->reader.slot;

    return hd_kind_is_table(hd_object_kind(heap->objects, slot))
               ? (struct hd_range){0, 1, hd_table_span(heap->objects, slot)}
               : hd_copy_range(heap, &source->part, slot);
}

/* The operand of the list whose items they will be; NULL: they are a new object's. */
static struct hd_operand *list_of(struct hd_op *op)
{
    return op->code == HD_OP_EXTEND     ? &op->in.extend.container
           : op->code == HD_OP_DEL_ITEM ? &op->in.item.container
                                        : NULL;
}

static struct hd_operand operand_of(const struct hd_heap *heap, uint32_t slot)
{
    return (struct hd_operand){.by = HD_BY_ID,
                               .id = hd_slots_id(hd_objects_slots(heap->objects), slot)};
}

static enum hd_status open_sources(struct hd_heap *heap, struct hd_op *op,
                                   const struct hd_copy_order *order)
{
    size_t count = order->count;
    struct hd_copying *copying = hd_alloc(&heap->books.iface, bytes_of(count));

    if (copying == NULL) {
        return hd_refuse_memory(&op->error, "the copy");
    }
    *copying = (struct hd_copying){.count = count};
    for (size_t i = 0; i < count; i++) {
        struct source *source = &copying->sources[i];
        uint32_t slot;
        enum hd_status status = hd_resolve(heap, op, &order->parts[i].source, &slot);

        HD_CHECK(status == HD_OK);
        source->part = order->parts[i];
        source->part.source = operand_of(heap, slot);
        hd_reader_begin(heap->objects, &source->reader, slot);
    }
    if (order->list != 0) {
        *list_of(op) = operand_of(heap, order->list);
    }
    op->copying = copying;
    return HD_OK;
}

/* What it has is let go of. */
static void close_sources(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_copying *copying = op->copying;

    hd_draft_drop(heap->objects, &copying->draft, hd_op_cascade(op));
    for (size_t i = 0; i < copying->count; i++) {
        hd_reader_end(heap->objects, &copying->sources[i].reader);
    }
    hd_free(&heap->books.iface, copying, bytes_of(copying->count));
    op->copying = NULL;
}

static enum hd_status begin_draft(struct hd_heap *heap, struct hd_op *op,
                                  const struct hd_copy_order *order)
{
    struct hd_cascade *draft = &op->copying->draft;

    return order->list == 0
               ? hd_draft_begin(heap->objects, order->kind, order->length, draft, &op->error)
               : hd_draft_begin_beside(heap->objects, order->list, order->length, draft,
                                       &op->error);
}

enum hd_status hd_copying_begin(struct hd_heap *heap, struct hd_op *op,
                                const struct hd_copy_order *order)
{
    bool again = op->copying != NULL;
    enum hd_status status = again ? HD_OK : open_sources(heap, op, order);
    struct hd_copying *copying = op->copying;

    if (status != HD_OK) {
        return status;
    }
    copying->length = order->length;
    copying->source = 0;
    copying->at = 0;
    for (size_t i = 0; i < copying->count; i++) {
        copying->sources[i].reader.changed = false;
        copying->sources[i].range = range_of(heap, &copying->sources[i]);
        copying->sources[i].left_out = order->left_out;
    }
    status = begin_draft(heap, op, order);
    if (status != HD_OK && !again) {
        close_sources(heap, op);
    }
    op->searching = status == HD_OK;
    return status;
}

static bool is_left_out(struct source *source, uint32_t place)
{
    struct hd_range *range = &source->left_out;

    if (range->count == 0 || range->start != place) {
        return false;
    }
    range->start += range->step;
    range->count--;
    return true;
}

/* The next item; 0: a hole, the end of a part, or it is left out. */
static uint32_t next_item(const struct hd_heap *heap, struct hd_copying *copying)
{
    struct source *source = &copying->sources[copying->source];
    uint32_t slot = source->reader.slot;
    uint32_t place;

    if (copying->at == source->range.count) {
        copying->at = 0;
        copying->source = (copying->source + 1) % copying->count; /* it is repeated */
        return 0;
    }
    place = (uint32_t)(source->range.start + copying->at++ * source->range.step);
    if (is_left_out(source, place)) {
        return 0;
    }
    return hd_kind_is_table(hd_object_kind(heap->objects, slot))
               ? hd_table_key(heap->objects, slot, place)
               : hd_seq_item(heap->objects, slot, place);
}

static enum hd_status add_some(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    struct hd_copying *copying = op->copying;
    uint64_t left = copying->length - hd_draft_length(heap->objects, &copying->draft);
    uint64_t steps = (uint64_t)*units * UNIT_ITEMS;
    uint32_t items[PIECE];
    uint32_t count = 0;
    uint32_t looked = 0;

    steps = steps < PIECE ? steps : PIECE;
    while (looked < steps && count < left) {
        uint32_t item = next_item(heap, copying);

        looked++;
        if (item != 0) {
            items[count++] = item;
        }
    }
    *units -= (looked + UNIT_ITEMS - 1) / UNIT_ITEMS;
    return hd_draft_add(heap->objects, &copying->draft, items, count, &op->error);
}

/* The first that did; NULL: none. */
static const struct source *changed_source(const struct hd_copying *copying)
{
    for (size_t i = 0; i < copying->count; i++) {
        if (copying->sources[i].reader.changed) {
            return &copying->sources[i];
        }
    }
    return NULL;
}

/* What it has goes first; then it begins again, unless that was the last time. */
static enum hd_status give_up(struct hd_heap *heap, struct hd_op *op,
                              const struct source *changed)
{
    if (++op->copying->tries == TRIES) {
        return hd_fail(&op->error, HD_ABORTED, HD_REASON_CHANGED,
                       "object %" PRIu64 " changed %d times while %s", changed->part.source.id,
                       TRIES,
                       op->code == HD_OP_DEL_ITEM ? "its items were deleted" : "it was copied");
    }
    hd_draft_drop(heap->objects, &op->copying->draft, hd_op_cascade(op));
    return HD_OK;
}

/* It has all, and shows. */
static enum hd_status give(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_copying *copying = op->copying;

    switch (op->code) {
    case HD_OP_EXTEND:
        return hd_extend_give(heap, op, &copying->draft);
    case HD_OP_DEL_ITEM:
        hd_draft_exchange(heap->objects, &copying->draft, copying->sources[0].reader.slot);
        return HD_OK;
    default:
        return hd_copy_give(heap, op, hd_draft_finish(heap->objects, &copying->draft));
    }
}

/* The next measure of it.  An error is its end, and so is that it is not searching any more. */
static enum hd_status advance(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    struct hd_copying *copying = op->copying;
    const struct source *changed = changed_source(copying);
    enum hd_status status;

    if (copying->draft.top == 0) {
        (*units)--;
        op->searching = false;
        return hd_op_table[op->code].carry_out(heap, op);
    }
    if (changed != NULL) {
        (*units)--;
        return give_up(heap, op, changed);
    }
    status = add_some(heap, op, units);
    if (status == HD_OK && hd_draft_length(heap->objects, &copying->draft) == copying->length) {
        op->searching = false;
        status = give(heap, op);
    }
    return status;
}

/* Whether all of them live, for some of the units. */
static enum hd_status find_sources(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    size_t price = op->copying->count / UNIT_SOURCES;
    enum hd_status status = HD_OK;
    uint32_t slot;

    *units -= price < *units ? (uint32_t)price : *units - 1;
    for (size_t i = 0; status == HD_OK && i < op->copying->count; i++) {
        status = hd_resolve(heap, op, &op->copying->sources[i].part.source, &slot);
    }
    return status;
}

static void explain(struct hd_heap *heap, struct hd_op *op)
{
    if (heap->quota.refusal.reason != HD_REASON_NONE &&
        op->error.reason == HD_REASON_LIMIT_MEMORY) {
        (void)hd_quota_explain(&heap->quota, &op->error);
    }
}

bool hd_copy_work(struct hd_heap *heap, struct hd_op *op, uint32_t *units)
{
    enum hd_status status;

    if (op->copying == NULL) {
        return true;
    }
    hd_quota_begin(&heap->quota, (hd_op_table[op->code].is & HD_OP_GIVES) != 0);
    hd_objects_set_account(heap->objects, op->session->account);
    status = find_sources(heap, op, units);
    while (status == HD_OK && op->searching && *units > 0 && hd_op_cascade(op)->top == 0) {
        status = advance(heap, op, units);
    }
    if (status != HD_OK) {
        explain(heap, op);
        op->searching = true; /* it changed nothing that is seen */
    }
    if (status == HD_OK && op->searching) {
        return false;
    }
    close_sources(heap, op);
    return hd_op_cascade(op)->top == 0;
}
