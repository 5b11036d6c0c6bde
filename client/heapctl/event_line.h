/* SPDX-License-Identifier: MIT */
/* event_line.h: an event as one line: for people, as JSON, or as raw columns. */
#ifndef HEAPCTL_EVENT_LINE_H
#define HEAPCTL_EVENT_LINE_H

#include <heapd/client.h>

#include "output.h"

/* Must follow the call that gave the event: its age is taken from now. */
void event_line(const struct heapd_event *event, enum output_format format, FILE *file);

#endif
