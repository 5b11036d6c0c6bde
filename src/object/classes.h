/* SPDX-License-Identifier: MIT */
/* classes.h: the names of classes, each kept once while an instance has it. */
#ifndef HD_OBJECT_CLASSES_H
#define HD_OBJECT_CLASSES_H

#include <stdint.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/status.h"

struct hd_class {
    char *name; /* owned; NULL: the number is free, and instances is the next free one */
    uint32_t size;
    uint32_t instances;
    uint32_t next; /* in its chain */
};

struct hd_classes {
    const struct hd_allocator *allocator;
    struct hd_hash_key key;
    struct hd_class *items; /* owned; number 0 is not used */
    size_t capacity;
    uint32_t high;
    uint32_t free;
    uint32_t buckets[64];
};

void hd_classes_init(struct hd_classes *classes, const struct hd_allocator *allocator,
                     const struct hd_hash_key *key);
void hd_classes_fini(struct hd_classes *classes);

/* Counts one more instance of the class of this name. */
enum hd_status hd_classes_take(struct hd_classes *classes, struct hd_bytes name,
                               uint32_t *ret_number);
/* One less; the name goes with the last. */
void hd_classes_drop(struct hd_classes *classes, uint32_t number);
struct hd_bytes hd_classes_name(const struct hd_classes *classes, uint32_t number);

#endif
