/* SPDX-License-Identifier: MIT */
/* template.h: a request encoded once, and where its bytes differ from time to time.
 *
 * Whoever encodes it puts marks where the values go that vary: bench_mark(source) as a
 * fixed64, or as 16 hexadecimal digits in a text.  The template finds them, whatever the
 * encoder did around them. */
#ifndef HEAPD_BENCH_TEMPLATE_H
#define HEAPD_BENCH_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a value comes from.  heapd's are ids, but the name; Redis's are all numbers of keys. */
enum bench_source {
    BENCH_OBJECT, /* the client's object of the payload's size */
    BENCH_COUNT,  /* what is held; Redis: the counter */
    BENCH_LIST,
    BENCH_NAME,
    BENCH_FRESH, /* Redis: a key that was never used */
    BENCH_RING,  /* the oldest created one that was answered */
    BENCH_BULK,  /* one of a packed column of ids */
    BENCH_SOURCES,
};

#define BENCH_HEX_DIGITS 16

struct bench_values {
    uint64_t of[BENCH_SOURCES]; /* but BENCH_BULK */
    const uint8_t *bulk; /* little-endian ids, as many as the template has marks of them */
};

struct bench_patch {
    uint32_t offset;
    uint32_t count; /* fixed64s side by side: above 1 for BENCH_BULK only */
    uint8_t source;
    bool hex;
};

struct bench_template {
    uint8_t *bytes; /* owned */
    size_t size;
    struct bench_patch *patches; /* owned */
    size_t patch_count;
};

uint64_t bench_mark(enum bench_source source);
/* Lower case, no NUL. */
void bench_put_hex(uint8_t to[BENCH_HEX_DIGITS], uint64_t value);

/* Takes over bytes, which are malloc's.  false: no memory, and the bytes are freed. */
bool bench_template_init(struct bench_template *template, uint8_t *bytes, size_t size);
void bench_template_fini(struct bench_template *template);

/* Writes template->size bytes. */
void bench_template_write(const struct bench_template *template,
                          const struct bench_values *values, uint8_t *to);

#endif
