/* SPDX-License-Identifier: MIT */
/* script_words.c: blanks separate words; quotes, with Python's escapes, keep blanks in one. */
#include <string.h>

#include "console/literal.h"
#include "console/text.h"
#include "script.h"

static const struct {
    const char *prefix;
    enum heapd_kind kind;
} literals[] = {
    {"int:", HEAPD_KIND_INT},
    {"float:", HEAPD_KIND_FLOAT},
    {"str:", HEAPD_KIND_STR},
    {"bytes:", HEAPD_KIND_BYTES},
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Takes KIND: off, if the word has it. */
static enum heapd_kind take_prefix(const char **at, const char *end)
{
    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        size_t size = strlen(literals[i].prefix);

        if ((size_t)(end - *at) >= size && memcmp(*at, literals[i].prefix, size) == 0) {
            *at += size;
            return literals[i].kind;
        }
    }
    return HEAPD_KIND_UNSPECIFIED;
}

/* What is between quotes, from the first one on. */
static bool take_quoted(struct script *script, const char **at, const char *end,
                        struct script_word *word)
{
    struct hd_place place = {(int)script->line, 1};
    struct hd_token token = {0};
    struct hd_pyerror error;
    const char *body = *at + 1;
    const char *close = body;
    bool done;

    while (close < end && *close != **at) {
        close += *close == '\\' && close + 1 < end ? 2 : 1;
    }
    if (close >= end || (close + 1 < end && !is_blank(close[1]))) {
        return script_fail(script, "%s",
                           close >= end ? "a quote is not closed"
                                        : "expected a blank behind a quote");
    }
    hd_pyerror_init(&error);
    done = hd_literal_string(body, (size_t)(close - body), false,
                             word->literal == HEAPD_KIND_BYTES, place, &script->zone, &token,
                             &error) ||
           script_fail(script, "%s", hd_text_data(&error.message));
    hd_pyerror_fini(&error);
    word->text = token.data;
    word->size = token.size;
    word->quoted = true;
    *at = close + 1;
    return done;
}

static void take_plain(struct script *script, const char **at, const char *end,
                       struct script_word *word)
{
    const char *start = *at;

    while (*at < end && !is_blank(**at)) {
        (*at)++;
    }
    word->size = (size_t)(*at - start);
    word->text = hd_zone_copy(&script->zone, start, word->size);
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at)) {
        at++;
    }
    return at < end && *at == '#' ? end : at; /* the rest is a comment */
}

bool script_split(struct script *script, const char *line, size_t size,
                  struct script_word **ret_words, size_t *ret_count)
{
    const char *end = line + size;
    const char *at = skip_blanks(line, end);
    size_t count = 0;

    /* Between two words is a blank at least. */
    *ret_words = hd_zone_alloc(&script->zone, (size / 2 + 1) * sizeof(**ret_words));
    if (!hd_utf8_is_valid(line, size) || memchr(line, '\0', size) != NULL) {
        return script_fail(script, "not UTF-8, or with a NUL in it");
    }
    for (; at < end; at = skip_blanks(at, end)) {
        struct script_word *word = &(*ret_words)[count++];

        word->literal = take_prefix(&at, end);
        if (at < end && (*at == '\'' || *at == '"')) {
            if (!take_quoted(script, &at, end, word)) {
                return false;
            }
        } else {
            take_plain(script, &at, end, word);
        }
    }
    *ret_count = count;
    return true;
}
