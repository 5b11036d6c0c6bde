/* SPDX-License-Identifier: MIT */
/* body.h: the memory of bodies: every byte is booked to the account of its object.
 *
 * All blocks of bodies come from here and go back here. */
#ifndef HD_OBJECT_BODY_H
#define HD_OBJECT_BODY_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct hd_objects;

/* A block of so many bytes, for an object of this account.  LIMIT_MEMORY: there is none, or
 * the quota refused it, and has noted why. */
enum hd_status hd_body_take(struct hd_objects *objects, uint16_t account, size_t bytes,
                            void *ret_block, struct hd_error *error);

/* On failure the block is as it was. */
enum hd_status hd_body_resize(struct hd_objects *objects, uint16_t account, void *block,
                              size_t old_bytes, size_t new_bytes, void *ret_block,
                              struct hd_error *error);

/* Cannot fail.  NULL is nothing. */
void hd_body_give(struct hd_objects *objects, uint16_t account, void *block, size_t bytes);

/* Where a block is from here on: it may have been moved elsewhere. */
typedef void *(*hd_relocate_cb)(void *ctx, void *block, size_t bytes);

#endif
