/* SPDX-License-Identifier: MIT */
/* bytes.c: comparison and conversion of borrowed bytes. */
#include "base/bytes.h"

#include <string.h>

bool hd_bytes_equal(struct hd_bytes a, struct hd_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

struct hd_bytes hd_bytes_of(const char *text)
{
    return (struct hd_bytes){text, strlen(text)};
}
