/* SPDX-License-Identifier: MIT */
/* fake_clock.h: time that passes when the test says so. */
#ifndef HD_TESTS_FAKE_CLOCK_H
#define HD_TESTS_FAKE_CLOCK_H

#include <stdint.h>

#include "base/clock.h"

#define MILLISECOND UINT64_C(1000000)
#define SECOND      UINT64_C(1000000000)

struct fake_clock {
    struct hd_clock iface;
    uint64_t now_ns;
    uint64_t step_ns; /* passes with each reading; 0 unless the test sets it */
};

void fake_clock_init(struct fake_clock *clock, uint64_t now_ns);
void fake_clock_advance(struct fake_clock *clock, uint64_t ns);

#endif
