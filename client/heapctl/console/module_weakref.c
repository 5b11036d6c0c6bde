/* SPDX-License-Identifier: MIT */
/* module_weakref.c: weakref.ref and getweakrefcount, and calling a weak reference. */
#include "methods.h"

static bool run_ref(struct hd_console *console, struct hd_call *call)
{
    if (call->count > 1) {
        return hd_pyerror_set(
            console->error, "NotImplementedError",
            "callbacks of weak references: the daemon has not built them yet");
    }
    if (!hd_link_make(console, hd_argument(console, call, 0))) {
        return false;
    }
    call->result =
        hd_value_result(heapd_batch_weakref(hd_link_add(console, NULL),
                                            hd_link_ref(hd_argument(console, call, 0)), 0),
                        HEAPD_KIND_WEAKREF);
    return true;
}

static bool run_count(struct hd_console *console, struct hd_call *call)
{
    struct hd_value *value = hd_argument(console, call, 0);

    if (value->type != HD_VALUE_OBJECT) {
        call->result = hd_value_int(0);
        return true;
    }
    if (!hd_link_make(console, value)) {
        return false;
    }
    call->result =
        hd_link_pending(console, HD_EXTRACT_NUMBER,
                        heapd_batch_weakref_count(hd_link_add(console, NULL),
                                                  hd_link_ref(hd_argument(console, call, 0))));
    return true;
}

bool hd_weakref_call(struct hd_console *console, struct hd_call *call)
{
    uint32_t operation;
    struct hd_value target;

    if (call->count > 0) {
        return hd_pyerror_set(console->error, "TypeError",
                              "__call__() takes no arguments (%d given)", call->count);
    }
    operation = heapd_batch_deref(hd_link_add(console, NULL),
                                  hd_link_ref(hd_argument(console, call, -1)), 0);
    if (!hd_link_sync(console)) {
        return false;
    }
    target =
        hd_value_id(heapd_result_id(console->landed->batch, operation), HEAPD_KIND_UNSPECIFIED);
    if (target.id == 0) {
        target = hd_value_none();
    }
    hd_push(console, target);
    hd_link_keep(console); /* held from here on, like anything on the stack */
    target = *hd_top(console, 1);
    console->stack_count--;
    hd_drop(console, 1);
    hd_push(console, target);
    return true;
}

static const struct hd_native ref = {
    .name = "ref", .qualified = "weakref.ref", .run = run_ref, .least = 1, .most = 2};
static const struct hd_native getweakrefcount = {.name = "getweakrefcount",
                                                 .qualified = "weakref.getweakrefcount",
                                                 .run = run_count,
                                                 .least = 1,
                                                 .most = 1};

static const struct hd_member members[] = {
    {.name = "ref", .native = &ref},
    {.name = "getweakrefcount", .native = &getweakrefcount},
    {.name = NULL},
};

const struct hd_native hd_module_weakref = {
    .kind = HD_NATIVE_MODULE, .name = "weakref", .members = members};
