/* SPDX-License-Identifier: MIT */
/* read_number.c: see read_number.h. */
#include "read_number.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "characters.h"
#include "text.h"

#define DIGITS "0123456789"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* With the blanks and digits of other scripts as those of ASCII.  Any other character is of no
 * number, nor is '?'. */
static void add_in_ascii(const char *data, size_t size, struct hd_text *out)
{
    for (size_t at = 0; at < size;) {
        uint32_t c = hd_utf8_next(data, size, &at);
        int digit = hd_decimal(c);

        if (c < 0x80) {
            hd_text_add_char(out, (char)c);
        } else {
            hd_text_add_char(out, hd_is_blank(c) ? ' ' : digit < 0 ? '?' : (char)('0' + digit));
        }
    }
}

/* Takes out single underscores between digits.  False: there are others, or a NUL. */
static bool join_digits(char *text, size_t size)
{
    size_t kept = 0;

    if (strlen(text) != size) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '_') {
            text[kept++] = text[i];
        } else if (i == 0 || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
            return false;
        }
    }
    text[kept] = '\0';
    return true;
}

/* The number without the blanks around it; NULL: it is none, whatever is in between. */
static const char *prepare(const char *data, size_t size, bool is_str, struct hd_text *ascii)
{
    static const char blanks[] = " \t\n\v\f\r";

    if (is_str) {
        add_in_ascii(data, size, ascii);
    } else {
        hd_text_add(ascii, data, size);
    }
    while (ascii->size > 0 && ascii->data[ascii->size - 1] != '\0' &&
           strchr(blanks, ascii->data[ascii->size - 1]) != NULL) {
        hd_text_cut(ascii, ascii->size - 1);
    }
    if (ascii->size == 0 || !join_digits(ascii->data, ascii->size)) {
        return NULL;
    }
    return ascii->data + strspn(ascii->data, blanks);
}

static enum hd_reading to_int(const char *text, int64_t *ret_integer)
{
    bool minus = *text == '-';
    int64_t negative = 0; /* which reaches further than its opposite */

    text += *text == '-' || *text == '+';
    if (*text == '\0' || text[strspn(text, DIGITS)] != '\0') {
        return HD_READ_NOTHING;
    }
    for (; *text != '\0'; text++) {
        if (__builtin_mul_overflow(negative, 10, &negative) ||
            __builtin_sub_overflow(negative, *text - '0', &negative)) {
            return HD_READ_TOO_LARGE;
        }
    }
    if (!minus && negative == INT64_MIN) {
        return HD_READ_TOO_LARGE;
    }
    *ret_integer = minus ? negative : -negative;
    return HD_READ;
}

/* Whether it is one in decimal: strtod() reads other ones, too. */
static bool is_float(const char *text)
{
    size_t digits;

    text += *text == '-' || *text == '+';
    if (strcasecmp(text, "inf") == 0 || strcasecmp(text, "infinity") == 0 ||
        strcasecmp(text, "nan") == 0) {
        return true;
    }
    digits = strspn(text, DIGITS);
    text += digits;
    if (*text == '.') {
        size_t behind = strspn(++text, DIGITS);

        text += behind;
        digits += behind;
    }
    if (digits > 0 && (*text == 'e' || *text == 'E')) {
        text++;
        text += *text == '-' || *text == '+';
        digits = strspn(text, DIGITS);
        text += digits;
    }
    return digits > 0 && *text == '\0';
}

enum hd_reading hd_read_int(const char *data, size_t size, bool is_str, int64_t *ret_integer)
{
    enum hd_reading reading;
    struct hd_text ascii;
    const char *text;

    hd_text_init(&ascii);
    text = prepare(data, size, is_str, &ascii);
    reading = text == NULL ? HD_READ_NOTHING : to_int(text, ret_integer);
    hd_text_fini(&ascii);
    return reading;
}

enum hd_reading hd_read_float(const char *data, size_t size, bool is_str, double *ret_number)
{
    enum hd_reading reading = HD_READ_NOTHING;
    struct hd_text ascii;
    const char *text;

    hd_text_init(&ascii);
    text = prepare(data, size, is_str, &ascii);
    if (text != NULL && is_float(text)) {
        *ret_number = strtod(text, NULL);
        reading = HD_READ;
    }
    hd_text_fini(&ascii);
    return reading;
}
