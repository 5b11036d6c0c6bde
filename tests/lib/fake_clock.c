/* SPDX-License-Identifier: MIT */
/* fake_clock.c: a number behind hd_clock. */
#include "lib/fake_clock.h"

static uint64_t fake_now_ns(void *ctx)
{
    struct fake_clock *clock = ctx;
    uint64_t now_ns = clock->now_ns;

    clock->now_ns += clock->step_ns;
    return now_ns;
}

void fake_clock_init(struct fake_clock *clock, uint64_t now_ns)
{
    *clock = (struct fake_clock){.iface = {fake_now_ns, clock}, .now_ns = now_ns};
}

void fake_clock_advance(struct fake_clock *clock, uint64_t ns)
{
    clock->now_ns += ns;
}
