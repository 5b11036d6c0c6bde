/* SPDX-License-Identifier: MIT */
/* death.h: does this end the process?  Asked in a child, whose stderr is closed. */
#ifndef HD_TESTS_DEATH_H
#define HD_TESTS_DEATH_H

#include <stdbool.h>

/* Ends by abort(), as a failed check does. */
bool aborts(void (*act)(void *ctx), void *ctx);

/* Ends by any signal, or by a sanitizer's report. */
bool dies(void (*act)(void *ctx), void *ctx);

#endif
