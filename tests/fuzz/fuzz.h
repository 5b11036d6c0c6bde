/* SPDX-License-Identifier: MIT */
/* fuzz.h: what libFuzzer calls, and replay_main.c where there is no libFuzzer. */
#ifndef HD_TESTS_FUZZ_H
#define HD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Aborts on a finding. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
