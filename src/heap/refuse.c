/* SPDX-License-Identifier: MIT */
/* refuse.c: refusals in Python's words, and the repr of scalars they quote. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "heap/internal.h"

#define QUOTED(bytes) (int)((bytes).size < 96 ? (bytes).size : 96), (bytes).data
#define KEY_TEXT      160

enum hd_status hd_refuse_memory(struct hd_error *error, const char *what)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY, "no memory for %s",
                   what);
}

enum hd_status hd_refuse_count(const struct hd_heap *heap, uint32_t slot,
                               struct hd_error *error)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT,
                   "object %" PRIu64 " cannot be referred to so often",
                   hd_slots_id(hd_objects_slots_const(heap->objects), slot));
}

enum hd_status hd_refuse_argument(struct hd_error *error, const char *sentence)
{
    return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, "%s", sentence);
}

enum hd_status hd_refuse_attribute(const struct hd_heap *heap, enum hd_status status,
                                   uint32_t slot, struct hd_bytes name, struct hd_error *error)
{
    struct hd_bytes type = hd_object_type_name(heap->objects, slot);

    return hd_fail(error, status, HD_REASON_PY_ATTRIBUTE_ERROR,
                   "'%.*s' object has no attribute '%.*s'", QUOTED(type), QUOTED(name));
}

enum hd_status hd_refuse_type(const struct hd_heap *heap, const char *before, uint32_t slot,
                              const char *after, struct hd_error *error)
{
    struct hd_bytes type = hd_object_type_name(heap->objects, slot);

    return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR, "%s%.*s%s", before,
                   QUOTED(type), after);
}

enum hd_status hd_refuse_key(const struct hd_heap *heap, uint32_t key, struct hd_error *error)
{
    char text[KEY_TEXT];

    hd_repr(heap->objects, key, text, sizeof text);
    return hd_fail(error, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "%s", text);
}

/* The shortest digits that read back as the same number, laid out as Python does. */
static void repr_float(double value, char *ret_text, size_t size)
{
    char digits[40];
    int precision = 0;
    int exponent;

    if (isnan(value) || isinf(value)) {
        (void)snprintf(ret_text, size, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    do {
        (void)snprintf(digits, sizeof digits, "%.*e", precision, value);
        precision++;
    } while (strtod(digits, NULL) != value && precision < 17);
    exponent = atoi(strchr(digits, 'e') + 1);
    if (exponent < -4 || exponent >= 16) {
        (void)snprintf(ret_text, size, "%s", digits);
        return;
    }
    precision = precision - 1 - exponent;
    (void)snprintf(ret_text, size, "%.*f", precision > 1 ? precision : 1, value);
}

static size_t escape(const char *text, size_t size, bool is_str, char quote, char *ret_text)
{
    unsigned char c = (unsigned char)text[0];
    size_t whole = is_str && c >= 0x80 ? hd_utf8_offset(text, size, 1) : 1;

    if (c == '\\' || c == (unsigned char)quote) {
        (void)sprintf(ret_text, "\\%c", c);
    } else if (c == '\n' || c == '\r' || c == '\t') {
        (void)sprintf(ret_text, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    } else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !is_str)) {
        (void)sprintf(ret_text, "\\x%02x", c);
    } else {
        memcpy(ret_text, text, whole);
        ret_text[whole] = '\0';
    }
    return whole;
}

static void repr_text(struct hd_bytes text, bool is_str, char *ret_text, size_t size)
{
    bool has_single = memchr(text.data, '\'', text.size) != NULL;
    bool has_double = memchr(text.data, '"', text.size) != NULL;
    char quote = has_single && !has_double ? '"' : '\'';
    size_t at = 0;

    if (!is_str) {
        ret_text[at++] = 'b';
    }
    ret_text[at++] = quote;
    for (size_t i = 0; i < text.size;) {
        char piece[8];
        size_t whole = escape(text.data + i, text.size - i, is_str, quote, piece);
        size_t length = strlen(piece);

        if (at + length + 6 > size) {
            memcpy(ret_text + at, "...", 3);
            at += 3;
            break;
        }
        memcpy(ret_text + at, piece, length);
        at += length;
        i += whole;
    }
    ret_text[at++] = quote;
    ret_text[at] = '\0';
}

void hd_repr(const struct hd_objects *objects, uint32_t slot, char *ret_text, size_t size)
{
    enum hd_kind kind = hd_object_kind(objects, slot);
    struct hd_bytes type;

    switch (kind) {
    case HD_KIND_NONE:
        (void)snprintf(ret_text, size, "None");
        return;
    case HD_KIND_BOOL:
        (void)snprintf(ret_text, size, "%s", hd_object_flag(objects, slot) ? "True" : "False");
        return;
    case HD_KIND_INT:
        (void)snprintf(ret_text, size, "%" PRId64, hd_object_integer(objects, slot));
        return;
    case HD_KIND_FLOAT:
        repr_float(hd_object_real(objects, slot), ret_text, size);
        return;
    case HD_KIND_STR:
    case HD_KIND_BYTES:
        repr_text(hd_object_bytes(objects, slot), kind == HD_KIND_STR, ret_text, size);
        return;
    default:
        type = hd_object_type_name(objects, slot);
        (void)snprintf(ret_text, size, "%.*s", QUOTED(type));
    }
}
