/* SPDX-License-Identifier: MIT */
/* guard.c: memset and __asan_poison_memory_region, each where it is on. */
#include "pool/guard.h"

#include <string.h>

#if HD_ASAN
#include <sanitizer/asan_interface.h>
#endif

void hd_guard_forbid(void *memory, size_t size)
{
#if HD_ASAN
    __asan_poison_memory_region(memory, size);
#else
    (void)memory;
    (void)size;
#endif
}

void hd_guard_permit(void *memory, size_t size)
{
#if HD_ASAN
    __asan_unpoison_memory_region(memory, size);
#else
    (void)memory;
    (void)size;
#endif
}

static void fill(void *memory, int pattern, size_t size)
{
    if (HD_CHECK_LEVEL >= 2) {
        memset(memory, pattern, size);
    }
}

void hd_guard_taken(void *block, size_t asked)
{
    hd_guard_permit(block, asked);
    fill(block, HD_FILL_NEW, asked);
}

void hd_guard_given(void *block, size_t block_size)
{
    hd_guard_permit(block, block_size);
    fill(block, HD_FILL_FREED, block_size);
    hd_guard_forbid(block, block_size);
}

void hd_guard_resized(void *block, size_t asked_old, size_t asked_new)
{
    char *bytes = block;

    if (asked_new > asked_old) {
        hd_guard_permit(bytes, asked_new);
        fill(bytes + asked_old, HD_FILL_NEW, asked_new - asked_old);
    } else {
        hd_guard_forbid(bytes + asked_new, asked_old - asked_new);
    }
}

HD_UNCHECKED_ACCESS bool hd_guard_is_freed(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        if (at[i] != HD_FILL_FREED) {
            return false;
        }
    }
    return true;
}
