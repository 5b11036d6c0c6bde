/* SPDX-License-Identifier: MIT */
/* containers.c: displays, unpacking and subscripts. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* Items that a slice assignment moves one by one. */
#define SLICE_ITEMS_MAX 1000

/* What is wrong with a container; the first also says what slices are wanted for. */
static const char not_subscriptable[] = "is not subscriptable";
static const char no_assignment[] = "does not support item assignment";
static const char no_deletion[] = "does not support item deletion";

/* Makes the top `count` values objects. */
static bool make_all(struct hd_console *console, size_t count)
{
    for (size_t n = count; n > 0; n--) {
        if (!hd_link_make(console, hd_top(console, n))) {
            return false;
        }
        if (console->open != NULL &&
            heapd_batch_count(console->open->batch) >= HD_BATCH_OPERATIONS &&
            !hd_link_sync(console)) {
            return false;
        }
    }
    return true;
}

/* The values from `count` below the top on, every `step`th. */
static struct heapd_ref *refs_of(struct hd_console *console, size_t count, size_t step)
{
    struct heapd_ref *refs = hd_must_alloc((count / step + 1) * sizeof(refs[0]));
    size_t filled = 0;

    for (size_t n = count; n > 0; n = n > step ? n - step : 0) {
        refs[filled++] = hd_link_ref(hd_top(console, n));
    }
    return refs;
}

static void push_made(struct hd_console *console, size_t drop, struct heapd_new object)
{
    struct hd_value value = hd_value_result(
        heapd_batch_create(hd_link_add(console, NULL), object, heapd_keep_batch()),
        object.kind);

    value.fresh = true;
    hd_drop(console, drop);
    hd_push(console, value);
}

static bool build_map(struct hd_console *console, size_t count)
{
    struct heapd_ref *keys;
    struct heapd_ref *values;

    if (!make_all(console, 2 * count)) {
        return false;
    }
    keys = refs_of(console, 2 * count, 2);
    values = refs_of(console, count == 0 ? 0 : 2 * count - 1, 2);
    push_made(console, 2 * count, heapd_new_dict(keys, values, count));
    free(keys);
    free(values);
    return true;
}

bool hd_build(struct hd_console *console, enum heapd_kind kind, size_t count)
{
    struct heapd_ref *items;

    if (kind == HEAPD_KIND_DICT) {
        return build_map(console, count);
    }
    if (!make_all(console, count)) {
        return false;
    }
    items = refs_of(console, count, 1);
    push_made(console, count,
              kind == HEAPD_KIND_LIST    ? heapd_new_list(items, count)
              : kind == HEAPD_KIND_TUPLE ? heapd_new_tuple(items, count)
              : kind == HEAPD_KIND_SET   ? heapd_new_set(items, count)
                                         : heapd_new_frozenset(items, count));
    free(items);
    return true;
}

bool hd_build_const_key_map(struct hd_console *console, size_t count)
{
    const struct hd_value *tuple = hd_top(console, 1);
    const struct hd_unit *unit = tuple->unit;
    const uint32_t *items = unit->constants[tuple->constant].items;
    struct heapd_ref *keys = hd_must_alloc((count + 1) * sizeof(keys[0]));
    struct heapd_ref *values;
    bool made = make_all(console, count + 1);

    for (size_t i = 0; made && i < count; i++) {
        struct hd_value key = unit->constants[items[i]].value;

        made = hd_link_make(console, &key);
        keys[i] = hd_link_ref(&key);
    }
    if (made) {
        values = refs_of(console, count + 1, 1);
        push_made(console, count + 1, heapd_new_dict(keys, values, count));
        free(values);
    }
    free(keys);
    return made;
}

bool hd_extend_display(struct hd_console *console)
{
    struct hd_value *items = hd_top(console, 1);

    (void)heapd_batch_extend_from(hd_link_add(console, NULL), hd_link_ref(hd_top(console, 2)),
                                  hd_link_ref(items));
    hd_drop(console, 1);
    return true;
}

/* ------------------------------------------------------------ unpacking */

static bool wrong_length(struct hd_console *console, size_t expected, uint64_t got)
{
    return got < expected
               ? hd_pyerror_set(console->error, "ValueError",
                                "not enough values to unpack (expected %zu, got %llu)",
                                expected, (unsigned long long)got)
               : hd_pyerror_set(console->error, "ValueError",
                                "too many values to unpack (expected %zu)", expected);
}

/* The value `count` below the top goes; what lies above it stays. */
static void drop_below(struct hd_console *console, size_t count)
{
    struct hd_value *place = hd_top(console, count + 1);
    struct hd_value value = *place;

    memmove(place, place + 1, count * sizeof(*place));
    console->stack_count--;
    hd_link_drop(console, &value);
}

