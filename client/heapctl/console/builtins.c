/* SPDX-License-Identifier: MIT */
/* builtins.c: the functions and types that need no import. */
#include <stdlib.h>
#include <string.h>

#include "methods.h"

/* How far below the top argument `number` lies. */
static size_t below_top(const struct hd_console *console, const struct hd_call *call,
                        int number)
{
    return console->stack_count - call->first - (size_t)number;
}

/* Makes the top value the result. */
static void take_top(struct hd_console *console, struct hd_call *call)
{
    call->result = *hd_top(console, 1);
    console->stack_count--;
}

static struct hd_value text_value(struct hd_console *console, const struct hd_text *text)
{
    return hd_value_str(hd_zone_copy(hd_zone_of(console), hd_text_data(text), text->size),
                        text->size);
}

/* ------------------------------------------------------------ functions */

static bool run_len(struct hd_console *console, struct hd_call *call)
{
    struct hd_value *value = hd_argument(console, call, 0);

    if (!hd_link_resolve(console, value)) {
        return false;
    }
    if (value->type == HD_VALUE_RANGE) {
        call->result = hd_value_int(hd_range_length(&value->as.range));
        return true;
    }
    if (hd_is_view(value)) { /* of gc.callbacks: gc.garbage is looked at as a list */
        call->result = hd_value_int((int64_t)console->callback_count);
        return true;
    }
    if (value->type != HD_VALUE_OBJECT) {
        return hd_pyerror_set(console->error, "TypeError", "object of type '%s' has no len()",
                              hd_type_name(value));
    }
    if (!hd_link_make(console, value)) {
        return false;
    }
    call->result =
        hd_link_pending(console, HD_EXTRACT_NUMBER,
                        heapd_batch_length(hd_link_add(console, NULL), hd_link_ref(value)));
    return true;
}

static bool run_id(struct hd_console *console, struct hd_call *call)
{
    struct hd_value *value = hd_argument(console, call, 0);

    if (!hd_link_resolve(console, value)) {
        return false;
    }
    if (value->type == HD_VALUE_NATIVE) {
        call->result = hd_value_int((int64_t)(intptr_t)value->as.native);
        return true;
    }
    if (!hd_link_make(console, value)) {
        return false;
    }
    if (value->where == HD_WHERE_ID) {
        call->result = hd_value_int((int64_t)value->id);
        return true;
    }
    call->result =
        hd_link_pending(console, HD_EXTRACT_ID, heapd_batch_count(console->open->batch) - 1);
    call->result.as.pending->sides[0] = *value;
    return true;
}

static bool run_repr(struct hd_console *console, struct hd_call *call)
{
    struct hd_text text;
    bool done;

    hd_text_init(&text);
    done = hd_repr(console, below_top(console, call, 0), false, &text);
    if (done) {
        call->result = text_value(console, &text);
    }
    hd_text_fini(&text);
    return done;
}

/* sep= and end=, which must be strings or None. */
static bool print_option(struct hd_console *console, const struct hd_call *call,
                         const char *name, const char *otherwise, struct hd_text *out)
{
    const struct hd_value *value = hd_argument_named(console, call, -1, name);

    if (value == NULL || hd_value_is_none(value)) {
        hd_text_add_string(out, otherwise);
        return true;
    }
    if (value->kind != HEAPD_KIND_STR || !value->known) {
        return hd_pyerror_set(console->error, "TypeError",
                              "%s must be None or a string, not %s", name, hd_type_name(value));
    }
    hd_text_add(out, value->data, value->size);
    return true;
}

static bool print_all(struct hd_console *console, const struct hd_call *call,
                      const struct hd_text *separator, struct hd_text *line)
{
    for (int i = 0; i < call->count; i++) {
        if (i > 0) {
            hd_text_add(line, hd_text_data(separator), separator->size);
        }
        if (!hd_repr(console, below_top(console, call, i), true, line)) {
            return false;
        }
    }
    return true;
}

static bool run_print(struct hd_console *console, struct hd_call *call)
{
    struct hd_text separator;
    struct hd_text line;
    bool done;

    if (!hd_learn(console, console->stack_count - call->first)) {
        return false;
    }
    hd_text_init(&separator);
    hd_text_init(&line);
    done = print_option(console, call, "sep", " ", &separator) &&
           print_all(console, call, &separator, &line) &&
           print_option(console, call, "end", "\n", &line);
    if (done) {
        hd_text_add(&console->statement->out, hd_text_data(&line), line.size);
    }
    hd_text_fini(&separator);
    hd_text_fini(&line);
    return done;
}

