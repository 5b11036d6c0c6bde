/* SPDX-License-Identifier: MIT */
/* os.c: mmap(2) and friends behind hd_os.
 *
 * Memory given back stays mapped and readable as zeros: MADV_DONTNEED is one
 * call and keeps the number of mappings small.  page_size is the largest page
 * a Linux we run on has, so that it can be a constant. */
#include "pool/os.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#define SYSTEM_PAGE ((size_t)64 * 1024)

static int system_reserve(void *ctx, size_t size, size_t align, void **ret_addr)
{
    size_t slack, before;
    char *got;

    (void)ctx;
    align = align < SYSTEM_PAGE ? SYSTEM_PAGE : align;
    if (size > SIZE_MAX - align) {
        return ENOMEM;
    }
    got =
        mmap(NULL, size + align, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) {
        return errno;
    }
    slack = (uintptr_t)got & (align - 1);
    before = slack == 0 ? 0 : align - slack;
    if (before > 0) {
        (void)munmap(got, before);
    }
    (void)munmap(got + before + size, align - before);
    *ret_addr = got + before;
    return 0;
}

static int system_commit(void *ctx, void *addr, size_t size)
{
    (void)ctx;
    return mprotect(addr, size, PROT_READ | PROT_WRITE) == 0 ? 0 : errno;
}

static int system_decommit(void *ctx, void *addr, size_t size)
{
    (void)ctx;
    return madvise(addr, size, MADV_DONTNEED) == 0 ? 0 : errno;
}

static int system_release(void *ctx, void *addr, size_t size)
{
    (void)ctx;
    return munmap(addr, size) == 0 ? 0 : errno;
}

const struct hd_os *hd_os_system(void)
{
    static const struct hd_os os = {
        .page_size = SYSTEM_PAGE,
        .reserve = system_reserve,
        .commit = system_commit,
        .decommit = system_decommit,
        .release = system_release,
    };

    return &os;
}
