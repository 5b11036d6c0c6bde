/* SPDX-License-Identifier: MIT */
/* methods.c: methods of list, dict, set, tuple, str and bytes, by a table of names
 * and kinds.  What is worked out from text alone is in text_methods.c, what compares
 * items in item_search.c. */
#include "methods.h"

#include <string.h>

#define KIND(name) (1u << HEAPD_KIND_##name)
#define SEQUENCES  (KIND(LIST) | KIND(TUPLE))

/* One name may have several rows, side by side, of different kinds. */
struct hd_method {
    const char *name;
    unsigned kinds;
    int least;
    int most;
    /* The daemon refuses the operation for objects of other kinds as Python does,
     * so that the kind need not be known first. */
    bool lean;
    hd_builtin_fn *run;
};

/* ------------------------------------------------------------ arguments */

static struct heapd_ref self_ref(struct hd_console *console, const struct hd_call *call)
{
    return hd_link_ref(hd_argument(console, call, -1));
}

static enum heapd_kind self_kind(struct hd_console *console, const struct hd_call *call)
{
    return hd_argument(console, call, -1)->kind;
}

static bool make_all(struct hd_console *console, const struct hd_call *call)
{
    for (int i = -1; i < call->count; i++) {
        if (!hd_link_make(console, hd_argument(console, call, i))) {
            return false;
        }
    }
    return true;
}

bool hd_integer_argument(struct hd_console *console, const struct hd_call *call, int number,
                         int64_t *ret_integer)
{
    const struct hd_value *value;

    if (!hd_learn(console, console->stack_count - call->first)) {
        return false;
    }
    value = hd_argument(console, call, number);
    if (!hd_value_is_integer(value)) {
        return hd_pyerror_set(console->error, "TypeError",
                              "'%s' object cannot be interpreted as an integer",
                              hd_type_name(value));
    }
    *ret_integer = value->integer;
    return true;
}

bool hd_iterable_argument(struct hd_console *console, const struct hd_call *call, int number)
{
    const struct hd_value *value;

    if (!hd_learn(console, console->stack_count - call->first)) {
        return false;
    }
    value = hd_argument(console, call, number);
    if (!hd_is_iterable(value)) {
        return hd_pyerror_set(console->error, "TypeError", "'%s' object is not iterable",
                              hd_type_name(value));
    }
    return hd_spread(console, console->stack_count - call->first - (size_t)number) &&
           hd_link_make(console, hd_argument(console, call, number));
}

/* ------------------------------------------------------------ lists, sets, dicts */

static bool run_append(struct hd_console *console, struct hd_call *call)
{
    if (!make_all(console, call)) {
        return false;
    }
    (void)heapd_batch_append(hd_link_change(console, NULL), self_ref(console, call),
                             hd_link_ref(hd_argument(console, call, 0)));
    return true;
}

static bool run_insert(struct hd_console *console, struct hd_call *call)
{
    int64_t index;

    if (!hd_integer_argument(console, call, 0, &index) || !make_all(console, call)) {
        return false;
    }
    (void)heapd_batch_insert(hd_link_change(console, NULL), self_ref(console, call), index,
                             hd_link_ref(hd_argument(console, call, 1)));
    return true;
}

static bool run_extend(struct hd_console *console, struct hd_call *call)
{
    if (call->count == 0) {
        return true;
    }
    if (!hd_iterable_argument(console, call, 0) || !make_all(console, call)) {
        return false;
    }
    (void)heapd_batch_extend_from(hd_link_change(console, NULL), self_ref(console, call),
                                  hd_link_ref(hd_argument(console, call, 0)));
    return true;
}

#define ITEMS_AT_ONCE 1000

/* One by one: an item that is refused comes behind some that are there by then. */
static bool add_each(struct hd_console *console, struct hd_call *call)
{
    size_t source = console->stack_count - call->first;
    struct hd_page page;
    uint64_t done = 0;

    do {
        if (!hd_learn_items(console, source, done, ITEMS_AT_ONCE, &page)) {
            return false;
        }
        for (size_t i = 0; i < page.count; i++) {
            (void)heapd_batch_add(hd_link_change(console, NULL), self_ref(console, call),
                                  heapd_id(page.items[i]));
        }
        done += page.count;
    } while (page.count > 0 && done < page.length);
    return true;
}

static bool run_update_set(struct hd_console *console, struct hd_call *call)
{
    enum heapd_kind kind;

    if (call->count == 0) {
        return true;
    }
    if (!hd_iterable_argument(console, call, 0) || !make_all(console, call)) {
        return false;
    }
    kind = hd_argument(console, call, 0)->kind;
    return kind == HEAPD_KIND_LIST || kind == HEAPD_KIND_TUPLE ? add_each(console, call)
                                                               : run_extend(console, call);
}