static bool matches(const struct hd_value *value, const struct hd_native *type)
{
    if (type->kind == HD_NATIVE_CLASS) {
        return value->type == HD_VALUE_OBJECT && value->kind == HEAPD_KIND_INSTANCE &&
               strcmp(value->data, type->name) == 0;
    }
    if (strcmp(type->name, "object") == 0) {
        return true;
    }
    if (value->type != HD_VALUE_OBJECT) {
        return strcmp(hd_type_name(value), type->name) == 0;
    }
    return value->kind == type->of ||
           (type->of == HEAPD_KIND_INT && value->kind == HEAPD_KIND_BOOL);
}

static bool run_isinstance(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *type;

    if (!hd_learn(console, console->stack_count - call->first)) {
        return false;
    }
    type = hd_argument(console, call, 1);
    if (type->type != HD_VALUE_NATIVE ||
        (type->as.native->kind != HD_NATIVE_TYPE && type->as.native->kind != HD_NATIVE_CLASS)) {
        return hd_pyerror_set(
            console->error, "TypeError",
            "isinstance() arg 2 must be a type, a tuple of types, or a union");
    }
    call->result = hd_value_bool(matches(hd_argument(console, call, 0), type->as.native));
    return true;
}

static const char *const print_keywords[] = {"sep", "end", NULL};

static const struct hd_native builtin_functions[] = {
    {.name = "id", .run = run_id, .least = 1, .most = 1},
    {.name = "isinstance", .run = run_isinstance, .least = 2, .most = 2},
    {.name = "len", .run = run_len, .least = 1, .most = 1},
    {.name = "print", .run = run_print, .most = -1, .keywords = print_keywords},
    {.name = "repr", .run = run_repr, .least = 1, .most = 1},
};

/* ------------------------------------------------------------ types */

static struct hd_binding *class_named(struct hd_console *console, const char *name)
{
    for (size_t i = 0; i < console->binding_capacity; i++) {
        struct hd_binding *binding = &console->bindings[i];

        if (binding->name != NULL && binding->native.type == HD_VALUE_NATIVE &&
            binding->native.as.native->kind == HD_NATIVE_CLASS &&
            strcmp(binding->native.as.native->name, name) == 0) {
            return binding;
        }
    }
    return NULL;
}

/* A class that no name is bound to any more. */
static const struct hd_native *nameless_class(struct hd_console *console, const char *name)
{
    struct hd_native *native = hd_native_new(HD_NATIVE_CLASS, name);

    hd_native_doom(console, native);
    return native;
}

static bool run_type(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *value;
    const struct hd_binding *binding;
    const struct hd_native *native;

    if (!hd_learn(console, 1)) {
        return false;
    }
    value = hd_argument(console, call, 0);
    if (value->type == HD_VALUE_OBJECT && value->kind == HEAPD_KIND_INSTANCE) {
        binding = class_named(console, value->data);
        native =
            binding != NULL ? binding->native.as.native : nameless_class(console, value->data);
    } else {
        native = hd_type_named(hd_type_name(value));
    }
    call->result = hd_value_native(native);
    return true;
}

static bool run_bool(struct hd_console *console, struct hd_call *call)
{
    bool truth = false;

    if (call->count > 0 && !hd_truth(console, &truth)) {
        return false;
    }
    call->result = hd_value_bool(truth);
    return true;
}

static bool run_str(struct hd_console *console, struct hd_call *call)
{
    struct hd_text text;
    bool done;

    call->result = hd_value_str("", 0);
    if (call->count == 0) {
        return true;
    }
    if (!hd_learn(console, 1)) {
        return false;
    }
    if (hd_argument(console, call, 0)->type == HD_VALUE_OBJECT &&
        hd_argument(console, call, 0)->kind == HEAPD_KIND_STR) {
        hd_move_argument(console, call, 0);
        return true;
    }
    hd_text_init(&text);
    done = hd_repr(console, 1, true, &text);
    if (done) {
        call->result = text_value(console, &text);
    }
    hd_text_fini(&text);
    return done;
}

/* list(x), tuple(x): a copy of the items. */
static bool copy_as(struct hd_console *console, struct hd_call *call, enum heapd_kind kind)
{
    struct heapd_part part;

    if (call->count == 0) {
        if (!hd_build(console, kind, 0)) {
            return false;
        }
        take_top(console, call);
        return true;
    }
    if (!hd_learn(console, 1)) {
        return false;
    }
    if (kind == HEAPD_KIND_TUPLE && hd_argument(console, call, 0)->kind == HEAPD_KIND_TUPLE) {
        hd_move_argument(console, call, 0);
        return true;
    }
    if (!hd_iterable_argument(console, call, 0)) {
        return false;
    }
    memset(&part, 0, sizeof(part));
    part.source = hd_link_ref(hd_argument(console, call, 0));
    call->result = hd_value_result(
        heapd_batch_copy(hd_link_add(console, NULL), &part, 1, 1, kind, 0), kind);
    call->result.fresh = true;
    return true;
}

