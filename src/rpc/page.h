/* SPDX-License-Identifier: MIT */
/* page.h: lists that are given page by page: size, token, cursor. */
#ifndef HD_RPC_PAGE_H
#define HD_RPC_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "rpc/call.h"

struct hd_page {
    uint64_t cursor; /* where to go on; 0: the start, and afterwards: the end */
    size_t max;
};

/* size 0 or above most means most.  INVALID_ARGUMENT, BAD_ARGUMENT: the token is none of ours.
 */
enum hd_status hd_page_open(struct hd_call *call, uint32_t size, uint32_t most,
                            const char *token, struct hd_page *ret_page);

/* The token of the next page, "" at the end. */
enum hd_status hd_page_close(struct hd_call *call, const struct hd_page *page,
                             char **ret_token);

/* "18446744073709551615" at most: a uint64 in decimal, without sign or blanks. */
bool hd_decimal_parse(struct hd_bytes text, uint64_t *ret_value);

#endif
