/* SPDX-License-Identifier: MIT */
/* reply.h: from a response's bytes to a batch's results or its error. */
#ifndef HEAPD_CLIENT_REPLY_H
#define HEAPD_CLIENT_REPLY_H

#include "operations.h"

/* Decodes the envelope into the batch's `answer`; whatever the bytes are, the
 * batch has its results or an error afterwards. */
void hdc_reply_decode(struct heapd_batch *batch, const uint8_t *data, size_t size);

/* Decodes a response that can only be an error.  *ret_error is filled; returns its code. */
int hdc_reply_read_error(const uint8_t *data, size_t size, struct heapd_error *ret_error);

/* The batch as a whole has failed. */
void hdc_reply_fail(struct heapd_batch *batch, int code, const char *reason,
                    const char *message);

#endif