static bool run_list(struct hd_console *console, struct hd_call *call)
{
    return copy_as(console, call, HEAPD_KIND_LIST);
}

static bool run_tuple(struct hd_console *console, struct hd_call *call)
{
    return copy_as(console, call, HEAPD_KIND_TUPLE);
}

static bool run_set(struct hd_console *console, struct hd_call *call)
{
    if (call->count > 0 && !hd_iterable_argument(console, call, 0)) {
        return false;
    }
    if (!hd_build(console, HEAPD_KIND_SET, 0)) {
        return false;
    }
    take_top(console, call);
    if (call->count > 0) {
        (void)heapd_batch_extend_from(hd_link_add(console, NULL), hd_link_ref(&call->result),
                                      hd_link_ref(hd_argument(console, call, 0)));
    }
    return true;
}

#define FROZENSET_MAX 10000

/* Pushes the items of argument 0, held. */
static bool push_items(struct hd_console *console, const struct hd_call *call,
                       size_t *ret_count)
{
    struct hd_page page;
    uint64_t *ids;

    if (!hd_learn_items(console, below_top(console, call, 0), 0, FROZENSET_MAX, &page)) {
        return false;
    }
    if (page.count != page.length) {
        return hd_pyerror_set(console->error, "MemoryError",
                              "frozenset() takes at most %d items here", FROZENSET_MAX);
    }
    *ret_count = page.count;
    ids = hd_must_alloc((page.count + 1) * sizeof(ids[0]));
    memcpy(ids, page.items, page.count * sizeof(ids[0]));
    for (size_t i = 0; i < *ret_count; i++) {
        hd_push(console, hd_value_id(ids[i], HEAPD_KIND_UNSPECIFIED));
    }
    free(ids);
    return true;
}

static bool run_frozenset(struct hd_console *console, struct hd_call *call)
{
    size_t count = 0;

    if (call->count > 0) {
        if (!hd_learn(console, 1)) {
            return false;
        }
        if (hd_argument(console, call, 0)->kind == HEAPD_KIND_FROZENSET) {
            hd_move_argument(console, call, 0);
            return true;
        }
        if (!hd_iterable_argument(console, call, 0) || !push_items(console, call, &count)) {
            return false;
        }
    }
    if (!hd_build(console, HEAPD_KIND_FROZENSET, count)) {
        return false;
    }
    take_top(console, call);
    return true;
}

/* dict(a=1): the keyword arguments' values lie on top. */
static bool dict_of_keywords(struct hd_console *console, struct hd_call *call)
{
    for (int i = 0; i < call->name_count; i++) {
        struct hd_value key = hd_value_str(call->names[i], strlen(call->names[i]));
        struct hd_value value = *hd_argument(console, call, call->count + i);

        value.held = false;
        if (!hd_value_is_immortal(&key)) {
            key.result = heapd_batch_create(hd_link_add(console, NULL),
                                            heapd_new_interned(call->names[i], key.size),
                                            heapd_keep_batch());
            key.where = HD_WHERE_RESULT;
        }
        hd_push(console, key);
        hd_push(console, value);
    }
    if (!hd_build(console, HEAPD_KIND_DICT, (size_t)call->name_count)) {
        return false;
    }
    take_top(console, call);
    return true;
}

/* dict(x): the entries of a dict, or pairs. */
static bool dict_of(struct hd_console *console, struct hd_call *call)
{
    const struct hd_value *source = hd_argument(console, call, 0);

    if (!hd_is_iterable(source)) {
        return hd_pyerror_set(console->error, "TypeError", "'%s' object is not iterable",
                              hd_type_name(source));
    }
    if (!hd_build(console, HEAPD_KIND_DICT, 0)) {
        return false;
    }
    source = hd_argument(console, call, 0);
    if (source->kind == HEAPD_KIND_DICT) {
        (void)heapd_batch_extend_from(hd_link_add(console, NULL),
                                      hd_link_ref(hd_top(console, 1)), hd_link_ref(source));
    } else {
        hd_push_twin(console, source);
        if (!hd_put_pairs(console, console->stack_count - 2)) {
            return false;
        }
    }
    take_top(console, call);
    return true;
}

