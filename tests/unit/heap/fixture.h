/* SPDX-License-Identifier: MIT */
/* fixture.h: a heap with two sessions, and operations as short calls.
 *
 * Everything counts its memory; taking it down verifies the heap and finds leaks. */
#ifndef HD_TESTS_HEAP_FIXTURE_H
#define HD_TESTS_HEAP_FIXTURE_H

#include "lib/testlib.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "heap/heap.h"
#include "heap/inspect.h"
#include "heap/verify.h"
#include "lib/fake_clock.h"
#include "lib/fault_alloc.h"
#include "pool/os.h"

struct fixture {
    struct fault_alloc memory;
    struct fake_clock clock;
    struct hd_heap_options options;
    struct hd_heap *heap;
    struct hd_session *session;
    struct hd_session *other;
    struct hd_op op; /* the last */
};

static inline struct hd_bytes text_of(const char *text)
{
    return hd_bytes_of(text);
}

static inline void print_defect(void *ctx, const char *sentence)
{
    (void)ctx;
    print_error("defect: %s\n", sentence);
}

static inline void assert_sound(struct fixture *f)
{
    struct hd_verify_result result;

    assert_int_equal(hd_heap_verify(f->heap, print_defect, NULL, &result), HD_OK);
    assert_int_equal(result.defects, 0);
}

/* Carries it out to its end, some units at a time. */
static inline enum hd_status carry_out(struct fixture *f, struct hd_op *op)
{
    if (hd_heap_do(f->heap, op) == HD_MORE) {
        assert_true(hd_session_is_busy(op->session));
        while (hd_heap_work(f->heap, 3)) {
        }
    }
    return op->error.status;
}

static inline struct hd_op *begin(struct fixture *f, enum hd_op_code code)
{
    hd_op_init(&f->op, code, f->session);
    return &f->op;
}

static inline enum hd_status finish(struct fixture *f)
{
    return carry_out(f, &f->op);
}

static inline void fixture_open(struct fixture *f)
{
    const struct hd_heap_world world = {hd_os_system(), &f->memory.iface, &f->clock.iface};

    assert_int_equal(hd_heap_new(&f->options, &world, &f->heap), HD_OK);
    assert_int_equal(hd_heap_open_session(f->heap, &f->session, NULL), HD_OK);
    assert_int_equal(hd_heap_open_session(f->heap, &f->other, NULL), HD_OK);
}

static inline void fixture_options(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    fault_alloc_init(&f->memory, FAULT_NEVER);
    fake_clock_init(&f->clock, 1000);
    f->options = hd_heap_options_default();
    f->options.max_slots = 65536;
    f->options.version_seed = 7;
    f->options.hash_key = (struct hd_hash_key){1, 2};
    f->options.memory.reserve_bytes = (size_t)64 << 20;
}

static inline void fixture_up(struct fixture *f)
{
    fixture_options(f);
    fixture_open(f);
}

static inline void end_session(struct fixture *f, struct hd_session *session)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_SESSION_END, session);
    assert_int_equal(carry_out(f, &op), HD_OK);
}

static inline void fixture_down(struct fixture *f)
{
    fault_alloc_rearm(&f->memory, FAULT_NEVER, false);
    assert_sound(f);
    end_session(f, f->session);
    end_session(f, f->other);
    assert_sound(f);
    hd_heap_free(f->heap);
    assert_int_equal(f->memory.live_blocks, 0);
    assert_int_equal(f->memory.live_bytes, 0);
}

static inline struct hd_operand by_id(uint64_t id)
{
    return (struct hd_operand){.by = HD_BY_ID, .id = id};
}

static inline struct hd_operand by_name(const char *name)
{
    return (struct hd_operand){.by = HD_BY_NAME, .name = hd_bytes_of(name)};
}

static inline struct hd_operand by_result(uint32_t number)
{
    return (struct hd_operand){.by = HD_BY_RESULT, .result = number};
}

static inline struct hd_operands ids_of(const uint64_t *ids, size_t count)
{
    return (struct hd_operands){.count = count, .ids = ids};
}

static inline uint64_t created(struct fixture *f)
{
    assert_int_equal(finish(f), HD_OK);
    assert_int_not_equal(f->op.out.id, 0);
    return f->op.out.id;
}

static inline uint64_t new_int(struct fixture *f, int64_t value)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = HD_KIND_INT;
    op->in.create.object.integer = value;
    return created(f);
}

static inline uint64_t new_float(struct fixture *f, double value)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = HD_KIND_FLOAT;
    op->in.create.object.real = value;
    return created(f);
}

static inline uint64_t new_str(struct fixture *f, const char *text)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = HD_KIND_STR;
    op->in.create.object.bytes = hd_bytes_of(text);
    return created(f);
}

