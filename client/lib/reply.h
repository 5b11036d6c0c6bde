/* SPDX-License-Identifier: MIT */
/* reply.h: from a response's bytes to a batch's results or its error. */
#ifndef HEAPD_CLIENT_REPLY_H
#define HEAPD_CLIENT_REPLY_H

#include "operations.h"

/* Decodes the envelope into the batch's `answer`; whatever the bytes are, the
 * batch has its results or an error afterwards. */
void hdc_reply_decode(struct heapd_batch *batch, const uint8_t *data, size_t size);

/* The batch as a whole has failed. */
void hdc_reply_fail(struct heapd_batch *batch, int code, const char *reason,
                    const char *message);

#endif
