/* SPDX-License-Identifier: MIT */
/* clock.h: time is an argument.  Nanoseconds from an arbitrary start, never going back. */
#ifndef HD_BASE_CLOCK_H
#define HD_BASE_CLOCK_H

#include <stdint.h>

struct hd_clock {
    uint64_t (*now_ns)(void *ctx);
    void *ctx;
};

uint64_t hd_clock_now_ns(const struct hd_clock *clock);

/* CLOCK_MONOTONIC.  Immutable and stateless: safe to share by all. */
const struct hd_clock *hd_monotonic_clock(void);

#endif
