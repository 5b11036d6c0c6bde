/* SPDX-License-Identifier: MIT */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const code_names[] = {
    [HEAPD_OK] = "OK",
    [HEAPD_CANCELLED] = "CANCELLED",
    [HEAPD_UNKNOWN] = "UNKNOWN",
    [HEAPD_INVALID_ARGUMENT] = "INVALID_ARGUMENT",
    [HEAPD_DEADLINE_EXCEEDED] = "DEADLINE_EXCEEDED",
    [HEAPD_NOT_FOUND] = "NOT_FOUND",
    [HEAPD_ALREADY_EXISTS] = "ALREADY_EXISTS",
    [HEAPD_PERMISSION_DENIED] = "PERMISSION_DENIED",
    [HEAPD_RESOURCE_EXHAUSTED] = "RESOURCE_EXHAUSTED",
    [HEAPD_FAILED_PRECONDITION] = "FAILED_PRECONDITION",
    [HEAPD_ABORTED] = "ABORTED",
    [HEAPD_OUT_OF_RANGE] = "OUT_OF_RANGE",
    [HEAPD_UNIMPLEMENTED] = "UNIMPLEMENTED",
    [HEAPD_INTERNAL] = "INTERNAL",
    [HEAPD_UNAVAILABLE] = "UNAVAILABLE",
    [HEAPD_DATA_LOSS] = "DATA_LOSS",
    [HEAPD_UNAUTHENTICATED] = "UNAUTHENTICATED",
};

HEAPD_API const char *heapd_code_name(int code)
{
    if (code < 0 || code > HEAPD_UNAUTHENTICATED) {
        return "UNKNOWN";
    }
    return code_names[code];
}

HEAPD_API const char *heapd_version(void)
{
    return HEAPD_CLIENT_VERSION;
}

/* Cuts at size - 1 bytes, not in the middle of a character, and leaves no
 * control character in. */
static void copy_text(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size);

    if (length == size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)from[length] & 0xc0) == 0x80) {
            length--;
        }
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)from[i];

        to[i] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
    to[length] = '\0';
}

int hdc_fail_text(struct heapd_error *error, int code, const char *reason, const char *message)
{
    if (error != NULL) {
        error->code = code;
        copy_text(error->reason, sizeof(error->reason), reason != NULL ? reason : "");
        copy_text(error->message, sizeof(error->message), message != NULL ? message : "");
    }
    return code;
}

int hdc_fail(struct heapd_error *error, int code, const char *reason, const char *format, ...)
{
    char message[sizeof(error->message) + 1];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return hdc_fail_text(error, code, reason, message);
}

int hdc_fail_memory(struct heapd_error *error)
{
    return hdc_fail_text(error, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_MEMORY",
                         "the client has no memory left");
}

int hdc_fail_answer(struct heapd_error *error)
{
    return hdc_fail_text(error, HEAPD_RESOURCE_EXHAUSTED, "LIMIT_ANSWER",
                         "the client has no memory for the answer: whether the request was "
                         "carried out is not known");
}
