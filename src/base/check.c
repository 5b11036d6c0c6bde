/* SPDX-License-Identifier: MIT */
/* check.c: what a failed check does. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void hd_check_failed(const char *file, int line, const char *text)
{
    (void)fprintf(stderr, "%s:%d: check failed: %s\n", file, line, text);
    abort();
}

bool hd_check_report(bool truth, const char *file, int line, const char *text)
{
    if (!truth) {
        (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
    }
    return truth;
}
