/* SPDX-License-Identifier: MIT */
/* info.h: what is known of an object, from its message to the caller's struct. */
#ifndef HEAPD_CLIENT_INFO_H
#define HEAPD_CLIENT_INFO_H

#include <heapd/client.h>

#include "heapd/v1/types.pb-c.h"

/* The pointers of *ret_info are the message's. */
void hdc_info_read(const Heapd__V1__ObjectInfo *message, struct heapd_info *ret_info);

/* A copy in one block of malloc, what it points to included.  NULL: no memory. */
struct heapd_info *hdc_info_copy(const struct heapd_info *info);

#endif
