/* SPDX-License-Identifier: MIT */
/* members.c: walking generations; the young through their sets, the old through the ages. */
#include "collector/internal.h"

static uint32_t earlier(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t next_young(const struct hd_slots *slots, unsigned generation, uint32_t from)
{
    uint32_t next = hd_bitset_next(&slots->young[0], from);

    return generation == 0 ? next : earlier(next, hd_bitset_next(&slots->young[1], from));
}

bool hd_members_next(const struct hd_collector *collector, unsigned generation, uint32_t *slot)
{
    const struct hd_slots *slots = collector->slots;
    uint32_t high = slots->containers.high;
    uint32_t at = *slot + 1;

    if (generation < 2) {
        at = at < high ? next_young(slots, generation, at) : HD_BITSET_END;
    } else {
        while (at < high && ((slots->age[at] & HD_AGE_TRACKED) == 0 ||
                             (slots->age[at] & HD_AGE_GENERATION) == 3)) {
            at++;
        }
    }
    *slot = at;
    return at < high;
}
