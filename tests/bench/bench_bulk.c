/* SPDX-License-Identifier: MIT */
/* bench_bulk.c: what one id of a packed Hold and Release costs the heap, without a wire.
 *
 * usage: bench_bulk N    (of N strings, which the session holds, a thousand at random are held
 *                         once more and released, many times over)
 * Prints the nanoseconds of processor time for an id of a Hold, and of a Release. */
#include <stdio.h>
#include <stdlib.h>

#include "inside.h"

#define MANY   1000
#define ROUNDS 2000

static void hold(struct bench *b, const uint64_t *ids, size_t n)
{
    struct hd_op op = {.code = HD_OP_HOLD, .session = b->session};

    op.in.hold.objects = (struct hd_operands){.ids = ids, .count = n};
    perform(b, &op);
}

static uint64_t *make(struct bench *b, long n)
{
    uint64_t *ids = calloc((size_t)n, sizeof *ids);
    char text[32];

    must(ids != NULL, "no memory");
    for (long i = 0; i < n; i++) {
        struct hd_bytes bytes = {text,
                                 (size_t)snprintf(text, sizeof text, "text number %ld", i)};

        ids[i] = create(b, &(struct hd_new){.kind = HD_KIND_STR, .bytes = bytes});
    }
    return ids;
}

int main(int argc, char **argv)
{
    long n = argc > 1 ? (long)strtod(argv[1], NULL) : 0;
    struct hd_heap_options options = bench_options();
    uint64_t random = 88172645463325252u;
    double held = 0;
    double released = 0;
    struct bench b;
    uint64_t *ids;

    must(n > 0, "usage: bench_bulk N");
    bench_begin(&b, &options);
    ids = make(&b, n);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t drawn[MANY];
        double start;

        for (int k = 0; k < MANY; k++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            drawn[k] = ids[random % (uint64_t)n];
        }
        start = thread_ns();
        hold(&b, drawn, MANY);
        held += thread_ns() - start;
        start = thread_ns();
        release(&b, drawn, MANY);
        released += thread_ns() - start;
    }
    (void)printf("%.1f %.1f\n", held / ROUNDS / MANY, released / ROUNDS / MANY);
    free(ids);
    return 0;
}
