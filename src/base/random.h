/* SPDX-License-Identifier: MIT */
/* random.h: chance is an argument.  Everything that needs it takes seeds; main draws them here.
 */
#ifndef HD_BASE_RANDOM_H
#define HD_BASE_RANDOM_H

#include <stddef.h>

#include "base/status.h"

/* Fills the buffer from the kernel.  HD_INTERNAL if the kernel has none. */
enum hd_status hd_random_fill(void *buffer, size_t size);

#endif
