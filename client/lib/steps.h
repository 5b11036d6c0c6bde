/* SPDX-License-Identifier: MIT */
/* steps.h: the steps of a path, from a message into a block of the caller's. */
#ifndef HEAPD_CLIENT_STEPS_H
#define HEAPD_CLIENT_STEPS_H

#include <heapd/client.h>
#include <stddef.h>

#include "heapd/v1/collector.pb-c.h"

/* What they take, texts included. */
size_t hdc_steps_bytes(Heapd__V1__PathStep *const *from, size_t count);

/* Into to[], and their texts to *texts, which moves on. */
void hdc_steps_copy(Heapd__V1__PathStep *const *from, size_t count, struct heapd_step *to,
                    char **texts);

/* A copy at *at, which moves on. */
const char *hdc_copy_text(char **at, const char *text);

#endif
