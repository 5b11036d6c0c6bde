/* SPDX-License-Identifier: MIT */
/* learn.c: asking the daemon what values are. */
#include <stdlib.h>

#include "machine.h"

/* Longer strings stay in the daemon unless they are to be shown. */
#define VALUE_BYTES (64u << 10)

static void note_info(struct hd_console *console, struct hd_value *value,
                      const struct heapd_info *info)
{
    struct hd_zone *zone = hd_zone_of(console);

    value->kind = info->kind;
    switch (info->kind) {
    case HEAPD_KIND_NONE:
        value->known = true;
        break;
    case HEAPD_KIND_BOOL:
        value->integer = info->bool_value;
        value->known = true;
        break;
    case HEAPD_KIND_INT:
        value->integer = info->int_value;
        value->known = true;
        break;
    case HEAPD_KIND_FLOAT:
        value->number = info->float_value;
        value->known = true;
        break;
    case HEAPD_KIND_STR:
        value->known = hd_utf8_length(info->data, info->size) == info->length;
        break;
    case HEAPD_KIND_BYTES:
        value->known = info->size == info->length;
        break;
    case HEAPD_KIND_INSTANCE:
        value->data = hd_zone_printf(zone, "%s", info->class_name);
        break;
    default:
        break;
    }
    if (value->known && info->data != NULL) {
        value->data = hd_zone_copy(zone, info->data, info->size);
        value->size = info->size;
    }
}

static bool is_unknown(const struct hd_value *value)
{
    bool scalar = value->kind >= HEAPD_KIND_NONE && value->kind <= HEAPD_KIND_BYTES;

    return value->type == HD_VALUE_OBJECT && value->where != HD_WHERE_NOWHERE &&
           (value->kind == HEAPD_KIND_UNSPECIFIED || (scalar && !value->known) ||
            (value->kind == HEAPD_KIND_INSTANCE && value->data == NULL));
}

static bool ask(struct hd_console *console, size_t count)
{
    static const struct heapd_get_options options = {0, 1, VALUE_BYTES};
    struct heapd_ref *refs = hd_must_alloc(count * sizeof(refs[0]));
    size_t asked = 0;
    uint32_t operation;
    struct heapd_info info;

    for (size_t n = count; n > 0; n--) {
        if (is_unknown(hd_top(console, n))) {
            refs[asked++] = hd_link_ref(hd_top(console, n));
        }
    }
    if (asked == 0) {
        free(refs);
        return true;
    }
    operation = heapd_batch_get(hd_link_add_safe(console), refs, asked, &options);
    free(refs);
    if (!hd_link_sync(console)) {
        return false;
    }
    asked = 0;
    for (size_t n = count; n > 0; n--) {
        struct hd_value *value = hd_top(console, n);

        if (is_unknown(value) &&
            heapd_result_info(console->landed->batch, operation, asked++, &info)) {
            note_info(console, value, &info);
        }
    }
    return true;
}

bool hd_learn(struct hd_console *console, size_t count)
{
    for (size_t n = count; n > 0; n--) {
        if (!hd_link_resolve(console, hd_top(console, n))) {
            return false;
        }
    }
    return ask(console, count);
}

const char *hd_type_name(const struct hd_value *value)
{
    static const char *const native_names[] = {
        [HD_NATIVE_FUNCTION] = "function",
        [HD_NATIVE_CLASS] = "type",
        [HD_NATIVE_BUILTIN] = "builtin_function_or_method",
        [HD_NATIVE_TYPE] = "type",
        [HD_NATIVE_MODULE] = "module",
        [HD_NATIVE_VIEW] = "list",
    };

    switch (value->type) {
    case HD_VALUE_NATIVE:
        return native_names[value->as.native->kind];
    case HD_VALUE_RANGE:
        return "range";
    case HD_VALUE_SLICE:
        return "slice";
    default:
        return value->kind == HEAPD_KIND_INSTANCE && value->data != NULL ? value->data
               : value->kind == HEAPD_KIND_WEAKREF ? hd_weakref_type.qualified
                                                   : heapd_kind_name((int)value->kind);
    }
}

static bool length_is_zero(struct hd_console *console, bool *ret_truth)
{
    struct hd_page page;

    if (!hd_learn_items(console, 1, 0, 1, &page)) {
        return false;
    }
    *ret_truth = page.length > 0;
    return true;
}

bool hd_truth(struct hd_console *console, bool *ret_truth)
{
    struct hd_value *value = hd_top(console, 1);

    if (!hd_learn(console, 1)) {
        return false;
    }
    value = hd_top(console, 1);
    if (value->type == HD_VALUE_RANGE) {
        *ret_truth = hd_range_length(&value->as.range) > 0;
    } else if (value->type != HD_VALUE_OBJECT || value->kind == HEAPD_KIND_INSTANCE ||
               value->kind == HEAPD_KIND_WEAKREF) {
        *ret_truth = true;
    } else if (hd_value_is_number(value)) {
        *ret_truth = hd_number_is_true(hd_value_number(value));
    } else if (value->kind == HEAPD_KIND_NONE) {
        *ret_truth = false;
    } else if (value->known) {
        *ret_truth = value->size > 0;
    } else {
        return length_is_zero(console, ret_truth);
    }
    return true;
}

bool hd_learn_items(struct hd_console *console, size_t n, uint64_t first, uint32_t limit,
                    struct hd_page *ret_page)
{
    static const uint64_t nothing[1] = {0};
    struct heapd_get_options options = {first, limit, VALUE_BYTES};
    struct heapd_ref ref;
    struct heapd_info info;
    uint32_t operation;

    if (!hd_link_make(console, hd_top(console, n))) {
        return false;
    }
    ref = hd_link_ref(hd_top(console, n));
    operation = heapd_batch_get(hd_link_add_safe(console), &ref, 1, &options);
    if (!hd_link_sync(console)) {
        return false;
    }
    if (!heapd_result_info(console->landed->batch, operation, 0, &info)) {
        return hd_pyerror_set(console->error, "SystemError", "the daemon told nothing");
    }
    if (hd_top(console, n)->kind == HEAPD_KIND_UNSPECIFIED) {
        note_info(console, hd_top(console, n), &info);
    }
    *ret_page = (struct hd_page){info.item_count, info.item_count > 0 ? info.items : nothing,
                                 info.values, info.length};
    return true;
}
