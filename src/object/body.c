/* SPDX-License-Identifier: MIT */
/* body.c: where blocks of bodies come from. */
#include "object/body.h"

#include <string.h>

#include "object/internal.h"

static enum hd_status given(void *block, size_t bytes, void *ret_block, struct hd_error *error)
{
    if (block == NULL) {
        return hd_fail_memory(error, bytes);
    }
    memcpy(ret_block, &block, sizeof block); /* the caller's pointer is of another type */
    return HD_OK;
}

enum hd_status hd_body_take(struct hd_objects *objects, uint16_t account, size_t bytes,
                            void *ret_block, struct hd_error *error)
{
    (void)account;
    return given(hd_alloc(objects->bodies, bytes), bytes, ret_block, error);
}

enum hd_status hd_body_resize(struct hd_objects *objects, uint16_t account, void *block,
                              size_t old_bytes, size_t new_bytes, void *ret_block,
                              struct hd_error *error)
{
    (void)account;
    return given(hd_resize(objects->bodies, block, old_bytes, new_bytes), new_bytes, ret_block,
                 error);
}

void hd_body_give(struct hd_objects *objects, uint16_t account, void *block, size_t bytes)
{
    (void)account;
    if (block != NULL) {
        hd_free(objects->bodies, block, bytes);
    }
}
