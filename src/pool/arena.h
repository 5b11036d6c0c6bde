/* SPDX-License-Identifier: MIT */
/* arena.h: one reservation of address space, its arenas, and which units of them are taken.
 *
 * It hands out runs of units and the descriptors that belong to them; what is
 * done with a run is the taker's affair.  Units that come back stay committed
 * until a trim.  All its tables lie in a second reservation, committed from
 * the front as arenas come into use, and never move.
 * Design note: docs/design/pool.md. */
#ifndef HD_POOL_ARENA_H
#define HD_POOL_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "pool/fit.h"
#include "pool/geometry.h"
#include "pool/os.h"
#include "pool/pool.h"

/* One bit per unit.  All zero: not in use, as the system gives it. */
struct hd_arena {
    uint64_t taken;
    uint64_t committed;
};

struct hd_arenas {
    char *base; /* of the address space; unit and arena numbers count from here */
    size_t size;
    struct hd_pool *pools; /* by unit */
    struct hd_arena *arenas;
    struct hd_fit fit;
    const struct hd_os *os; /* borrowed */
    void *tables;
    size_t tables_size;
    size_t pools_committed; /* bytes of pools[] that may be touched */
    uint32_t count;
    uint32_t top;       /* arenas from here on were never in use */
    uint32_t trim_from; /* arenas from here on have no empty unit */

    uint32_t now; /* arenas with committed units */
    uint32_t highest;
    uint64_t ever;
    uint64_t returned;
    uint64_t committed_units;
    uint64_t empty_units; /* committed and not taken */
    uint64_t returned_bytes;
    uint32_t sig;
};

/* HD_RESOURCE_EXHAUSTED: no address space, or no memory for the tables. */
enum hd_status hd_arenas_init(struct hd_arenas *arenas, const struct hd_os *os,
                              size_t reserve_bytes);

/* Every run must have been given back. */
void hd_arenas_fini(struct hd_arenas *arenas);

/* A committed run from the fullest arena with room, as the descriptor of its
 * first unit; those of the run follow it, contents undefined.  NULL: no memory. */
struct hd_pool *hd_arenas_take(struct hd_arenas *arenas, unsigned units);
void hd_arenas_give(struct hd_arenas *arenas, const struct hd_pool *first, unsigned units);

/* Address of the unit a descriptor is of. */
char *hd_arenas_address_of(const struct hd_arenas *arenas, const struct hd_pool *pool);

/* Decommits empty units from the highest down, whole ones, at most max_bytes. */
size_t hd_arenas_trim(struct hd_arenas *arenas, size_t max_bytes);

/* The first pool that begins at this unit or behind it; NULL: there is none. */
struct hd_pool *hd_arenas_pool_from(const struct hd_arenas *arenas, size_t unit);

/* The pool after this one in order of address; the first after NULL; NULL at
 * the end.  Every taken run must have been made a pool. */
struct hd_pool *hd_arenas_next_pool(const struct hd_arenas *arenas, const struct hd_pool *pool);

/* The pool of a block.  Inline: on the path of every free. */
static inline struct hd_pool *hd_arenas_pool_of(const struct hd_arenas *arenas, size_t offset)
{
    struct hd_pool *pool = &arenas->pools[offset >> HD_UNIT_SHIFT];

    return pool - pool->back;
}

bool hd_arenas_check(const struct hd_arenas *arenas);

#endif
