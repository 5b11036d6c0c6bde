/* SPDX-License-Identifier: MIT */
/* describe.c: the header's small structs, filled: what to make, what keeps it, where. */
#include <heapd/client.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[HEAPD_KIND_COUNT] = {
    [HEAPD_KIND_UNSPECIFIED] = "unspecified",
    [HEAPD_KIND_NONE] = "NoneType",
    [HEAPD_KIND_BOOL] = "bool",
    [HEAPD_KIND_INT] = "int",
    [HEAPD_KIND_FLOAT] = "float",
    [HEAPD_KIND_STR] = "str",
    [HEAPD_KIND_BYTES] = "bytes",
    [HEAPD_KIND_TUPLE] = "tuple",
    [HEAPD_KIND_LIST] = "list",
    [HEAPD_KIND_DICT] = "dict",
    [HEAPD_KIND_SET] = "set",
    [HEAPD_KIND_FROZENSET] = "frozenset",
    [HEAPD_KIND_INSTANCE] = "instance",
    [HEAPD_KIND_WEAKREF] = "weakref",
};

HEAPD_API const char *heapd_kind_name(int kind)
{
    return kind_names[kind < 0 || kind >= HEAPD_KIND_COUNT ? 0 : kind];
}

HEAPD_API void heapd_free(void *block)
{
    free(block);
}

HEAPD_API struct heapd_new heapd_new_none(void)
{
    return (struct heapd_new){.kind = HEAPD_KIND_NONE};
}

HEAPD_API struct heapd_new heapd_new_bool(bool value)
{
    return (struct heapd_new){.kind = HEAPD_KIND_BOOL, .bool_value = value};
}

HEAPD_API struct heapd_new heapd_new_int(int64_t value)
{
    return (struct heapd_new){.kind = HEAPD_KIND_INT, .int_value = value};
}

HEAPD_API struct heapd_new heapd_new_float(double value)
{
    return (struct heapd_new){.kind = HEAPD_KIND_FLOAT, .float_value = value};
}

HEAPD_API struct heapd_new heapd_new_str(const char *text, size_t size)
{
    if (size == (size_t)-1) {
        size = strlen(text);
    }
    return (struct heapd_new){.kind = HEAPD_KIND_STR, .data = text, .size = size};
}

HEAPD_API struct heapd_new heapd_new_interned(const char *text, size_t size)
{
    struct heapd_new object = heapd_new_str(text, size);

    object.interned = true;
    return object;
}

HEAPD_API struct heapd_new heapd_new_bytes(const void *data, size_t size)
{
    return (struct heapd_new){.kind = HEAPD_KIND_BYTES, .data = data, .size = size};
}

static struct heapd_new items_of(enum heapd_kind kind, const struct heapd_ref *items,
                                 size_t count)
{
    return (struct heapd_new){.kind = kind, .items = items, .count = count};
}

HEAPD_API struct heapd_new heapd_new_tuple(const struct heapd_ref *items, size_t count)
{
    return items_of(HEAPD_KIND_TUPLE, items, count);
}

HEAPD_API struct heapd_new heapd_new_list(const struct heapd_ref *items, size_t count)
{
    return items_of(HEAPD_KIND_LIST, items, count);
}

HEAPD_API struct heapd_new heapd_new_set(const struct heapd_ref *items, size_t count)
{
    return items_of(HEAPD_KIND_SET, items, count);
}

HEAPD_API struct heapd_new heapd_new_frozenset(const struct heapd_ref *items, size_t count)
{
    return items_of(HEAPD_KIND_FROZENSET, items, count);
}

HEAPD_API struct heapd_new heapd_new_dict(const struct heapd_ref *keys,
                                          const struct heapd_ref *values, size_t count)
{
    return (struct heapd_new){
        .kind = HEAPD_KIND_DICT, .items = keys, .values = values, .count = count};
}

HEAPD_API struct heapd_new heapd_new_instance(const char *class_name, const char *const *names,
                                              const struct heapd_ref *values, size_t count)
{
    return (struct heapd_new){.kind = HEAPD_KIND_INSTANCE,
                              .class_name = class_name,
                              .names = names,
                              .values = values,
                              .count = count};
}

HEAPD_API struct heapd_keep heapd_keep_hold(void)
{
    return (struct heapd_keep){.how = HEAPD_KEEP_HOLD};
}

HEAPD_API struct heapd_keep heapd_keep_batch(void)
{
    return (struct heapd_keep){.how = HEAPD_KEEP_BATCH};
}

HEAPD_API struct heapd_keep heapd_keep_name(const char *name, enum heapd_scope scope)
{
    return (struct heapd_keep){.how = HEAPD_KEEP_NAME, .scope = scope, .name = name};
}

HEAPD_API struct heapd_keep heapd_keep_append(struct heapd_ref list)
{
    return (struct heapd_keep){.how = HEAPD_KEEP_APPEND, .container = list};
}

HEAPD_API struct heapd_keep heapd_keep_add(struct heapd_ref set)
{
    return (struct heapd_keep){.how = HEAPD_KEEP_ADD, .container = set};
}

HEAPD_API struct heapd_keep heapd_keep_index(struct heapd_ref list, int64_t index)
{
    return (struct heapd_keep){.how = HEAPD_KEEP_INDEX, .container = list, .index = index};
}

HEAPD_API struct heapd_keep heapd_keep_key(struct heapd_ref dict, struct heapd_ref key)
{
    return (struct heapd_keep){.how = HEAPD_KEEP_KEY, .container = dict, .key = key};
}

HEAPD_API struct heapd_keep heapd_keep_attribute(struct heapd_ref instance, const char *name)
{
    return (struct heapd_keep){
        .how = HEAPD_KEEP_ATTRIBUTE, .container = instance, .name = name};
}

HEAPD_API struct heapd_at heapd_at_nothing(void)
{
    return (struct heapd_at){.how = HEAPD_AT_NOTHING};
}

HEAPD_API struct heapd_at heapd_at_index(int64_t index)
{
    return (struct heapd_at){.how = HEAPD_AT_INDEX, .index = index};
}

HEAPD_API struct heapd_at heapd_at_key(struct heapd_ref key)
{
    return (struct heapd_at){.how = HEAPD_AT_KEY, .key = key};
}

HEAPD_API struct heapd_at heapd_at_slice(struct heapd_slice slice)
{
    return (struct heapd_at){.how = HEAPD_AT_SLICE, .slice = slice};
}
