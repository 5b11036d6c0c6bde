/* SPDX-License-Identifier: MIT */
/* death_fixture.h: queues, finalizers, callbacks and slices, as short calls. */
#ifndef HD_TESTS_HEAP_DEATH_FIXTURE_H
#define HD_TESTS_HEAP_DEATH_FIXTURE_H

#include "unit/heap/fixture.h"

#include "heap/internal.h"

#define TOLD 32

struct told {
    struct hd_delivery of[TOLD];
    size_t count;
};

static inline enum hd_status set_queue(struct fixture *f, const char *name,
                                       uint64_t deadline_ms, uint32_t tries, bool of_session)
{
    struct hd_op *op = begin(f, HD_OP_CREATE_QUEUE);

    op->in.queue.name = text_of(name);
    op->in.queue.deadline_ms = deadline_ms;
    op->in.queue.tries = tries;
    op->in.queue.of_session = of_session;
    return finish(f);
}

static inline void new_queue(struct fixture *f, const char *name)
{
    assert_int_equal(set_queue(f, name, 0, 0, false), HD_OK);
    assert_true(f->op.out.changed);
}

static inline enum hd_status delete_queue(struct fixture *f, const char *name)
{
    begin(f, HD_OP_DELETE_QUEUE)->in.queue.name = text_of(name);
    return finish(f);
}

/* "": nobody is told. */
static inline enum hd_status set_finalizer(struct fixture *f, uint64_t id, const char *queue)
{
    struct hd_op *op = begin(f, HD_OP_SET_FINALIZER);

    op->in.finalizer.object = by_id(id);
    op->in.finalizer.queue = text_of(queue);
    return finish(f);
}

/* "": it has no callback. */
static inline uint64_t new_weakref(struct fixture *f, uint64_t id, const char *queue)
{
    struct hd_op *op = begin(f, HD_OP_NEW_WEAKREF);

    op->in.finalizer.object = by_id(id);
    op->in.finalizer.queue = text_of(queue);
    op->in.finalizer.hold = true;
    return created(f);
}

/* 0: it is dead. */
static inline uint64_t deref(struct fixture *f, uint64_t weakref)
{
    begin(f, HD_OP_DEREF)->in.item.item = by_id(weakref);
    assert_int_equal(finish(f), HD_OK);
    return f->op.out.id;
}

static inline struct told receive(struct fixture *f, const char *queue, size_t max)
{
    struct told told = {.count = 0};
    struct hd_op op;

    hd_op_init(&op, HD_OP_RECEIVE, f->session);
    op.in.receive.queue = text_of(queue);
    op.in.receive.max = max < TOLD ? max : TOLD;
    op.in.receive.ret_deliveries = told.of;
    assert_int_equal(hd_heap_do(f->heap, &op), HD_DONE);
    f->op.error = op.error;
    told.count = op.error.status == HD_OK ? op.out.count : 0;
    return told;
}

/* The one delivery that there is. */
static inline struct hd_delivery receive_one(struct fixture *f, const char *queue)
{
    struct told told = receive(f, queue, TOLD);

    assert_int_equal(told.count, 1);
    return told.of[0];
}

static inline enum hd_status acknowledge(struct fixture *f, uint64_t delivery)
{
    struct hd_op *op = begin(f, HD_OP_ACKNOWLEDGE);

    op->in.deliveries.ids = &delivery;
    op->in.deliveries.count = 1;
    return finish(f);
}

static inline void expire(struct fixture *f, uint32_t units)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_EXPIRE, NULL);
    op.in.expire.units = units;
    assert_int_equal(hd_heap_do(f->heap, &op), HD_DONE);
    assert_int_equal(op.error.status, HD_OK);
}

static inline void set_debug(struct fixture *f, uint32_t flags)
{
    begin(f, HD_OP_SET_DEBUG)->in.debug.flags = flags;
    assert_int_equal(finish(f), HD_OK);
}

/* One unit after the other, with the proof in between. */
static inline void work_soundly(struct fixture *f)
{
    do {
        assert_sound(f);
    } while (hd_heap_work(f->heap, 1));
    assert_sound(f);
}

/* Starts a full collection for the other session and leaves it after one unit: its dead are
 * condemned.  *op is the heap's until the work is done. */
static inline void start_collect(struct fixture *f, struct hd_op *op)
{
    uint32_t units = f->heap->options.slice_units;

    hd_collector_set_mode(f->heap->collector, HD_COLLECTOR_CLASSIC);
    f->heap->options.slice_units = 1;
    hd_op_init(op, HD_OP_COLLECT, f->other);
    op->in.collect.generation = 2;
    assert_int_equal(hd_heap_do(f->heap, op), HD_MORE);
    assert_int_equal(op->error.status, HD_OK);
    f->heap->options.slice_units = units;
}

static inline struct hd_queue_info queue_info(struct fixture *f, const char *name)
{
    struct hd_queue_info infos[8];
    size_t n = hd_inspect_queues(f->heap, 8, infos);

    for (size_t i = 0; i < n; i++) {
        if (hd_bytes_equal(infos[i].name, text_of(name))) {
            return infos[i];
        }
    }
    return (struct hd_queue_info){.name = {NULL, 0}};
}

static inline void set_attr(struct fixture *f, uint64_t instance, const char *name,
                            uint64_t value)
{
    struct hd_op *op = begin(f, HD_OP_SET_ATTR);

    op->in.attr.object = by_id(instance);
    op->in.attr.name = text_of(name);
    op->in.attr.value = by_id(value);
    assert_int_equal(finish(f), HD_OK);
}

/* An instance whose attribute "self" it is. */
static inline uint64_t new_loop(struct fixture *f)
{
    uint64_t instance = new_instance(f, "Node");

    set_attr(f, instance, "self", instance);
    return instance;
}

#endif
