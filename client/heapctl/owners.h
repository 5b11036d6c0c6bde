/* SPDX-License-Identifier: MIT */
/* owners.h: who has a reference, in words. */
#ifndef HEAPCTL_OWNERS_H
#define HEAPCTL_OWNERS_H

#include <heapd/client.h>
#include <stddef.h>

/* "session 7, frame 0, name `y`". */
void owners_say(const struct heapd_owner *owner, char *to, size_t size);

#endif
