/* SPDX-License-Identifier: MIT */
/* literal.c: digits with underscores and bases; escapes of strings and bytes. */
#include "literal.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 4096

bool hd_is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

static int digit_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 99;
}

static bool fail(struct hd_pyerror *error, struct hd_place place, const char *message)
{
    return hd_pyerror_syntax(error, "SyntaxError", place.line, place.column, "%s", message);
}

/* Digits of a base from *at on, with single underscores between them. */
static bool scan_digits(const char *source, size_t size, size_t *at, int base,
                        bool after_prefix)
{
    size_t start = *at;
    bool underscore = !after_prefix;

    while (*at < size) {
        if (source[*at] == '_' && (*at > start || after_prefix) && source[*at - 1] != '_') {
            underscore = true;
        } else if (digit_value(source[*at]) < base) {
            underscore = false;
        } else {
            break;
        }
        (*at)++;
    }
    return *at > start && !(underscore && source[*at - 1] == '_');
}

static void set_magnitude(const char *digits, size_t size, int base, struct hd_token *token)
{
    uint64_t value = 0;
    const uint64_t most = (uint64_t)1 << 63;

    token->too_large = false;
    for (size_t i = 0; i < size; i++) {
        uint64_t digit;

        if (digits[i] == '_') {
            continue;
        }
        digit = (uint64_t)digit_value(digits[i]);
        if (value > (most - digit) / (uint64_t)base) {
            token->too_large = true;
            break;
        }
        value = value * (uint64_t)base + digit;
    }
    token->kind = HD_TOKEN_INT;
    token->magnitude = value;
}

/* A number must not run into a name, unless that is a word like `if`. */
static bool ends_well(const char *source, size_t size, size_t at)
{
    static const char *const words[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    size_t end = at;

    while (end < size && (hd_is_name_char(source[end]) || (unsigned char)source[end] >= 0x80)) {
        end++;
    }
    if (end == at) {
        return true;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == end - at && memcmp(words[i], source + at, end - at) == 0) {
            return true;
        }
    }
    return false;
}

static bool based_number(const char *source, size_t size, struct hd_place place,
                         struct hd_token *token, size_t *ret_size, struct hd_pyerror *error)
{
    char letter = (char)(source[1] | 0x20);
    int base = letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
    const char *word = base == 16 ? "hexadecimal" : base == 8 ? "octal" : "binary";
    size_t at = 2;

    if (!scan_digits(source, size, &at, base, true)) {
        return hd_pyerror_syntax(error, "SyntaxError", place.line, place.column,
                                 "invalid %s literal", word);
    }
    if (base < 10 && at < size && source[at] >= '0' && source[at] <= '9') {
        return hd_pyerror_syntax(error, "SyntaxError", place.line, place.column,
                                 "invalid digit '%c' in %s literal", source[at], word);
    }
    if (!ends_well(source, size, at)) {
        return hd_pyerror_syntax(error, "SyntaxError", place.line, place.column,
                                 "invalid %s literal", word);
    }
    set_magnitude(source + 2, at - 2, base, token);
    *ret_size = at;
    return true;
}

static bool set_float(const char *source, size_t size, struct hd_place place,
                      struct hd_token *token, struct hd_pyerror *error)
{
    char digits[DIGITS_MAX];
    size_t count = 0;

    if (size >= sizeof(digits)) {
        return fail(error, place, "number too long");
    }
    for (size_t i = 0; i < size; i++) {
        if (source[i] != '_') {
            digits[count++] = source[i];
        }
    }
    digits[count] = '\0';
    token->kind = HD_TOKEN_FLOAT;
    token->number = strtod(digits, NULL);
    return true;
}

/* The point, the digits behind it, and the exponent, if they are there. */
static bool scan_fraction(const char *source, size_t size, size_t *at, bool *ret_is_float)
{
    size_t mark;

    if (*at < size && source[*at] == '.') {
        *ret_is_float = true;
        (*at)++;
        if (*at < size && source[*at] >= '0' && source[*at] <= '9' &&
            !scan_digits(source, size, at, 10, false)) {
            return false;
        }
    }
    if (*at < size && (source[*at] | 0x20) == 'e') {
        mark = *at + 1;
        if (mark < size && (source[mark] == '+' || source[mark] == '-')) {
            mark++;
        }
        if (mark < size && source[mark] >= '0' && source[mark] <= '9') {
            *ret_is_float = true;
            *at = mark;
            return scan_digits(source, size, at, 10, false);
        }
    }
    return true;
}

bool hd_literal_number(const char *source, size_t size, struct hd_place place,
                       struct hd_token *token, size_t *ret_size, struct hd_pyerror *error)
{
    size_t at = 0;
    bool is_float = false;

