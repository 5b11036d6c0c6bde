/* SPDX-License-Identifier: MIT */
/* bytes.h: a borrowed run of bytes, with its length; no 0 at the end is promised. */
#ifndef HD_BASE_BYTES_H
#define HD_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct hd_bytes {
    const char *data;
    size_t size;
};

bool hd_bytes_equal(struct hd_bytes a, struct hd_bytes b);

/* Of a string that ends with 0, which is not counted. */
struct hd_bytes hd_bytes_of(const char *text);

#endif
