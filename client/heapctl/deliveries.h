/* SPDX-License-Identifier: MIT */
/* deliveries.h: deliveries on the command line: numbers, lines, tables. */
#ifndef HEAPCTL_DELIVERIES_H
#define HEAPCTL_DELIVERIES_H

#include "heapctl.h"

/* One on a line. */
void delivery_line(const struct heapctl *ctl, const struct heapd_delivery *delivery);
void delivery_table(const struct heapctl *ctl, const char *name,
                    const struct heapd_delivery *deliveries, size_t count);

/* Their numbers: an allocated array of count, or NULL, and why on stderr. */
uint64_t *delivery_numbers(const char *verb, int count, char **words);

#endif
