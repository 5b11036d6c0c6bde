/* SPDX-License-Identifier: MIT */
/* quote.c: quotes, escapes, and the shortest decimal of a double.
 *
 * The shortest: the smallest number of digits for which the nearest decimal, or
 * one beside it, reads back as the number (beside it: at powers of two the
 * numbers below lie closer than those above). */
#include "quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "characters.h"

/* Python writes an exponent from 1e16 on and below 1e-4. */
#define POINT_MAX 16
#define POINT_MIN (-3)

static char choose_quote(const char *data, size_t size)
{
    bool single = size > 0 && memchr(data, '\'', size) != NULL;
    bool twofold = size > 0 && memchr(data, '"', size) != NULL;

    return single && !twofold ? '"' : '\'';
}

/* What both kinds escape alike; false: nothing of the sort. */
static bool add_escape(uint32_t c, char quote, struct hd_text *out)
{
    if (c == (unsigned char)quote || c == '\\') {
        hd_text_add_char(out, '\\');
        hd_text_add_char(out, (char)c);
    } else if (c == '\n' || c == '\r' || c == '\t') {
        hd_text_add_string(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
    } else {
        return false;
    }
    return true;
}

static void add_character(uint32_t c, const char *data, size_t size, struct hd_text *out)
{
    if (hd_is_printable(c)) {
        hd_text_add(out, data, size);
    } else {
        hd_text_printf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    }
}

void hd_quote_str(const char *data, size_t size, struct hd_text *out)
{
    char quote = choose_quote(data, size);
    size_t at = 0;

    hd_text_add_char(out, quote);
    while (at < size) {
        size_t start = at;
        uint32_t c = hd_utf8_next(data, size, &at);

        if (add_escape(c, quote, out)) {
            continue;
        }
        add_character(c, data + start, at - start, out);
    }
    hd_text_add_char(out, quote);
}

void hd_quote_unprintable(const char *data, size_t size, struct hd_text *out)
{
    for (size_t start = 0, at = 0; at < size; start = at) {
        uint32_t c = hd_utf8_next(data, size, &at);

        add_character(c, data + start, at - start, out);
    }
}

void hd_quote_bytes(const char *data, size_t size, struct hd_text *out)
{
    char quote = choose_quote(data, size);

    hd_text_add_char(out, 'b');
    hd_text_add_char(out, quote);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)data[i];

        if (add_escape(c, quote, out)) {
            continue;
        }
        if (c >= 0x20 && c < 0x7F) {
            hd_text_add_char(out, (char)c);
        } else {
            hd_text_printf(out, "\\x%02x", c);
        }
    }
    hd_text_add_char(out, quote);
}

/* Digits d.ddd as an integer string, and the power of ten of the first. */
struct decimal {
    char digits[24];
    int count;
    int exponent;
};

/* number > 0, rounded to count digits */
static void round_to(double number, int count, struct decimal *ret_decimal)
{
    char text[40];
    char *e;
    int filled = 0;

    (void)snprintf(text, sizeof(text), "%.*e", count - 1, number);
    e = strchr(text, 'e');
    for (const char *c = text; c < e; c++) {
        if (*c != '.') {
            ret_decimal->digits[filled++] = *c;
        }
    }
    ret_decimal->digits[filled] = '\0';
    ret_decimal->count = filled;
    ret_decimal->exponent = atoi(e + 1);
}

static bool reads_back(const struct decimal *decimal, double number)
{
    char text[48];

    (void)snprintf(text, sizeof(text), "%se%d", decimal->digits,
                   decimal->exponent - (decimal->count - 1));
    return strtod(text, NULL) == number;
}

/* The decimal one above in the last place; false: it has one digit more. */
static bool one_up(struct decimal *decimal)
{
    for (int i = decimal->count - 1; i >= 0; i--) {
        if (decimal->digits[i] != '9') {
            decimal->digits[i]++;
            return true;
        }
        decimal->digits[i] = '0';
    }
    return false;
}

static bool is_power_of_two(double number)
{
    int exponent;

    return frexp(number, &exponent) == 0.5;
}

static bool shortest_of(double number, int count, struct decimal *ret_decimal)
{
    struct decimal up;

    round_to(number, count, ret_decimal);
    if (reads_back(ret_decimal, number)) {
        return true;
    }
    up = *ret_decimal;
    if (is_power_of_two(number) && one_up(&up) && reads_back(&up, number)) {
        *ret_decimal = up;
        return true;
    }
    return false;
}

static void shortest(double number, struct decimal *ret_decimal)
{
    int low = 1;
    int high = 17;

    /* most numbers that people write have few digits, most others 15 to 17 */
    if (!shortest_of(number, 15, ret_decimal)) {
        low = 16;
    } else {
        high = 15;
    }
    for (int count = low; count <= high; count++) {
        if (shortest_of(number, count, ret_decimal)) {
            break;
        }
    }
    while (ret_decimal->count > 1 && ret_decimal->digits[ret_decimal->count - 1] == '0') {
        ret_decimal->digits[--ret_decimal->count] = '\0';
    }
}

static void add_zeros(struct hd_text *out, int count)
{
    for (int i = 0; i < count; i++) {
        hd_text_add_char(out, '0');
    }
}

/* point: where the decimal point stands, counted from before the first digit */
static void add_fixed(const struct decimal *decimal, int point, struct hd_text *out)
{
    if (point <= 0) {
        hd_text_add_string(out, "0.");
        add_zeros(out, -point);
        hd_text_add_string(out, decimal->digits);
    } else if (point >= decimal->count) {
        hd_text_add_string(out, decimal->digits);
        add_zeros(out, point - decimal->count);
        hd_text_add_string(out, ".0");
    } else {
        hd_text_add(out, decimal->digits, (size_t)point);
        hd_text_add_char(out, '.');
        hd_text_add_string(out, decimal->digits + point);
    }
}

static void add_scientific(const struct decimal *decimal, struct hd_text *out)
{
    hd_text_add_char(out, decimal->digits[0]);
    if (decimal->count > 1) {
        hd_text_add_char(out, '.');
        hd_text_add_string(out, decimal->digits + 1);
    }
    hd_text_printf(out, "e%c%02d", decimal->exponent < 0 ? '-' : '+', abs(decimal->exponent));
}

void hd_quote_float(double number, struct hd_text *out)
{
    struct decimal decimal;
    int point;

    if (isnan(number)) {
        hd_text_add_string(out, "nan");
        return;
    }
    if (signbit(number)) {
        hd_text_add_char(out, '-');
        number = -number;
    }
    if (isinf(number) || number == 0.0) {
        hd_text_add_string(out, number == 0.0 ? "0.0" : "inf");
        return;
    }
    shortest(number, &decimal);
    point = decimal.exponent + 1;
    if (point > POINT_MAX || point < POINT_MIN) {
        add_scientific(&decimal, out);
    } else {
        add_fixed(&decimal, point, out);
    }
}
