/* SPDX-License-Identifier: MIT */
/* random.h: splitmix64 (Steele, Lea and Flood, 2014), for tests that draw their operations. */
#ifndef HD_TESTS_RANDOM_H
#define HD_TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* Starts from the environment's HEAPD_SEED if it is set, else from seed, and
 * prints which, so that a failure can be had again.  Returns the seed taken. */
uint64_t random_init(struct random *rng, uint64_t seed);

/* Starts from seed, silently. */
void random_init_fixed(struct random *rng, uint64_t seed);

uint64_t random_next(struct random *rng);

/* From 0 to below - 1; below > 0. */
uint64_t random_below(struct random *rng, uint64_t below);

/* From low to high, both included. */
uint64_t random_between(struct random *rng, uint64_t low, uint64_t high);

/* True in so many cases of a hundred. */
bool random_chance(struct random *rng, unsigned percent);

#endif
