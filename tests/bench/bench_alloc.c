/* SPDX-License-Identifier: MIT */
/* bench_alloc.c: what a heap asks of its allocator, done on heapd's pools or on malloc.
 *
 * usage: bench_alloc record N FILE        a trace of a heap's own requests
 *        bench_alloc pool|malloc FILE     replays it: ns of processor time per event
 *        bench_alloc giveback N           malloc's resident bytes after 90 % are freed
 * malloc is the C library's, or what LD_PRELOAD puts in its place; both stand behind the
 * interface through which a heap asks.  The harness's own time, found by replaying on an
 * allocator that does nothing, is subtracted.  The best of five rounds counts. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "pool/allocator.h"
#include "sizes.h"
#include "trace.h"

#define ROUNDS 5

struct block {
    void *at;
    uint32_t size;
};

static void step(const struct hd_allocator *allocator, struct block *block,
                 struct trace_event event)
{
    if (event.what == TRACE_ALLOC) {
        block->at = hd_alloc(allocator, event.size);
        *(volatile uint32_t *)block->at = 1;
    } else if (event.what == TRACE_FREE) {
        hd_free(allocator, block->at, block->size);
        block->at = NULL;
    } else {
        block->at = hd_resize(allocator, block->at, block->size, event.size);
    }
    block->size = event.size;
}

static double replay_once(const struct hd_allocator *allocator, const struct trace *trace,
                          struct block *blocks)
{
    double start = cpu_ns();

    for (size_t i = 0; i < trace->count; i++) {
        step(allocator, &blocks[trace->events[i].number], trace->events[i]);
    }
    for (uint32_t i = 0; i < trace->blocks; i++) {
        if (blocks[i].at != NULL) {
            step(allocator, &blocks[i], (struct trace_event){i, TRACE_FREE, 0});
        }
    }
    return cpu_ns() - start;
}

static void *nothing_alloc(void *ctx, size_t size)
{
    (void)size;
    return ctx;
}

static void *nothing_resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    (void)block;
    (void)old_size;
    (void)new_size;
    return ctx;
}

static void nothing_free(void *ctx, void *block, size_t size)
{
    (void)ctx;
    (void)block;
    (void)size;
}

static struct trace read_trace(const char *path)
{
    struct trace trace = {0};
    FILE *file = fopen(path, "rb");

    must(file != NULL && fread(&trace, sizeof trace, 1, file) == 1, "no trace");
    trace.events = malloc(trace.count * sizeof *trace.events);
    must(trace.events != NULL, "no memory");
    must(fread(trace.events, sizeof *trace.events, trace.count, file) == trace.count,
         "cut short");
    (void)fclose(file);
    return trace;
}

static void write_trace(const char *path, const struct trace *trace)
{
    FILE *file = fopen(path, "wb");

    must(file != NULL && fwrite(trace, sizeof *trace, 1, file) == 1 &&
             fwrite(trace->events, sizeof *trace->events, trace->count, file) == trace->count &&
             fclose(file) == 0,
         "the trace cannot be written");
}

static double replay(const char *who, const char *path)
{
    struct trace trace = read_trace(path);
    struct block *blocks = calloc(trace.blocks, sizeof *blocks);
    static uint64_t ground;
    struct hd_allocator nothing = {nothing_alloc, nothing_resize, nothing_free, &ground};
    struct hd_memory_options options = hd_memory_options_default();
    struct hd_memory *memory;
    const struct hd_allocator *allocator = hd_libc_allocator();
    double best = 1e300;
    double harness = 1e300;

    must(blocks != NULL &&
             hd_memory_new(&options, hd_os_system(), hd_libc_allocator(), &memory) == HD_OK,
         "no memory");
    if (strcmp(who, "pool") == 0) {
        allocator = hd_memory_allocator(memory, HD_MEMORY_OBJECTS);
    }
    for (int i = 0; i < ROUNDS; i++) {
        double took = replay_once(allocator, &trace, blocks);
        double none = replay_once(&nothing, &trace, blocks);

        best = took < best ? took : best;
        harness = none < harness ? none : harness;
    }
    return (best - harness) / (double)trace.count;
}

static void give_back_what_can_be(void)
{
    int (*mallctl)(const char *, void *, size_t *, void *, size_t);
    void (*collect)(bool);
    int (*trim)(size_t);

    *(void **)&mallctl = dlsym(RTLD_DEFAULT, "mallctl");
    *(void **)&collect = dlsym(RTLD_DEFAULT, "mi_collect");
    *(void **)&trim = dlsym(RTLD_DEFAULT, "malloc_trim");
    if (mallctl != NULL) {
        must(mallctl("arena.4096.purge", NULL, NULL, NULL, 0) == 0, "jemalloc does not purge");
    } else if (collect != NULL) {
        collect(true);
    } else if (trim != NULL) {
        (void)trim(0);
    }
}

/* The peers are asked to give back what they can, which most programs never do. */
static double giveback(long n)
{
    void **blocks = malloc((size_t)n * sizeof *blocks);
    struct sizes sizes = sizes_begin();
    double before;

    must(blocks != NULL, "no memory");
    memset(blocks, 1, (size_t)n * sizeof *blocks);
    before = resident_bytes();
    for (long i = 0; i < n; i++) {
        size_t size = sizes_next(&sizes);

        blocks[i] = malloc(size);
        must(blocks[i] != NULL, "no memory");
        memset(blocks[i], 1, size);
    }
    for (long i = 0; i < n; i++) {
        if (sizes_is_released(&sizes)) {
            free(blocks[i]);
        }
    }
    give_back_what_can_be();
    return resident_bytes() - before;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "record") == 0) {
        struct trace trace = trace_record((long)strtod(argv[2], NULL));

        write_trace(argv[3], &trace);
        (void)printf("%zu events, at most %u blocks\n", trace.count, trace.blocks);
        return 0;
    }
    must(argc == 3, "usage: bench_alloc record N FILE | pool|malloc FILE | giveback N");
    (void)printf("%.3f\n", strcmp(argv[1], "giveback") == 0
                               ? giveback((long)strtod(argv[2], NULL))
                               : replay(argv[1], argv[2]));
    return 0;
}
