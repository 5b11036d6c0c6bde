/* SPDX-License-Identifier: MIT */
/* body.c: where blocks of bodies come from. */
#include "object/body.h"

#include <string.h>

#include "object/internal.h"

enum hd_status hd_body_take(struct hd_objects *objects, uint16_t account, size_t bytes,
                            void *ret_block, struct hd_error *error)
{
    void *block;

    if (!hd_quota_take_body(objects->quota, account, bytes)) {
        return hd_fail_memory(error, bytes);
    }
    block = hd_alloc(objects->bodies, bytes);
    if (block == NULL) {
        hd_quota_give_body(objects->quota, account, bytes);
        return hd_fail_memory(error, bytes);
    }
    memcpy(ret_block, &block, sizeof block); /* the caller's pointer is of another type */
    return HD_OK;
}

enum hd_status hd_body_resize(struct hd_objects *objects, uint16_t account, void *block,
                              size_t old_bytes, size_t new_bytes, void *ret_block,
                              struct hd_error *error)
{
    void *moved;

    if (!hd_quota_resize_body(objects->quota, account, old_bytes, new_bytes)) {
        return hd_fail_memory(error, new_bytes);
    }
    moved = hd_resize(objects->bodies, block, old_bytes, new_bytes);
    if (moved == NULL) {
        hd_quota_restore_body(objects->quota, account, old_bytes, new_bytes);
        return hd_fail_memory(error, new_bytes);
    }
    memcpy(ret_block, &moved, sizeof moved);
    return HD_OK;
}

void hd_body_give(struct hd_objects *objects, uint16_t account, void *block, size_t bytes)
{
    if (block != NULL) {
        hd_quota_give_body(objects->quota, account, bytes);
        hd_free(objects->bodies, block, bytes);
    }
}
