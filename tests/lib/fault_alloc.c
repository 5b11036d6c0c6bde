/* SPDX-License-Identifier: MIT */
/* fault_alloc.c: malloc with the size kept in front of the block, which is malloc's to the
 * byte. */
#include "lib/fault_alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

#define LIVE UINT64_C(0x6576696C6B6C6221)
#define DEAD UINT64_C(0x646165646B6C6221)

struct header { /* 16 bytes keep the block aligned as malloc's is */
    uint64_t mark;
    uint64_t size;
};

static bool is_refused(struct fault_alloc *fault)
{
    long n = fault->requests++;

    if (fault->fail_at < 0 || n < fault->fail_at || (n > fault->fail_at && !fault->for_ever)) {
        return false;
    }
    fault->refused++;
    return true;
}

static void *new_block(struct fault_alloc *fault, size_t size)
{
    struct header *header = malloc(sizeof *header + size);

    if (header == NULL) {
        return NULL;
    }
    *header = (struct header){LIVE, size};
    memset(header + 1, 0xC7, size);
    fault->live_blocks++;
    fault->live_bytes += size;
    if (fault->live_bytes > fault->highest_bytes) {
        fault->highest_bytes = fault->live_bytes;
    }
    return header + 1;
}

static void *fault_take(void *ctx, size_t size)
{
    HD_CHECK(size > 0);
    return is_refused(ctx) ? NULL : new_block(ctx, size);
}

static void fault_give(void *ctx, void *block, size_t size)
{
    struct fault_alloc *fault = ctx;
    struct header *header;

    if (block == NULL) {
        return;
    }
    header = (struct header *)block - 1;
    HD_CHECK(header->mark == LIVE);
    HD_CHECK(header->size == size);
    HD_CHECK(fault->live_blocks > 0 && fault->live_bytes >= size);
    header->mark = DEAD;
    fault->live_blocks--;
    fault->live_bytes -= size;
    free(header);
}

static void *fault_resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    void *moved;

    HD_CHECK(new_size > 0);
    HD_CHECK(((struct header *)block - 1)->mark == LIVE);
    HD_CHECK(((struct header *)block - 1)->size == old_size);
    moved = is_refused(ctx) ? NULL : new_block(ctx, new_size);
    if (moved != NULL) {
        memcpy(moved, block, old_size < new_size ? old_size : new_size);
        fault_give(ctx, block, old_size);
    }
    return moved;
}

void fault_alloc_init(struct fault_alloc *fault, long fail_at)
{
    *fault = (struct fault_alloc){
        .iface = {fault_take, fault_resize, fault_give, fault},
        .fail_at = fail_at,
    };
}

void fault_alloc_rearm(struct fault_alloc *fault, long fail_at, bool for_ever)
{
    fault->requests = 0;
    fault->fail_at = fail_at;
    fault->for_ever = for_ever;
}
