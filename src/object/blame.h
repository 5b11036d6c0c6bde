/* SPDX-License-Identifier: MIT */
/* blame.h: whose block it is, for those who have found something wrong with it. */
#ifndef HD_OBJECT_BLAME_H
#define HD_OBJECT_BLAME_H

#include <stdint.h>

struct hd_objects;

/* The id of the object with this block, or of the dead one that had it last and whose
 * slot nobody has taken since; 0: none.  Walks all slots. */
uint64_t hd_objects_blame(const struct hd_objects *objects, const void *block);

#endif
