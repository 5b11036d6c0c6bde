/* SPDX-License-Identifier: MIT */
/* bench_heap.c: rows that need no socket, through the one door of a heap in this process.
 *
 * usage: bench_heap core.create_release.list2 N
 *        bench_heap memory.bytes.SHAPE N           (resident bytes per object; SHAPE: list2,
 *                                                   tuple2, dict5, float, str8, instance2)
 *        bench_heap memory.giveback N [pause|all]  (resident bytes after 90 % are released and
 * a pass of compaction; the longest slice in ns; with the slot table and the live bytes)
 * Prints nanoseconds of processor time, or bytes, per object or operation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap/inspect.h"
#include "inside.h"
#include "sizes.h"

static double create_release_list2(struct bench *b, long n)
{
    uint64_t none = none_of(b);
    uint64_t items[2] = {none, none};
    double start = cpu_ns();

    for (long i = 0; i < n; i++) {
        uint64_t id = create_items(b, HD_KIND_LIST, items, 2);

        release(b, &id, 1);
    }
    return (cpu_ns() - start) / (double)n;
}

static uint64_t create_shape(struct bench *b, const char *shape, long i)
{
    static const struct hd_bytes names[2] = {{"left", 4}, {"right", 5}};
    uint64_t none = none_of(b);
    uint64_t keys[5];
    uint64_t values[5] = {none, none, none, none, none};
    struct hd_new object = {.kind = HD_KIND_LIST};
    char text[9];

    if (strcmp(shape, "float") == 0) {
        return create(b, &(struct hd_new){.kind = HD_KIND_FLOAT, .real = (double)i});
    }
    if (strcmp(shape, "str8") == 0) {
        (void)snprintf(text, sizeof text, "%08lu", (unsigned long)i % 100000000);
        return create(b, &(struct hd_new){.kind = HD_KIND_STR, .bytes = {text, 8}});
    }
    if (strcmp(shape, "dict5") == 0) {
        for (int k = 0; k < 5; k++) {
            keys[k] = create(b, &(struct hd_new){.kind = HD_KIND_INT, .integer = k});
        }
        object.kind = HD_KIND_DICT;
        object.pairs.keys = (struct hd_operands){.count = 5, .ids = keys};
        object.pairs.values = (struct hd_operands){.count = 5, .ids = values};
        values[0] = create(b, &object);
        release(b, keys, 5);
        return values[0];
    }
    if (strcmp(shape, "instance2") == 0) {
        object.kind = HD_KIND_INSTANCE;
        object.instance.class_name = (struct hd_bytes){"Node", 4};
        object.instance.names = names;
        object.instance.name_count = 2;
        object.instance.values = (struct hd_operands){.count = 2, .ids = values};
        return create(b, &object);
    }
    return create_items(b, strcmp(shape, "tuple2") == 0 ? HD_KIND_TUPLE : HD_KIND_LIST, values,
                        2);
}

/* the holder is grown before, so that only the objects are counted */
static double resident_per_object(struct bench *b, const char *shape, long n)
{
    uint64_t none = none_of(b);
    uint64_t holder;
    uint64_t *many = malloc((size_t)n * sizeof *many);
    double before;

    must(many != NULL, "no memory");
    for (long i = 0; i < n; i++) {
        many[i] = none;
    }
    holder = create_items(b, HD_KIND_LIST, many, (size_t)n);
    free(many);
    set_enabled(b, false);
    before = resident_bytes();
    for (long i = 0; i < n; i++) {
        uint64_t id = create_shape(b, shape, i);

        set_item(b, holder, i, id);
        release(b, &id, 1);
    }
    (void)collect(b); /* the collector's column counts too */
    return (resident_bytes() - before) / (double)n;
}

/* What the pacer does when nothing is asked for; the longest of its slices. */
static double compact(struct bench *b, double *ret_total)
{
    double longest = 0;
    double start = cpu_ns();
    struct hd_op op;

    do {
        double began = cpu_ns();

        hd_op_init(&op, HD_OP_TRIM, NULL);
        op.in.trim.compact = HD_COMPACT_IF_WORTH;
        op.in.trim.units = 1024;
        perform(b, &op);
        longest = cpu_ns() - began > longest ? cpu_ns() - began : longest;
    } while (op.out.trim.more);
    *ret_total = cpu_ns() - start;
    return longest;
}

static double giveback(struct bench *b, long n, const char *what)
{
    static char bytes[16384];
    uint64_t none = none_of(b);
    uint64_t *many = malloc((size_t)n * sizeof *many);
    struct sizes sizes = sizes_begin();
    struct hd_heap_info info;
    double before, peak, after, longest, total;
    uint64_t holder;

    must(many != NULL, "no memory");
    for (long i = 0; i < n; i++) {
        many[i] = none;
    }
    holder = create_items(b, HD_KIND_LIST, many, (size_t)n);
    free(many);
    before = resident_bytes();
    for (long i = 0; i < n; i++) {
        struct hd_new object = {.kind = HD_KIND_BYTES, .bytes = {bytes, sizes_next(&sizes)}};
        uint64_t id = create(b, &object);

        set_item(b, holder, i, id);
        release(b, &id, 1);
    }
    peak = resident_bytes() - before;
    for (long i = 0; i < n; i++) {
        if (sizes_is_released(&sizes)) {
            set_item(b, holder, i, none);
        }
    }
    longest = compact(b, &total);
    after = resident_bytes() - before;
    hd_inspect_heap(b->heap, &info);
    if (strcmp(what, "all") == 0) {
        (void)printf("peak %.1f MB; live %.1f MB and slots %.1f MB; resident %.1f MB; "
                     "longest slice %.0f us, all %.0f ms\n",
                     peak / 1e6, (double)info.object_bytes / 1e6, (double)info.slot_bytes / 1e6,
                     after / 1e6, longest / 1e3, total / 1e6);
    }
    return strcmp(what, "pause") == 0 ? longest : after;
}

int main(int argc, char **argv)
{
    struct hd_heap_options options = bench_options();
    struct bench b;
    long n = argc > 2 ? (long)strtod(argv[2], NULL) : 0;
    double value = 0;

    must(n > 0, "usage: bench_heap ROW N");
    bench_begin(&b, &options);
    if (strcmp(argv[1], "core.create_release.list2") == 0) {
        value = create_release_list2(&b, n);
    } else if (strncmp(argv[1], "memory.bytes.", 13) == 0) {
        value = resident_per_object(&b, argv[1] + 13, n);
    } else if (strcmp(argv[1], "memory.giveback") == 0) {
        value = giveback(&b, n, argc > 3 ? argv[3] : "");
    } else {
        must(false, "no such row");
    }
    (void)printf("%.3f\n", value);
    return 0; /* the heap goes with the process: taking it apart is not measured */
}
