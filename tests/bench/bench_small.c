/* SPDX-License-Identifier: MIT */
/* bench_small.c: requests for small blocks: of a heap's pools, or of malloc.
 *
 * usage: bench_small N [LIBRARY]     (ours, or malloc of the library or the C library with `-`)
 * Prints nanoseconds of processor time per block that replaces another. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

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

static double alloc_small_of(long n, const char *library_name)
{
    struct malloc_face face = {ours_alloc, ours_free, NULL};
    struct library library = {malloc, free};
    struct hd_heap_options options = bench_options();
    struct bench b;
    union {
        const void *in;
        void *out;
    } ctx;

    bench_begin(&b, &options);
    ctx.in = hd_memory_allocator(hd_heap_memory(b.heap), HD_MEMORY_BOOKS);
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
    long n = argc > 1 ? (long)strtod(argv[1], NULL) : 0;

    must(n > 0, "usage: bench_small N [LIBRARY]");
    (void)printf("%.3f\n", alloc_small_of(n, argc > 2 ? argv[2] : NULL));
    return 0;
}
