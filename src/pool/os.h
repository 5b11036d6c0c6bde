/* SPDX-License-Identifier: MIT */
/* os.h: the only door to the system's memory.
 *
 * Throughout: addresses and sizes are multiples of page_size, sizes are not
 * zero; the result is 0 or an errno value, and ret_ is written only with 0. */
#ifndef HD_POOL_OS_H
#define HD_POOL_OS_H

#include <stddef.h>

struct hd_os {
    size_t page_size;
    /* Address space without memory; align is a power of two. */
    int (*reserve)(void *ctx, size_t size, size_t align, void **ret_addr);
    /* Usable from here on; zeroed where it was not committed before. */
    int (*commit)(void *ctx, void *addr, size_t size);
    /* The memory goes back to the system, the address space stays; contents
     * lost.  Must be committed again before it is touched. */
    int (*decommit)(void *ctx, void *addr, size_t size);
    /* Exactly what reserve gave. */
    int (*release)(void *ctx, void *addr, size_t size);
    void *ctx;
};

/* mmap(2) and madvise(2).  Immutable and stateless: safe to share by all. */
const struct hd_os *hd_os_system(void);

#endif
