/* SPDX-License-Identifier: MIT */
/* random.c: splitmix64. */
#include "lib/random.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void random_init_fixed(struct random *rng, uint64_t seed)
{
    rng->state = seed;
}

uint64_t random_init(struct random *rng, uint64_t seed)
{
    const char *text = getenv("HEAPD_SEED");

    if (text != NULL && *text != '\0') {
        seed = strtoull(text, NULL, 0);
    }
    (void)printf("HEAPD_SEED=%" PRIu64 "\n", seed);
    (void)fflush(stdout);
    random_init_fixed(rng, seed);
    return seed;
}

uint64_t random_next(struct random *rng)
{
    uint64_t z;

    rng->state += UINT64_C(0x9E3779B97F4A7C15);
    z = rng->state;
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

uint64_t random_below(struct random *rng, uint64_t below)
{
    return random_next(rng) % below;
}

uint64_t random_between(struct random *rng, uint64_t low, uint64_t high)
{
    return low + random_below(rng, high - low + 1);
}

bool random_chance(struct random *rng, unsigned percent)
{
    return random_below(rng, 100) < percent;
}
