/* SPDX-License-Identifier: MIT */
/* module_weakref.c: weakref.ref and getweakrefcount, and calling a weak reference. */
#include "methods.h"

/* The daemon tells of it; the console knows whom to call. */
static bool make_with_callback(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *callback = hd_argument(console, call, 1);
    uint32_t operation;

    if (callback->type != HD_VALUE_NATIVE || callback->as.native->kind == HD_NATIVE_MODULE) {
        return hd_pyerror_set(console->error, "TypeError",
                              "a callback is a function: '%s' object is not callable",
                              hd_type_name(callback));
    }
    if (!hd_told_begin(console)) {
        return false;
    }
    operation = heapd_batch_weakref_callback(hd_link_add(console, NULL),
                                             hd_link_ref(hd_argument(console, call, 0)),
                                             console->queue, 0);
    hd_push(console, hd_value_result(operation, HEAPD_KIND_WEAKREF));
    if (!hd_link_sync(console)) {
        return false;
    }
    call->result = *hd_top(console, 1);
    console->stack_count--;
    hd_told_watch(console, call->result.id, hd_argument(console, call, 1)->as.native);
    return true;
}

static bool run_ref(struct hd_console *console, struct hd_call *call)
{
    if (!hd_learn(console, (size_t)call->count) ||
        !hd_link_make(console, hd_argument(console, call, 0))) {
        return false;
    }
    if (call->count > 1 && !hd_value_is_none(hd_argument(console, call, 1))) {
        return make_with_callback(console, call);
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
    /* weak references that were given up die first */
    if (!hd_link_make(console, value) || !hd_link_settle(console)) {
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
                              "weakref expected 0 arguments, got %d", call->count);
    }
    /* what a batch has made and given up lives until its end */
    if (!hd_link_settle(console)) {
        return false;
    }
    if (console->frame_count == 1) {
        hd_link_open_frame(console);
    }
    operation = heapd_batch_deref(hd_link_add(console, NULL),
                                  hd_link_ref(hd_argument(console, call, -1)), HEAPD_HOLD);
    if (!hd_link_sync(console)) {
        return false;
    }
    target =
        hd_value_id(heapd_result_id(console->landed->batch, operation), HEAPD_KIND_UNSPECIFIED);
    target.held = target.id != 0;
    if (!target.held) {
        target = hd_value_none();
    }
    hd_drop(console, 1);
    hd_push(console, target);
    return true;
}

/* The name is what CPython calls it when it is given too few or too many arguments. */
const struct hd_native hd_weakref_type = {.kind = HD_NATIVE_TYPE,
                                          .name = "__new__",
                                          .qualified = "weakref.ReferenceType",
                                          .of = HEAPD_KIND_WEAKREF,
                                          .run = run_ref,
                                          .least = 1,
                                          .most = 2};
static const struct hd_native getweakrefcount = {.name = "getweakrefcount",
                                                 .qualified = "_weakref.getweakrefcount",
                                                 .run = run_count,
                                                 .least = 1,
                                                 .most = 1};

static const struct hd_member members[] = {
    {.name = "ref", .native = &hd_weakref_type},
    {.name = "ReferenceType", .native = &hd_weakref_type},
    {.name = "getweakrefcount", .native = &getweakrefcount},
    {.name = NULL},
};

const struct hd_native hd_module_weakref = {
    .kind = HD_NATIVE_MODULE, .name = "weakref", .members = members};
