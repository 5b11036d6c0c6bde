/* SPDX-License-Identifier: MIT */
/* bitset.c: five levels of 64-way summary: 64^5 numbers and more. */
#include "object/bitset.h"

#include "base/check.h"

static size_t words_of(uint32_t capacity, unsigned level)
{
    uint64_t n = capacity;

    for (unsigned i = 0; i <= level; i++) {
        n = (n + 63) / 64;
    }
    return (size_t)n;
}

enum hd_status hd_bitset_init(struct hd_bitset *set, const struct hd_os *os, uint32_t capacity)
{
    size_t words = 0;
    size_t bytes;
    void *base;

    for (unsigned level = 0; level < HD_BITSET_LEVELS; level++) {
        words += words_of(capacity, level);
    }
    bytes = (words * sizeof(uint64_t) + os->page_size - 1) & ~(os->page_size - 1);
    if (os->reserve(os->ctx, bytes, os->page_size, &base) != 0) {
        return HD_RESOURCE_EXHAUSTED;
    }
    if (os->commit(os->ctx, base, bytes) != 0) {
        (void)os->release(os->ctx, base, bytes);
        return HD_RESOURCE_EXHAUSTED;
    }
    *set = (struct hd_bitset){.os = os, .base = base, .bytes = bytes, .capacity = capacity};
    for (unsigned level = 0; level < HD_BITSET_LEVELS; level++) {
        set->levels[level] = base;
        base = (uint64_t *)base + words_of(capacity, level);
    }
    return HD_OK;
}

void hd_bitset_fini(struct hd_bitset *set)
{
    if (set->base != NULL) {
        (void)set->os->release(set->os->ctx, set->base, set->bytes);
    }
    *set = (struct hd_bitset){0};
}

void hd_bitset_add(struct hd_bitset *set, uint32_t number)
{
    HD_CHECK(number < set->capacity);
    for (unsigned level = 0; level < HD_BITSET_LEVELS; level++) {
        uint64_t *word = &set->levels[level][number / 64];
        uint64_t before = *word;

        *word |= UINT64_C(1) << number % 64;
        if (before != 0) {
            return;
        }
        number /= 64;
    }
}

/* Upwards from a level where a word has become 0. */
static void clear_above(struct hd_bitset *set, unsigned level, uint32_t number)
{
    for (; level < HD_BITSET_LEVELS; level++) {
        uint64_t *word = &set->levels[level][number / 64];

        *word &= ~(UINT64_C(1) << number % 64);
        if (*word != 0) {
            return;
        }
        number /= 64;
    }
}

void hd_bitset_remove(struct hd_bitset *set, uint32_t number)
{
    HD_CHECK(number < set->capacity);
    clear_above(set, 0, number);
}

void hd_bitset_add_word(struct hd_bitset *set, uint32_t number, uint64_t word)
{
    hd_bitset_add(set, number / 64 * 64 + (uint32_t)__builtin_ctzll(word));
    set->levels[0][number / 64] |= word;
}

void hd_bitset_remove_word(struct hd_bitset *set, uint32_t number, uint64_t word)
{
    HD_CHECK(number < set->capacity);
    set->levels[0][number / 64] &= ~word;
    if (set->levels[0][number / 64] == 0) {
        clear_above(set, 1, number / 64);
    }
}

uint64_t hd_bitset_take_word(struct hd_bitset *set, uint32_t number)
{
    uint64_t word;

    HD_CHECK(number < set->capacity);
    word = set->levels[0][number / 64];
    set->levels[0][number / 64] = 0;
    clear_above(set, 1, number / 64);
    return word;
}

bool hd_bitset_has(const struct hd_bitset *set, uint32_t number)
{
    return number < set->capacity && (set->levels[0][number / 64] >> number % 64 & 1) != 0;
}

/* The first set bit at or after `at` on this level, or UINT64_MAX. */
static uint64_t next_on(const struct hd_bitset *set, unsigned level, uint64_t at)
{
    uint64_t words = words_of(set->capacity, level);
    uint64_t word;

    if (at / 64 >= words) {
        return UINT64_MAX;
    }
    word = set->levels[level][at / 64] >> at % 64;
    if (word != 0) {
        return at + (unsigned)__builtin_ctzll(word);
    }
    return UINT64_MAX;
}

uint32_t hd_bitset_next(const struct hd_bitset *set, uint32_t number)
{
    uint64_t at = number;
    unsigned level = 0;

    /* Up while the rest of the word is empty, then down to the first member. */
    for (;;) {
        uint64_t found = next_on(set, level, at);

        if (found != UINT64_MAX) {
            at = found;
            break;
        }
        at = at / 64 + 1;
        level++;
        if (level == HD_BITSET_LEVELS) {
            return HD_BITSET_END;
        }
    }
    while (level > 0) {
        level--;
        at = at * 64 + (unsigned)__builtin_ctzll(set->levels[level][at]);
    }
    return (uint32_t)at;
}
