/* SPDX-License-Identifier: MIT */
/* ages.c: a word of ages is compared at once. */
#include "collector/ages.h"

#include <string.h>

#define EACH UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)

/* Whether any byte of the word is 0. */
static bool has_zero(uint64_t word)
{
    return ((word - EACH) & ~word & HIGH) != 0;
}

uint32_t hd_ages_next(const struct hd_slots *slots, uint32_t from, uint32_t end, uint8_t mask,
                      uint8_t value)
{
    uint32_t slot = from;

    while (slot < end) {
        if (slot % 8 == 0 && end - slot >= 8) {
            uint64_t word;

            memcpy(&word, slots->age + slot, sizeof word);
            if (!has_zero((word & EACH * mask) ^ EACH * value)) {
                slot += 8;
                continue;
            }
        }
        if ((slots->age[slot] & mask) == value) {
            return slot;
        }
        slot++;
    }
    return end;
}
