/* SPDX-License-Identifier: MIT */
/* bench_collector.c: rows of the collector that need no loop.
 *
 * usage: bench_collector full.live.SHAPE N      (ns per object; all of the work of a full
 *                                                collection in slices, median of three)
 *        bench_collector classic.live.SHAPE N   (the same in mode classic)
 *        bench_collector full.dead.SHAPE N      (the same, once, of garbage)
 *        bench_collector build N                (ns in the collector per list of two, while
 *                                                N of them are built)
 *        bench_collector build.share N          (the same, over the time of building)
 *        bench_collector queue N                (resident bytes at their most, above those
 *                                                before, of a queue of 1000 that N pass
 *                                                through)
 *
 * Processor time; that of building is what the heap books, by the wall.  SHAPE: shapes.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "heap/inspect.h"
#include "shapes.h"
#include "sizes.h"

#define PASSES 3

static double timed_collect(struct bench *b, long n, uint64_t expected)
{
    double start = cpu_ns();
    uint64_t collected = collect(b);
    double took = cpu_ns() - start;

    must(collected == expected, "collected another number than expected");
    return took / (double)n;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double live(const char *shape, long n, enum hd_collector_mode mode)
{
    struct hd_heap_options options = bench_options();
    double took[PASSES];
    struct bench b;

    options.mode = mode;
    bench_begin(&b, &options);
    shape_alive(&b, shape, n);
    (void)collect(&b);
    for (int i = 0; i < PASSES; i++) {
        took[i] = timed_collect(&b, n, 0);
    }
    qsort(took, PASSES, sizeof *took, compare);
    return took[PASSES / 2];
}

static double dead(const char *shape, long n)
{
    struct hd_heap_options options = bench_options();
    struct bench b;
    uint64_t expected;

    bench_begin(&b, &options);
    (void)collect(&b);
    expected = shape_dead(&b, shape, n);
    return timed_collect(&b, n, expected);
}

/* What the heap booked as the time of its collections, those in slices as well; the last one
 * is brought to its end. */
static double building(long n, bool share)
{
    struct hd_heap_options options = bench_options();
    struct hd_collector_info info;
    struct bench b;
    uint64_t number;
    uint64_t list;
    uint64_t booked = 0;
    double start;
    double took;

    bench_begin(&b, &options);
    number = create(&b, &(struct hd_new){.kind = HD_KIND_INT, .integer = 1});
    list = create_items(&b, HD_KIND_LIST, NULL, 0);
    start = cpu_ns();
    for (long i = 0; i < n; i++) {
        shape_add_pair(&b, list, number);
    }
    while (hd_heap_work(b.heap, 1000000)) {
    }
    took = cpu_ns() - start;
    hd_inspect_collector(b.heap, &info);
    for (int i = 0; i < 3; i++) {
        booked += info.generations[i].duration_ns;
    }
    return share ? (double)booked / took : (double)booked / (double)n;
}

static double most_resident(void)
{
    struct rusage usage;

    must(getrusage(RUSAGE_SELF, &usage) == 0, "no usage");
    return (double)usage.ru_maxrss * 1024;
}

/* A node that refers to itself, with 10,000 bytes. */
static uint64_t create_loop(struct bench *b)
{
    static const char zeros[10000];
    uint64_t payload =
        create(b, &(struct hd_new){.kind = HD_KIND_BYTES, .bytes = {zeros, sizeof zeros}});
    uint64_t node = create_items(b, HD_KIND_LIST, &payload, 1);

    append(b, node, node);
    release(b, &payload, 1);
    return node;
}

static double queue(long n)
{
    enum { LENGTH = 1000 };
    static uint64_t nodes[LENGTH];
    struct hd_heap_options options = bench_options();
    struct bench b;
    double before;

    bench_begin(&b, &options);
    before = resident_bytes();
    for (long i = 0; i < n; i++) {
        uint64_t *place = &nodes[i % LENGTH];

        if (i >= LENGTH) {
            release(&b, place, 1);
        }
        *place = create_loop(&b);
    }
    return most_resident() - before;
}

int main(int argc, char **argv)
{
    long n = argc > 2 ? (long)strtod(argv[2], NULL) : 0;
    const char *row = argc > 1 ? argv[1] : "";
    double value = 0;

    must(n > 0, "usage: bench_collector ROW N");
    if (strncmp(row, "full.live.", 10) == 0) {
        value = live(row + 10, n, HD_COLLECTOR_INCREMENTAL);
    } else if (strncmp(row, "classic.live.", 13) == 0) {
        value = live(row + 13, n, HD_COLLECTOR_CLASSIC);
    } else if (strncmp(row, "full.dead.", 10) == 0) {
        value = dead(row + 10, n);
    } else if (strncmp(row, "build", 5) == 0) {
        value = building(n, strcmp(row, "build.share") == 0);
    } else {
        must(strcmp(row, "queue") == 0, "no such row");
        value = queue(n);
    }
    (void)printf("%.3f\n", value);
    return 0; /* the heap goes with the process: taking it apart is not measured */
}
