/* SPDX-License-Identifier: MIT */
/* deadline.h: how long a wait may still take. */
#ifndef HEAPD_CLIENT_DEADLINE_H
#define HEAPD_CLIENT_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct hdc_deadline {
    bool none;
    uint64_t at_ns;
};

uint64_t hdc_now_ns(void);

/* timeout_ms below 0: never. */
struct hdc_deadline hdc_deadline_in(int timeout_ms);
/* For poll(): -1, or the milliseconds left, rounded up; 0 when it has passed. */
int hdc_deadline_left_ms(const struct hdc_deadline *deadline);
bool hdc_deadline_passed(const struct hdc_deadline *deadline);

#endif
