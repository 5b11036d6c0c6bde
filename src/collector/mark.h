/* SPDX-License-Identifier: MIT */
/* mark.h: reaching everything that some objects lead to, without recursion or memory.
 *
 * What has been reached and not looked at yet is grey: a few in a ring, so that the
 * memory of one is fetched while another is looked at; the others in a bit set, which is
 * walked in slot order.  So a graph in any order is visited in sweeps over memory, and
 * nothing can overflow.  A large container is looked at in pieces, from its end.
 *
 * There may be two marks: what is reached from something kept (HD_AGE_KEPT) becomes kept, too;
 * what is reached from anything else lives.
 *
 *   [mark.inv.grey]  Between two calls of hd_marker_run all grey objects are in the bit set.
 *   [mark.inv.done]  When it says that it is done, nothing that was reached refers to
 *                    something that is still to be reached. */
#ifndef HD_COLLECTOR_MARK_H
#define HD_COLLECTOR_MARK_H

#include "collector/internal.h"

/* If it is still to be reached, it is reached, and grey. */
void hd_marker_shade(struct hd_marker *marker, uint32_t slot);
/* The same as something kept. */
void hd_marker_keep(struct hd_marker *marker, uint32_t slot);

/* Looks at what is grey; one unit is an object, and another one 16 references.
 * True: nothing is grey. */
bool hd_marker_run(struct hd_marker *marker, uint32_t *units);

#endif
