/* SPDX-License-Identifier: MIT */
/* clock.c: the system's monotonic clock behind hd_clock. */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

static uint64_t monotonic_now_ns(void *ctx)
{
    struct timespec now;

    (void)ctx;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

const struct hd_clock *hd_monotonic_clock(void)
{
    static const struct hd_clock monotonic = {monotonic_now_ns, NULL};

    return &monotonic;
}

uint64_t hd_clock_now_ns(const struct hd_clock *clock)
{
    return clock->now_ns(clock->ctx);
}
