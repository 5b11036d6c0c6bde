/* SPDX-License-Identifier: MIT */
#include "histogram.h"

#include <string.h>

void bench_histogram_clear(struct bench_histogram *histogram)
{
    memset(histogram, 0, sizeof(*histogram));
}

static uint64_t highest_of(size_t bucket)
{
    size_t shift;

    if (bucket < 2048) {
        return bucket;
    }
    shift = bucket / 1024 - 1;
    return ((bucket - shift * 1024 + 1) << shift) - 1;
}

uint64_t bench_histogram_quantile(const struct bench_histogram *histogram, double share)
{
    double exact = share * (double)histogram->count;
    uint64_t wanted = (uint64_t)exact;
    uint64_t seen = 0;

    if ((double)wanted < exact || wanted == 0) {
        wanted++;
    }
    for (size_t i = 0; i < BENCH_HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen >= wanted) {
            uint64_t value = highest_of(i);

            return value < histogram->max ? value : histogram->max;
        }
    }
    return histogram->max;
}

double bench_histogram_mean(const struct bench_histogram *histogram)
{
    return histogram->count == 0 ? 0 : (double)histogram->sum / (double)histogram->count;
}
