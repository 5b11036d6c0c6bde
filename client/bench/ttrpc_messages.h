/* SPDX-License-Identifier: MIT */
/* ttrpc_messages.h: steps as heapd's messages, marks where values go. */
#ifndef HEAPD_BENCH_TTRPC_MESSAGES_H
#define HEAPD_BENCH_TTRPC_MESSAGES_H

#include <protobuf-c/protobuf-c.h>

#include "method.h"
#include "options.h"

/* Packs the request of a step into *ret_bytes (malloc's).  created: the number of the operation
 * of the same batch which created what RELEASE_CREATED gives back; -1 outside a batch.
 * BENCH_STEP_COUNT-like steps that heapd does not need give the method HDC_METHOD_COUNT.
 * false: no memory. */
bool bench_pack_step(enum bench_step step, const struct bench_options *options, int created,
                     enum hdc_method_id *ret_method, uint8_t **ret_bytes, size_t *ret_size);

/* Packs an Execute of `count` packed requests. */
bool bench_pack_batch(const enum hdc_method_id *methods, uint8_t *const *requests,
                      const size_t *sizes, size_t count, uint8_t **ret_bytes, size_t *ret_size);

/* A frame of a call, stream 0: header, envelope, payload.  Frees the payload. */
bool bench_pack_frame(const struct bench_options *options, enum hdc_method_id method,
                      uint8_t *payload, size_t size, uint8_t **ret_bytes, size_t *ret_size);

#endif
