/* SPDX-License-Identifier: MIT */
/* module_sys.c: sys.getrefcount, getsizeof, intern. */
#include "methods.h"

static bool run_getrefcount(struct hd_console *console, struct hd_call *call)
{
    struct hd_value *value = hd_argument(console, call, 0);
    struct heapd_ref ref;

    if (!hd_link_resolve(console, value)) {
        return false;
    }
    if (value->type == HD_VALUE_NATIVE) {
        call->result = hd_value_int(value->as.native->references + 1);
        return true;
    }
    if (!hd_link_make(console, value) || !hd_link_settle(console)) {
        return false;
    }
    ref = hd_link_ref(hd_argument(console, call, 0));
    call->result = hd_link_pending(console, HD_EXTRACT_REFCOUNT,
                                   heapd_batch_refcounts(hd_link_add_safe(console), &ref, 1));
    return true;
}

static bool run_getsizeof(struct hd_console *console, struct hd_call *call)
{
    static const struct heapd_get_options options = {0, 1, 1};
    struct heapd_ref ref;
    struct heapd_info info;
    uint32_t operation;

    if (!hd_link_make(console, hd_argument(console, call, 0))) {
        return false;
    }
    ref = hd_link_ref(hd_argument(console, call, 0));
    operation = heapd_batch_get(hd_link_add_safe(console), &ref, 1, &options);
    if (!hd_link_sync(console)) {
        return false;
    }
    if (heapd_result_info(console->landed->batch, operation, 0, &info)) {
        call->result = hd_value_int((int64_t)info.size_bytes);
    }
    return true;
}

static bool run_intern(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *value;

    if (!hd_learn(console, 1)) {
        return false;
    }
    value = hd_argument(console, call, 0);
    if (value->type != HD_VALUE_OBJECT || value->kind != HEAPD_KIND_STR) {
        return hd_pyerror_set(console->error, "TypeError",
                              "intern() argument must be str, not %s",
                              hd_value_is_none(value) ? "None" : hd_type_name(value));
    }
    if (!hd_link_make(console, hd_argument(console, call, 0))) {
        return false;
    }
    call->result =
        hd_value_result(heapd_batch_intern(hd_link_change(console, NULL),
                                           hd_link_ref(hd_argument(console, call, 0)), 0),
                        HEAPD_KIND_STR);
    return true;
}

static const struct hd_native getrefcount = {.name = "getrefcount",
                                             .qualified = "sys.getrefcount",
                                             .run = run_getrefcount,
                                             .least = 1,
                                             .most = 1};
static const struct hd_native getsizeof = {.name = "getsizeof",
                                           .qualified = "sys.getsizeof",
                                           .run = run_getsizeof,
                                           .least = 1,
                                           .most = 1};
static const struct hd_native intern = {
    .name = "intern", .qualified = "sys.intern", .run = run_intern, .least = 1, .most = 1};

static const struct hd_member sys_members[] = {
    {.name = "getrefcount", .native = &getrefcount},
    {.name = "getsizeof", .native = &getsizeof},
    {.name = "intern", .native = &intern},
    {.name = "maxsize", .is_int = true, .integer = INT64_MAX},
    {.name = NULL},
};

const struct hd_native hd_module_sys = {
    .kind = HD_NATIVE_MODULE, .name = "sys", .members = sys_members};
