/* SPDX-License-Identifier: MIT */
/* bench_query.c: searches of a heap of N lists, two references each, at random.
 *
 * usage: bench_query heap.why N [total|all]          (from two kinds of owners, to what lies
 * deepest) bench_query heap.referrers N [total|all]    (of the same) bench_query heap.objects N
 * [total|all]      (all pages of ids) Prints nanoseconds of processor time: of the longest
 * slice, as the daemon takes them, or of all of them together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "heap/heap.h"
#include "heap/path.h"

#define SLICE_UNITS 1024 /* the pacer's */
#define PAGE        10000

struct bench {
    struct hd_heap *heap;
    struct hd_session *session;
    double longest;
    double total;
    unsigned slices;
};

static bool timed(struct bench *b, struct hd_op *op, bool first)
{
    double start = cpu_ns();
    bool more = first ? hd_heap_do(b->heap, op) == HD_MORE : hd_heap_work(b->heap, SLICE_UNITS);
    double took = cpu_ns() - start;

    b->longest = took > b->longest ? took : b->longest;
    b->total += took;
    b->slices++;
    return more;
}

static void perform(struct bench *b, struct hd_op *op)
{
    bool more = timed(b, op, true);

    while (more) {
        more = timed(b, op, false);
    }
    must(op->error.status == HD_OK, op->error.text);
}

static void setup(struct bench *b)
{
    const struct hd_heap_world world = {hd_os_system(), hd_libc_allocator(),
                                        hd_monotonic_clock()};
    struct hd_heap_options options = hd_heap_options_default();
    struct hd_op op;

    *b = (struct bench){0};
    options.limits.holds = UINT32_MAX / 8;
    must(hd_heap_new(&options, &world, &b->heap) == HD_OK, "no heap");
    must(hd_heap_open_session(b->heap, &b->session, NULL) == HD_OK, "no session");
    hd_op_init(&op, HD_OP_DISABLE, b->session);
    perform(b, &op);
}

static uint64_t create_list(struct bench *b)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_CREATE, b->session);
    op.in.create.object.kind = HD_KIND_LIST;
    perform(b, &op);
    return op.out.id;
}

static void append(struct bench *b, uint64_t list, uint64_t item)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_APPEND, b->session);
    op.in.item.container = (struct hd_operand){.by = HD_BY_ID, .id = list};
    op.in.item.item = (struct hd_operand){.by = HD_BY_ID, .id = item};
    perform(b, &op);
}

static void bind(struct bench *b, const char *name, uint64_t id, enum hd_scope scope)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_BIND, b->session);
    op.in.name.name = hd_bytes_of(name);
    op.in.name.scope = scope;
    op.in.name.object = (struct hd_operand){.by = HD_BY_ID, .id = id};
    perform(b, &op);
}

static uint64_t draw(void)
{
    static uint64_t x = 88172645463325252;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

/* A binary tree whose nodes lie in no order, each with one more reference to any other; what
 * lies deepest, whose only reference is that of the tree. */
static uint64_t build(struct bench *b, long n)
{
    uint64_t *ids = malloc((size_t)n * sizeof *ids);
    uint64_t deepest;
    struct hd_op op;

    must(ids != NULL && n > 1, "no memory");
    for (long i = 0; i < n; i++) {
        ids[i] = create_list(b);
    }
    for (long i = n - 1; i > 0; i--) {
        long other = (long)(draw() % (uint64_t)(i + 1));
        uint64_t id = ids[i];

        ids[i] = ids[other];
        ids[other] = id;
    }
    for (long i = 1; i < n; i++) {
        append(b, ids[(i - 1) / 2], ids[i]);
        append(b, ids[i], ids[draw() % (uint64_t)(n - 1)]);
    }
    bind(b, "root", ids[0], HD_SCOPE_HEAP);
    bind(b, "root", ids[0], HD_SCOPE_FRAME);
    hd_op_init(&op, HD_OP_RELEASE, b->session);
    op.in.hold.objects.count = (size_t)n;
    op.in.hold.objects.ids = ids;
    perform(b, &op);
    deepest = ids[n - 1];
    free(ids);
    return deepest;
}

static void why(struct bench *b, uint64_t id)
{
    static struct hd_path paths[HD_PATHS];
    struct hd_op op;

    hd_op_init(&op, HD_OP_WHY, b->session);
    op.in.why.object = (struct hd_operand){.by = HD_BY_ID, .id = id};
    op.in.why.ret_paths = paths;
    perform(b, &op);
    must(op.out.why.paths == 2 && op.out.why.exact && paths[0].length > 2, "no answer");
}

/* How many ids there are. */
static uint64_t pages(struct bench *b, enum hd_op_code code, uint64_t id)
{
    static uint64_t ids[PAGE];
    uint64_t cursor = 0;
    uint64_t found = 0;

    do {
        struct hd_op op;

        hd_op_init(&op, code, b->session);
        op.in.ids.object = (struct hd_operand){.by = HD_BY_ID, .id = id};
        op.in.ids.cursor = cursor;
        op.in.ids.ret_ids = ids;
        op.in.ids.max = PAGE;
        perform(b, &op);
        found += op.out.ids.count;
        cursor = op.out.ids.cursor;
    } while (cursor != 0);
    return found;
}

int main(int argc, char **argv)
{
    long n = argc > 2 ? (long)strtod(argv[2], NULL) : 0;
    const char *what = argc > 3 ? argv[3] : "";
    struct bench b;
    uint64_t deepest;

    must(n > 0, "usage: bench_query ROW N [total|all]");
    setup(&b);
    deepest = build(&b, n);
    b.longest = 0;
    b.total = 0;
    b.slices = 0;
    if (strcmp(argv[1], "heap.why") == 0) {
        why(&b, deepest);
    } else if (strcmp(argv[1], "heap.referrers") == 0) {
        must(pages(&b, HD_OP_GET_REFERRERS, deepest) == 1, "it has one");
    } else if (strcmp(argv[1], "heap.objects") == 0) {
        must(pages(&b, HD_OP_GET_OBJECTS, 0) == (uint64_t)n, "not all of them");
    } else {
        must(false, "no such row");
    }
    if (strcmp(what, "all") == 0) {
        (void)printf("longest slice %.0f us of %u, all %.1f ms\n", b.longest / 1e3, b.slices,
                     b.total / 1e6);
    }
    (void)printf("%.3f\n", strcmp(what, "total") == 0 ? b.total : b.longest);
    return 0; /* the heap goes with the process: taking it apart is not measured */
}
