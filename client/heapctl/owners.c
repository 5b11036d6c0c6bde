/* SPDX-License-Identifier: MIT */
#include "owners.h"

#include <inttypes.h>
#include <stdio.h>

void owners_say(const struct heapd_owner *owner, char *to, size_t size)
{
    char where[80] = "";

    if (owner->session != 0) {
        (void)snprintf(where, sizeof(where), "session %" PRIu64 ", frame %" PRIu32 ", ",
                       owner->session, owner->frame);
    }
    switch (owner->kind) {
    case HEAPD_OWNER_GLOBAL_NAME:
        (void)snprintf(to, size, "global name `%s`", owner->name);
        return;
    case HEAPD_OWNER_NAME:
        (void)snprintf(to, size, "%sname `%s`", where, owner->name);
        return;
    case HEAPD_OWNER_HOLD:
        (void)snprintf(to, size, "%shold", where);
        return;
    case HEAPD_OWNER_QUEUE:
        (void)snprintf(to, size, "queue `%s`", owner->name);
        return;
    case HEAPD_OWNER_GARBAGE:
        (void)snprintf(to, size, "gc.garbage");
        return;
    case HEAPD_OWNER_BATCH:
        (void)snprintf(to, size, "session %" PRIu64 ", its running batch", owner->session);
        return;
    case HEAPD_OWNER_WORK:
        (void)snprintf(to, size, "%swork in progress", where);
        return;
    default:
        (void)snprintf(to, size, "an owner of a kind that this program does not know");
    }
}
