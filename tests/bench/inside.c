/* SPDX-License-Identifier: MIT */
/* inside.c: operations as functions. */
#include "inside.h"

#define SLICE_UNITS 1000000u

/* What the heap books are durations by the wall: reading the processor's time is a system call.
 */
static uint64_t now_ns(void *ctx)
{
    (void)ctx;
    return (uint64_t)wall_ns();
}

static const struct hd_clock heap_clock = {.now_ns = now_ns};

struct hd_heap_options bench_options(void)
{
    struct hd_heap_options options = hd_heap_options_default();

    options.limits.holds = UINT32_MAX / 8;
    options.limits.items = UINT32_MAX / 8;
    return options;
}

void bench_begin(struct bench *b, const struct hd_heap_options *options)
{
    const struct hd_heap_world world = {hd_os_system(), hd_libc_allocator(), &heap_clock};

    must(hd_heap_new(options, &world, &b->heap) == HD_OK, "no heap");
    must(hd_heap_open_session(b->heap, &b->session, NULL) == HD_OK, "no session");
}

void perform(struct bench *b, struct hd_op *op)
{
    if (hd_heap_do(b->heap, op) == HD_MORE) {
        while (hd_heap_work(b->heap, SLICE_UNITS)) {
        }
    }
    must(op->error.status == HD_OK, op->error.text);
}

void set_enabled(struct bench *b, bool enabled)
{
    struct hd_op op;

    hd_op_init(&op, enabled ? HD_OP_ENABLE : HD_OP_DISABLE, b->session);
    perform(b, &op);
}

struct hd_operand by_id(uint64_t id)
{
    return (struct hd_operand){.by = HD_BY_ID, .id = id};
}

uint64_t create(struct bench *b, const struct hd_new *object)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_CREATE, b->session);
    op.in.create.object = *object;
    perform(b, &op);
    return op.out.id;
}

uint64_t create_items(struct bench *b, enum hd_kind kind, const uint64_t *ids, size_t n)
{
    return create(b, &(struct hd_new){.kind = kind, .items = {.count = n, .ids = ids}});
}

uint64_t none_of(struct bench *b)
{
    return create(b, &(struct hd_new){.kind = HD_KIND_NONE});
}

void release(struct bench *b, const uint64_t *ids, size_t n)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_RELEASE, b->session);
    op.in.hold.objects.count = n;
    op.in.hold.objects.ids = ids;
    perform(b, &op);
}

void append(struct bench *b, uint64_t list, uint64_t item)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_APPEND, b->session);
    op.in.item.container = by_id(list);
    op.in.item.item = by_id(item);
    perform(b, &op);
}

void set_item(struct bench *b, uint64_t list, long index, uint64_t item)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_SET_ITEM, b->session);
    op.in.item.container = by_id(list);
    op.in.item.at.at = HD_AT_INDEX;
    op.in.item.at.index = index;
    op.in.item.item = by_id(item);
    perform(b, &op);
}

uint64_t collect(struct bench *b)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_COLLECT, b->session);
    op.in.collect.generation = 2;
    perform(b, &op);
    return op.out.collect.collected;
}
