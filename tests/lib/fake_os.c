/* SPDX-License-Identifier: MIT */
/* fake_os.c: a map of pages beside each reservation. */
#include "lib/fake_os.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/check.h"

static bool is_refused(struct fake_os *os)
{
    long n = os->calls++;

    if (os->fail_at < 0 || n < os->fail_at || (n > os->fail_at && !os->for_ever)) {
        return false;
    }
    os->refused++;
    return true;
}

static void check_range(const struct fake_os *os, const void *addr, size_t size)
{
    HD_CHECK(size > 0);
    HD_CHECK(size % os->iface.page_size == 0);
    HD_CHECK((uintptr_t)addr % os->iface.page_size == 0);
}

static struct fake_reservation *find(struct fake_os *os, const char *addr, size_t size)
{
    for (size_t i = 0; i < FAKE_OS_RESERVATIONS; i++) {
        struct fake_reservation *r = &os->reservations[i];

        if (r->base != NULL && addr >= r->base && addr < r->base + r->size) {
            HD_CHECK(size <= (size_t)(r->base + r->size - addr));
            return r;
        }
    }
    hd_check_failed(__FILE__, __LINE__, "the address is in a reservation");
}

static int fake_reserve(void *ctx, size_t size, size_t align, void **ret_addr)
{
    struct fake_os *os = ctx;
    struct fake_reservation *free_one = NULL;
    int error;

    HD_CHECK(size > 0 && size % os->iface.page_size == 0);
    HD_CHECK(align > 0 && (align & (align - 1)) == 0);
    if (is_refused(os)) {
        return ENOMEM;
    }
    for (size_t i = 0; i < FAKE_OS_RESERVATIONS && free_one == NULL; i++) {
        free_one = os->reservations[i].base == NULL ? &os->reservations[i] : NULL;
    }
    HD_CHECK(free_one != NULL);
    error = os->real->reserve(os->real->ctx, size, align, ret_addr);
    if (error == 0) {
        HD_CHECK((uintptr_t)*ret_addr % align == 0);
        free_one->base = *ret_addr;
        free_one->size = size;
        free_one->committed = calloc(size / os->iface.page_size / 8 + 1, 1);
        HD_CHECK(free_one->committed != NULL);
        os->live_reservations++;
    }
    return error;
}

/* Sets the pages' bits; returns how many bytes changed. */
static size_t mark(const struct fake_os *os, struct fake_reservation *r, const char *addr,
                   size_t size, bool committed)
{
    size_t first = (size_t)(addr - r->base) / os->iface.page_size;
    size_t changed = 0;

    for (size_t page = first; page < first + size / os->iface.page_size; page++) {
        uint8_t bit = (uint8_t)(1u << page % 8);
        bool was = (r->committed[page / 8] & bit) != 0;

        changed += was != committed;
        r->committed[page / 8] =
            (uint8_t)(committed ? r->committed[page / 8] | bit : r->committed[page / 8] & ~bit);
    }
    return changed * os->iface.page_size;
}

static int fake_commit(void *ctx, void *addr, size_t size)
{
    struct fake_os *os = ctx;
    struct fake_reservation *r = find(os, addr, size);
    int error;

    check_range(os, addr, size);
    if (is_refused(os)) {
        return ENOMEM;
    }
    error = os->real->commit(os->real->ctx, addr, size);
    if (error == 0) {
        os->commits++;
        os->committed_bytes += mark(os, r, addr, size, true);
    }
    return error;
}

static int fake_decommit(void *ctx, void *addr, size_t size)
{
    struct fake_os *os = ctx;
    struct fake_reservation *r = find(os, addr, size);
    int error;

    check_range(os, addr, size);
    if (is_refused(os)) {
        return ENOMEM;
    }
    error = os->real->decommit(os->real->ctx, addr, size);
    if (error == 0) {
        HD_CHECK(mark(os, r, addr, size, false) == size); /* all of it was committed */
        HD_CHECK(mprotect(addr, size, PROT_NONE) == 0);   /* and now it is not */
        os->decommits++;
        os->committed_bytes -= size;
        os->decommitted_bytes += size;
    }
    return error;
}

static int fake_release(void *ctx, void *addr, size_t size)
{
    struct fake_os *os = ctx;
    struct fake_reservation *r = find(os, addr, size);

    HD_CHECK(addr == r->base && size == r->size);
    os->committed_bytes -= mark(os, r, addr, size, false);
    free(r->committed);
    *r = (struct fake_reservation){0};
    os->live_reservations--;
    return os->real->release(os->real->ctx, addr, size);
}

void fake_os_init(struct fake_os *os, long fail_at)
{
    *os = (struct fake_os){.real = hd_os_system(), .fail_at = fail_at};
    os->iface = (struct hd_os){
        .page_size = os->real->page_size,
        .reserve = fake_reserve,
        .commit = fake_commit,
        .decommit = fake_decommit,
        .release = fake_release,
        .ctx = os,
    };
}

void fake_os_rearm(struct fake_os *os, long fail_at, bool for_ever)
{
    os->calls = 0;
    os->fail_at = fail_at;
    os->for_ever = for_ever;
}
