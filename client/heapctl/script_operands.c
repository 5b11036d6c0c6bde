/* SPDX-License-Identifier: MIT */
/* script_operands.c: words as objects, literals, names and places. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "console/read_number.h"
#include "heapctl.h"
#include "script.h"

static bool literal_int(struct script *script, const struct script_word *word,
                        struct heapd_new *ret_new)
{
    int64_t value = 0;
    enum hd_reading reading = hd_read_int(word->text, word->size, true, &value);

    *ret_new = heapd_new_int(value);
    return reading == HD_READ ||
           script_fail(script,
                       reading == HD_READ_TOO_LARGE ? "an int of more than 64 bits: %s"
                                                    : "no int: %s",
                       word->text);
}

static bool literal_float(struct script *script, const struct script_word *word,
                          struct heapd_new *ret_new)
{
    double value = 0;

    if (hd_read_float(word->text, word->size, true, &value) != HD_READ) {
        return script_fail(script, "no float: %s", word->text);
    }
    *ret_new = heapd_new_float(value);
    return true;
}

static bool is_word(const struct script_word *word, const char *text)
{
    return !word->quoted && strcmp(word->text, text) == 0;
}

bool script_literal(struct script *script, const struct script_word *word, bool *ret_is,
                    struct heapd_new *ret_new)
{
    *ret_is = true;
    switch (word->literal) {
    case HEAPD_KIND_INT:
        return literal_int(script, word, ret_new);
    case HEAPD_KIND_FLOAT:
        return literal_float(script, word, ret_new);
    case HEAPD_KIND_STR:
        *ret_new = heapd_new_str(word->text, word->size);
        return true;
    case HEAPD_KIND_BYTES:
        *ret_new = heapd_new_bytes(word->text, word->size);
        return true;
    default:
        break;
    }
    if (is_word(word, "None")) {
        *ret_new = heapd_new_none();
    } else if (is_word(word, "True") || is_word(word, "False")) {
        *ret_new = heapd_new_bool(word->text[0] == 'T');
    } else {
        *ret_is = false;
    }
    return true;
}

bool script_name(struct script *script, const struct script_word *word, const char **ret_name)
{
    bool is_name = word->literal == HEAPD_KIND_UNSPECIFIED && word->size > 0 &&
                   strlen(word->text) == word->size;

    *ret_name = word->text;
    return is_name || script_fail(script, "no name: '%s'", word->text);
}

bool script_object(struct script *script, const struct script_word *word,
                   struct heapd_ref *ret_ref)
{
    struct heapd_new object;
    bool is_literal;

    if (!script_literal(script, word, &is_literal, &object)) {
        return false;
    }
    if (is_literal) {
        *ret_ref = heapd_result(heapd_batch_create(script->batch, object, heapd_keep_batch()));
        return true;
    }
    if (word->quoted) {
        *ret_ref = heapd_name(word->text);
        return script_name(script, word, &ret_ref->name);
    }
    if (word->text[0] == '$') {
        return script_label(script, word->text, ret_ref);
    }
    return heapctl_operand(word->text, ret_ref) ||
           script_fail(script, "neither id nor name: %s", word->text);
}

bool script_objects(struct script *script, const struct script_word *words, size_t count,
                    struct heapd_ref **ret_refs)
{
    bool done = true;

    *ret_refs = hd_zone_alloc(&script->zone, (count + 1) * sizeof(**ret_refs));
    for (size_t i = 0; i < count && done; i++) {
        done = script_object(script, &words[i], &(*ret_refs)[i]);
    }
    return done;
}

/* What is between [ and ]. */
static bool is_bracketed(const struct script_word *word)
{
    return !word->quoted && word->literal == HEAPD_KIND_UNSPECIFIED && word->size > 2 &&
           word->text[0] == '[' && word->text[word->size - 1] == ']';
}

/* A number, up to a colon or the end; *ret_has false: there is none. */
static bool take_bound(const char **at, bool *ret_has, int64_t *ret_bound)
{
    char *end;

    *ret_has = **at != ':' && **at != ']';
    if (!*ret_has) {
        return true;
    }
    errno = 0;
    *ret_bound = strtoll(*at, &end, 10);
    if (end == *at || errno != 0 || (**at != '-' && (**at < '0' || **at > '9'))) {
        return false;
    }
    *at = end;
    return **at == ':' || **at == ']';
}

/* Whether `at` is the bracket that the word ends in. */
static bool is_end(const struct script_word *word, const char *at)
{
    return at == word->text + word->size - 1;
}

bool script_index(struct script *script, const struct script_word *word, int64_t *ret_index)
{
    const char *at = word->text + 1;
    bool has = false;

    return (is_bracketed(word) && take_bound(&at, &has, ret_index) && has &&
            is_end(word, at)) ||
           script_fail(script, "no index: %s (as [0])", word->text);
}

bool script_is_slice(const struct script_word *word)
{
    return is_bracketed(word) && strchr(word->text, ':') != NULL;
}

bool script_slice(struct script *script, const struct script_word *word,
                  struct heapd_slice *ret_slice)
{
    const char *at = word->text + 1;
    bool has_step = false;
    bool good;

    memset(ret_slice, 0, sizeof(*ret_slice));
    good = take_bound(&at, &ret_slice->has_start, &ret_slice->start) && *at++ == ':' &&
           take_bound(&at, &ret_slice->has_stop, &ret_slice->stop);
    if (good && *at == ':') {
        at++;
        good =
            take_bound(&at, &has_step, &ret_slice->step) && (!has_step || ret_slice->step != 0);
    }
    return (good && is_end(word, at)) ||
           script_fail(script, "no slice: %s (as [1:3] or [::2])", word->text);
}

bool script_at(struct script *script, const struct script_word *word, struct heapd_at *ret_at)
{
    struct heapd_slice slice;
    struct heapd_ref key;
    int64_t index = 0;
    bool good;

    if (script_is_slice(word)) {
        good = script_slice(script, word, &slice);
        *ret_at = good ? heapd_at_slice(slice) : heapd_at_nothing();
    } else if (is_bracketed(word)) {
        good = script_index(script, word, &index);
        *ret_at = heapd_at_index(index);
    } else {
        good = script_object(script, word, &key);
        *ret_at = good ? heapd_at_key(key) : heapd_at_nothing();
    }
    return good;
}
