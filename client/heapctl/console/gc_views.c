/* SPDX-License-Identifier: MIT */
/* gc_views.c: gc.garbage and gc.callbacks.  The daemon has the one, the console the other: they
 * are no objects of the heap.  Who only looks at one is given a list of what is in it, a name
 * and `_` remember the view. */
#include <stdlib.h>
#include <string.h>

#include "module_gc.h"

static const struct hd_native garbage;

bool hd_is_view(const struct hd_value *value)
{
    return value->type == HD_VALUE_NATIVE && value->as.native->kind == HD_NATIVE_VIEW;
}

bool hd_view_refuse(struct hd_console *console, const struct hd_value *view)
{
    return hd_pyerror_set(console->error, "NotImplementedError",
                          view->as.native == &garbage
                              ? "gc.garbage can be read and cleared, and not changed otherwise"
                              : "gc.callbacks has append, remove, clear and a length");
}

/* ------------------------------------------------------------ gc.garbage */

static bool push_garbage(struct hd_console *console)
{
    struct heapd_error refusal;
    uint64_t *ids = NULL;
    size_t count = 0;
    bool good;

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_get_garbage(console->client, &ids, &count, &refusal),
                     &refusal)) {
        return false;
    }
    good = hd_gc_push_list(console, ids, count);
    heapd_free(ids);
    if (good) {
        hd_top(console, 1)->view = &garbage;
    }
    return good;
}

static bool clear_garbage(struct hd_console *console)
{
    struct heapd_error refusal;

    return hd_gc_before(console) &&
           hd_gc_after(console, heapd_gc_clear_garbage(console->client, NULL, &refusal),
                       &refusal) &&
           (console->queue[0] == '\0' || hd_told_receive(console));
}

static bool run_clear_garbage(struct hd_console *console, struct hd_call *call)
{
    (void)call;
    return clear_garbage(console);
}

static const struct hd_native garbage_clear = {
    .name = "clear", .qualified = "list.clear", .run = run_clear_garbage};
static const struct hd_member garbage_members[] = {
    {.name = "clear", .native = &garbage_clear},
    {.name = NULL},
};
static const struct hd_native garbage = {.kind = HD_NATIVE_VIEW,
                                         .name = "garbage",
                                         .members = garbage_members,
                                         .load = hd_gc_load_garbage};

bool hd_gc_load_garbage(struct hd_console *console, bool to_change)
{
    if (to_change) {
        hd_push(console, hd_value_native(&garbage));
        return true;
    }
    return push_garbage(console);
}

/* ------------------------------------------------------------ gc.callbacks */

static bool run_append(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *callback = hd_argument(console, call, 0);

    if (callback->type != HD_VALUE_NATIVE || callback->as.native->kind == HD_NATIVE_MODULE ||
        callback->as.native->kind == HD_NATIVE_VIEW) {
        return hd_pyerror_set(console->error, "TypeError", "a callback is a function");
    }
    console->callbacks = hd_must_realloc(console->callbacks, (console->callback_count + 1) *
                                                                 sizeof(console->callbacks[0]));
    console->callbacks[console->callback_count++] = callback->as.native;
    hd_native_retain(callback->as.native);
    console->wait_at_end = true;
    return true;
}

static bool run_remove(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *callback = hd_argument(console, call, 0);
    size_t at = 0;

    while (at < console->callback_count && (callback->type != HD_VALUE_NATIVE ||
                                            console->callbacks[at] != callback->as.native)) {
        at++;
    }
    if (at == console->callback_count) {
        return hd_pyerror_set(console->error, "ValueError", "list.remove(x): x not in list");
    }
    console->callback_count--;
    memmove(console->callbacks + at, console->callbacks + at + 1,
            (console->callback_count - at) * sizeof(console->callbacks[0]));
    hd_native_release(console, callback->as.native);
    return true;
}

static void clear_callbacks(struct hd_console *console)
{
    while (console->callback_count > 0) {
        hd_native_release(console, console->callbacks[--console->callback_count]);
    }
}

static bool run_clear_callbacks(struct hd_console *console, struct hd_call *call)
{
    (void)call;
    clear_callbacks(console);
    return true;
}

