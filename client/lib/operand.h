/* SPDX-License-Identifier: MIT */
/* operand.h: from the header's structs to the protocol's messages.
 *
 * Messages are taken from the batch's `building` workspace.  What there is no
 * memory for, or cannot be said, spoils the batch and gives NULL. */
#ifndef HEAPD_CLIENT_OPERAND_H
#define HEAPD_CLIENT_OPERAND_H

#include <heapd/client.h>

#include "heapd/v1/name.pb-c.h"
#include "heapd/v1/object.pb-c.h"
#include "operations.h"

/* Messages want char * and never write there.  NULL becomes "". */
char *hdc_text(const char *text);

/* heapd_nothing(): NULL, the field is left out. */
Heapd__V1__ObjectRef *hdc_ref(struct heapd_batch *batch, const struct heapd_ref *ref);

/* In the cheapest column that fits. */
Heapd__V1__Operands *hdc_refs(struct heapd_batch *batch, const struct heapd_ref *refs,
                              size_t count);

Heapd__V1__NewObject *hdc_new(struct heapd_batch *batch, const struct heapd_new *object);
void hdc_keep(struct heapd_batch *batch, const struct heapd_keep *keep,
              Heapd__V1__CreateRequest *request);
Heapd__V1__Slice *hdc_slice(struct heapd_batch *batch, const struct heapd_slice *slice);
/* HEAPD_AT_NOTHING: NULL. */
Heapd__V1__Subscript *hdc_at(struct heapd_batch *batch, const struct heapd_at *at);
/* NULL: NULL. */
Heapd__V1__Expectation *hdc_expect(struct heapd_batch *batch,
                                   const struct heapd_expect *expect);

#endif
