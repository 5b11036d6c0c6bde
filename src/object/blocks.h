/* SPDX-License-Identifier: MIT */
/* blocks.h: the blocks of a big body beside its own, for whoever moves them. */
#ifndef HD_OBJECT_BLOCKS_H
#define HD_OBJECT_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hd_slot;

/* How many numbers there are; 0 for a body of one block. */
uint32_t hd_object_block_count(const struct hd_slot *entry);

/* The block of a number, and its bytes; NULL: that number has none now. */
void *hd_object_block(const struct hd_slot *entry, uint32_t number, size_t *ret_bytes);

/* The same bytes lie elsewhere now. */
void hd_object_block_moved(const struct hd_slot *entry, uint32_t number, void *to);

#endif
