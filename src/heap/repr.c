/* SPDX-License-Identifier: MIT */
/* repr.c: Python's repr, cut to the length of a sentence. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "heap/internal.h"

/* Containers in containers; each costs at least a character. */
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
    size_t seen =
        text.size < writer->room ? text.size : writer->room; /* the rest is not shown */
    bool has_single = memchr(text.data, '\'', seen) != NULL;
    bool has_double = memchr(text.data, '"', seen) != NULL;
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

/* How a kind of container is written. */
struct shape {
    const char *open;
    const char *close;
    const char *empty;
    const char *again; /* inside itself */
};

static const struct shape shapes[HD_KIND_COUNT] = {
    [HD_KIND_TUPLE] = {"(", ")", "()", "(...)"},
    [HD_KIND_LIST] = {"[", "]", "[]", "[...]"},
    [HD_KIND_DICT] = {"{", "}", "{}", "{...}"},
    [HD_KIND_SET] = {"{", "}", "set()", "set(...)"},
    [HD_KIND_FROZENSET] = {"frozenset({", "})", "frozenset()", "frozenset(...)"},
};

/* A container being written, and what comes next of it: of a dict twice the position, plus 1
 * for the value. */
struct level {
    uint32_t slot;
    uint32_t next;
    bool first;
};

struct levels {
    struct level items[DEPTH_MAX];
    size_t depth;
};

static bool is_inside(const struct levels *levels, uint32_t slot)
{
    for (size_t i = 0; i < levels->depth; i++) {
        if (levels->items[i].slot == slot) {
            return true;
        }
    }
    return false;
}

/* Writes the whole of an object, or the start of a container. */
static void begin(struct writer *writer, const struct hd_objects *objects,
                  struct levels *levels, uint32_t slot)
{
    enum hd_kind kind = hd_object_kind(objects, slot);
    const struct shape *shape = &shapes[kind];
    bool sequence = kind == HD_KIND_TUPLE || kind == HD_KIND_LIST;

    if (shape->open == NULL) {
        put_leaf(writer, objects, slot);
    } else if (is_inside(levels, slot)) {
        put(writer, shape->again);
    } else if ((sequence ? hd_seq_length(objects, slot) : hd_table_length(objects, slot)) ==
               0) {
        put(writer, shape->empty);
    } else if (levels->depth == DEPTH_MAX) {
        put(writer, ellipsis);
    } else {
        put(writer, shape->open);
        levels->items[levels->depth++] = (struct level){slot, 0, true};
    }
}

/* The next item of a sequence; 0 behind the last. */
static uint32_t next_of_sequence(const struct hd_objects *objects, struct level *level)
{
    return level->next < hd_seq_length(objects, level->slot)
               ? hd_seq_item(objects, level->slot, level->next++)
               : 0;
}

/* The next key or value of a table; 0 behind the last. */
static uint32_t next_of_table(const struct hd_objects *objects, struct level *level, bool pairs)
{
    uint32_t span = hd_table_span(objects, level->slot);
    uint32_t at = pairs ? level->next / 2 : level->next;

    if (pairs && level->next % 2 == 1) {
        level->next++;
        return hd_table_value(objects, level->slot, at);
    }
    while (at < span && hd_table_key(objects, level->slot, at) == 0) {
        at++;
    }
    level->next = pairs ? 2 * at + 1 : at + 1;
    return at < span ? hd_table_key(objects, level->slot, at) : 0;
}

/* Writes what stands before the next item of the innermost container, and gives it; 0 behind
 * the last, when the end is written. */
static uint32_t proceed(struct writer *writer, const struct hd_objects *objects,
                        struct level *level)
{
    enum hd_kind kind = hd_object_kind(objects, level->slot);
    bool value = kind == HD_KIND_DICT && level->next % 2 == 1;
    uint32_t item = kind == HD_KIND_TUPLE || kind == HD_KIND_LIST
                        ? next_of_sequence(objects, level)
                        : next_of_table(objects, level, kind == HD_KIND_DICT);

    if (item == 0) {
        put(writer, kind == HD_KIND_TUPLE && level->next == 1 ? "," : "");
        put(writer, shapes[kind].close);
    } else {
        put(writer, value ? ": " : level->first ? "" : ", ");
    }
    level->first = false;
    return item;
}

void hd_repr(const struct hd_objects *objects, uint32_t slot, char *ret_text, size_t size)
{
    struct writer writer = {ret_text, 0, size - sizeof ellipsis, false};
    struct levels levels = {.depth = 0};

    ret_text[0] = '\0';
    begin(&writer, objects, &levels, slot);
    while (levels.depth > 0 && !writer.full) {
        uint32_t item = proceed(&writer, objects, &levels.items[levels.depth - 1]);

        if (item == 0) {
            levels.depth--;
        } else {
            begin(&writer, objects, &levels, item);
        }
    }
}
