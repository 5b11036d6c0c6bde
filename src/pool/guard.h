/* SPDX-License-Identifier: MIT */
/* guard.h: makes wrong use of blocks visible: fill patterns at check level 2, poison under
 * AddressSanitizer.  Callers ask HD_GUARDED first, so that a release build has none of it. */
#ifndef HD_POOL_GUARD_H
#define HD_POOL_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/check.h"

#if defined(__SANITIZE_ADDRESS__)
#define HD_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HD_ASAN 1
#endif
#endif
#ifndef HD_ASAN
#define HD_ASAN 0
#endif

#if HD_ASAN
#define HD_UNCHECKED_ACCESS __attribute__((no_sanitize("address")))
#else
#define HD_UNCHECKED_ACCESS
#endif

#define HD_GUARDED (HD_CHECK_LEVEL >= 2 || HD_ASAN)

#define HD_FILL_NEW   0xA5
#define HD_FILL_FREED 0x5A

/* A block is handed out: exactly the asked bytes may be used. */
void hd_guard_taken(void *block, size_t asked);

/* A block comes back: none of its bytes may be used. */
void hd_guard_given(void *block, size_t block_size);

/* The use of a block changes within its size. */
void hd_guard_resized(void *block, size_t asked_old, size_t asked_new);

/* Memory that is nobody's yet; memory that is left to others. */
void hd_guard_forbid(void *memory, size_t size);
void hd_guard_permit(void *memory, size_t size);

/* Whether all of the bytes are as hd_guard_given left them. */
bool hd_guard_is_freed(const void *bytes, size_t size);

#endif
