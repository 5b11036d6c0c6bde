/* SPDX-License-Identifier: MIT */
/* module_gc.c: the gc module: calls of the Collector service. */
#include "module_gc.h"

/* Makes a tuple of the top `count` ints the result. */
static bool give_tuple(struct hd_console *console, struct hd_call *call, size_t count)
{
    if (!hd_build(console, HEAPD_KIND_TUPLE, count)) {
        return false;
    }
    call->result = *hd_top(console, 1);
    console->stack_count--;
    return true;
}

static bool run_collect(struct hd_console *console, struct hd_call *call)
{
    int64_t generation = 2;

    if (call->count + call->name_count > 0 &&
        !hd_integer_argument(console, call, 0, &generation)) {
        return false;
    }
    if (generation < 0 || generation > 2) {
        return hd_pyerror_set(console->error, "ValueError", "invalid generation");
    }
    return console->queue[0] == '\0' && console->callback_count == 0
               ? hd_link_collect(console, (int)generation, &call->result)
               : hd_gc_collect(console, (unsigned)generation, &call->result);
}

static bool run_enable(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;

    (void)call;
    return hd_gc_before(console) &&
           hd_gc_after(console, heapd_gc_enable(console->client, &refusal), &refusal);
}

static bool run_disable(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;

    (void)call;
    return hd_gc_before(console) &&
           hd_gc_after(console, heapd_gc_disable(console->client, &refusal), &refusal);
}

static bool run_isenabled(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    bool enabled = false;

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_is_enabled(console->client, &enabled, &refusal),
                     &refusal)) {
        return false;
    }
    call->result = hd_value_bool(enabled);
    return true;
}

static bool run_get_threshold(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    uint32_t thresholds[3];

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_get_threshold(console->client, thresholds, &refusal),
                     &refusal)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        hd_push(console, hd_value_int(thresholds[i]));
    }
    return give_tuple(console, call, 3);
}

static bool run_set_threshold(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    int64_t thresholds[3];

    for (int i = 0; i < call->count; i++) {
        if (!hd_integer_argument(console, call, i, &thresholds[i])) {
            return false;
        }
        if (thresholds[i] > INT32_MAX || thresholds[i] < INT32_MIN) {
            return hd_pyerror_set(console->error, "OverflowError",
                                  "signed integer is %s than %s",
                                  thresholds[i] > 0 ? "greater" : "less",
                                  thresholds[i] > 0 ? "maximum" : "minimum");
        }
    }
    return hd_gc_before(console) &&
           hd_gc_after(console,
                       heapd_gc_set_threshold(console->client, thresholds, (size_t)call->count,
                                              &refusal),
                       &refusal);
}

static bool run_get_count(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    uint64_t counts[3];

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_get_count(console->client, counts, &refusal),
                     &refusal)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        hd_push(console, hd_value_int((int64_t)counts[i]));
    }
    return give_tuple(console, call, 3);
}

static bool run_get_stats(struct hd_console *console, struct hd_call *call)
{
    static const char *const names[3] = {"collections", "collected", "uncollectable"};
    static const size_t sizes[3] = {11, 9, 13};
    struct heapd_error refusal;
    struct heapd_generation_stats stats[3];

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_get_stats(console->client, stats, &refusal), &refusal)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        uint64_t values[3] = {stats[i].collections, stats[i].collected, stats[i].uncollectable};

        for (int j = 0; j < 3; j++) {
            hd_push(console, hd_value_str(names[j], sizes[j]));
            hd_push(console, hd_value_int((int64_t)values[j]));
        }
        if (!hd_build(console, HEAPD_KIND_DICT, 3)) {
            return false;
        }
    }
    if (!hd_build(console, HEAPD_KIND_LIST, 3)) {
        return false;
    }
    call->result = *hd_top(console, 1);
    console->stack_count--;
    return true;
}

static bool run_freeze(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;

    (void)call;
    return hd_gc_before(console) &&
           hd_gc_after(console, heapd_gc_freeze(console->client, &refusal), &refusal);
}

static bool run_unfreeze(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;

    (void)call;
    return hd_gc_before(console) &&
           hd_gc_after(console, heapd_gc_unfreeze(console->client, &refusal), &refusal);
}

static bool run_get_freeze_count(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    uint64_t count = 0;

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_get_freeze_count(console->client, &count, &refusal),
                     &refusal)) {
        return false;
    }
    call->result = hd_value_int((int64_t)count);
    return true;
}

