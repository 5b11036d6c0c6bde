/* SPDX-License-Identifier: MIT */
/* bitset.h: a set of slot numbers that is walked in order at the cost of its members.
 *
 * One bit for each slot, and above it levels of one bit for each word below
 * that is not 0.  Reserved once, never copied; untouched parts take no memory. */
#ifndef HD_OBJECT_BITSET_H
#define HD_OBJECT_BITSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "pool/os.h"

#define HD_BITSET_LEVELS 5

struct hd_bitset {
    const struct hd_os *os;
    uint64_t *levels[HD_BITSET_LEVELS]; /* into one reservation, all of it committed */
    void *base;
    size_t bytes;
    uint32_t capacity;
};

/* For numbers below capacity. */
enum hd_status hd_bitset_init(struct hd_bitset *set, const struct hd_os *os, uint32_t capacity);
void hd_bitset_fini(struct hd_bitset *set);

void hd_bitset_add(struct hd_bitset *set, uint32_t number);
void hd_bitset_remove(struct hd_bitset *set, uint32_t number);
/* Many of the 64 numbers that number is of, by bits, at least one. */
void hd_bitset_add_word(struct hd_bitset *set, uint32_t number, uint64_t word);
void hd_bitset_remove_word(struct hd_bitset *set, uint32_t number, uint64_t word);
/* The members among the 64 numbers that number is of, by bits; they leave the set. */
uint64_t hd_bitset_take_word(struct hd_bitset *set, uint32_t number);
bool hd_bitset_has(const struct hd_bitset *set, uint32_t number);

/* Which of the 64 numbers that number is of, from it on, are members: bit 0 is number. */
static inline uint64_t hd_bitset_rest(const struct hd_bitset *set, uint32_t number)
{
    return number < set->capacity ? set->levels[0][number / 64] >> number % 64 : 0;
}

/* The first member at or after number, or HD_BITSET_END. */
#define HD_BITSET_END UINT32_MAX
uint32_t hd_bitset_next(const struct hd_bitset *set, uint32_t number);

#endif
