/* SPDX-License-Identifier: MIT */
/* zone.c: blocks of 16 KiB or of what a request needs, filled from the front. */
#include "zone.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define BLOCK_BYTES ((size_t)16 << 10)

struct hd_zone_block {
    struct hd_zone_block *next;
    size_t size;
    _Alignas(16) char data[];
};

void hd_zone_init(struct hd_zone *zone)
{
    zone->blocks = NULL;
    zone->used = 0;
    zone->total = 0;
}

void hd_zone_fini(struct hd_zone *zone)
{
    struct hd_zone_block *block = zone->blocks;

    while (block != NULL) {
        struct hd_zone_block *next = block->next;

        free(block);
        block = next;
    }
    hd_zone_init(zone);
}

void *hd_zone_alloc(struct hd_zone *zone, size_t size)
{
    void *data;

    size = (size + 15) & ~(size_t)15;
    if (zone->blocks == NULL || zone->blocks->size - zone->used < size) {
        size_t room = size > BLOCK_BYTES / 4 ? size : BLOCK_BYTES;
        struct hd_zone_block *block = hd_must_alloc(sizeof(*block) + room);

        block->size = room;
        block->next = zone->blocks;
        zone->blocks = block;
        zone->used = 0;
        zone->total += room;
    }
    data = zone->blocks->data + zone->used;
    zone->used += size;
    memset(data, 0, size);
    return data;
}

char *hd_zone_copy(struct hd_zone *zone, const void *data, size_t size)
{
    char *copy = hd_zone_alloc(zone, size + 1);

    if (size > 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

char *hd_zone_printf(struct hd_zone *zone, const char *format, ...)
{
    struct hd_text text;
    va_list arguments;
    char *copy;

    hd_text_init(&text);
    va_start(arguments, format);
    hd_text_vprintf(&text, format, arguments);
    va_end(arguments);
    copy = hd_zone_copy(zone, hd_text_data(&text), text.size);
    hd_text_fini(&text);
    return copy;
}

bool hd_zone_is_full(const struct hd_zone *zone)
{
    return zone->total > HD_ZONE_LIMIT_BYTES;
}
