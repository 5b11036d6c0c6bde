/* SPDX-License-Identifier: MIT */
/* text_methods.c: methods of str and bytes that make new ones, worked out here from
 * the text. */
#include <stdlib.h>
#include <string.h>

#include "characters.h"
#include "methods.h"

bool hd_text_know(struct hd_console *console, const struct hd_call *call)
{
    if (!hd_learn(console, console->stack_count - call->first + 1)) {
        return false;
    }
    for (int i = -1; i < call->count; i++) {
        const struct hd_value *value = hd_argument(console, call, i);

        if (value->type == HD_VALUE_OBJECT && !value->known &&
            (value->kind == HEAPD_KIND_STR || value->kind == HEAPD_KIND_BYTES)) {
            return hd_pyerror_set(console->error, "MemoryError",
                                  "a string of more than 64 KiB cannot be taken apart here");
        }
    }
    return true;
}

struct hd_value hd_text_like(const struct hd_value *self, const char *data, size_t size)
{
    return self->kind == HEAPD_KIND_STR ? hd_value_str(data, size) : hd_value_bytes(data, size);
}

void hd_text_part(struct hd_console *console, struct hd_call *call, size_t start, size_t end)
{
    struct hd_value *self = hd_argument(console, call, -1);

    if (start == 0 && end == self->size) {
        call->result = *self;
        self->held = self->fresh = false;
    } else {
        call->result = hd_text_like(
            self, hd_zone_copy(hd_zone_of(console), self->data + start, end - start),
            end - start);
    }
}

static bool map_bytes(struct hd_console *console, struct hd_call *call, char low, char high,
                      int shift)
{
    const struct hd_value *self;
    char *data;

    if (!hd_text_know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    data = hd_zone_copy(hd_zone_of(console), self->data, self->size);
    for (size_t i = 0; i < self->size; i++) {
        if (self->kind == HEAPD_KIND_STR && (unsigned char)data[i] >= 0x80) {
            return hd_pyerror_set(
                console->error, "NotImplementedError",
                "the case of letters beyond ASCII is not part of the language");
        }
        if (data[i] >= low && data[i] <= high) {
            data[i] = (char)(data[i] + shift);
        }
    }
    call->result = hd_text_like(self, data, self->size);
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

/* Whether what starts at *at is white space, as str and bytes see it; *at moves on. */
static bool is_blank(const struct hd_value *self, size_t *at)
{
    unsigned char byte = (unsigned char)self->data[*at];

    if (self->kind == HEAPD_KIND_BYTES) {
        (*at)++;
        return byte == ' ' || (byte >= '\t' && byte <= '\r');
    }
    return hd_is_blank(hd_utf8_next(self->data, self->size, at));
}

bool hd_text_strip(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *self;
    size_t start = SIZE_MAX;
    size_t end = 0;

    if (!hd_text_know(console, call)) {
        return false;
    }
    self = hd_argument(console, call, -1);
    for (size_t at = 0, from = 0; at < self->size; from = at) {
        if (!is_blank(self, &at)) {
            start = start == SIZE_MAX ? from : start;
            end = at;
        }
    }
    start = start == SIZE_MAX ? 0 : start;
    hd_text_part(console, call, start, end);
    return true;
}

/* The whole is the text itself, as in Python. */
static void push_part(struct hd_console *console, const struct hd_value *self, size_t start,
                      size_t end)
{
    if (start == 0 && end == self->size) {
        hd_push_twin(console, self);
    } else {
        hd_push(console,
                hd_text_like(self,
                             hd_zone_copy(hd_zone_of(console), self->data + start, end - start),
                             end - start));
    }
}

/* Pushes the parts between white space; says how many. */
static size_t push_words(struct hd_console *console, const struct hd_value *self)
{
    size_t count = 0;
    size_t start = SIZE_MAX;

    for (size_t at = 0, from = 0; at < self->size; from = at) {
        bool blank = is_blank(self, &at);

        if (!blank && start == SIZE_MAX) {
            start = from;
        } else if (blank && start != SIZE_MAX) {
            push_part(console, self, start, from);
            start = SIZE_MAX;
            count++;
        }
    }
    if (start != SIZE_MAX) {
        push_part(console, self, start, self->size);
        count++;
    }
    return count;
}

static size_t push_parts(struct hd_console *console, const struct hd_value *self,
                         const struct hd_value *separator)
{
    size_t count = 1;
    size_t from = 0;

    for (size_t at = hd_text_position(self, separator, 0); at != SIZE_MAX;
         at = hd_text_position(self, separator, from)) {
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

    if (!hd_text_know(console, call)) {
        return false;
    }
    self = *hd_argument(console, call, -1);
    if (call->count == 0 || hd_value_is_none(hd_argument(console, call, 0))) {
        count = push_words(console, &self);
    } else {
        separator = *hd_argument(console, call, 0);
        if (separator.type != HD_VALUE_OBJECT || separator.kind != self.kind) {
            return hd_pyerror_set(console->error, "TypeError",
                                  self.kind == HEAPD_KIND_STR
                                      ? "must be str or None, not %s"
                                      : "a bytes-like object is required, not '%s'",
                                  hd_type_name(&separator));
        }
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
    if (count == 1 && hd_top(console, 1)->kind == self.kind) {
        call->result = *hd_top(console, 1);
        console->stack_count--;
        return true;
    }
    hd_text_init(&out);
    for (size_t i = 0; i < count; i++) {
        const struct hd_value *item = hd_top(console, count - i);

        if (item->kind != self.kind || !item->known) {
            hd_text_fini(&out);
            return hd_pyerror_set(
                console->error, "TypeError", "sequence item %zu: expected %s, %s found", i,
                self.kind == HEAPD_KIND_STR ? "str instance" : "a bytes-like object",
                hd_type_name(item));
        }
        if (i > 0) {
            hd_text_add(&out, self.data, self.size);
        }
        hd_text_add(&out, item->data, item->size);
    }
    call->result = hd_text_like(
        &self, hd_zone_copy(hd_zone_of(console), hd_text_data(&out), out.size), out.size);
    hd_text_fini(&out);
    hd_drop(console, count);
    return true;
}
