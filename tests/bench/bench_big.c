/* SPDX-License-Identifier: MIT */
/* bench_big.c: the longest single operation on a container as it grows to N slots.
 *
 * usage: bench_big append|insert_front|pop_front|store|forget N
 * Prints the microseconds of processor time of the longest one, then of the mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "object/object.h"
#include "pool/allocator.h"

struct bench {
    struct hd_memory *memory;
    struct hd_objects *objects;
    struct hd_cascade cascade;
    uint32_t list;
    uint32_t dict;
};

static void setup(struct bench *b)
{
    const struct hd_memory_options memory = hd_memory_options_default();
    const struct hd_object_options options = {
        .hash_key = {1, 2}, .max_slots = UINT32_C(1) << 28, .compare_work = 1000000};

    must(hd_memory_new(&memory, hd_os_system(), hd_libc_allocator(), &b->memory) == HD_OK,
         "no memory");
    must(hd_objects_new(&options, hd_os_system(),
                        hd_memory_allocator(b->memory, HD_MEMORY_OBJECTS),
                        hd_memory_allocator(b->memory, HD_MEMORY_BOOKS), &b->objects) == HD_OK,
         "no objects");
    must(hd_object_new_list(b->objects, NULL, 0, &b->list, NULL) == HD_OK &&
             hd_refs_take(b->objects, b->list),
         "no list");
    must(hd_object_new_table(b->objects, HD_KIND_DICT, &b->dict, NULL) == HD_OK &&
             hd_refs_take(b->objects, b->dict),
         "no dict");
}

static uint32_t new_int(struct bench *b, int64_t value)
{
    uint32_t slot;

    must(hd_object_new_int(b->objects, value, &slot, NULL) == HD_OK, "no int");
    return slot;
}

static void operate(struct bench *b, const char *what, uint32_t i, uint32_t n, uint32_t item)
{
    uint32_t position;
    enum hd_status status = HD_OK;

    if (strcmp(what, "append") == 0) {
        status = hd_list_insert_at(b->objects, b->list, i, item, NULL);
    } else if (strcmp(what, "insert_front") == 0) {
        status = hd_list_insert_at(b->objects, b->list, 0, item, NULL);
    } else if (strcmp(what, "pop_front") == 0) {
        status = hd_list_delete(b->objects, &b->cascade, b->list, 0, 1, 1, NULL);
    } else if (strcmp(what, "store") == 0) {
        status =
            hd_table_put(b->objects, &b->cascade, b->dict, item, hd_object_none(), NULL, NULL);
    } else {
        must(hd_table_find(b->objects, b->dict, new_int(b, (int64_t)(i * 7919ULL % n) + 1000),
                           &position, NULL) == HD_OK &&
                 position != HD_TABLE_MISSING,
             "a key is missing");
        hd_table_delete(b->objects, &b->cascade, b->dict, position);
    }
    must(status == HD_OK, what);
}

int main(int argc, char **argv)
{
    struct bench b = {0};
    uint32_t n = argc == 3 ? (uint32_t)strtod(argv[2], NULL) : 0;
    bool forget = argc == 3 && strcmp(argv[1], "forget") == 0;
    bool pops = argc == 3 && strcmp(argv[1], "pop_front") == 0;
    double longest = 0;
    double sum = 0;

    must(n > 0, "usage: bench_big append|insert_front|pop_front|store|forget N");
    setup(&b);
    for (uint32_t i = 0; i < n && (forget || pops); i++) {
        operate(&b, forget ? "store" : "append", i, n, new_int(&b, (int64_t)i + 1000));
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t item = forget || pops ? 0 : new_int(&b, (int64_t)i + 1000);
        uint32_t units = UINT32_MAX;
        double start = thread_ns();
        double took;

        operate(&b, argv[1], i, n, item);
        took = (thread_ns() - start) / 1e3;
        longest = took > longest ? took : longest;
        sum += took;
        must(hd_refs_work(b.objects, &b.cascade, &units), "work is left");
    }
    (void)printf("%.1f %.3f\n", longest, sum / n);
    return 0;
}
