/* SPDX-License-Identifier: MIT */
/* sizes.h: bodies of mixed sizes, 64 bytes to 16 KiB, about 1 KiB in the mean, and which of
 * them go; the same for every contestant. */
#ifndef HD_BENCH_SIZES_H
#define HD_BENCH_SIZES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sizes {
    uint64_t random;
};

static inline struct sizes sizes_begin(void)
{
    return (struct sizes){88172645463325252};
}

static inline double sizes_draw(struct sizes *sizes)
{
    sizes->random ^= sizes->random << 13;
    sizes->random ^= sizes->random >> 7;
    sizes->random ^= sizes->random << 17;
    return (double)(sizes->random >> 11) / 9007199254740992.0;
}

static inline size_t sizes_next(struct sizes *sizes)
{
    return (size_t)(64 * pow(256, pow(sizes_draw(sizes), 3.5)));
}

static inline bool sizes_is_released(struct sizes *sizes)
{
    return sizes_draw(sizes) < 0.9;
}

#endif
