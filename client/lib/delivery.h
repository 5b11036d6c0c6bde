/* SPDX-License-Identifier: MIT */
/* delivery.h: deliveries as the header has them. */
#ifndef HEAPD_CLIENT_DELIVERY_H
#define HEAPD_CLIENT_DELIVERY_H

#include <heapd/client.h>

#include "heapd/v1/finalizer.pb-c.h"

struct heapd_delivery hdc_delivery(const Heapd__V1__Delivery *from);

#endif
