/* SPDX-License-Identifier: MIT */
/* utf8.c: table-free validation; plain ASCII goes eight bytes at a time. */
#include "base/utf8.h"

#include <string.h>

#define HIGH_BITS UINT64_C(0x8080808080808080)

static bool is_tail(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Bytes of the character at s, or 0 if it is none. */
static size_t character_size(const unsigned char *s, size_t left)
{
    unsigned char lead = s[0];

    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return left >= 2 && is_tail(s[1]) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (left < 3 || !is_tail(s[1]) || !is_tail(s[2])) {
            return 0;
        }
        if ((lead == 0xE0 && s[1] < 0xA0) || (lead == 0xED && s[1] > 0x9F)) {
            return 0; /* overlong, or a surrogate */
        }
        return 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (left < 4 || !is_tail(s[1]) || !is_tail(s[2]) || !is_tail(s[3])) {
            return 0;
        }
        if ((lead == 0xF0 && s[1] < 0x90) || (lead == 0xF4 && s[1] > 0x8F)) {
            return 0; /* overlong, or beyond U+10FFFF */
        }
        return 4;
    }
    return 0;
}

size_t hd_utf8_prefix(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t at = 0;

    while (at < size) {
        uint64_t word;
        size_t n;

        if (size - at >= sizeof word) {
            memcpy(&word, s + at, sizeof word);
            if ((word & HIGH_BITS) == 0) {
                at += sizeof word;
                continue;
            }
        }
        n = character_size(s + at, size - at);
        if (n == 0) {
            return at;
        }
        at += n;
    }
    return at;
}

/* Words from both ends, which may overlap. */
static bool is_ascii(const char *text, size_t size)
{
    uint64_t seen = 0;
    uint64_t word;
    uint32_t half;

    if (size >= sizeof word) {
        for (size_t at = 0; at + sizeof word < size; at += sizeof word) {
            memcpy(&word, text + at, sizeof word);
            seen |= word;
        }
        memcpy(&word, text + size - sizeof word, sizeof word);
        return ((seen | word) & HIGH_BITS) == 0;
    }
    if (size >= sizeof half) {
        memcpy(&half, text, sizeof half);
        seen = half;
        memcpy(&half, text + size - sizeof half, sizeof half);
        return ((seen | half) & HIGH_BITS) == 0;
    }
    while (size > 0) {
        seen |= (unsigned char)text[--size];
    }
    return (seen & HIGH_BITS) == 0;
}

bool hd_utf8_is_valid(const char *text, size_t size)
{
    return is_ascii(text, size) || hd_utf8_prefix(text, size) == size;
}

size_t hd_utf8_length(const char *text, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        n += !is_tail((unsigned char)text[i]);
    }
    return n;
}

size_t hd_utf8_offset(const char *text, size_t size, size_t index)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_tail((unsigned char)text[i])) {
            if (index == 0) {
                return i;
            }
            index--;
        }
    }
    return size;
}

uint32_t hd_utf8_decode(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = character_size(s, size);

    switch (n) {
    case 2:
        return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    case 3:
        return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    case 4:
        return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 |
               (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
    default:
        return s[0];
    }
}

size_t hd_utf8_encode(uint32_t code, char *ret_text)
{
    if (code < 0x80) {
        ret_text[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        ret_text[0] = (char)(0xC0 | code >> 6);
        ret_text[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        ret_text[0] = (char)(0xE0 | code >> 12);
        ret_text[1] = (char)(0x80 | (code >> 6 & 0x3F));
        ret_text[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    ret_text[0] = (char)(0xF0 | code >> 18);
    ret_text[1] = (char)(0x80 | (code >> 12 & 0x3F));
    ret_text[2] = (char)(0x80 | (code >> 6 & 0x3F));
    ret_text[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}
