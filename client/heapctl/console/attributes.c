/* SPDX-License-Identifier: MIT */
/* attributes.c: attributes of instances, and of what is the console's own. */
#include "machine.h"

static bool no_attribute(struct hd_console *console, const struct hd_value *value,
                         const char *name)
{
    if (value->type == HD_VALUE_NATIVE && value->as.native->kind == HD_NATIVE_MODULE) {
        return hd_pyerror_set(console->error, "AttributeError",
                              "module '%s' has no attribute '%s'", value->as.native->name,
                              name);
    }
    if (value->type == HD_VALUE_NATIVE && (value->as.native->kind == HD_NATIVE_TYPE ||
                                           value->as.native->kind == HD_NATIVE_CLASS)) {
        return hd_pyerror_set(console->error, "AttributeError",
                              "type object '%s' has no attribute '%s'", value->as.native->name,
                              name);
    }
    return hd_pyerror_set(console->error, "AttributeError", "'%s' object has no attribute '%s'",
                          hd_type_name(value), name);
}

/* Setting or deleting an attribute of what is the console's own. */
static bool cannot_change(struct hd_console *console, const struct hd_value *value,
                          const char *name)
{
    if (value->type == HD_VALUE_NATIVE && value->as.native->kind == HD_NATIVE_TYPE) {
        return hd_pyerror_set(console->error, "TypeError",
                              "cannot set '%s' attribute of immutable type '%s'", name,
                              value->as.native->name);
    }
    return no_attribute(console, value, name);
}

static bool native_attribute(struct hd_console *console, const char *name, bool to_change)
{
    const struct hd_value *value = hd_top(console, 1);
    const struct hd_member *member =
        value->type == HD_VALUE_NATIVE && value->as.native->members != NULL
            ? hd_module_member(value->as.native, name)
            : NULL;

    if (member == NULL) {
        return no_attribute(console, value, name);
    }
    hd_drop(console, 1);
    if (member->native != NULL) {
        hd_push(console, hd_value_native(member->native));
        return true;
    }
    if (member->is_int) {
        hd_push(console, hd_value_int(member->integer));
        return true;
    }
    return member->load(console, to_change);
}

bool hd_load_attribute(struct hd_console *console, const char *name, bool to_change)
{
    struct hd_value *value = hd_top(console, 1);
    struct hd_value result;

    if (!hd_link_resolve(console, value)) {
        return false;
    }
    if (value->type != HD_VALUE_OBJECT) {
        return native_attribute(console, name, to_change);
    }
    if (!hd_link_make(console, value)) {
        return false;
    }
    result = hd_value_result(
        heapd_batch_get_attr(hd_link_add(console, NULL), hd_link_ref(value), name, 0),
        HEAPD_KIND_UNSPECIFIED);
    hd_drop(console, 1);
    hd_push(console, result);
    return true;
}

bool hd_store_attribute(struct hd_console *console, const char *name)
{
    struct hd_value *object = hd_top(console, 1);

    if (!hd_link_resolve(console, object)) {
        return false;
    }
    if (object->type != HD_VALUE_OBJECT) {
        return cannot_change(console, object, name);
    }
    if (!hd_link_make(console, hd_top(console, 2)) || !hd_link_make(console, object)) {
        return false;
    }
    (void)heapd_batch_set_attr(hd_link_change(console, NULL), hd_link_ref(object), name,
                               hd_link_ref(hd_top(console, 2)));
    hd_drop(console, 2);
    return true;
}

bool hd_delete_attribute(struct hd_console *console, const char *name)
{
    struct hd_value *object = hd_top(console, 1);

    if (!hd_link_resolve(console, object)) {
        return false;
    }
    if (object->type != HD_VALUE_OBJECT) {
        return cannot_change(console, object, name);
    }
    if (!hd_link_make(console, object)) {
        return false;
    }
    (void)heapd_batch_del_attr(hd_link_change(console, NULL), hd_link_ref(object), name);
    hd_drop(console, 1);
    return true;
}
