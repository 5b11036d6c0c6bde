/* SPDX-License-Identifier: MIT */
/* spares.h: buffers of output that connections share: one is lent when bytes come, and back
 * when all is sent.  So a silent connection has none, and busy ones use those that are in the
 * cache. */
#ifndef HD_SERVER_SPARES_H
#define HD_SERVER_SPARES_H

#include "base/buf.h"

#define HD_SPARES 64u

struct hd_spares {
    struct hd_buf bufs[HD_SPARES]; /* owned; empty; the newest is the last */
    unsigned count;
};

/* buf has memory afterwards, if there was a spare or it had some. */
void hd_spares_lend(struct hd_spares *spares, struct hd_buf *buf);

/* Of an empty buf, which has no memory afterwards; one larger than HD_BUF_KEPT is no spare. */
void hd_spares_take_back(struct hd_spares *spares, struct hd_buf *buf);

void hd_spares_free(struct hd_spares *spares);

#endif
