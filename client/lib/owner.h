/* SPDX-License-Identifier: MIT */
/* owner.h: an owner of a reference, as the answers have it. */
#ifndef HEAPD_CLIENT_OWNER_H
#define HEAPD_CLIENT_OWNER_H

#include <heapd/client.h>

#include "heapd/v1/types.pb-c.h"

/* Its name is borrowed from the message; owner may be NULL. */
struct heapd_owner hdc_owner_read(const Heapd__V1__Owner *owner);

#endif