static inline uint64_t new_bytes(struct fixture *f, const char *text)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = HD_KIND_BYTES;
    op->in.create.object.bytes = hd_bytes_of(text);
    return created(f);
}

static inline uint64_t new_of(struct fixture *f, enum hd_kind kind, const uint64_t *items,
                              size_t count)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = kind;
    op->in.create.object.items = ids_of(items, count);
    return created(f);
}

static inline uint64_t new_list(struct fixture *f)
{
    return new_of(f, HD_KIND_LIST, NULL, 0);
}

static inline uint64_t new_dict(struct fixture *f)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = HD_KIND_DICT;
    return created(f);
}

static inline uint64_t new_instance(struct fixture *f, const char *class_name)
{
    struct hd_op *op = begin(f, HD_OP_CREATE);

    op->in.create.object.kind = HD_KIND_INSTANCE;
    op->in.create.object.instance.class_name = hd_bytes_of(class_name);
    return created(f);
}

static inline enum hd_status release(struct fixture *f, uint64_t id)
{
    struct hd_op *op = begin(f, HD_OP_RELEASE);

    op->in.hold.objects = ids_of(&id, 1);
    return finish(f);
}

static inline enum hd_status hold(struct fixture *f, uint64_t id)
{
    struct hd_op *op = begin(f, HD_OP_HOLD);

    op->in.hold.objects = ids_of(&id, 1);
    return finish(f);
}

static inline enum hd_status item_op(struct fixture *f, enum hd_op_code code,
                                     uint64_t container, uint64_t item)
{
    struct hd_op *op = begin(f, code);

    op->in.item.container = by_id(container);
    op->in.item.item = by_id(item);
    return finish(f);
}

/* What CONTAINS or EQUALS says. */
static inline bool holds_true(struct fixture *f, enum hd_op_code code, uint64_t left,
                              uint64_t right)
{
    assert_int_equal(item_op(f, code, left, right), HD_OK);
    return f->op.out.truth;
}

static inline enum hd_status append(struct fixture *f, uint64_t list, uint64_t item)
{
    return item_op(f, HD_OP_APPEND, list, item);
}

static inline struct hd_subscript at_index(int64_t index)
{
    return (struct hd_subscript){.at = HD_AT_INDEX, .index = index};
}

static inline struct hd_subscript at_key(uint64_t key)
{
    return (struct hd_subscript){.at = HD_AT_KEY, .key = by_id(key)};
}

static inline enum hd_status place_op(struct fixture *f, enum hd_op_code code,
                                      uint64_t container, struct hd_subscript at, uint64_t item)
{
    struct hd_op *op = begin(f, code);

    op->in.item.container = by_id(container);
    op->in.item.at = at;
    op->in.item.item = by_id(item);
    return finish(f);
}

static inline enum hd_status bind(struct fixture *f, const char *name, uint64_t id)
{
    struct hd_op *op = begin(f, HD_OP_BIND);

    op->in.name.name = hd_bytes_of(name);
    op->in.name.object = by_id(id);
    return finish(f);
}

static inline enum hd_status unbind(struct fixture *f, const char *name)
{
    struct hd_op *op = begin(f, HD_OP_DELETE);

    op->in.name.name = hd_bytes_of(name);
    return finish(f);
}

static inline uint64_t collect(struct fixture *f)
{
    struct hd_op *op = begin(f, HD_OP_COLLECT);

    op->in.collect.generation = 2;
    assert_int_equal(finish(f), HD_OK);
    return op->out.collect.collected;
}

/* 0: dead. */
static inline uint32_t slot_of(struct fixture *f, uint64_t id)
{
    const struct hd_operand operand = by_id(id);
    uint32_t slot;

    return hd_operand_resolve(f->heap, f->session, NULL, &operand, &slot, NULL) == HD_OK ? slot
                                                                                         : 0;
}

static inline bool is_alive(struct fixture *f, uint64_t id)
{
    return slot_of(f, id) != 0;
}

static inline uint32_t refcount(struct fixture *f, uint64_t id)
{
    uint32_t slot = slot_of(f, id);

    return slot == 0 ? 0 : hd_inspect_refcount(f->heap, NULL, slot);
}

static inline uint64_t length(struct fixture *f, uint64_t id)
{
    uint64_t n = 0;

    assert_int_equal(hd_inspect_length(f->heap, slot_of(f, id), &n, NULL), HD_OK);
    return n;
}

static inline void assert_refused(struct fixture *f, enum hd_status status,
                                  enum hd_reason reason, const char *text)
{
    assert_int_equal(f->op.error.status, status);
    assert_string_equal(hd_reason_name(f->op.error.reason), hd_reason_name(reason));
    if (text != NULL) {
        assert_string_equal(f->op.error.text, text);
    }
}

#endif
