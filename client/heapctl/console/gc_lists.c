/* SPDX-License-Identifier: MIT */
/* gc_lists.c: gc.get_objects, gc.get_referents and gc.get_referrers: ids become lists. */
#include <stdlib.h>
#include <string.h>

#include "module_gc.h"

#define IDS_AT_ONCE 100000 /* in one request */

bool hd_gc_before(struct hd_console *console)
{
    return hd_link_sync(console);
}

bool hd_gc_after(struct hd_console *console, int code, const struct heapd_error *refusal)
{
    return code == HEAPD_OK || hd_link_refused(console, refusal);
}

bool hd_gc_argument_id(struct hd_console *console, const struct hd_call *call, int number,
                       uint64_t *ret_id)
{
    if (!hd_link_make(console, hd_argument(console, call, number)) || !hd_link_sync(console)) {
        return false;
    }
    *ret_id = hd_argument(console, call, number)->id;
    return true;
}

typedef int neighbours_fn(struct heapd_client *, struct heapd_ref, uint64_t **, size_t *,
                          struct heapd_error *);

bool hd_gc_push_list(struct hd_console *console, const uint64_t *ids, size_t count)
{
    struct heapd_ref *refs = hd_must_alloc(IDS_AT_ONCE * sizeof(refs[0]));
    bool good = hd_build(console, HEAPD_KIND_LIST, 0);

    for (size_t at = 0; good && at < count;) {
        size_t some = count - at < IDS_AT_ONCE ? count - at : IDS_AT_ONCE;

        for (size_t i = 0; i < some; i++) {
            refs[i] = heapd_id(ids[at + i]);
        }
        (void)heapd_batch_extend(hd_link_add(console, NULL), hd_link_ref(hd_top(console, 1)),
                                 refs, some);
        at += some;
        good = hd_link_sync(console);
    }
    free(refs);
    return good;
}

static bool give_list(struct hd_console *console, struct hd_call *call, const uint64_t *ids,
                      size_t count)
{
    if (!hd_gc_push_list(console, ids, count)) {
        return false;
    }
    call->result = *hd_top(console, 1);
    console->stack_count--;
    return true;
}

/* Ids of several answers, one behind the other. */
struct gathered {
    uint64_t *ids; /* owned */
    size_t count;
};

static void gather(struct gathered *all, uint64_t *ids, size_t count)
{
    all->ids = hd_must_realloc(all->ids, (all->count + count + 1) * sizeof(ids[0]));
    if (count > 0) {
        memcpy(all->ids + all->count, ids, count * sizeof(ids[0]));
    }
    all->count += count;
    heapd_free(ids);
}

/* A list of what refers to the arguments, or of what they refer to. */
static bool neighbours(struct hd_console *console, struct hd_call *call, neighbours_fn *ask)
{
    struct gathered all = {0};
    bool good = true;

    for (int i = 0; good && i < call->count; i++) {
        struct heapd_error refusal;
        uint64_t *ids = NULL;
        size_t count = 0;
        uint64_t id;

        if (hd_argument(console, call, i)->type == HD_VALUE_NATIVE) {
            continue;
        }
        good = hd_gc_argument_id(console, call, i, &id) &&
               hd_gc_after(console, ask(console->client, heapd_id(id), &ids, &count, &refusal),
                           &refusal);
        if (good) {
            gather(&all, ids, count);
        }
    }
    good = good && give_list(console, call, all.ids, all.count);
    free(all.ids);
    return good;
}

/* As CPython does: the items of a list or tuple from the last to the first. */
static int referents(struct heapd_client *client, struct heapd_ref object, uint64_t **ret_ids,
                     size_t *ret_count, struct heapd_error *error)
{
    static const struct heapd_get_options options = {0, 1, 1};
    struct heapd_info *info;
    int code = heapd_get(client, object, &options, &info, error);
    bool backwards;

    if (code != HEAPD_OK) {
        return code;
    }
    backwards = info->kind == HEAPD_KIND_LIST || info->kind == HEAPD_KIND_TUPLE;
    heapd_free(info);
    code = heapd_gc_get_referents(client, object, ret_ids, ret_count, error);
    for (size_t i = 0; code == HEAPD_OK && backwards && i < *ret_count / 2; i++) {
        uint64_t id = (*ret_ids)[i];

        (*ret_ids)[i] = (*ret_ids)[*ret_count - 1 - i];
        (*ret_ids)[*ret_count - 1 - i] = id;
    }
    return code;
}

bool hd_gc_get_referents(struct hd_console *console, struct hd_call *call)
{
    return neighbours(console, call, referents);
}

bool hd_gc_get_referrers(struct hd_console *console, struct hd_call *call)
{
    return neighbours(console, call, heapd_gc_get_referrers);
}

/* None and -1 are all of them, as to CPython. */
static bool generation_argument(struct hd_console *console, const struct hd_call *call,
                                int *ret_generation)
{
    const struct hd_value *value;

    *ret_generation = HEAPD_ALL_GENERATIONS;
    if (call->count + call->name_count == 0) {
        return true;
    }
    if (!hd_learn(console, console->stack_count - call->first)) {
        return false;
    }
    value = hd_argument(console, call, 0);
    if (hd_value_is_none(value)) {
        return true;
    }
    if (!hd_value_is_integer(value)) {
        return hd_pyerror_set(console->error, "TypeError",
                              "argument should be integer or None, not '%s'",
                              hd_type_name(value));
    }
    if (value->integer < -1) {
        return hd_pyerror_set(console->error, "ValueError",
                              "generation parameter cannot be negative");
    }
    *ret_generation = value->integer > INT32_MAX ? INT32_MAX : (int)value->integer;
    return true;
}

bool hd_gc_get_objects(struct hd_console *console, struct hd_call *call)
{
    struct heapd_error refusal;
    uint64_t *ids = NULL;
    size_t count = 0;
    int generation;
    bool good;

    if (!generation_argument(console, call, &generation) || !hd_gc_before(console) ||
        !hd_gc_after(console,
                     heapd_gc_get_objects(console->client, generation, &ids, &count, &refusal),
                     &refusal)) {
        return false;
    }
    good = give_list(console, call, ids, count);
    heapd_free(ids);
    return good;
}
