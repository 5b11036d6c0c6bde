/* SPDX-License-Identifier: MIT */
/* text_methods.c: methods of str and bytes, worked out here from the text.
 * Letters beyond ASCII keep their case. */
#include <stdlib.h>
#include <string.h>

#include "methods.h"

/* The text itself, and arguments of the same kind. */
static bool know(struct hd_console *console, const struct hd_call *call)
{
    const struct hd_value *self;

    if (!hd_learn(console, console->stack_count - call->first + 1)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    for (int i = -1; i < call->count; i++) {
        const struct hd_value *value = hd_argument(console, call, i);

        if (value->type != HD_VALUE_OBJECT || value->kind != self->kind) {
            return hd_pyerror_set(console->error, "TypeError",
                                  self->kind == HEAPD_KIND_STR
                                      ? "must be str, not %s"
                                      : "a bytes-like object is required, not '%s'",
                                  hd_type_name(value));
        }
        if (!value->known) {
            return hd_pyerror_set(console->error, "MemoryError",
                                  "a string of more than 64 KiB cannot be taken apart here");
        }
    }
    return true;
}

static struct hd_value same_kind(const struct hd_value *self, const char *data, size_t size)
{
    return self->kind == HEAPD_KIND_STR ? hd_value_str(data, size) : hd_value_bytes(data, size);
}

static bool map_bytes(struct hd_console *console, struct hd_call *call, char low, char high,
                      int shift)
{
    const struct hd_value *self;
    char *data;

    if (!know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    data = hd_zone_copy(hd_zone_of(console), self->data, self->size);
    for (size_t i = 0; i < self->size; i++) {
        if (data[i] >= low && data[i] <= high) {
            data[i] = (char)(data[i] + shift);
        }
    }
    call->result = same_kind(self, data, self->size);
    return true;
}

bool hd_text_upper(struct hd_console *console, struct hd_call *call)
{
    return map_bytes(console, call, 'a', 'z', 'A' - 'a');
}

bool hd_text_lower(struct hd_console *console, struct hd_call *call)
{
    return map_bytes(console, call, 'A', 'Z', 'a' - 'A');
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool hd_text_strip(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    size_t start = 0;
    size_t end;

    if (!know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    end = self->size;
    while (start < end && is_blank(self->data[start])) {
        start++;
    }
    while (end > start && is_blank(self->data[end - 1])) {
        end--;
    }
    call->result = same_kind(
        self, hd_zone_copy(hd_zone_of(console), self->data + start, end - start), end - start);
    return true;
}

/* Where the sought stands from `from` on; SIZE_MAX: nowhere. */
static size_t position(const struct hd_value *text, const struct hd_value *sought, size_t from)
{
    for (size_t at = from; at + sought->size <= text->size; at++) {
        if (memcmp(text->data + at, sought->data, sought->size) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

bool hd_text_find(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    size_t at;

    if (!know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    at = position(self, hd_argument(console, call, 0), 0);
    call->result = hd_value_int(at == SIZE_MAX ? -1
                                : self->kind == HEAPD_KIND_BYTES
                                    ? (int64_t)at
                                    : (int64_t)hd_utf8_length(self->data, at));
    return true;
}

bool hd_text_count(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    const struct hd_value *sought;
    int64_t count = 0;

    if (!know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    sought = hd_argument(console, call, 0);
    if (sought->size == 0) {
        count =
            1 + (int64_t)(self->kind == HEAPD_KIND_STR ? hd_utf8_length(self->data, self->size)
                                                       : self->size);
    } else {
        for (size_t at = position(self, sought, 0); at != SIZE_MAX;
             at = position(self, sought, at + sought->size)) {
            count++;
        }
    }
    call->result = hd_value_int(count);
    return true;
}

bool hd_text_startswith(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    const struct hd_value *start;

    if (!know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    start = hd_argument(console, call, 0);
    call->result = hd_value_bool(start->size <= self->size &&
                                 memcmp(self->data, start->data, start->size) == 0);
    return true;
}

bool hd_text_endswith(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    const struct hd_value *end;

    if (!know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    end = hd_argument(console, call, 0);
    call->result =
        hd_value_bool(end->size <= self->size &&
                      memcmp(self->data + self->size - end->size, end->data, end->size) == 0);
    return true;
}

bool hd_text_replace(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    const struct hd_value *old;
    const struct hd_value *new;
    struct hd_text out;
    size_t from = 0;

    if (!know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    old = hd_argument(console, call, 0);
    new = hd_argument(console, call, 1);
    if (old->size == 0) {
        return hd_pyerror_set(console->error, "ValueError",
                              "replacing the empty string is not part of the language");
    }
    hd_text_init(&out);
    for (size_t at = position(self, old, 0); at != SIZE_MAX; at = position(self, old, from)) {
        hd_text_add(&out, self->data + from, at - from);
        hd_text_add(&out, new->data, new->size);
        from = at + old->size;
    }
    hd_text_add(&out, self->data + from, self->size - from);
    call->result = same_kind(
        self, hd_zone_copy(hd_zone_of(console), hd_text_data(&out), out.size), out.size);
    hd_text_fini(&out);
    return true;
}

static void push_part(struct hd_console *console, const struct hd_value *self, size_t start,
                      size_t end)
{
    hd_push(console,
            same_kind(self, hd_zone_copy(hd_zone_of(console), self->data + start, end - start),
                      end - start));
}

/* Pushes the parts between blanks; says how many. */
static size_t push_words(struct hd_console *console, const struct hd_value *self)
{
    size_t count = 0;
    size_t at = 0;

    while (at < self->size) {
        size_t start;

        while (at < self->size && is_blank(self->data[at])) {
            at++;
        }
        start = at;
        while (at < self->size && !is_blank(self->data[at])) {
            at++;
        }
        if (at > start) {
            push_part(console, self, start, at);
            count++;
        }
    }
    return count;
}

static size_t push_parts(struct hd_console *console, const struct hd_value *self,
                         const struct hd_value *separator)
{
    size_t count = 1;
    size_t from = 0;

    for (size_t at = position(self, separator, 0); at != SIZE_MAX;
         at = position(self, separator, from)) {
        push_part(console, self, from, at);
        from = at + separator->size;
        count++;
    }
    push_part(console, self, from, self->size);
    return count;
}

bool hd_text_split(struct hd_console *console, struct hd_call *call)
{
    struct hd_value self;
    struct hd_value separator;
    size_t count;

    if (!know(console, call)) {
        return false;
    }
    self = *hd_argument(console, call, -1);
    if (call->count == 0) {
        count = push_words(console, &self);
    } else {
        separator = *hd_argument(console, call, 0);
        if (separator.size == 0) {
            return hd_pyerror_set(console->error, "ValueError", "empty separator");
        }
        count = push_parts(console, &self, &separator);
    }
    if (!hd_build(console, HEAPD_KIND_LIST, count)) {
        return false;
    }
    call->result = *hd_top(console, 1);
    console->stack_count--;
    return true;
}

#define JOIN_MAX 4000

/* Pushes the items of the argument and learns them. */
static bool push_items(struct hd_console *console, const struct hd_call *call,
                       size_t *ret_count)
{
    struct hd_page page;
    uint64_t ids[JOIN_MAX];

    if (!hd_learn_items(console, console->stack_count - call->first, 0, JOIN_MAX, &page)) {
        return false;
    }
    if (page.count != page.length) {
        return hd_pyerror_set(console->error, "MemoryError", "more than %d items to be joined",
                              JOIN_MAX);
    }
    *ret_count = page.count;
    memcpy(ids, page.items, page.count * sizeof(ids[0]));
    for (size_t i = 0; i < *ret_count; i++) {
        hd_push(console, hd_value_id(ids[i], HEAPD_KIND_UNSPECIFIED));
    }
    hd_link_keep(console);
    return hd_learn(console, *ret_count);
}

bool hd_text_join(struct hd_console *console, struct hd_call *call)
{
    struct hd_value self;
    struct hd_text out;
    size_t count;

    if (!hd_learn(console, console->stack_count - call->first + 1)) {
        return false;
    }
    if (!hd_is_iterable(hd_argument(console, call, 0))) {
        return hd_pyerror_set(console->error, "TypeError", "can only join an iterable");
    }
    if (!hd_iterable_argument(console, call, 0) || !push_items(console, call, &count)) {
        return false;
    }
    self = *hd_argument(console, call, -1);
    hd_text_init(&out);
    for (size_t i = 0; i < count; i++) {
        const struct hd_value *item = hd_top(console, count - i);

        if (item->kind != self.kind || !item->known) {
            hd_text_fini(&out);
            return hd_pyerror_set(console->error, "TypeError",
                                  "sequence item %zu: expected %s instance, %s found", i,
                                  self.kind == HEAPD_KIND_STR ? "str" : "a bytes-like object",
                                  hd_type_name(item));
        }
        if (i > 0) {
            hd_text_add(&out, self.data, self.size);
        }
        hd_text_add(&out, item->data, item->size);
    }
    call->result = same_kind(
        &self, hd_zone_copy(hd_zone_of(console), hd_text_data(&out), out.size), out.size);
    hd_text_fini(&out);
    hd_drop(console, count);
    return true;
}