    if (size > 1 && source[0] == '0' && strchr("xXoObB", source[1]) != NULL) {
        return based_number(source, size, place, token, ret_size, error);
    }
    if ((source[0] != '.' && !scan_digits(source, size, &at, 10, false)) ||
        !scan_fraction(source, size, &at, &is_float)) {
        return fail(error, place, "invalid decimal literal");
    }
    if (at < size && (source[at] | 0x20) == 'j') {
        return fail(error, place, "complex numbers are not part of the language");
    }
    if (!ends_well(source, size, at)) {
        return fail(error, place, "invalid decimal literal");
    }
    *ret_size = at;
    if (is_float) {
        return set_float(source, at, place, token, error);
    }
    set_magnitude(source, at, 10, token);
    if (source[0] == '0' && (token->magnitude != 0 || token->too_large)) {
        return fail(error, place,
                    "leading zeros in decimal integer literals are not permitted; "
                    "use an 0o prefix for octal integers");
    }
    return true;
}

struct decoder {
    const char *body;
    size_t size;
    size_t at;
    bool bytes;
    struct hd_place place;
    struct hd_text out;
    struct hd_pyerror *error;
};

/* \xhh, \uhhhh, \Uhhhhhhhh: the digits behind the letter. */
static bool hex_escape(struct decoder *d, size_t digits)
{
    uint32_t value = 0;
    size_t start = d->at - 2;
    char letter = d->body[d->at - 1];

    for (size_t i = 0; i < digits; i++) {
        int digit = d->at < d->size ? digit_value(d->body[d->at]) : 99;

        if (digit > 15) {
            return d->bytes
                       ? hd_pyerror_syntax(
                             d->error, "SyntaxError", d->place.line, d->place.column,
                             "(value error) invalid \\x escape at position %zu", start)
                       : hd_pyerror_syntax(d->error, "SyntaxError", d->place.line,
                                           d->place.column,
                                           "(unicode error) 'unicodeescape' codec can't "
                                           "decode bytes in position %zu-%zu: truncated "
                                           "\\%c%.*s escape",
                                           start, d->at - 1, letter, (int)digits, "XXXXXXXX");
        }
        value = value << 4 | (uint32_t)digit;
        d->at++;
    }
    if (d->bytes) {
        hd_text_add_char(&d->out, (char)value);
        return true;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
        return fail(d->error, d->place,
                    value > 0x10FFFF ? "(unicode error) illegal Unicode character"
                                     : "(unicode error) surrogates are not allowed: "
                                       "heapd's strings are UTF-8");
    }
    hd_text_add_code_point(&d->out, value);
    return true;
}

static void octal_escape(struct decoder *d)
{
    uint32_t value = 0;

    d->at--;
    for (int i = 0; i < 3 && d->at < d->size && digit_value(d->body[d->at]) < 8; i++) {
        value = value << 3 | (uint32_t)digit_value(d->body[d->at++]);
    }
    if (d->bytes) {
        hd_text_add_char(&d->out, (char)value);
    } else {
        hd_text_add_code_point(&d->out, value);
    }
}

/* Behind a backslash. */
static bool escape(struct decoder *d)
{
    static const char letters[] = "\\'\"abfnrtv";
    static const char meanings[] = "\\'\"\a\b\f\n\r\t\v";
    char c = d->body[d->at++];
    const char *simple = c == '\0' ? NULL : strchr(letters, c);

    if (simple != NULL) {
        hd_text_add_char(&d->out, meanings[simple - letters]);
        return true;
    }
    if (c >= '0' && c <= '7') {
        octal_escape(d);
        return true;
    }
    if (c == '\n') {
        return true;
    }
    if (c == 'x') {
        return hex_escape(d, 2);
    }
    if (!d->bytes && (c == 'u' || c == 'U')) {
        return hex_escape(d, c == 'u' ? 4 : 8);
    }
    if (!d->bytes && c == 'N') {
        return fail(d->error, d->place, "\\N{...} escapes are not part of the language");
    }
    hd_text_add_char(&d->out, '\\');
    d->at--;
    return true;
}

static bool decode_body(struct decoder *d, bool raw)
{
    while (d->at < d->size) {
        char c = d->body[d->at];

        if (d->bytes && (unsigned char)c >= 0x80) {
            return fail(d->error, d->place, "bytes can only contain ASCII literal characters");
        }
        d->at++;
        if (c != '\\' || raw) {
            hd_text_add_char(&d->out, c);
        } else if (d->at == d->size) {
            hd_text_add_char(&d->out, c);
        } else if (!escape(d)) {
            return false;
        }
    }
    return true;
}

bool hd_literal_string(const char *body, size_t size, bool raw, bool bytes,
                       struct hd_place place, struct hd_zone *zone, struct hd_token *token,
                       struct hd_pyerror *error)
{
    struct decoder d = {
        .body = body, .size = size, .bytes = bytes, .place = place, .error = error};
    bool done;

    hd_text_init(&d.out);
    done = decode_body(&d, raw);
    if (done) {
        token->kind = bytes ? HD_TOKEN_BYTES : HD_TOKEN_STR;
        token->data = hd_zone_copy(zone, hd_text_data(&d.out), d.out.size);
        token->size = d.out.size;
    }
    hd_text_fini(&d.out);
    return done;
}