static bool unpack_constant(struct hd_console *console, size_t count)
{
    struct hd_value tuple = *hd_top(console, 1);
    const struct hd_unit_constant *constant = &tuple.unit->constants[tuple.constant];

    if (constant->constant->count != count) {
        return wrong_length(console, count, constant->constant->count);
    }
    hd_drop(console, 1);
    for (size_t i = count; i > 0; i--) {
        struct hd_value item = tuple.unit->constants[constant->items[i - 1]].value;

        item.held = false;
        item.fresh = false;
        hd_push(console, item);
    }
    return true;
}

/* Items of what the console has itself: a str, bytes, range; first on top. */
static bool unpack_own(struct hd_console *console, size_t count)
{
    if (!hd_spread(console, 1)) {
        return false;
    }
    return hd_unpack(console, count);
}

bool hd_unpack(struct hd_console *console, size_t count)
{
    struct hd_value *value = hd_top(console, 1);
    struct hd_page page;
    uint64_t *ids;

    if (value->unit != NULL && value->kind == HEAPD_KIND_TUPLE) {
        return unpack_constant(console, count);
    }
    if (!hd_learn(console, 1)) {
        return false;
    }
    value = hd_top(console, 1);
    if (!hd_is_iterable(value)) {
        return hd_pyerror_set(console->error, "TypeError",
                              "cannot unpack non-iterable %s object", hd_type_name(value));
    }
    if (value->type == HD_VALUE_RANGE || value->kind == HEAPD_KIND_STR ||
        value->kind == HEAPD_KIND_BYTES) {
        return unpack_own(console, count);
    }
    if (!hd_learn_items(console, 1, 0, (uint32_t)count + 1, &page)) {
        return false;
    }
    if (page.length != count) {
        return wrong_length(console, count, page.length);
    }
    ids = hd_must_alloc((count + 1) * sizeof(ids[0]));
    memcpy(ids, page.items, page.count * sizeof(ids[0]));
    for (size_t i = page.count; i > 0; i--) {
        hd_push(console, hd_value_id(ids[i - 1], HEAPD_KIND_UNSPECIFIED));
    }
    free(ids);
    hd_link_keep(console);
    drop_below(console, page.count);
    return true;
}

/* ------------------------------------------------------------ slices */

bool hd_build_slice(struct hd_console *console, size_t count)
{
    struct hd_slice_value *slice = hd_zone_alloc(hd_zone_of(console), sizeof(*slice));
    struct hd_value value = hd_value_nothing();

    if (!hd_learn(console, count)) {
        return false;
    }
    slice->parts[2] = hd_value_none();
    for (size_t i = 0; i < count; i++) {
        slice->parts[i] = *hd_top(console, count - i);
    }
    console->stack_count -= count; /* with their holds, to the slice */
    value.type = HD_VALUE_SLICE;
    value.as.slice = slice;
    hd_push(console, value);
    return true;
}

static bool slice_of(struct hd_console *console, const struct hd_value *value,
                     struct heapd_slice *ret_slice)
{
    const struct hd_value *parts = value->as.slice->parts;

    for (int i = 0; i < 3; i++) {
        if (!hd_value_is_none(&parts[i]) && !hd_value_is_integer(&parts[i])) {
            return hd_pyerror_set(console->error, "TypeError",
                                  "slice indices must be integers or None or have an "
                                  "__index__ method");
        }
    }
    if (hd_value_is_integer(&parts[2]) && parts[2].integer == 0) {
        return hd_pyerror_set(console->error, "ValueError", "slice step cannot be zero");
    }
    *ret_slice = (struct heapd_slice){
        .has_start = !hd_value_is_none(&parts[0]),
        .start = parts[0].integer,
        .has_stop = !hd_value_is_none(&parts[1]),
        .stop = parts[1].integer,
        .step = hd_value_is_none(&parts[2]) ? 1 : parts[2].integer,
    };
    return true;
}

/* Learns the container's kind (2 below the top); whether it takes slices. */
static bool takes_slices(struct hd_console *console, const char *refusal)
{
    const struct hd_value *container;
    enum heapd_kind kind;

    if (!hd_learn(console, 2)) {
        return false;
    }
    container = hd_top(console, 2);
    kind = container->type == HD_VALUE_OBJECT ? container->kind : HEAPD_KIND_UNSPECIFIED;
    if (kind == HEAPD_KIND_DICT) {
        return hd_pyerror_set(console->error, "TypeError", "unhashable type: 'slice'");
    }
    if (kind == HEAPD_KIND_LIST ||
        (refusal == not_subscriptable &&
         (kind == HEAPD_KIND_TUPLE || kind == HEAPD_KIND_STR || kind == HEAPD_KIND_BYTES))) {
        return true;
    }
    if (container->type == HD_VALUE_RANGE) {
        return hd_pyerror_set(console->error, "TypeError",
                              "slices of ranges are not part of the language");
    }
    return hd_pyerror_set(console->error, "TypeError", "'%s' object %s",
                          hd_type_name(container), refusal);
}