static bool run_update_dict(struct hd_console *console, struct hd_call *call)
{
    if (call->count == 0) {
        return true;
    }
    if (!hd_learn(console, console->stack_count - call->first) ||
        !hd_link_make(console, hd_argument(console, call, -1))) {
        return false;
    }
    if (hd_argument(console, call, 0)->kind != HEAPD_KIND_DICT) {
        hd_push_twin(console, hd_argument(console, call, 0));
        return hd_put_pairs(console, call->first - 1);
    }
    return run_extend(console, call);
}

static bool run_remove(struct hd_console *console, struct hd_call *call)
{
    if (!make_all(console, call)) {
        return false;
    }
    (void)heapd_batch_remove(hd_link_change(console, NULL), self_ref(console, call),
                             hd_link_ref(hd_argument(console, call, 0)));
    return true;
}

static bool run_clear(struct hd_console *console, struct hd_call *call)
{
    (void)heapd_batch_clear(hd_link_change(console, NULL), self_ref(console, call));
    return true;
}

static bool run_add(struct hd_console *console, struct hd_call *call)
{
    if (!make_all(console, call)) {
        return false;
    }
    (void)heapd_batch_add(hd_link_change(console, NULL), self_ref(console, call),
                          hd_link_ref(hd_argument(console, call, 0)));
    return true;
}

static bool run_discard(struct hd_console *console, struct hd_call *call)
{
    if (!make_all(console, call)) {
        return false;
    }
    (void)heapd_batch_discard(hd_link_change(console, NULL), self_ref(console, call),
                              hd_link_ref(hd_argument(console, call, 0)));
    return true;
}

static bool pop_at(struct hd_console *console, struct hd_call *call, struct heapd_at at)
{
    call->result = hd_value_result(
        heapd_batch_pop(hd_link_change(console, NULL), self_ref(console, call), at, 0),
        HEAPD_KIND_UNSPECIFIED);
    call->result.fresh = true;
    return true;
}

static bool run_pop_list(struct hd_console *console, struct hd_call *call)
{
    int64_t index;

    if (call->count == 0) {
        return pop_at(console, call, heapd_at_nothing());
    }
    return hd_integer_argument(console, call, 0, &index) &&
           pop_at(console, call, heapd_at_index(index));
}

static bool run_pop_set(struct hd_console *console, struct hd_call *call)
{
    return pop_at(console, call, heapd_at_nothing());
}

/* Gives the value at the first argument; *ret_found false: there is none. */
static bool get_item(struct hd_console *console, struct hd_call *call, bool *ret_found)
{
    uint32_t operation;

    if (!make_all(console, call)) {
        return false;
    }
    operation = heapd_batch_get_item(hd_link_add(console, NULL), self_ref(console, call),
                                     heapd_at_key(hd_link_ref(hd_argument(console, call, 0))),
                                     HEAPD_MISSING_OK);
    if (!hd_link_sync(console)) {
        return false;
    }
    call->result =
        hd_value_id(heapd_result_id(console->landed->batch, operation), HEAPD_KIND_UNSPECIFIED);
    *ret_found = call->result.id != 0;
    if (*ret_found) {
        /* held from here on, like anything on the stack */
        hd_push(console, call->result);
        hd_link_keep(console);
        call->result = *hd_top(console, 1);
        console->stack_count--;
    }
    return true;
}

void hd_move_argument(struct hd_console *console, struct hd_call *call, int number)
{
    call->result = *hd_argument(console, call, number);
    hd_argument(console, call, number)->held = false;
    hd_argument(console, call, number)->fresh = false;
}

static bool run_get(struct hd_console *console, struct hd_call *call)
{
    bool found;

    if (!get_item(console, call, &found)) {
        return false;
    }
    if (!found) {
        call->result = hd_value_none();
        if (call->count > 1) {
            hd_move_argument(console, call, 1);
        }
    }
    return true;
}

/* get_item(), but of an empty dict nothing is asked: the key may be unhashable. */
static bool get_item_to_pop(struct hd_console *console, struct hd_call *call, bool *ret_found)
{
    struct hd_page page;

    if (!hd_learn_items(console, console->stack_count - call->first + 1, 0, 1, &page)) {
        return false;
    }
    *ret_found = page.length > 0;
    return !*ret_found || get_item(console, call, ret_found);
}

