/* SPDX-License-Identifier: MIT */
/* bench_rows.c: the longest single hold or name of a table by itself as it grows to N, and as
 * it closes its holes when nine of ten are released.
 *
 * usage: bench_rows hold|name N
 * Prints the microseconds of processor time of the longest that comes, of the longest that
 * comes while holes are closed, and of the mean of the former; then the bytes of the table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "heap/holds.h"
#include "heap/names.h"
#include "pool/allocator.h"

struct bench {
    struct hd_holds holds;
    struct hd_names names;
    bool of_names;
};

static struct hd_bytes text_of(char *text, size_t room, uint32_t i)
{
    return (struct hd_bytes){text, (size_t)snprintf(text, room, "name%u", i)};
}

/* Microseconds. */
static double come(struct bench *b, uint32_t i)
{
    char text[24];
    struct hd_bytes name = text_of(text, sizeof text, i);
    double start = thread_ns();

    if (b->of_names) {
        struct hd_name *claimed = hd_names_claim(&b->names, name);

        must(claimed != NULL, "no memory");
        (void)hd_names_set(&b->names, claimed, i);
    } else {
        must(hd_holds_reserve(&b->holds) == HD_OK && hd_holds_add(&b->holds, i, 1),
             "no memory");
    }
    return (thread_ns() - start) / 1e3;
}

static void go(struct bench *b, uint32_t i)
{
    char text[24];

    if (b->of_names) {
        (void)hd_names_unset(&b->names,
                             hd_names_find(&b->names, text_of(text, sizeof text, i)));
    } else {
        hd_holds_remove(&b->holds, hd_holds_find(&b->holds, i), 1);
    }
}

int main(int argc, char **argv)
{
    const struct hd_memory_options options = hd_memory_options_default();
    const struct hd_hash_key key = {1, 2};
    uint32_t n = argc == 3 ? (uint32_t)strtod(argv[2], NULL) : 0;
    const struct hd_allocator *books;
    struct hd_memory *memory;
    struct bench b = {0};
    double longest = 0;
    double longest_later = 0;
    double sum = 0;
    size_t bytes;

    must(n > 0, "usage: bench_rows hold|name N");
    must(hd_memory_new(&options, hd_os_system(), hd_libc_allocator(), &memory) == HD_OK,
         "no memory");
    books = hd_memory_allocator(memory, HD_MEMORY_BOOKS);
    b.of_names = strcmp(argv[1], "name") == 0;
    hd_holds_init(&b.holds, books);
    hd_names_init(&b.names, books, &key);
    for (uint32_t i = 1; i <= n; i++) {
        double took = come(&b, i);

        longest = took > longest ? took : longest;
        sum += took;
    }
    bytes = b.of_names ? hd_names_bytes(&b.names) : hd_holds_bytes(&b.holds);
    for (uint32_t i = 1; i <= n; i++) {
        if (i % 10 != 0) {
            go(&b, i);
        }
    }
    for (uint32_t i = 1; i <= n; i++) {
        double took = come(&b, n + i);

        longest_later = took > longest_later ? took : longest_later;
        go(&b, n + i);
    }
    (void)printf("%.1f %.1f %.3f %zu\n", longest, longest_later, sum / n, bytes);
    return 0;
}
