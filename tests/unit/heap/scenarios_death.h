/* SPDX-License-Identifier: MIT */
/* scenarios_death.h: those of scenarios.h that speak of queues, finalizers and garbage. */
#ifndef HD_TESTS_HEAP_SCENARIOS_DEATH_H
#define HD_TESTS_HEAP_SCENARIOS_DEATH_H

#include "unit/heap/scenarios_state.h"

static void let_die(struct fixture *f, const char *queue)
{
    uint64_t id = new_list(f);

    assert_int_equal(set_finalizer(f, id, queue), HD_OK);
    assert_int_equal(release(f, id), HD_OK);
}

static uint64_t deliver_and_wait(struct fixture *f)
{
    struct hd_delivery delivery;

    let_die(f, "queue");
    delivery = receive_one(f, "queue");
    fake_clock_advance(&f->clock, 2 * SECOND);
    return delivery.delivery;
}

static void prepare_deaths(struct fixture *f, struct deaths *deaths)
{
    uint64_t id = new_loop(f);

    assert_int_equal(set_queue(f, "queue", 1000, 1, false), HD_OK);
    deaths->letter = deliver_and_wait(f);
    expire(f, 1);
    deaths->delivery = deliver_and_wait(f);
    let_die(f, "queue");
    new_queue(f, "second");
    let_die(f, "second");
    set_debug(f, 32);
    assert_int_equal(release(f, id), HD_OK);
    assert_int_equal(collect(f), 1);
    set_debug(f, 0);
    id = new_list(f);
    assert_int_equal(set_finalizer(f, id, "queue"), HD_OK);
    assert_int_equal(bind(f, "armed", id), HD_OK);
}

FILL(create_queue)
{
    (void)s;
    op->in.queue.name = text_of("fresh");
}
FILL(set_queue)
{
    (void)s;
    op->in.queue.name = text_of("queue");
    op->in.queue.deadline_ms = 5;
    op->in.queue.tries = 7;
}
FILL(queue_of_session)
{
    fill_create_queue(s, op);
    op->in.queue.of_session = true;
}
FILL(delete_queue)
{
    (void)s;
    op->in.queue.name = text_of("queue");
}

FILL(set_finalizer)
{
    op->in.finalizer.object = by_id(s->list);
    op->in.finalizer.queue = text_of("queue");
}
FILL(move_finalizer)
{
    (void)s;
    op->in.finalizer.object = by_name("armed");
    op->in.finalizer.queue = text_of("second");
}
FILL(unset_finalizer)
{
    fill_move_finalizer(s, op);
    op->in.finalizer.queue = text_of("");
}
FILL(callback)
{
    op->in.finalizer.object = by_id(s->set);
    op->in.finalizer.queue = text_of("queue");
    op->in.finalizer.hold = true;
}

FILL(receive)
{
    op->in.receive.queue = text_of("queue");
    op->in.receive.max = 4;
    op->in.receive.ret_deliveries = s->deaths.told;
}
FILL(receive_first)
{
    fill_receive(s, op);
    op->in.receive.queue = text_of("second");
}
FILL(acknowledge)
{
    op->in.deliveries.ids = &s->deaths.delivery;
    op->in.deliveries.count = 1;
}
FILL(redrive_one)
{
    op->in.deliveries.ids = &s->deaths.letter;
    op->in.deliveries.count = 1;
}
FILL(redrive_all)
{
    (void)s;
    op->in.deliveries.queue = text_of("queue");
}
FILL(expire)
{
    (void)s;
    op->session = NULL;
    op->in.expire.units = 10;
}
FILL(debug)
{
    (void)s;
    op->in.debug.flags = 32;
}
FILL(mode)
{
    (void)s;
    op->in.mode.mode = HD_COLLECTOR_CLASSIC;
    op->in.mode.floor_bytes = 1 << 20;
}

#endif