static bool load_slice(struct hd_console *console)
{
    struct heapd_part part;
    struct hd_value result;

    memset(&part, 0, sizeof(part));
    if (!takes_slices(console, not_subscriptable) ||
        !slice_of(console, hd_top(console, 1), &part.slice) ||
        !hd_link_make(console, hd_top(console, 2))) {
        return false;
    }
    part.source = hd_link_ref(hd_top(console, 2));
    part.sliced = true;
    result = hd_value_result(
        heapd_batch_copy(hd_link_add(console, NULL), &part, 1, 1, HEAPD_KIND_UNSPECIFIED, 0),
        hd_top(console, 2)->kind);
    result.fresh = true;
    hd_drop(console, 2);
    hd_push(console, result);
    return true;
}

/* start and number of items of a slice of a list of `length`. */
static void bounds(const struct heapd_slice *slice, int64_t length, int64_t *ret_start,
                   int64_t *ret_count)
{
    int64_t low = slice->step > 0 ? 0 : -1;
    int64_t high = slice->step > 0 ? length : length - 1;
    int64_t ends[2] = {slice->step > 0 ? low : high, slice->step > 0 ? high : low};
    int64_t given[2] = {slice->start, slice->stop};
    bool has[2] = {slice->has_start, slice->has_stop};
    struct hd_range range;

    for (int i = 0; i < 2; i++) {
        if (has[i]) {
            ends[i] = given[i] < 0 ? given[i] + length : given[i];
            ends[i] = ends[i] < low ? low : ends[i] > high ? high : ends[i];
        }
    }
    range = (struct hd_range){ends[0], ends[1], slice->step};
    *ret_start = ends[0];
    *ret_count = hd_range_length(&range);
}

/* list[slice] = items: the new items, on top, are held by their container. */
static bool put_slice(struct hd_console *console, struct heapd_ref list,
                      const struct heapd_slice *slice, int64_t length,
                      const struct hd_page *items)
{
    int64_t start, count;

    bounds(slice, length, &start, &count);
    if (slice->step != 1 && (uint64_t)count != items->count) {
        return hd_pyerror_set(console->error, "ValueError",
                              "attempt to assign sequence of size %zu to extended slice of "
                              "size %lld",
                              items->count, (long long)count);
    }
    if (slice->step == 1 && count > 0) {
        (void)heapd_batch_del_item(hd_link_change(console, NULL), list, heapd_at_slice(*slice));
    }
    for (size_t i = 0; i < items->count; i++) {
        struct heapd_ref item = heapd_id(items->items[i]);

        if (slice->step == 1) {
            (void)heapd_batch_insert(hd_link_change(console, NULL), list, start + (int64_t)i,
                                     item);
        } else {
            (void)heapd_batch_set_item(hd_link_change(console, NULL), list,
                                       heapd_at_index(start + (int64_t)i * slice->step), item);
        }
    }
    return true;
}

/* On the stack: value, list, slice. */
static bool store_slice(struct hd_console *console)
{
    struct heapd_slice slice;
    struct heapd_part part;
    struct hd_page page;
    struct hd_value copy;
    uint64_t length;

    memset(&part, 0, sizeof(part));
    if (!takes_slices(console, no_assignment) ||
        !slice_of(console, hd_top(console, 1), &slice) || !hd_learn(console, 3)) {
        return false;
    }
    if (!hd_is_iterable(hd_top(console, 3))) {
        return hd_pyerror_set(console->error, "TypeError",
                              slice.step == 1 ? "can only assign an iterable"
                                              : "must assign iterable to extended slice");
    }
    if (!hd_spread(console, 3)) {
        return false;
    }
    /* a copy keeps the items while the list loses its own */
    part.source = hd_link_ref(hd_top(console, 3));
    copy = hd_value_result(
        heapd_batch_copy(hd_link_add(console, NULL), &part, 1, 1, HEAPD_KIND_LIST, 0),
        HEAPD_KIND_LIST);
    copy.fresh = true;
    hd_push(console, copy);
    if (!hd_learn_items(console, 3, 0, 1, &page)) {
        return false;
    }
    length = page.length;
    if (!hd_learn_items(console, 1, 0, SLICE_ITEMS_MAX, &page)) {
        return false;
    }
    if (page.count != page.length) {
        return hd_pyerror_set(console->error, "MemoryError",
                              "more than %d items assigned to a slice", SLICE_ITEMS_MAX);
    }
    if (!put_slice(console, hd_link_ref(hd_top(console, 3)), &slice, (int64_t)length, &page)) {
        return false;
    }
    hd_drop(console, 4);
    return true;
}

