/* SPDX-License-Identifier: MIT */
/* bench_heap.c: rows that need no socket, through the one door of a heap in this process.
 *
 * usage: bench_heap core.create_release.list2 N
 *        bench_heap collector.full.live.pairs N    (one pass; ns per object)
 *        bench_heap collector.full.dead.pairs N
 *        bench_heap memory.bytes.list2|tuple2|dict5|float|str8|instance2 N   (resident bytes
 * per object) bench_heap memory.alloc.small N [LIBRARY] (ours, or malloc of the library or the
 * C library with `-`)
 *        bench_heap memory.giveback N [pause|all]  (resident bytes after 90 % are released and
 * a pass of compaction; the longest slice in ns; with the slot table and the live bytes)
 * Prints nanoseconds of processor time, or bytes, per object or operation.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "heap/heap.h"
#include "heap/inspect.h"
#include "sizes.h"

static void must(bool truth, const char *what)
{
    if (!truth) {
        (void)fprintf(stderr, "bench_heap: %s\n", what);
        exit(1);
    }
}

static double cpu_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

struct bench {
    struct hd_heap *heap;
    struct hd_session *session;
};

static void setup(struct bench *b)
{
    const struct hd_heap_world world = {hd_os_system(), hd_libc_allocator(),
                                        hd_monotonic_clock()};
    struct hd_heap_options options = hd_heap_options_default();

    options.limits.holds = UINT32_MAX / 8;
    must(hd_heap_new(&options, &world, &b->heap) == HD_OK, "no heap");
    must(hd_heap_open_session(b->heap, &b->session, NULL) == HD_OK, "no session");
}

static void perform(struct bench *b, struct hd_op *op)
{
    if (hd_heap_do(b->heap, op) == HD_MORE) {
        while (hd_heap_work(b->heap, 1000000)) {
        }
    }
    must(op->error.status == HD_OK, op->error.text);
}

static void set_enabled(struct bench *b, bool enabled)
{
    struct hd_op op;

    hd_op_init(&op, enabled ? HD_OP_ENABLE : HD_OP_DISABLE, b->session);
    perform(b, &op);
}

static uint64_t create_items(struct bench *b, enum hd_kind kind, const uint64_t *ids, size_t n)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_CREATE, b->session);
    op.in.create.object.kind = kind;
    op.in.create.object.items.count = n;
    op.in.create.object.items.ids = ids;
    perform(b, &op);
    return op.out.id;
}

static void hold_op(struct bench *b, enum hd_op_code code, const uint64_t *ids, size_t n)
{
    struct hd_op op;

    hd_op_init(&op, code, b->session);
    op.in.hold.objects.count = n;
    op.in.hold.objects.ids = ids;
    perform(b, &op);
}

static void append(struct bench *b, uint64_t list, uint64_t item)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_APPEND, b->session);
    op.in.item.container = (struct hd_operand){.by = HD_BY_ID, .id = list};
    op.in.item.item = (struct hd_operand){.by = HD_BY_ID, .id = item};
    perform(b, &op);
}

static uint64_t create_scalar(struct bench *b, const struct hd_new *object)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_CREATE, b->session);
    op.in.create.object = *object;
    perform(b, &op);
    return op.out.id;
}

static uint64_t none_of(struct bench *b)
{
    return create_scalar(b, &(struct hd_new){.kind = HD_KIND_NONE});
}

static double create_release_list2(struct bench *b, long n)
{
    uint64_t none = none_of(b);
    uint64_t items[2] = {none, none};
    double start = cpu_ns();

    for (long i = 0; i < n; i++) {
        uint64_t id = create_items(b, HD_KIND_LIST, items, 2);

        hold_op(b, HD_OP_RELEASE, &id, 1);
    }
    return (cpu_ns() - start) / (double)n;
}

static double timed_collect(struct bench *b, long n, uint64_t expected)
{
    struct hd_op op;
    double start;

    hd_op_init(&op, HD_OP_COLLECT, b->session);
    op.in.collect.generation = 2;
    start = cpu_ns();
    perform(b, &op);
    start = (cpu_ns() - start) / (double)n;
    must(op.out.collect.collected == expected, "collected another number than expected");
    return start;
}

/* n lists of two ints, all held by one list */
static double full_live_pairs(struct bench *b, long n)
{
    uint64_t number = create_scalar(b, &(struct hd_new){.kind = HD_KIND_INT, .integer = 1});
    uint64_t items[2] = {number, number};
    uint64_t holder = create_items(b, HD_KIND_LIST, NULL, 0);

    set_enabled(b, false);
    for (long i = 0; i < n; i++) {
        uint64_t id = create_items(b, HD_KIND_LIST, items, 2);

        append(b, holder, id);
        hold_op(b, HD_OP_RELEASE, &id, 1);
    }
    (void)timed_collect(b, n, 0);
    return timed_collect(b, n, 0);
}

