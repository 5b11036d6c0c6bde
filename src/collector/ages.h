/* SPDX-License-Identifier: MIT */
/* ages.h: finding containers by what their ages say, eight at a time. */
#ifndef HD_COLLECTOR_AGES_H
#define HD_COLLECTOR_AGES_H

#include <stdint.h>

#include "object/slot.h"

/* The next slot from `from` on, and below `end`, with (age & mask) == value; else `end`. */
uint32_t hd_ages_next(const struct hd_slots *slots, uint32_t from, uint32_t end, uint8_t mask,
                      uint8_t value);

#endif
