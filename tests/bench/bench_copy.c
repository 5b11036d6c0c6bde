/* SPDX-License-Identifier: MIT */
/* bench_copy.c: the longest single step of what copies N items.
 *
 * usage: bench_copy list|tuple|extend|delete N [at_once]
 *
 * The source is a list of N floats of its own: copied into a new list or tuple, appended to a
 * list of one item, or deprived of every second item.  A step is what hd_heap_do does, or
 * hd_heap_work with 256 units.  Prints microseconds of processor time: the first step, the
 * longest of those that follow, and all of them; then how many there were.  at_once: without
 * slices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap/op.h"
#include "inside.h"

#define UNITS 256u

static uint64_t source_of(struct bench *b, long n)
{
    uint64_t list = create_items(b, HD_KIND_LIST, NULL, 0);

    for (long i = 0; i < n; i++) {
        const struct hd_new object = {.kind = HD_KIND_FLOAT, .real = (double)i};
        uint64_t item = create(b, &object);

        append(b, list, item);
        release(b, &item, 1);
    }
    return list;
}

/* *part is the whole source. */
static void prepare(struct bench *b, struct hd_op *op, const char *what,
                    const struct hd_copy_part *part)
{
    if (strcmp(what, "extend") == 0) {
        uint64_t list = create_items(b, HD_KIND_LIST, &part->source.id, 1);

        hd_op_init(op, HD_OP_EXTEND, b->session);
        op->in.extend.container = (struct hd_operand){.by = HD_BY_ID, .id = list};
        op->in.extend.from = part->source;
    } else if (strcmp(what, "delete") == 0) {
        hd_op_init(op, HD_OP_DEL_ITEM, b->session);
        op->in.item.container = part->source;
        op->in.item.at = (struct hd_subscript){.at = HD_AT_SLICE, .slice = {.step = 2}};
    } else {
        hd_op_init(op, HD_OP_COPY, b->session);
        op->in.copy.parts = part;
        op->in.copy.count = 1;
        op->in.copy.kind = strcmp(what, "tuple") == 0 ? HD_KIND_TUPLE : HD_KIND_LIST;
        op->in.copy.hold = true;
    }
}

int main(int argc, char **argv)
{
    long n = argc >= 3 ? (long)strtod(argv[2], NULL) : 0;
    bool at_once = argc == 4 && strcmp(argv[3], "at_once") == 0;
    struct hd_heap_options options = bench_options();
    struct hd_copy_part part = {0};
    struct bench b = {0};
    struct hd_op op;
    double start;
    double first;
    double longest = 0;
    double sum;
    unsigned long steps = 1;
    bool more;

    must(n > 0, "usage: bench_copy list|tuple|extend|delete N [at_once]");
    options.slice_units = at_once ? UINT32_MAX : options.slice_units;
    bench_begin(&b, &options);
    part.source = (struct hd_operand){.by = HD_BY_ID, .id = source_of(&b, n)};
    prepare(&b, &op, argv[1], &part);
    start = thread_ns();
    more = hd_heap_do(b.heap, &op) == HD_MORE;
    first = thread_ns() - start;
    for (sum = first; more; steps++) {
        double took;

        start = thread_ns();
        more = hd_heap_work(b.heap, UNITS);
        took = thread_ns() - start;
        longest = took > longest ? took : longest;
        sum += took;
    }
    must(op.error.status == HD_OK, op.error.text);
    (void)printf("%.1f %.1f %.1f %lu\n", first / 1e3, longest / 1e3, sum / 1e3, steps);
    return 0;
}
