/* SPDX-License-Identifier: MIT */
/* iterate.c: what for loops, unpacking and list() run through. */
#include <string.h>

#include "machine.h"

/* Numbers that are made objects in one go. */
#define SPREAD_CHUNK 1000
#define SPREAD_MAX   10000000

bool hd_is_iterable(const struct hd_value *value)
{
    if (value->type == HD_VALUE_RANGE) {
        return true;
    }
    return value->type == HD_VALUE_OBJECT && value->kind >= HEAPD_KIND_STR &&
           value->kind <= HEAPD_KIND_FROZENSET;
}

static bool is_own(const struct hd_value *value)
{
    return value->type == HD_VALUE_RANGE || value->kind == HEAPD_KIND_STR ||
           value->kind == HEAPD_KIND_BYTES;
}

static struct hd_iterator *new_iterator(struct hd_console *console,
                                        const struct hd_value *value)
{
    struct hd_iterator *iterator = hd_zone_alloc(hd_zone_of(console), sizeof(*iterator));

    iterator->source = *value;
    if (value->type == HD_VALUE_RANGE) {
        iterator->end = (uint64_t)hd_range_length(&value->as.range);
    } else {
        iterator->data = value->data;
        iterator->end = value->size;
    }
    return iterator;
}

/* The next item of a str, bytes or range. */
static bool next_own(struct hd_console *console, struct hd_iterator *iterator,
                     struct hd_value *ret_value)
{
    const struct hd_value *source = &iterator->source;
    size_t start = iterator->at;

    if (source->type == HD_VALUE_RANGE) {
        if (iterator->next == iterator->end) {
            return false;
        }
        *ret_value = hd_value_int(source->as.range.start +
                                  (int64_t)iterator->next++ * source->as.range.step);
        return true;
    }
    if (iterator->at >= iterator->end) {
        return false;
    }
    if (source->kind == HEAPD_KIND_BYTES) {
        *ret_value = hd_value_int((unsigned char)iterator->data[iterator->at++]);
        return true;
    }
    (void)hd_utf8_next(iterator->data, iterator->end, &iterator->at);
    *ret_value = hd_value_str(
        hd_zone_copy(hd_zone_of(console), iterator->data + start, iterator->at - start),
        iterator->at - start);
    return true;
}

static bool needs_text(struct hd_console *console, size_t n)
{
    const struct hd_value *value = hd_top(console, n);

    if (value->type == HD_VALUE_OBJECT && is_own(value) && !value->known) {
        return hd_pyerror_set(console->error, "MemoryError",
                              "a string of more than 64 KiB cannot be taken apart here");
    }
    return true;
}

bool hd_get_iterator(struct hd_console *console)
{
    struct hd_value iterator = hd_value_nothing();

    if (!hd_learn(console, 1)) {
        return false;
    }
    if (!hd_is_iterable(hd_top(console, 1))) {
        return hd_pyerror_set(console->error, "TypeError", "'%s' object is not iterable",
                              hd_type_name(hd_top(console, 1)));
    }
    if (!needs_text(console, 1)) {
        return false;
    }
    iterator.type = HD_VALUE_ITERATOR;
    iterator.as.iterator = new_iterator(console, hd_top(console, 1));
    console->stack_count--; /* with its hold, to the iterator */
    hd_push(console, iterator);
    return true;
}

/* The next item of a container of the heap, which may change meanwhile. */
static bool next_in_heap(struct hd_console *console, struct hd_iterator *iterator,
                         bool *ret_more)
{
    struct hd_page page;
    uint64_t id;

    hd_push(console, iterator->source);
    hd_top(console, 1)->held = true; /* by the iterator */
    if (!hd_learn_items(console, 1, iterator->next, 1, &page)) {
        return false;
    }
    console->stack_count--;
    if (iterator->source.kind >= HEAPD_KIND_DICT && iterator->next > 0 &&
        page.length != iterator->end) {
        return hd_pyerror_set(console->error, "RuntimeError",
                              iterator->source.kind == HEAPD_KIND_DICT
                                  ? "dictionary changed size during iteration"
                                  : "Set changed size during iteration");
    }
    iterator->end = page.length;
    *ret_more = page.count > 0;
    if (*ret_more) {
        iterator->next++;
        id = page.items[0];
        hd_push(console, hd_value_id(id, HEAPD_KIND_UNSPECIFIED));
        hd_link_keep(console);
    }
    return true;
}