/* ------------------------------------------------------------ subscripts */

static bool range_item(struct hd_console *console)
{
    struct hd_range range = hd_top(console, 2)->as.range;
    int64_t index;

    if (!hd_learn(console, 1)) {
        return false;
    }
    if (!hd_value_is_integer(hd_top(console, 1))) {
        return hd_pyerror_set(console->error, "TypeError",
                              "range indices must be integers or slices, not %s",
                              hd_type_name(hd_top(console, 1)));
    }
    index = hd_top(console, 1)->integer;
    index = index < 0 ? index + hd_range_length(&range) : index;
    if (index < 0 || index >= hd_range_length(&range)) {
        return hd_pyerror_set(console->error, "IndexError", "range object index out of range");
    }
    hd_drop(console, 2);
    hd_push(console, hd_value_int(range.start + index * range.step));
    return true;
}

/* Container 2 below the top, key on top: both objects, or an error as `verb` says. */
static bool prepare(struct hd_console *console, const char *verb, struct heapd_at *ret_at)
{
    struct hd_value *container = hd_top(console, 2);
    const struct hd_value *key = hd_top(console, 1);

    if (!hd_link_resolve(console, container)) {
        return false;
    }
    if (container->type == HD_VALUE_NATIVE && verb == not_subscriptable &&
        (container->as.native->kind == HD_NATIVE_TYPE ||
         container->as.native->kind == HD_NATIVE_CLASS)) {
        const struct hd_native *type = container->as.native;

        return hd_pyerror_set(console->error, "TypeError", "type '%s' is not subscriptable",
                              type->kind == HD_NATIVE_TYPE ? type->qualified : type->name);
    }
    if (container->type != HD_VALUE_OBJECT) {
        return hd_pyerror_set(console->error, "TypeError", "'%s' object %s",
                              hd_type_name(container), verb);
    }
    if (hd_value_is_integer(key) && key->kind == HEAPD_KIND_INT &&
        key->where == HD_WHERE_NOWHERE &&
        (container->kind == HEAPD_KIND_LIST || container->kind == HEAPD_KIND_TUPLE)) {
        *ret_at = heapd_at_index(key->integer);
        return hd_link_make(console, container);
    }
    if (!hd_link_make(console, container) || !hd_link_make(console, hd_top(console, 1))) {
        return false;
    }
    *ret_at = heapd_at_key(hd_link_ref(hd_top(console, 1)));
    return true;
}

bool hd_subscript(struct hd_console *console)
{
    struct heapd_at at;
    struct hd_value result;

    if (hd_top(console, 1)->type == HD_VALUE_SLICE) {
        return load_slice(console);
    }
    if (hd_top(console, 2)->type == HD_VALUE_RANGE) {
        return range_item(console);
    }
    if (!prepare(console, not_subscriptable, &at)) {
        return false;
    }
    result = hd_value_result(heapd_batch_get_item(hd_link_add(console, NULL),
                                                  hd_link_ref(hd_top(console, 2)), at, 0),
                             HEAPD_KIND_UNSPECIFIED);
    hd_drop(console, 2);
    hd_push(console, result);
    return true;
}

bool hd_store_subscript(struct hd_console *console)
{
    struct heapd_at at;

    if (hd_is_view(hd_top(console, 2))) {
        return hd_view_refuse(console, hd_top(console, 2));
    }
    if (hd_top(console, 1)->type == HD_VALUE_SLICE) {
        return store_slice(console);
    }
    if (!prepare(console, no_assignment, &at) || !hd_link_make(console, hd_top(console, 3))) {
        return false;
    }
    if (at.how == HEAPD_AT_KEY) {
        at.key = hd_link_ref(hd_top(console, 1)); /* making the value may have sent it */
    }
    (void)heapd_batch_set_item(hd_link_change(console, NULL), hd_link_ref(hd_top(console, 2)),
                               at, hd_link_ref(hd_top(console, 3)));
    hd_drop(console, 3);
    return true;
}

bool hd_delete_subscript(struct hd_console *console)
{
    struct heapd_at at;
    struct heapd_slice slice;

    if (hd_is_view(hd_top(console, 2))) {
        return hd_view_delete(console);
    }
    if (hd_top(console, 1)->type == HD_VALUE_SLICE) {
        if (!takes_slices(console, no_deletion) ||
            !slice_of(console, hd_top(console, 1), &slice)) {
            return false;
        }
        at = heapd_at_slice(slice);
    } else if (!prepare(console, no_deletion, &at)) {
        return false;
    }
    (void)heapd_batch_del_item(hd_link_change(console, NULL), hd_link_ref(hd_top(console, 2)),
                               at);
    hd_drop(console, 2);
    return true;
}