static const struct hd_native append = {
    .name = "append", .qualified = "list.append", .run = run_append, .least = 1, .most = 1};
static const struct hd_native removal = {
    .name = "remove", .qualified = "list.remove", .run = run_remove, .least = 1, .most = 1};
static const struct hd_native clear = {
    .name = "clear", .qualified = "list.clear", .run = run_clear_callbacks};
static const struct hd_member callback_members[] = {
    {.name = "append", .native = &append},
    {.name = "clear", .native = &clear},
    {.name = "remove", .native = &removal},
    {.name = NULL},
};
static const struct hd_native callbacks = {.kind = HD_NATIVE_VIEW,
                                           .name = "callbacks",
                                           .members = callback_members,
                                           .load = hd_gc_load_callbacks};

bool hd_gc_load_callbacks(struct hd_console *console, bool to_change)
{
    if (to_change || console->callback_count > 0) {
        hd_push(console, hd_value_native(&callbacks));
        return true;
    }
    if (!hd_build(console, HEAPD_KIND_LIST, 0)) {
        return false;
    }
    hd_top(console, 1)->view = &callbacks;
    return true;
}

/* {'generation': 2, 'collected': 0, 'uncollectable': 0} */
static bool push_info(struct hd_console *console, unsigned generation,
                      const struct heapd_collected *collected)
{
    hd_push(console, hd_value_str("generation", 10));
    hd_push(console, hd_value_int(generation));
    hd_push(console, hd_value_str("collected", 9));
    hd_push(console, hd_value_int((int64_t)collected->collected));
    hd_push(console, hd_value_str("uncollectable", 13));
    hd_push(console, hd_value_int((int64_t)collected->uncollectable));
    return hd_build(console, HEAPD_KIND_DICT, 3);
}

bool hd_gc_call_back(struct hd_console *console, const char *phase, unsigned generation,
                     const struct heapd_collected *collected)
{
    if (console->callback_count == 0) {
        return true;
    }
    if (!push_info(console, generation, collected) || !hd_link_sync(console)) {
        return false;
    }
    for (size_t i = 0; i < console->callback_count && !console->lost; i++) {
        const struct hd_native *callback = console->callbacks[i];
        struct hd_value arguments[2] = {hd_value_str(phase, strlen(phase)),
                                        *hd_top(console, 1)};

        arguments[1].held = false;
        hd_native_retain(callback);
        hd_machine_call(console, callback, arguments, 2);
        hd_native_release(console, callback);
    }
    hd_drop(console, 1);
    return !console->lost;
}

void hd_gc_fini(struct hd_console *console)
{
    for (size_t i = 0; i < console->callback_count; i++) {
        hd_native_release(NULL, console->callbacks[i]);
    }
    free(console->callbacks);
}

/* ------------------------------------------------------------ both */

bool hd_view_delete(struct hd_console *console)
{
    const struct hd_value *view = hd_top(console, 2);
    const struct hd_value *slice = hd_top(console, 1);

    if (slice->type != HD_VALUE_SLICE) {
        return hd_view_refuse(console, view);
    }
    for (int i = 0; i < 3; i++) {
        if (!hd_value_is_none(&slice->as.slice->parts[i])) {
            return hd_view_refuse(console, view);
        }
    }
    if (view->as.native == &garbage) {
        if (!clear_garbage(console)) {
            return false;
        }
    } else {
        clear_callbacks(console);
    }
    hd_drop(console, 2);
    return true;
}

bool hd_view_method(struct hd_console *console, const char *name)
{
    static const char *const looks[] = {"copy", "count", "index"};
    const struct hd_value *view = hd_top(console, 1);
    const struct hd_method *method = hd_method_find(name);

    for (size_t i = 0; view->as.native == &garbage && i < 3; i++) {
        if (strcmp(looks[i], name) == 0) {
            hd_drop(console, 1);
            return push_garbage(console);
        }
    }
    if (method == NULL || !hd_method_applies(method, HEAPD_KIND_LIST) ||
        hd_module_member(view->as.native, name) != NULL) {
        return true;
    }
    return hd_view_refuse(console, view);
}
