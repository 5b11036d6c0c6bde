/* SPDX-License-Identifier: MIT */
#include "client/fault_malloc.h"

#include <errno.h>
#include <stddef.h>

/* The linker's names. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static struct {
    bool armed;
    bool for_ever;
    long before; /* requests until one fails */
    long refused;
    long live;
} fault;

void fault_malloc_arm(long n, bool for_ever)
{
    fault.armed = true;
    fault.for_ever = for_ever;
    fault.before = n;
    fault.refused = 0;
}

long fault_malloc_disarm(void)
{
    fault.armed = false;
    return fault.refused;
}

long fault_malloc_live(void)
{
    return fault.live;
}

static bool is_refused(void)
{
    if (!fault.armed || fault.before-- > 0) {
        return false;
    }
    fault.armed = fault.for_ever;
    fault.refused++;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block)
{
    fault.live += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return is_refused() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    void *moved = is_refused() ? NULL : __real_realloc(block, size);

    fault.live += block == NULL && moved != NULL;
    return moved;
}

void __wrap_free(void *block)
{
    fault.live -= block != NULL;
    __real_free(block);
}
