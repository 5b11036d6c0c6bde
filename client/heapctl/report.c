/* SPDX-License-Identifier: MIT */
/* report.c: errors, operands and values in words. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "heapctl.h"

static int exit_status(int code)
{
    switch (code) {
    case HEAPD_OK:
        return EXIT_OK;
    case HEAPD_NOT_FOUND:
        return EXIT_NOT_FOUND;
    case HEAPD_UNAVAILABLE:
        return EXIT_NO_DAEMON;
    case HEAPD_DEADLINE_EXCEEDED:
        return EXIT_TIMEOUT;
    case HEAPD_PERMISSION_DENIED:
    case HEAPD_UNAUTHENTICATED:
    case HEAPD_RESOURCE_EXHAUSTED:
        return EXIT_DENIED;
    default:
        return EXIT_FAILED;
    }
}

int heapctl_report(const struct heapctl *ctl, const char *verb, const struct heapd_error *error)
{
    if (ctl->format == OUTPUT_JSON) {
        (void)fputs("{\"error\":{\"code\":", stderr);
        output_json_string(stderr, heapd_code_name(error->code));
        (void)fputs(",\"reason\":", stderr);
        output_json_string(stderr, error->reason);
        (void)fputs(",\"message\":", stderr);
        output_json_string(stderr, error->message);
        (void)fputs("}}\n", stderr);
    } else {
        (void)fprintf(stderr, "heapctl: %s: %s\n", verb, error->message);
    }
    if (ctl->verbose && ctl->format != OUTPUT_JSON) {
        (void)fprintf(stderr, "heapctl: code %s, reason %s\n", heapd_code_name(error->code),
                      error->reason);
    }
    return exit_status(error->code);
}

int heapctl_usage_error(const char *verb, const char *format, ...)
{
    va_list arguments;

    (void)fprintf(stderr, "heapctl: %s%s", verb, verb[0] != '\0' ? ": " : "");
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    return EXIT_USAGE;
}

bool heapctl_operand(const char *text, struct heapd_ref *ret_ref)
{
    char *end;
    uint64_t id;

    if (text[0] < '0' || text[0] > '9') {
        *ret_ref = heapd_name(text);
        return text[0] != '\0' && text[0] != '-';
    }
    errno = 0;
    id = strtoull(text, &end, text[1] == 'x' ? 16 : 10);
    *ret_ref = heapd_id(id);
    return errno == 0 && *end == '\0';
}

bool heapctl_number(const char *text, uint64_t most, uint64_t *ret_number)
{
    char *end;

    errno = 0;
    *ret_number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9' &&
           *ret_number <= most;
}

bool heapctl_seconds(const char *text, uint32_t most, uint32_t *ret_ms)
{
    char *end;
    double ms = strtod(text, &end) * 1000;

    if (end == text || *end != '\0' || !(ms > 0 && ms <= most)) {
        return false;
    }
    *ret_ms = ms < 1 ? 1 : (uint32_t)ms;
    return true;
}

/* Quoted, controls and what is not ASCII in a bytes escaped, cut to size. */
static void quote(const struct heapd_info *info, char *to, size_t size)
{
    bool text = info->kind == HEAPD_KIND_STR;
    size_t used = (size_t)snprintf(to, size, "%s'", text ? "" : "b");
    bool cut = false;

    for (size_t i = 0; i < info->size; i++) {
        unsigned char c = (unsigned char)info->data[i];

        if (used + 10 > size && (c & 0xc0) != 0x80) {
            cut = true;
            break;
        }
        if (c < 0x20 || c == 0x7f || c == '\'' || c == '\\' || (!text && c > 0x7f)) {
            used += (size_t)snprintf(to + used, size - used, "\\x%02x", c);
        } else if (used + 6 < size) {
            to[used++] = (char)c;
        }
    }
    cut = cut || (!text && info->size < info->length);
    (void)snprintf(to + used, size - used, "'%s", cut ? "..." : "");
}

void heapctl_summary(const struct heapd_info *info, char *to, size_t size)
{
    switch (info->kind) {
    case HEAPD_KIND_NONE:
        (void)snprintf(to, size, "None");
        break;
    case HEAPD_KIND_BOOL:
        (void)snprintf(to, size, "%s", info->bool_value ? "True" : "False");
        break;
    case HEAPD_KIND_INT:
        (void)snprintf(to, size, "%" PRId64, info->int_value);
        break;
    case HEAPD_KIND_FLOAT:
        (void)snprintf(to, size, "%.17g", info->float_value);
        for (int digits = 1; digits < 17 && strtod(to, NULL) == info->float_value; digits++) {
            char shorter[40];

            (void)snprintf(shorter, sizeof(shorter), "%.*g", digits, info->float_value);
            if (strtod(shorter, NULL) == info->float_value) {
                (void)snprintf(to, size, "%s", shorter);
                break;
            }
        }
        break;
    case HEAPD_KIND_STR:
    case HEAPD_KIND_BYTES:
        quote(info, to, size);
        break;
    case HEAPD_KIND_INSTANCE:
        (void)snprintf(to, size, "%.40s object, %" PRIu64 " attribute%s", info->class_name,
                       info->length, info->length == 1 ? "" : "s");
        break;
    default:
        (void)snprintf(to, size, "%" PRIu64 " item%s", info->length,
                       info->length == 1 ? "" : "s");
        break;
    }
}