static bool run_is_tracked(struct hd_console *console, struct hd_call *call)
{
    struct hd_value *value = hd_argument(console, call, 0);

    if (!hd_link_resolve(console, value)) {
        return false;
    }
    if (value->type != HD_VALUE_OBJECT) {
        call->result = hd_value_bool(value->type == HD_VALUE_NATIVE &&
                                     (value->as.native->kind == HD_NATIVE_FUNCTION ||
                                      value->as.native->kind == HD_NATIVE_CLASS ||
                                      value->as.native->kind == HD_NATIVE_MODULE));
        return true;
    }
    if (!hd_link_make(console, value)) {
        return false;
    }
    call->result =
        hd_link_pending(console, HD_EXTRACT_BOOL,
                        heapd_batch_is_tracked(hd_link_add(console, NULL), hd_link_ref(value)));
    return true;
}

static bool run_is_finalized(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    bool finalized = false;
    uint64_t id;

    if (hd_argument(console, call, 0)->type == HD_VALUE_NATIVE) {
        call->result = hd_value_bool(false);
        return true;
    }
    if (!hd_gc_argument_id(console, call, 0, &id) ||
        !hd_gc_after(console,
                     heapd_gc_is_finalized(console->client, heapd_id(id), &finalized, &refusal),
                     &refusal)) {
        return false;
    }
    call->result = hd_value_bool(finalized);
    return true;
}

static bool run_get_debug(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    uint32_t flags = 0;

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_get_debug(console->client, &flags, &refusal),
                     &refusal)) {
        return false;
    }
    call->result = hd_value_int(flags);
    return true;
}

static bool run_set_debug(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    int64_t flags;

    if (!hd_integer_argument(console, call, 0, &flags)) {
        return false;
    }
    if (flags < 0 || flags > UINT32_MAX) {
        return hd_pyerror_set(
            console->error, "ValueError",
            "flags of gc.set_debug are sums of DEBUG_STATS, DEBUG_COLLECTABLE, "
            "DEBUG_UNCOLLECTABLE and DEBUG_SAVEALL");
    }
    return hd_gc_before(console) &&
           hd_gc_after(console, heapd_gc_set_debug(console->client, (uint32_t)flags, &refusal),
                       &refusal);
}

static const char *const generation_keyword[] = {"generation", NULL};

/* name, run, least, most */
#define FUNCTIONS(X)                                                                           \
    X(disable, run_disable, 0, 0)                                                              \
    X(enable, run_enable, 0, 0)                                                                \
    X(freeze, run_freeze, 0, 0)                                                                \
    X(get_count, run_get_count, 0, 0)                                                          \
    X(get_debug, run_get_debug, 0, 0)                                                          \
    X(get_freeze_count, run_get_freeze_count, 0, 0)                                            \
    X(get_referents, hd_gc_get_referents, 0, -1)                                               \
    X(get_referrers, hd_gc_get_referrers, 0, -1)                                               \
    X(get_stats, run_get_stats, 0, 0)                                                          \
    X(get_threshold, run_get_threshold, 0, 0)                                                  \
    X(is_finalized, run_is_finalized, 1, 1)                                                    \
    X(is_tracked, run_is_tracked, 1, 1)                                                        \
    X(isenabled, run_isenabled, 0, 0)                                                          \
    X(set_debug, run_set_debug, 1, 1)                                                          \
    X(set_threshold, run_set_threshold, 1, 3)                                                  \
    X(unfreeze, run_unfreeze, 0, 0)

#define NATIVE(name_, run_, least_, most_)                                                     \
    static const struct hd_native native_##name_ = {.name = #name_,                            \
                                                    .qualified = "gc." #name_,                 \
                                                    .run = (run_),                             \
                                                    .least = (least_),                         \
                                                    .most = (most_)};
FUNCTIONS(NATIVE)

static const struct hd_native native_collect = {.name = "collect",
                                                .qualified = "gc.collect",
                                                .run = run_collect,
                                                .most = 1,
                                                .keywords = generation_keyword};

static const struct hd_native native_get_objects = {.name = "get_objects",
                                                    .qualified = "gc.get_objects",
                                                    .run = hd_gc_get_objects,
                                                    .most = 1,
                                                    .keywords = generation_keyword};

#define MEMBER(name_, run_, least_, most_) {.name = #name_, .native = &native_##name_},

static const struct hd_member gc_members[] = {
    FUNCTIONS(MEMBER){.name = "collect", .native = &native_collect},
    {.name = "get_objects", .native = &native_get_objects},
    {.name = "DEBUG_STATS", .is_int = true, .integer = 1},
    {.name = "DEBUG_COLLECTABLE", .is_int = true, .integer = 2},
    {.name = "DEBUG_UNCOLLECTABLE", .is_int = true, .integer = 4},
    {.name = "DEBUG_SAVEALL", .is_int = true, .integer = 32},
    {.name = "DEBUG_LEAK", .is_int = true, .integer = 38},
    {.name = "garbage", .load = hd_gc_load_garbage},
    {.name = "callbacks", .load = hd_gc_load_callbacks},
    {.name = NULL},
};

const struct hd_native hd_module_gc = {
    .kind = HD_NATIVE_MODULE, .name = "gc", .members = gc_members};
