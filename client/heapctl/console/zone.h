/* SPDX-License-Identifier: MIT */
/* zone.h: memory that is given back all at once: a statement's tokens, tree,
 * code and the values it computes.
 *
 * A zone has a limit; beyond it hd_zone_is_full() says so and whoever loops
 * looks at it.  (Single requests always succeed.) */
#ifndef HEAPD_CONSOLE_ZONE_H
#define HEAPD_CONSOLE_ZONE_H

#include <stdbool.h>
#include <stddef.h>

#define HD_ZONE_LIMIT_BYTES ((size_t)256 << 20)

struct hd_zone_block;

struct hd_zone {
    struct hd_zone_block *blocks; /* owned; newest first */
    size_t used;                  /* of the newest block */
    size_t total;                 /* bytes of all blocks */
};

void hd_zone_init(struct hd_zone *zone);
void hd_zone_fini(struct hd_zone *zone);
/* Zeroed, aligned for anything. */
void *hd_zone_alloc(struct hd_zone *zone, size_t size);
/* A copy with a NUL behind it. */
char *hd_zone_copy(struct hd_zone *zone, const void *data, size_t size);
char *hd_zone_printf(struct hd_zone *zone, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool hd_zone_is_full(const struct hd_zone *zone);

#endif