static bool run_dict(struct hd_console *console, struct hd_call *call)
{
    if (!hd_learn(console, console->stack_count - call->first)) {
        return false;
    }
    if (call->count == 0) {
        return dict_of_keywords(console, call);
    }
    if (call->name_count > 0) {
        return hd_pyerror_set(console->error, "TypeError",
                              "dict() takes a dict, pairs or keywords: both at once are not "
                              "part of the language");
    }
    return dict_of(console, call);
}

static bool run_range(struct hd_console *console, struct hd_call *call)
{
    int64_t parts[3] = {0, 0, 1};

    for (int i = 0; i < call->count; i++) {
        if (!hd_integer_argument(console, call, i, &parts[i])) {
            return false;
        }
    }
    if (call->count == 1) {
        parts[1] = parts[0];
        parts[0] = 0;
    }
    if (parts[2] == 0) {
        return hd_pyerror_set(console->error, "ValueError", "range() arg 3 must not be zero");
    }
    call->result = hd_value_range(parts[0], parts[1], parts[2]);
    return true;
}

static bool cannot_create(struct hd_console *console, struct hd_call *call)
{
    return hd_pyerror_set(console->error, "TypeError",
                          "making objects with %s() is not part of the language",
                          call->function);
}

static const char *const any_keywords[] = {"**", NULL};

#define TYPE(text, kind_, run_, least_, most_)                                                 \
    {                                                                                          \
        .kind = HD_NATIVE_TYPE, .name = (text), .qualified = (text), .of = (kind_),            \
        .run = (run_), .least = (least_), .most = (most_)                                      \
    }

static const struct hd_native types[] = {
    TYPE("bool", HEAPD_KIND_BOOL, run_bool, 0, 1),
    TYPE("bytes", HEAPD_KIND_BYTES, cannot_create, 0, -1),
    {.kind = HD_NATIVE_TYPE,
     .name = "dict",
     .qualified = "dict",
     .of = HEAPD_KIND_DICT,
     .run = run_dict,
     .most = 1,
     .keywords = any_keywords},
    TYPE("float", HEAPD_KIND_FLOAT, hd_to_float, 0, 1),
    TYPE("frozenset", HEAPD_KIND_FROZENSET, run_frozenset, 0, 1),
    TYPE("int", HEAPD_KIND_INT, hd_to_int, 0, 1),
    TYPE("list", HEAPD_KIND_LIST, run_list, 0, 1),
    TYPE("object", HEAPD_KIND_UNSPECIFIED, cannot_create, 0, -1),
    TYPE("range", HEAPD_KIND_UNSPECIFIED, run_range, 1, 3),
    TYPE("set", HEAPD_KIND_SET, run_set, 0, 1),
    TYPE("str", HEAPD_KIND_STR, run_str, 0, 1),
    TYPE("tuple", HEAPD_KIND_TUPLE, run_tuple, 0, 1),
    TYPE("type", HEAPD_KIND_UNSPECIFIED, run_type, 1, 1),
};

/* Types without a name of their own at the prompt. */
static const struct hd_native nameless_types[] = {
    TYPE("NoneType", HEAPD_KIND_NONE, cannot_create, 0, -1),
    TYPE("function", HEAPD_KIND_UNSPECIFIED, cannot_create, 0, -1),
    TYPE("builtin_function_or_method", HEAPD_KIND_UNSPECIFIED, cannot_create, 0, -1),
    TYPE("module", HEAPD_KIND_UNSPECIFIED, cannot_create, 0, -1),
};

static const struct hd_native *find_in(const struct hd_native *natives, size_t count,
                                       const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(natives[i].name, name) == 0) {
            return &natives[i];
        }
    }
    return NULL;
}

#define FIND_IN(table, name) find_in((table), sizeof(table) / sizeof((table)[0]), (name))

const struct hd_native *hd_builtin_find(const char *name)
{
    const struct hd_native *found = FIND_IN(builtin_functions, name);

    return found != NULL ? found : FIND_IN(types, name);
}

const struct hd_native *hd_type_named(const char *name)
{
    const struct hd_native *found = FIND_IN(types, name);

    if (strcmp(name, hd_weakref_type.qualified) == 0) {
        return &hd_weakref_type;
    }
    return found != NULL ? found : FIND_IN(nameless_types, name);
}

const struct hd_native *hd_module_find(const char *name)
{
    static const struct hd_native *const modules[] = {&hd_module_gc, &hd_module_sys,
                                                      &hd_module_weakref};

    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        if (strcmp(modules[i]->name, name) == 0) {
            return modules[i];
        }
    }
    return NULL;
}

const struct hd_member *hd_module_member(const struct hd_native *module, const char *name)
{
    for (const struct hd_member *member = module->members; member->name != NULL; member++) {
        if (strcmp(member->name, name) == 0) {
            return member;
        }
    }
    return NULL;
}