/* n lists in cycles of two */
static double full_dead_pairs(struct bench *b, long n)
{
    set_enabled(b, false);
    for (long i = 0; i < n / 2; i++) {
        uint64_t pair[2];

        pair[0] = create_items(b, HD_KIND_LIST, NULL, 0);
        pair[1] = create_items(b, HD_KIND_LIST, pair, 1);
        append(b, pair[0], pair[1]);
        hold_op(b, HD_OP_RELEASE, pair, 2);
    }
    return timed_collect(b, n, (uint64_t)(n / 2 * 2));
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
        return create_scalar(b, &(struct hd_new){.kind = HD_KIND_FLOAT, .real = (double)i});
    }
    if (strcmp(shape, "str8") == 0) {
        (void)snprintf(text, sizeof text, "%08ld", i % 100000000);
        return create_scalar(b, &(struct hd_new){.kind = HD_KIND_STR, .bytes = {text, 8}});
    }
    if (strcmp(shape, "dict5") == 0) {
        for (int k = 0; k < 5; k++) {
            keys[k] = create_scalar(b, &(struct hd_new){.kind = HD_KIND_INT, .integer = k});
        }
        object.kind = HD_KIND_DICT;
        object.pairs.keys = (struct hd_operands){.count = 5, .ids = keys};
        object.pairs.values = (struct hd_operands){.count = 5, .ids = values};
        values[0] = create_scalar(b, &object);
        hold_op(b, HD_OP_RELEASE, keys, 5);
        return values[0];
    }
    if (strcmp(shape, "instance2") == 0) {
        object.kind = HD_KIND_INSTANCE;
        object.instance.class_name = (struct hd_bytes){"Node", 4};
        object.instance.names = names;
        object.instance.name_count = 2;
        object.instance.values = (struct hd_operands){.count = 2, .ids = values};
        return create_scalar(b, &object);
    }
    return create_items(b, strcmp(shape, "tuple2") == 0 ? HD_KIND_TUPLE : HD_KIND_LIST, values,
                        2);
}

static void set_item(struct bench *b, uint64_t list, long index, uint64_t item)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_SET_ITEM, b->session);
    op.in.item.container = (struct hd_operand){.by = HD_BY_ID, .id = list};
    op.in.item.at.at = HD_AT_INDEX;
    op.in.item.at.index = index;
    op.in.item.item = (struct hd_operand){.by = HD_BY_ID, .id = item};
    perform(b, &op);
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
        hold_op(b, HD_OP_RELEASE, &id, 1);
    }
    (void)timed_collect(b, n, 0); /* the collector's column counts too */
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
        uint64_t id = create_scalar(b, &object);

        set_item(b, holder, i, id);
        hold_op(b, HD_OP_RELEASE, &id, 1);
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

static void *ours_alloc(void *ctx, size_t size)
{
    return hd_alloc(ctx, size);
}

static void ours_free(void *ctx, void *block, size_t size)
{
    hd_free(ctx, block, size);
}

struct malloc_face {
    void *(*alloc)(void *ctx, size_t size);
    void (*free)(void *ctx, void *block, size_t size);
    void *ctx;
};

struct library {
    void *(*alloc)(size_t size);
    void (*free)(void *block);
};

static void *library_alloc(void *ctx, size_t size)
{
    return ((struct library *)ctx)->alloc(size);
}

static void library_free(void *ctx, void *block, size_t size)
{
    (void)size;
    ((struct library *)ctx)->free(block);
}

/* 16 to 512 bytes, 4096 blocks alive, one replaced at a time in pseudo-random places */
static double alloc_small(const struct malloc_face *face, long n)
{
    enum { LIVE = 4096 };
    static struct {
        void *block;
        size_t size;
    } live[LIVE];
    uint64_t x = 88172645463325252;
    double start = cpu_ns();

    for (long i = 0; i < n; i++) {
        size_t at;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        at = x % LIVE;
        if (live[at].block != NULL) {
            face->free(face->ctx, live[at].block, live[at].size);
        }
        live[at].size = 16 + (x >> 32) % 497;
        live[at].block = face->alloc(face->ctx, live[at].size);
        must(live[at].block != NULL, "no memory");
        *(char *)live[at].block = 1;
    }
    start = cpu_ns() - start;
    for (size_t i = 0; i < LIVE; i++) {
        if (live[i].block != NULL) {
            face->free(face->ctx, live[i].block, live[i].size);
        }
    }
    return start / (double)n;
}

static double alloc_small_of(struct bench *b, long n, const char *library_name)
{
    struct malloc_face face = {ours_alloc, ours_free, NULL};
    struct library library = {malloc, free};
    const struct hd_allocator *ours =
        hd_memory_allocator(hd_heap_memory(b->heap), HD_MEMORY_BOOKS);
    union {
        const void *in;
        void *out;
    } ctx = {ours};

    face.ctx = ctx.out;
    if (library_name != NULL) {
        if (strcmp(library_name, "-") != 0) {
            void *handle = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);

            must(handle != NULL, "no such library");
            *(void **)&library.alloc = dlsym(handle, "mi_malloc");
            *(void **)&library.free = dlsym(handle, "mi_free");
            must(library.alloc != NULL && library.free != NULL, "not mimalloc");
        }
        face = (struct malloc_face){library_alloc, library_free, &library};
    }
    return alloc_small(&face, n);
}

int main(int argc, char **argv)
{
    struct bench b;
    long n = argc > 2 ? (long)strtod(argv[2], NULL) : 0;
    double value = 0;

    must(n > 0, "usage: bench_heap ROW N [LIBRARY]");
    setup(&b);
    if (strcmp(argv[1], "core.create_release.list2") == 0) {
        value = create_release_list2(&b, n);
    } else if (strcmp(argv[1], "collector.full.live.pairs") == 0) {
        value = full_live_pairs(&b, n);
    } else if (strcmp(argv[1], "collector.full.dead.pairs") == 0) {
        value = full_dead_pairs(&b, n);
    } else if (strncmp(argv[1], "memory.bytes.", 13) == 0) {
        value = resident_per_object(&b, argv[1] + 13, n);
    } else if (strcmp(argv[1], "memory.giveback") == 0) {
        value = giveback(&b, n, argc > 3 ? argv[3] : "");
    } else if (strcmp(argv[1], "memory.alloc.small") == 0) {
        value = alloc_small_of(&b, n, argc > 3 ? argv[3] : NULL);
    } else {
        must(false, "no such row");
    }
    (void)printf("%.3f\n", value);
    return 0; /* the heap goes with the process: taking it apart is not measured */
}
