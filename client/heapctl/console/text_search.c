/* SPDX-License-Identifier: MIT */
/* text_search.c: methods of str and bytes that look for others, worked out here from
 * the text. */
#include <stdlib.h>
#include <string.h>

#include "methods.h"

size_t hd_text_position(const struct hd_value *text, const struct hd_value *sought, size_t from)
{
    for (size_t at = from; at + sought->size <= text->size; at++) {
        if (memcmp(text->data + at, sought->data, sought->size) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static bool is_like(const struct hd_value *self, const struct hd_value *value)
{
    return value->type == HD_VALUE_OBJECT && value->kind == self->kind && value->known;
}

/* Argument 0: text of the same kind, or the number of a byte. */
static bool sought_text(struct hd_console *console, struct hd_call *call,
                        struct hd_value *ret_sought)
{
    const struct hd_value *self;
    const struct hd_value *value;
    char byte;

    if (!hd_text_know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    value = hd_argument(console, call, 0);
    *ret_sought = *value;
    if (is_like(self, value)) {
        return true;
    }
    if (self->kind == HEAPD_KIND_STR) {
        return hd_pyerror_set(console->error, "TypeError", "must be str, not %s",
                              hd_type_name(value));
    }
    if (!hd_value_is_integer(value)) {
        return hd_pyerror_set(console->error, "TypeError",
                              "argument should be integer or bytes-like object, not '%s'",
                              hd_type_name(value));
    }
    if (value->integer < 0 || value->integer > 255) {
        return hd_pyerror_set(console->error, "ValueError", "byte must be in range(0, 256)");
    }
    byte = (char)value->integer;
    *ret_sought = hd_value_bytes(hd_zone_copy(hd_zone_of(console), &byte, 1), 1);
    return true;
}

bool hd_text_find(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    struct hd_value sought;
    size_t at;

    if (!sought_text(console, call, &sought)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    at = hd_text_position(self, &sought, 0);
    call->result = hd_value_int(at == SIZE_MAX ? -1
                                : self->kind == HEAPD_KIND_BYTES
                                    ? (int64_t)at
                                    : (int64_t)hd_utf8_length(self->data, at));
    return true;
}

bool hd_text_index(struct hd_console *console, struct hd_call *call)
{
    if (!hd_text_find(console, call)) {
        return false;
    }
    return call->result.integer >= 0 ||
           hd_pyerror_set(console->error, "ValueError",
                          hd_argument(console, call, -1)->kind == HEAPD_KIND_STR
                              ? "substring not found"
                              : "subsection not found");
}

bool hd_text_count(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    struct hd_value sought;
    int64_t count = 0;

    if (!sought_text(console, call, &sought)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    if (sought.size == 0) {
        count =
            1 + (int64_t)(self->kind == HEAPD_KIND_STR ? hd_utf8_length(self->data, self->size)
                                                       : self->size);
    } else {
        for (size_t at = hd_text_position(self, &sought, 0); at != SIZE_MAX;
             at = hd_text_position(self, &sought, at + sought.size)) {
            count++;
        }
    }
    call->result = hd_value_int(count);
    return true;
}

/* ------------------------------------------------------------ startswith, endswith */

static bool has_affix(const struct hd_value *self, const struct hd_value *affix, bool at_end)
{
    size_t from = at_end && affix->size <= self->size ? self->size - affix->size : 0;

    return affix->size <= self->size &&
           memcmp(self->data + from, affix->data, affix->size) == 0;
}

static bool wrong_affix(struct hd_console *console, const struct hd_call *call,
                        const char *format, const struct hd_value *value)
{
    const char *kind = hd_argument(console, call, -1)->kind == HEAPD_KIND_STR ? "str" : "bytes";

    return hd_pyerror_set(console->error, "TypeError", format, call->function, kind, kind,
                          hd_type_name(value));
}

/* Any of a tuple, up to the first that fits. */
static bool any_affix(struct hd_console *console, struct hd_call *call, bool at_end)
{
    size_t tuple = console->stack_count - call->first;
    struct hd_value self = *hd_argument(console, call, -1);
    struct hd_page page;
    bool found = false;

    for (uint64_t i = 0; !found; i++) {
        const struct hd_value *item;

        if (!hd_learn_items(console, tuple, i, 1, &page)) {
            return false;
        }
        if (page.count == 0) {
            break;
        }
        hd_push(console, hd_value_id(page.items[0], HEAPD_KIND_UNSPECIFIED));
        if (!hd_learn(console, 1)) {
            return false;
        }
        item = hd_top(console, 1);
        if (!is_like(&self, item)) {
            return self.kind == HEAPD_KIND_STR
                       ? hd_pyerror_set(console->error, "TypeError",
                                        "tuple for %s must only contain str, not %s",
                                        call->function, hd_type_name(item))
                       : hd_pyerror_set(console->error, "TypeError",
                                        "a bytes-like object is required, not '%s'",
                                        hd_type_name(item));
        }
        found = has_affix(&self, item, at_end);
        hd_drop(console, 1);
    }
    call->result = hd_value_bool(found);
    return true;
}

static bool run_affix(struct hd_console *console, struct hd_call *call, bool at_end)
{
    const struct hd_value *self;
    const struct hd_value *affix;

    if (!hd_text_know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    affix = hd_argument(console, call, 0);
    if (affix->type == HD_VALUE_OBJECT && affix->kind == HEAPD_KIND_TUPLE) {
        return any_affix(console, call, at_end);
    }
    if (!is_like(self, affix)) {
        return wrong_affix(console, call, "%s first arg must be %s or a tuple of %s, not %s",
                           affix);
    }
    call->result = hd_value_bool(has_affix(self, affix, at_end));
    return true;
}

bool hd_text_startswith(struct hd_console *console, struct hd_call *call)
{
    call->function = "startswith";
    return run_affix(console, call, false);
}

bool hd_text_endswith(struct hd_console *console, struct hd_call *call)
{
    call->function = "endswith";
    return run_affix(console, call, true);
}

/* ------------------------------------------------------------ replace */

static bool replacement_text(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;

    if (!hd_text_know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    for (int i = 0; i < 2; i++) {
        const struct hd_value *value = hd_argument(console, call, i);

        if (!is_like(self, value)) {
            return self->kind == HEAPD_KIND_STR
                       ? hd_pyerror_set(console->error, "TypeError",
                                        "replace() argument %d must be str, not %s", i + 1,
                                        hd_value_is_none(value) ? "None" : hd_type_name(value))
                       : hd_pyerror_set(console->error, "TypeError",
                                        "a bytes-like object is required, not '%s'",
                                        hd_type_name(value));
        }
    }
    return true;
}

/* The empty text stands before each character and behind the last. */
static void put_between(const struct hd_value *self, const struct hd_value *new,
                        struct hd_text *out)
{
    size_t at = 0;

    hd_text_add(out, new->data, new->size);
    while (at < self->size) {
        size_t from = at;

        if (self->kind == HEAPD_KIND_STR) {
            (void)hd_utf8_next(self->data, self->size, &at);
        } else {
            at++;
        }
        hd_text_add(out, self->data + from, at - from);
        hd_text_add(out, new->data, new->size);
    }
}

static void replace_all(const struct hd_value *self, const struct hd_value *old,
                        const struct hd_value *new, struct hd_text *out)
{
    size_t from = 0;

    for (size_t at = hd_text_position(self, old, 0); at != SIZE_MAX;
         at = hd_text_position(self, old, from)) {
        hd_text_add(out, self->data + from, at - from);
        hd_text_add(out, new->data, new->size);
        from = at + old->size;
    }
    hd_text_add(out, self->data + from, self->size - from);
}

static bool is_same(const struct hd_value *a, const struct hd_value *b)
{
    if (a->size != b->size || memcmp(a->data, b->data, a->size) != 0) {
        return false;
    }
    return hd_value_is_immortal(a) ||
           (a->unit != NULL && a->unit == b->unit && a->constant == b->constant) ||
           (a->where == b->where &&
            (a->where == HD_WHERE_ID ? a->id == b->id
                                     : a->where == HD_WHERE_RESULT && a->result == b->result));
}

/* When Python gives the text itself: str also looks whether old and new are one object. */
static bool stays_as_it_is(const struct hd_value *self, const struct hd_value *old,
                           const struct hd_value *new)
{
    if (self->kind == HEAPD_KIND_STR && is_same(old, new)) {
        return true;
    }
    return old->size == 0 ? new->size == 0 : hd_text_position(self, old, 0) == SIZE_MAX;
}

bool hd_text_replace(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    const struct hd_value *old;
    struct hd_text out;

    if (!replacement_text(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    old = hd_argument(console, call, 0);
    if (stays_as_it_is(self, old, hd_argument(console, call, 1))) {
        hd_text_part(console, call, 0, self->size);
        return true;
    }
    hd_text_init(&out);
    (old->size == 0 ? put_between(self, hd_argument(console, call, 1), &out)
                    : replace_all(self, old, hd_argument(console, call, 1), &out));
    call->result = hd_text_like(
        self, hd_zone_copy(hd_zone_of(console), hd_text_data(&out), out.size), out.size);
    hd_text_fini(&out);
    return true;
}
