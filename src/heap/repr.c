/* SPDX-License-Identifier: MIT */
/* repr.c: Python's repr of what can be a key, cut to the length of a sentence. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "heap/internal.h"

/* Tuples in tuples; each costs at least a character. */
#define DEPTH_MAX 100

static const char ellipsis[] = "...";

struct writer {
    char *text;
    size_t at;
    size_t room; /* for text, the ellipsis left out */
    bool full;
};

/* Puts a piece whole, or the ellipsis for it and all that follows. */
static void put(struct writer *writer, const char *piece)
{
    size_t length = strlen(piece);

    if (writer->full) {
        return;
    }
    writer->full = writer->at + length > writer->room;
    if (writer->full) {
        piece = ellipsis;
        length = sizeof ellipsis - 1;
    }
    memcpy(writer->text + writer->at, piece, length + 1);
    writer->at += length;
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

static void put_text(struct writer *writer, struct hd_bytes text, bool is_str)
{
    bool has_single = memchr(text.data, '\'', text.size) != NULL;
    bool has_double = memchr(text.data, '"', text.size) != NULL;
    char quote = has_single && !has_double ? '"' : '\'';
    const char quotes[] = {quote, '\0'};

    put(writer, is_str ? "" : "b");
    put(writer, quotes);
    for (size_t i = 0; i < text.size && !writer->full;) {
        char piece[8];

        i += escape(text.data + i, text.size - i, is_str, quote, piece);
        put(writer, piece);
    }
    put(writer, quotes);
}

static void put_number(struct writer *writer, const struct hd_objects *objects, uint32_t slot)
{
    char text[340]; /* the longest double */

    if (hd_object_kind(objects, slot) == HD_KIND_INT) {
        (void)snprintf(text, sizeof text, "%" PRId64, hd_object_integer(objects, slot));
    } else {
        repr_float(hd_object_real(objects, slot), text, sizeof text);
    }
    put(writer, text);
}

static void put_instance(struct writer *writer, const struct hd_objects *objects, uint32_t slot)
{
    struct hd_bytes type = hd_object_type_name(objects, slot);
    uint64_t id = hd_slots_id(hd_objects_slots_const(objects), slot);
    char text[HD_ERROR_TEXT_BYTES];

    (void)snprintf(text, sizeof text, "<__main__.%.*s object at 0x%" PRIx64 ">",
                   (int)(type.size < 96 ? type.size : 96), type.data, id);
    put(writer, text);
}

static void put_leaf(struct writer *writer, const struct hd_objects *objects, uint32_t slot)
{
    switch (hd_object_kind(objects, slot)) {
    case HD_KIND_NONE:
        put(writer, "None");
        return;
    case HD_KIND_BOOL:
        put(writer, hd_object_flag(objects, slot) ? "True" : "False");
        return;
    case HD_KIND_INT:
    case HD_KIND_FLOAT:
        put_number(writer, objects, slot);
        return;
    case HD_KIND_STR:
        put_text(writer, hd_object_bytes(objects, slot), true);
        return;
    case HD_KIND_BYTES:
        put_text(writer, hd_object_bytes(objects, slot), false);
        return;
    default:
        put_instance(writer, objects, slot);
    }
}

/* A tuple or frozenset being written, and the item that comes next. */
struct level {
    uint32_t slot;
    uint32_t next;
    bool tuple;
};

static uint32_t length_of(const struct hd_objects *objects, const struct level *level)
{
    return level->tuple ? hd_seq_length(objects, level->slot)
                        : hd_table_span(objects, level->slot);
}

/* Writes the start of a container and gives true, or the whole of anything else. */
static bool begin(struct writer *writer, const struct hd_objects *objects, uint32_t slot,
                  struct level *ret_level)
{
    enum hd_kind kind = hd_object_kind(objects, slot);

    if (kind == HD_KIND_FROZENSET && hd_table_length(objects, slot) == 0) {
        put(writer, "frozenset()");
        return false;
    }
    if (kind != HD_KIND_TUPLE && kind != HD_KIND_FROZENSET) {
        put_leaf(writer, objects, slot);
        return false;
    }
    put(writer, kind == HD_KIND_TUPLE ? "(" : "frozenset({");
    *ret_level = (struct level){slot, 0, kind == HD_KIND_TUPLE};
    return true;
}

/* The next item; 0 behind the last one, when the end is written. */
static uint32_t proceed(struct writer *writer, const struct hd_objects *objects,
                        struct level *level)
{
    uint32_t length = length_of(objects, level);

    if (level->next == length) {
        put(writer, !level->tuple ? "})" : length == 1 ? ",)" : ")");
        return 0;
    }
    put(writer, level->next > 0 ? ", " : "");
    return level->tuple ? hd_seq_item(objects, level->slot, level->next++)
                        : hd_table_key(objects, level->slot, level->next++);
}

void hd_repr(const struct hd_objects *objects, uint32_t slot, char *ret_text, size_t size)
{
    struct writer writer = {ret_text, 0, size - sizeof ellipsis, false};
    struct level levels[DEPTH_MAX];
    size_t depth = 0;

    ret_text[0] = '\0';
    depth += begin(&writer, objects, slot, &levels[0]);
    while (depth > 0 && !writer.full) {
        uint32_t item = proceed(&writer, objects, &levels[depth - 1]);

        if (item == 0) {
            depth--;
        } else if (depth < DEPTH_MAX) {
            depth += begin(&writer, objects, item, &levels[depth]);
        } else {
            put(&writer, ellipsis);
        }
    }
}
