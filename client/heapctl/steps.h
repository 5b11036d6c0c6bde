/* SPDX-License-Identifier: MIT */
/* steps.h: the steps of a path, in words. */
#ifndef HEAPCTL_STEPS_H
#define HEAPCTL_STEPS_H

#include <heapd/client.h>
#include <stdbool.h>
#include <stddef.h>

#define STEPS_BYTES 480 /* room for one */

/* The class of its container. */
const char *steps_kind(const struct heapd_step *step);
/* "list #12[3]", "dict #5['k']", "Node #7.next". */
void steps_say(const struct heapd_step *step, char *to, size_t size);
/* What stands before a step that is shown: how many are not.  False: none. */
bool steps_say_omitted(const struct heapd_path *path, size_t step, char *to, size_t size);

#endif
