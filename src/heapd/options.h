/* SPDX-License-Identifier: MIT */
/* options.h: the command line of heapd. */
#ifndef HD_HEAPD_OPTIONS_H
#define HD_HEAPD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap/heap.h"
#include "pool/allocator.h"

#define HD_OPTIONS_LISTEN 16
#define HD_OPTIONS_HEAPS  64

struct hd_options {
    const char *listen[HD_OPTIONS_LISTEN]; /* borrowed from argv */
    size_t listen_count;
    const char *heaps[HD_OPTIONS_HEAPS]; /* the first is "default" */
    size_t heap_count;
    struct hd_memory_options memory;
    struct hd_compact_options compact;
    struct hd_amount limit;           /* of each heap */
    uint32_t events;                  /* that each heap keeps */
    enum hd_collector_mode collector; /* of each heap, to begin with */
    uint32_t budget_us;               /* of a turn of the loop, for work of the heaps */
    uint32_t threads;                 /* 1 to heap_count */
    int ready_fd;                     /* -1: none */
    bool seeded;
    uint64_t seed;
};

enum hd_options_result {
    HD_OPTIONS_RUN,
    HD_OPTIONS_DONE,  /* --help or --version was answered */
    HD_OPTIONS_WRONG, /* a sentence is on stderr */
};

enum hd_options_result hd_options_parse(int argc, char **argv, struct hd_options *ret_options);

#endif
