/* SPDX-License-Identifier: MIT */
/* status.c: names of codes and reasons, and the one way to fill an error. */
#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

static const char *const reason_names[] = {
#define X(name) #name,
    HD_REASONS(X)
#undef X
};

static const char *const status_names[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

/* Keeps the text printable UTF-8 whatever was quoted in it. */
static void make_valid(char *text)
{
    size_t size = strlen(text);
    size_t at = 0;

    while (at < size) {
        size_t good = hd_utf8_prefix(text + at, size - at);

        at += good;
        if (at < size) {
            if (size - at < 4 && size == HD_ERROR_TEXT_BYTES - 1) {
                text[at] = '\0'; /* a character cut by the end of the buffer */
                return;
            }
            text[at++] = '?';
        }
    }
}

enum hd_status hd_fail(struct hd_error *error, enum hd_status status, enum hd_reason reason,
                       const char *format, ...)
{
    va_list arguments;

    if (error == NULL) {
        return status;
    }
    error->status = status;
    error->reason = reason;
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    make_valid(error->text);
    return status;
}

void hd_error_clear(struct hd_error *error)
{
    error->status = HD_OK;
    error->reason = HD_REASON_NONE;
    error->text[0] = '\0';
}

const char *hd_reason_name(enum hd_reason reason)
{
    size_t n = sizeof reason_names / sizeof reason_names[0];

    return (size_t)reason < n ? reason_names[reason] : "NONE";
}

const char *hd_status_name(enum hd_status status)
{
    size_t n = sizeof status_names / sizeof status_names[0];

    return (size_t)status < n ? status_names[status] : "UNKNOWN";
}
