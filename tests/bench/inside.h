/* SPDX-License-Identifier: MIT */
/* inside.h: a heap in the process of a bench program, used through its one door.  What goes
 * wrong ends the program with a sentence (bench.h). */
#ifndef HD_BENCH_INSIDE_H
#define HD_BENCH_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench.h"
#include "heap/heap.h"

struct bench {
    struct hd_heap *heap;
    struct hd_session *session;
};

/* The defaults, but for the limits that a bench would meet. */
struct hd_heap_options bench_options(void);
void bench_begin(struct bench *b, const struct hd_heap_options *options);

/* Carries an operation out, and what it leaves to do. */
void perform(struct bench *b, struct hd_op *op);

void set_enabled(struct bench *b, bool enabled);
struct hd_operand by_id(uint64_t id);

/* Each gives the id of what it made, which is held. */
uint64_t create(struct bench *b, const struct hd_new *object);
uint64_t create_items(struct bench *b, enum hd_kind kind, const uint64_t *ids, size_t n);
uint64_t none_of(struct bench *b);

void release(struct bench *b, const uint64_t *ids, size_t n);
void append(struct bench *b, uint64_t list, uint64_t item);
void set_item(struct bench *b, uint64_t list, long index, uint64_t item);

/* A full collection: what it freed. */
uint64_t collect(struct bench *b);

#endif
