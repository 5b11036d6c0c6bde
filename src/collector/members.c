/* SPDX-License-Identifier: MIT */
/* members.c: walking sets of slots as one. */
#include "collector/internal.h"

bool hd_members_seek(const struct hd_members *members, uint32_t *slot)
{
    uint32_t next = HD_BITSET_END;

    for (unsigned i = 0; i < members->count; i++) {
        uint32_t found = hd_bitset_next(members->sets[i], *slot + 1);

        next = found < next ? found : next;
    }
    *slot = next;
    return next != HD_BITSET_END;
}
