/* SPDX-License-Identifier: MIT */
#include "deadline.h"

#include <time.h>

#define NS_PER_MS 1000000u

uint64_t hdc_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct hdc_deadline hdc_deadline_in(int timeout_ms)
{
    struct hdc_deadline deadline = {.none = timeout_ms < 0};

    if (!deadline.none) {
        deadline.at_ns = hdc_now_ns() + (uint64_t)timeout_ms * NS_PER_MS;
    }
    return deadline;
}

int hdc_deadline_left_ms(const struct hdc_deadline *deadline)
{
    uint64_t now;

    if (deadline->none) {
        return -1;
    }
    now = hdc_now_ns();
    return now >= deadline->at_ns ? 0
                                  : (int)((deadline->at_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

bool hdc_deadline_passed(const struct hdc_deadline *deadline)
{
    return hdc_deadline_left_ms(deadline) == 0;
}
