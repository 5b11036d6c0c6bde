/* SPDX-License-Identifier: MIT */
/* names.h: names and what they are bound to, in the order they were bound.
 *
 * It does not count references: taking and dropping them is the caller's.  A
 * name that a Call declared keeps its place when it is unbound. */
#ifndef HD_HEAP_NAMES_H
#define HD_HEAP_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/status.h"
#include "heap/index.h"

struct hd_name {
    char *text; /* owned; NULL: a hole */
    uint32_t size;
    uint32_t hash;
    uint32_t slot; /* 0: declared, but not bound */
    bool declared;
};

struct hd_names {
    const struct hd_allocator *allocator;
    const struct hd_hash_key *key;
    struct hd_name *entries; /* owned */
    uint32_t span;           /* entries used, holes included */
    uint32_t live;           /* entries with a name */
    uint32_t bound;
    uint32_t capacity;
    uint32_t taken; /* entries that hd_names_take_first is done with */
    struct hd_index index;
};

void hd_names_init(struct hd_names *names, const struct hd_allocator *allocator,
                   const struct hd_hash_key *key);
/* Frees the texts; what was bound is the caller's affair. */
void hd_names_fini(struct hd_names *names);

/* The object, or 0. */
uint32_t hd_names_find(const struct hd_names *names, struct hd_bytes text);

/* Binds; *ret_old is what was bound before, or 0.  HD_RESOURCE_EXHAUSTED: nothing has changed. */
enum hd_status hd_names_bind(struct hd_names *names, struct hd_bytes text, uint32_t slot,
                             uint32_t *ret_old);
/* As bind, for a name listed by Call; slot may be 0. */
enum hd_status hd_names_declare(struct hd_names *names, struct hd_bytes text, uint32_t slot);

/* Unbinds and gives what was bound, or 0.  Never allocates. */
uint32_t hd_names_unbind(struct hd_names *names, struct hd_bytes text);

/* Unbinds the first that is bound and gives it, or 0.  Never allocates.  Once
 * called, the scope is being left: nothing may be bound in it any more. */
uint32_t hd_names_take_first(struct hd_names *names);

#endif