bool hd_next(struct hd_console *console, bool *ret_more)
{
    struct hd_iterator *iterator = hd_top(console, 1)->as.iterator;
    struct hd_value item;

    if (!is_own(&iterator->source)) {
        return next_in_heap(console, iterator, ret_more);
    }
    *ret_more = next_own(console, iterator, &item);
    if (*ret_more) {
        hd_push(console, item);
    }
    return true;
}

/* Adds up to a chunk of items to the list on top. */
static bool add_chunk(struct hd_console *console, struct hd_iterator *iterator, bool *ret_more)
{
    struct heapd_ref refs[SPREAD_CHUNK];
    size_t count = 0;
    struct hd_value item;

    while (count < SPREAD_CHUNK && (*ret_more = next_own(console, iterator, &item))) {
        if (!hd_link_make(console, &item)) {
            return false;
        }
        refs[count++] = hd_link_ref(&item);
    }
    if (count > 0) {
        (void)heapd_batch_extend(hd_link_add(console, NULL), hd_link_ref(hd_top(console, 1)),
                                 refs, count);
    }
    return hd_link_sync(console);
}

bool hd_spread(struct hd_console *console, size_t n)
{
    struct hd_value *value = hd_top(console, n);
    struct hd_iterator *iterator;
    struct hd_value list;
    bool more = true;

    if (!is_own(value)) {
        return true;
    }
    if (!needs_text(console, n)) {
        return false;
    }
    iterator = new_iterator(console, value);
    if (iterator->end > SPREAD_MAX) {
        return hd_pyerror_set(console->error, "MemoryError", "more than %d items at once",
                              SPREAD_MAX);
    }
    if (!hd_build(console, HEAPD_KIND_LIST, 0)) {
        return false;
    }
    while (more) {
        if (hd_zone_is_full(hd_zone_of(console))) {
            return hd_pyerror_set(console->error, "MemoryError", "the statement is too large");
        }
        if (!add_chunk(console, iterator, &more)) {
            return false;
        }
    }
    list = *hd_top(console, 1);
    console->stack_count--;
    value = hd_top(console, n);
    hd_link_drop(console, value);
    *hd_top(console, n) = list;
    return true;
}

/* Whether it equals an int, and which. */
static bool is_whole(const struct hd_value *value, int64_t *ret_integer)
{
    if (hd_value_is_integer(value)) {
        *ret_integer = value->integer;
        return true;
    }
    if (!hd_value_is_number(value) || !(value->number >= -0x1p63 && value->number < 0x1p63)) {
        return false;
    }
    *ret_integer = (int64_t)value->number;
    return (double)*ret_integer == value->number;
}

bool hd_range_contains(struct hd_console *console, bool negate)
{
    struct hd_range range = hd_top(console, 1)->as.range;
    struct hd_range before;
    bool inside = false;
    int64_t at;

    if (!hd_learn(console, 2)) {
        return false;
    }
    if (is_whole(hd_top(console, 2), &at)) {

        before = (struct hd_range){range.start, at, range.step};
        inside = hd_range_length(&range) > 0 &&
                 at >= (range.step > 0 ? range.start : range.stop) &&
                 (range.step > 0 ? at < range.stop : at > range.stop && at <= range.start) &&
                 range.start + hd_range_length(&before) * range.step == at;
    }
    hd_drop(console, 2);
    hd_push(console, hd_value_bool(inside != negate));
    return true;
}
