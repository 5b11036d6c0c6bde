/* SPDX-License-Identifier: MIT */
/* text.c: bytes that grow, and what little of UTF-8 the console needs. */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(void)
{
    (void)fputs("heapctl: no memory\n", stderr);
    exit(1);
}

void *hd_must_alloc(size_t size)
{
    void *block = malloc(size == 0 ? 1 : size);

    if (block == NULL) {
        give_up();
    }
    return block;
}

void *hd_must_realloc(void *block, size_t size)
{
    void *grown = realloc(block, size == 0 ? 1 : size);

    if (grown == NULL) {
        give_up();
    }
    return grown;
}

char *hd_must_copy(const void *data, size_t size)
{
    char *copy = hd_must_alloc(size + 1);

    if (size > 0) {
        memcpy(copy, data, size);
    }
    copy[size] = '\0';
    return copy;
}

void hd_text_init(struct hd_text *text)
{
    text->data = NULL;
    text->size = 0;
    text->capacity = 0;
}

void hd_text_fini(struct hd_text *text)
{
    free(text->data);
    hd_text_init(text);
}

void hd_text_cut(struct hd_text *text, size_t size)
{
    if (text->size > size) {
        text->size = size;
        text->data[size] = '\0';
    }
}

void hd_text_clear(struct hd_text *text)
{
    hd_text_cut(text, 0);
}

const char *hd_text_data(const struct hd_text *text)
{
    return text->data == NULL ? "" : text->data;
}

static void reserve(struct hd_text *text, size_t more)
{
    size_t wanted = text->size + more + 1;

    if (wanted > text->capacity) {
        size_t capacity = text->capacity < 64 ? 64 : text->capacity * 2;

        text->capacity = capacity < wanted ? wanted : capacity;
        text->data = hd_must_realloc(text->data, text->capacity);
    }
}

void hd_text_add(struct hd_text *text, const void *data, size_t size)
{
    reserve(text, size);
    if (size > 0) {
        memcpy(text->data + text->size, data, size);
    }
    text->size += size;
    text->data[text->size] = '\0';
}

void hd_text_add_char(struct hd_text *text, char c)
{
    hd_text_add(text, &c, 1);
}

void hd_text_add_string(struct hd_text *text, const char *string)
{
    hd_text_add(text, string, strlen(string));
}

void hd_text_add_code_point(struct hd_text *text, uint32_t c)
{
    if (c < 0x80) {
        hd_text_add_char(text, (char)c);
    } else if (c < 0x800) {
        hd_text_add_char(text, (char)(0xC0 | c >> 6));
        hd_text_add_char(text, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        hd_text_add_char(text, (char)(0xE0 | c >> 12));
        hd_text_add_char(text, (char)(0x80 | (c >> 6 & 0x3F)));
        hd_text_add_char(text, (char)(0x80 | (c & 0x3F)));
    } else {
        hd_text_add_char(text, (char)(0xF0 | c >> 18));
        hd_text_add_char(text, (char)(0x80 | (c >> 12 & 0x3F)));
        hd_text_add_char(text, (char)(0x80 | (c >> 6 & 0x3F)));
        hd_text_add_char(text, (char)(0x80 | (c & 0x3F)));
    }
}

void hd_text_vprintf(struct hd_text *text, const char *format, va_list arguments)
{
    va_list again;
    int size;

    va_copy(again, arguments);
    size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size > 0) {
        reserve(text, (size_t)size);
        (void)vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
        text->size += (size_t)size;
    }
}

void hd_text_printf(struct hd_text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    hd_text_vprintf(text, format, arguments);
    va_end(arguments);
}

bool hd_text_ends_with(const struct hd_text *text, const char *end)
{
    size_t size = strlen(end);

    return text->size >= size && memcmp(hd_text_data(text) + text->size - size, end, size) == 0;
}

/* How many bytes the character at data takes; 0 if it is no UTF-8. */
static size_t decode(const unsigned char *data, size_t size, uint32_t *ret_code_point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = data[0] < 0x80   ? 1
                    : data[0] < 0xC2 ? 0
                    : data[0] < 0xE0 ? 2
                    : data[0] < 0xF0 ? 3
                    : data[0] < 0xF5 ? 4
                                     : 0;
    uint32_t c;

    if (length == 0 || length > size) {
        return 0;
    }
    c = length == 1 ? data[0] : data[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((data[i] & 0xC0) != 0x80) {
            return 0;
        }
        c = c << 6 | (data[i] & 0x3Fu);
    }
    if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) {
        return 0;
    }
    *ret_code_point = c;
    return length;
}

uint32_t hd_utf8_next(const char *data, size_t size, size_t *at)
{
    uint32_t c = 0xFFFD;
    size_t length = decode((const unsigned char *)data + *at, size - *at, &c);

    *at += length == 0 ? 1 : length;
    return c;
}

bool hd_utf8_is_valid(const char *data, size_t size)
{
    size_t at = 0;
    uint32_t c;

    while (at < size) {
        size_t length = decode((const unsigned char *)data + at, size - at, &c);

        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

size_t hd_utf8_length(const char *data, size_t size)
{
    size_t length = 0;

    for (size_t i = 0; i < size; i++) {
        length += ((unsigned char)data[i] & 0xC0) != 0x80;
    }
    return length;
}
