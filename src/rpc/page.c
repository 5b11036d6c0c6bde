/* SPDX-License-Identifier: MIT */
/* page.c: a token is the cursor in decimal. */
#include "rpc/page.h"

#include <inttypes.h>
#include <stdio.h>

bool hd_decimal_parse(struct hd_bytes text, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (text.size == 0) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        unsigned digit = (unsigned)(unsigned char)text.data[i] - '0';

        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    *ret_value = value;
    return true;
}

enum hd_status hd_page_open(struct hd_call *call, uint32_t size, uint32_t most,
                            const char *token, struct hd_page *ret_page)
{
    ret_page->max = size == 0 || size > most ? most : size;
    ret_page->cursor = 0;
    if (token[0] != '\0' && !hd_decimal_parse(hd_bytes_of(token), &ret_page->cursor)) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "page_token '%s' is not one that a response gave", token);
    }
    return HD_OK;
}

enum hd_status hd_page_close(struct hd_call *call, const struct hd_page *page, char **ret_token)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%" PRIu64, page->cursor);
    char *copy;

    if (page->cursor == 0) {
        return HD_OK;
    }
    copy = hd_call_copy_text(call, (struct hd_bytes){text, (size_t)size});
    if (copy == NULL) {
        return call->op.error.status;
    }
    *ret_token = copy;
    return HD_OK;
}
