/* SPDX-License-Identifier: MIT */
/* histogram.h: how often which latency was seen, to three significant digits.
 *
 * Log-linear, as HdrHistogram's: below 2048 each value has a bucket of its own;
 * above, each power of two is divided into 1024 buckets. */
#ifndef HEAPD_BENCH_HISTOGRAM_H
#define HEAPD_BENCH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_HISTOGRAM_MAX     ((UINT64_C(1) << 40) - 1) /* above it values count as it */
#define BENCH_HISTOGRAM_BUCKETS ((29 + 2) * 1024)

struct bench_histogram {
    uint64_t count;
    uint64_t sum;
    uint64_t max; /* the exact one */
    uint64_t buckets[BENCH_HISTOGRAM_BUCKETS];
};

void bench_histogram_clear(struct bench_histogram *histogram);

static inline size_t bench_histogram_bucket(uint64_t value)
{
    unsigned shift;

    if (value < 2048) {
        return (size_t)value;
    }
    shift = 53u - (unsigned)__builtin_clzll(value); /* leaves 11 bits */
    return (size_t)shift * 1024 + (size_t)(value >> shift);
}

static inline void bench_histogram_add(struct bench_histogram *histogram, uint64_t value)
{
    histogram->count++;
    histogram->sum += value;
    if (value > histogram->max) {
        histogram->max = value;
    }
    if (value > BENCH_HISTOGRAM_MAX) {
        value = BENCH_HISTOGRAM_MAX;
    }
    histogram->buckets[bench_histogram_bucket(value)]++;
}

/* The value that a share (0 to 1) of all lie at or below: the highest one of its bucket, never
 * above the maximum.  0 if there are none. */
uint64_t bench_histogram_quantile(const struct bench_histogram *histogram, double share);
double bench_histogram_mean(const struct bench_histogram *histogram);

#endif