static bool run_pop_dict(struct hd_console *console, struct hd_call *call)
{
    bool found = true;

    if (call->count > 1 && !get_item_to_pop(console, call, &found)) {
        return false;
    }
    if (!found) {
        hd_move_argument(console, call, 1);
        return true;
    }
    if (call->result.held) {
        hd_link_drop(console, &call->result);
    }
    return make_all(console, call) &&
           pop_at(console, call, heapd_at_key(hd_link_ref(hd_argument(console, call, 0))));
}

static bool run_setdefault(struct hd_console *console, struct hd_call *call)
{
    bool found;
    struct heapd_at at;

    if (!get_item(console, call, &found)) {
        return false;
    }
    if (found) {
        return true;
    }
    if (call->count == 1) {
        hd_push(console, hd_value_none());
        call->count = 2;
        if (!make_all(console, call)) {
            return false;
        }
    }
    at = heapd_at_key(hd_link_ref(hd_argument(console, call, 0)));
    (void)heapd_batch_set_item(hd_link_change(console, NULL), self_ref(console, call), at,
                               hd_link_ref(hd_argument(console, call, 1)));
    hd_move_argument(console, call, 1);
    return true;
}

static bool run_copy(struct hd_console *console, struct hd_call *call)
{
    enum heapd_kind kind = self_kind(console, call);
    struct heapd_part part = {.source = self_ref(console, call)};
    uint32_t copy;

    if (kind == HEAPD_KIND_LIST) {
        copy = heapd_batch_copy(hd_link_add(console, NULL), &part, 1, 1, HEAPD_KIND_LIST, 0);
    } else {
        copy = heapd_batch_create(hd_link_add(console, NULL),
                                  kind == HEAPD_KIND_DICT ? heapd_new_dict(NULL, NULL, 0)
                                                          : heapd_new_set(NULL, 0),
                                  heapd_keep_batch());
        (void)heapd_batch_extend_from(hd_link_add(console, NULL), heapd_result(copy),
                                      part.source);
    }
    call->result = hd_value_result(copy, kind);
    call->result.fresh = true;
    return true;
}

/* What cannot change is its own copy. */
static bool run_copy_frozen(struct hd_console *console, struct hd_call *call)
{
    hd_move_argument(console, call, -1);
    return true;
}

static bool run_reverse(struct hd_console *console, struct hd_call *call)
{
    struct heapd_part part = {.source = self_ref(console, call), .sliced = true};
    struct hd_value copy;
    struct heapd_slice all = {0};
    struct heapd_ref list;

    part.slice.step = -1;
    copy = hd_value_result(
        heapd_batch_copy(hd_link_add(console, NULL), &part, 1, 1, HEAPD_KIND_UNSPECIFIED, 0),
        HEAPD_KIND_LIST);
    list = self_ref(console, call);
    (void)heapd_batch_del_item(hd_link_change(console, NULL), list, heapd_at_slice(all));
    (void)heapd_batch_extend_from(hd_link_change(console, NULL), list, hd_link_ref(&copy));
    return true;
}

/* ------------------------------------------------------------ the table */

static const struct hd_method methods[] = {
    {"add", KIND(SET), 1, 1, true, run_add},
    {"append", KIND(LIST), 1, 1, true, run_append},
    {"clear", KIND(LIST) | KIND(DICT) | KIND(SET), 0, 0, true, run_clear},
    {"copy", KIND(LIST) | KIND(DICT) | KIND(SET), 0, 0, false, run_copy},
    {"copy", KIND(FROZENSET), 0, 0, false, run_copy_frozen},
    {"count", SEQUENCES, 1, 1, false, hd_item_count},
    {"count", KIND(STR) | KIND(BYTES), 1, 1, false, hd_text_count},
    {"discard", KIND(SET), 1, 1, true, run_discard},
    {"endswith", KIND(STR) | KIND(BYTES), 1, 1, false, hd_text_endswith},
    {"extend", KIND(LIST), 1, 1, false, run_extend},
    {"find", KIND(STR) | KIND(BYTES), 1, 1, false, hd_text_find},
    {"get", KIND(DICT), 1, 2, false, run_get},
    {"index", SEQUENCES, 1, 1, false, hd_item_index},
    {"index", KIND(STR) | KIND(BYTES), 1, 1, false, hd_text_index},
    {"insert", KIND(LIST), 2, 2, false, run_insert},
    {"join", KIND(STR) | KIND(BYTES), 1, 1, false, hd_text_join},
    {"lower", KIND(STR) | KIND(BYTES), 0, 0, false, hd_text_lower},
    {"pop", KIND(LIST), 0, 1, false, run_pop_list},
    {"pop", KIND(DICT), 1, 2, false, run_pop_dict},
    {"pop", KIND(SET), 0, 0, false, run_pop_set},
    {"remove", KIND(LIST) | KIND(SET), 1, 1, true, run_remove},
    {"replace", KIND(STR) | KIND(BYTES), 2, 2, false, hd_text_replace},
    {"reverse", KIND(LIST), 0, 0, false, run_reverse},
    {"setdefault", KIND(DICT), 1, 2, false, run_setdefault},
    {"split", KIND(STR) | KIND(BYTES), 0, 1, false, hd_text_split},
    {"startswith", KIND(STR) | KIND(BYTES), 1, 1, false, hd_text_startswith},
    {"strip", KIND(STR) | KIND(BYTES), 0, 0, false, hd_text_strip},
    {"update", KIND(DICT), 0, 1, false, run_update_dict},
    {"update", KIND(SET), 0, 1, false, run_update_set},
    {"upper", KIND(STR) | KIND(BYTES), 0, 0, false, hd_text_upper},
};

