/* SPDX-License-Identifier: MIT */
/* spares.c: a stack. */
#include "server/spares.h"

void hd_spares_lend(struct hd_spares *spares, struct hd_buf *buf)
{
    if (buf->capacity == 0 && spares->count > 0) {
        *buf = spares->bufs[--spares->count];
    }
}

void hd_spares_take_back(struct hd_spares *spares, struct hd_buf *buf)
{
    if (hd_buf_size(buf) > 0 || buf->capacity == 0) {
        return;
    }
    if (spares->count == HD_SPARES || buf->capacity > HD_BUF_KEPT) {
        hd_buf_trim(buf, 0);
        return;
    }
    spares->bufs[spares->count++] = *buf;
    hd_buf_init(buf, buf->allocator);
}

void hd_spares_free(struct hd_spares *spares)
{
    while (spares->count > 0) {
        hd_buf_fini(&spares->bufs[--spares->count]);
    }
}
