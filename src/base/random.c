/* SPDX-License-Identifier: MIT */
/* random.c: getrandom(2), retried until the buffer is full. */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

enum hd_status hd_random_fill(void *buffer, size_t size)
{
    char *at = buffer;

    while (size > 0) {
        ssize_t n = getrandom(at, size, 0);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return HD_INTERNAL;
        }
        at += n;
        size -= (size_t)n;
    }
    return HD_OK;
}