const struct hd_method *hd_method_find(const char *name)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        if (strcmp(methods[i].name, name) == 0) {
            return &methods[i];
        }
    }
    return NULL;
}

/* The row of this name for a kind; NULL if there is none. */
static const struct hd_method *row_for(const struct hd_method *method, enum heapd_kind kind)
{
    const struct hd_method *end = methods + sizeof(methods) / sizeof(methods[0]);

    for (const struct hd_method *row = method;
         row < end && strcmp(row->name, method->name) == 0; row++) {
        if ((row->kinds & 1u << kind) != 0) {
            return row;
        }
    }
    return NULL;
}

bool hd_method_applies(const struct hd_method *method, enum heapd_kind kind)
{
    return row_for(method, kind) != NULL;
}

const char *hd_method_name(const struct hd_method *method)
{
    return method->name;
}

struct hd_value *hd_method_in_doubt(struct hd_console *console)
{
    for (size_t i = console->stack_count; i > 1; i--) {
        struct hd_value *object = &console->stack[i - 1];

        if (console->stack[i - 2].type == HD_VALUE_METHOD && object->type == HD_VALUE_OBJECT &&
            object->kind == HEAPD_KIND_UNSPECIFIED) {
            return object;
        }
    }
    return NULL;
}

static bool wrong_count(struct hd_console *console, const struct hd_method *method,
                        enum heapd_kind kind, int given)
{
    struct hd_native like;
    char *qualified;

    if (method->run == hd_text_find || method->run == hd_text_index ||
        method->run == hd_text_count || method->run == hd_text_startswith ||
        method->run == hd_text_endswith) {
        return hd_pyerror_set(console->error, "TypeError",
                              given == 0 ? "%s() takes at least 1 argument (%d given)"
                                         : "%s() takes at most 1 argument here (%d given)",
                              method->name, given);
    }
    if (method->run == hd_item_index) {
        return hd_pyerror_set(console->error, "TypeError",
                              given == 0 ? "index expected at least 1 argument, got %d"
                                         : "index expected at most 1 argument here, got %d",
                              given);
    }
    qualified =
        hd_zone_printf(hd_zone_of(console), "%s.%s", heapd_kind_name((int)kind), method->name);

    memset(&like, 0, sizeof(like));
    like.name = method->name;
    like.qualified = qualified;
    like.least = method->least;
    like.most = method->most;
    return hd_wrong_count(console, &like, given);
}

bool hd_method_call(struct hd_console *console, const struct hd_method *method,
                    struct hd_call *call)
{
    enum heapd_kind kind = self_kind(console, call);
    const struct hd_method *row = method;
    size_t depth = console->stack_count - call->first + 1;

    if (kind != HEAPD_KIND_UNSPECIFIED || !method->lean || call->name_count > 0 ||
        call->count < method->least || call->count > method->most) {
        if (!hd_learn(console, depth)) {
            return false;
        }
        kind = self_kind(console, call);
        row = row_for(method, kind);
        if (row == NULL) {
            return hd_pyerror_set(console->error, "AttributeError",
                                  "'%s' object has no attribute '%s'",
                                  hd_type_name(hd_argument(console, call, -1)), method->name);
        }
    }
    if (call->name_count > 0) {
        return hd_pyerror_set(console->error, "TypeError", "%s.%s() takes no keyword arguments",
                              heapd_kind_name((int)kind), method->name);
    }
    if (call->count < row->least || call->count > row->most) {
        return wrong_count(console, row, kind, call->count);
    }
    return hd_link_make(console, hd_argument(console, call, -1)) && row->run(console, call);
}
