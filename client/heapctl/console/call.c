/* SPDX-License-Identifier: MIT */
/* call.c: calls of functions, builtins, classes and methods; returns. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "methods.h"

struct hd_value *hd_argument(struct hd_console *console, const struct hd_call *call, int number)
{
    return &console->stack[call->first + (size_t)number];
}

struct hd_value *hd_argument_named(struct hd_console *console, const struct hd_call *call,
                                   int number, const char *name)
{
    if (number >= 0 && number < call->count) {
        return hd_argument(console, call, number);
    }
    for (int i = 0; i < call->name_count; i++) {
        if (strcmp(call->names[i], name) == 0) {
            return hd_argument(console, call, call->count + i);
        }
    }
    return NULL;
}

static struct hd_value method_value(const struct hd_method *method)
{
    struct hd_value value = hd_value_nothing();

    value.type = HD_VALUE_METHOD;
    value.as.method = method;
    return value;
}

bool hd_load_method(struct hd_console *console, const char *name, bool plain)
{
    const struct hd_method *method = hd_method_find(name);
    struct hd_value object;

    if (!hd_link_resolve(console, hd_top(console, 1))) {
        return false;
    }
    if (hd_is_view(hd_top(console, 1)) && !hd_view_method(console, name)) {
        return false;
    }
    if (method == NULL || hd_top(console, 1)->type != HD_VALUE_OBJECT) {
        return hd_load_attribute(console, name, false);
    }
    if (hd_top(console, 1)->kind == HEAPD_KIND_UNSPECIFIED && !plain && !hd_learn(console, 1)) {
        return false;
    }
    object = *hd_top(console, 1);
    if (object.kind != HEAPD_KIND_UNSPECIFIED && !hd_method_applies(method, object.kind)) {
        return hd_load_attribute(console, name, false);
    }
    console->stack_count--;
    hd_push(console, method_value(method));
    hd_push(console, object);
    return true;
}

/* ------------------------------------------------------------ functions of the transcript */

static bool wrong_count(struct hd_console *console, const struct hd_code *code, size_t given)
{
    size_t least = code->parameter_count - code->default_count;
    size_t most = code->parameter_count;

    if (least == most) {
        return hd_pyerror_set(console->error, "TypeError",
                              "%s() takes %zu positional argument%s but %zu %s given",
                              code->name, most, most == 1 ? "" : "s", given,
                              given == 1 ? "was" : "were");
    }
    return hd_pyerror_set(console->error, "TypeError",
                          "%s() takes from %zu to %zu positional arguments but %zu %s given",
                          code->name, least, most, given, given == 1 ? "was" : "were");
}

static bool missing(struct hd_console *console, const struct hd_code *code,
                    const struct hd_value *locals, size_t count)
{
    struct hd_text names;
    size_t seen = 0;

    hd_text_init(&names);
    for (size_t i = 0; i < code->parameter_count; i++) {
        if (locals[i].type != HD_VALUE_NOTHING) {
            continue;
        }
        seen++;
        hd_text_printf(&names, "%s'%s'",
                       seen == 1      ? ""
                       : seen < count ? ", "
                       : count > 2    ? ", and "
                                      : " and ",
                       code->locals[i]);
    }
    (void)hd_pyerror_set(console->error, "TypeError",
                         "%s() missing %zu required positional argument%s: %s", code->name,
                         count, count == 1 ? "" : "s", hd_text_data(&names));
    hd_text_fini(&names);
    return false;
}

static bool place_keywords(struct hd_console *console, const struct hd_code *code,
                           const struct hd_call *call, struct hd_value *locals)
{
    for (int i = 0; i < call->name_count; i++) {
        size_t at = 0;

        while (at < code->parameter_count && strcmp(code->locals[at], call->names[i]) != 0) {
            at++;
        }
        if (at == code->parameter_count) {
            return hd_pyerror_set(console->error, "TypeError",
                                  "%s() got an unexpected keyword argument '%s'", code->name,
                                  call->names[i]);
        }
        if (locals[at].type != HD_VALUE_NOTHING) {
            return hd_pyerror_set(console->error, "TypeError",
                                  "%s() got multiple values for argument '%s'", code->name,
                                  call->names[i]);
        }
        locals[at] = *hd_argument(console, call, call->count + i);
    }
    return true;
}

/* Arguments where the parameters want them. */
static bool place_arguments(struct hd_console *console, const struct hd_native *function,
                            const struct hd_call *call, struct hd_value *locals)
{
    const struct hd_code *code = function->code;
    size_t given = (size_t)call->count;
    size_t absent = 0;
    size_t first_default = code->parameter_count - code->default_count;

    for (size_t i = 0; i < given && i < code->parameter_count; i++) {
        locals[i] = *hd_argument(console, call, (int)i);
    }
    if (!place_keywords(console, code, call, locals)) {
        return false;
    }
    if (given > code->parameter_count) {
        return wrong_count(console, code, given);
    }
    for (size_t i = 0; i < code->parameter_count; i++) {
        if (locals[i].type == HD_VALUE_NOTHING && i >= first_default) {
            locals[i] = function->defaults[i - first_default];
        }
        absent += locals[i].type == HD_VALUE_NOTHING;
    }
    return absent == 0 || missing(console, code, locals, absent);
}

static void push_frame(struct hd_console *console, struct hd_native *function,
                       struct hd_value *locals)
{
    if (console->frame_count == console->frame_capacity) {
        console->frame_capacity = console->frame_capacity * 2 + 8;
        console->frames = hd_must_realloc(console->frames,
                                          console->frame_capacity * sizeof(console->frames[0]));
    }
    console->frames[console->frame_count++] =
        (struct hd_frame){function->code, 0, console->stack_count, locals, function};
    hd_native_retain(function);
}

/* Tells the daemon of the call, with every local in its place. */
static void enter(struct hd_console *console, const struct hd_code *code,
                  const struct hd_value *locals)
{
    struct heapd_argument *arguments =
        hd_must_alloc((code->local_count + 1) * sizeof(arguments[0]));

    for (size_t i = 0; i < code->local_count; i++) {
        arguments[i].name = code->locals[i];
        arguments[i].value =
            locals[i].type == HD_VALUE_OBJECT ? hd_link_ref(&locals[i]) : heapd_nothing();
    }
    (void)heapd_batch_call(hd_link_change(console, NULL), code->name, arguments,
                           code->local_count);
    console->depth++;
    free(arguments);
}

static bool make_arguments(struct hd_console *console, const struct hd_call *call)
{
    int total = call->count + call->name_count;

    for (int i = 0; i < total; i++) {
        struct hd_value *value = hd_argument(console, call, i);

        if ((value->type == HD_VALUE_OBJECT || value->type == HD_VALUE_PENDING) &&
            !hd_link_make(console, value)) {
            return false;
        }
    }
    return true;
}

static bool call_function(struct hd_console *console, struct hd_native *function,
                          struct hd_call *call)
{
    const struct hd_code *code = function->code;
    size_t total = (size_t)(call->count + call->name_count);
    struct hd_value *locals;
    struct hd_value *arguments;

    if (console->frame_count >= HD_FRAMES_MAX) {
        return hd_pyerror_set(console->error, "RecursionError",
                              "maximum recursion depth exceeded");
    }
    if (!make_arguments(console, call)) {
        return false;
    }
    locals = hd_must_alloc((code->local_count + 1) * sizeof(locals[0]));
    memset(locals, 0, (code->local_count + 1) * sizeof(locals[0]));
    if (!place_arguments(console, function, call, locals)) {
        free(locals);
        return false;
    }
    /* the caller's other values are held by the caller's frame; the arguments go over */
    arguments = hd_zone_alloc(hd_zone_of(console), (total + 1) * sizeof(arguments[0]));
    memcpy(arguments, hd_argument(console, call, 0), total * sizeof(arguments[0]));
    console->stack_count = call->first;
    hd_drop(console, 1); /* the function */
    if (console->frame_count == 1) {
        hd_link_open_frame(console);
    }
    hd_link_keep(console);
    enter(console, code, locals);
    hd_link_drop_many(console, arguments, total);
    for (size_t i = 0; i < code->local_count; i++) {
        locals[i].held = false;
        locals[i].fresh = false;
    }
    push_frame(console, function, locals);
    return true;
}

bool hd_return(struct hd_console *console)
{
    struct hd_frame *frame = &console->frames[console->frame_count - 1];
    struct hd_value value = *hd_top(console, 1);
    struct hd_native *function = frame->function;
    uint32_t operation;

    if (value.type == HD_VALUE_PENDING || value.type == HD_VALUE_OBJECT) {
        if (!hd_link_make(console, hd_top(console, 1))) {
            return false;
        }
        value = *hd_top(console, 1);
    }
    console->stack_count--; /* its hold goes with the frame */
    if (value.type == HD_VALUE_OBJECT && !hd_value_is_immortal(&value)) {
        operation = heapd_batch_return(hd_link_change(console, NULL), hd_link_ref(&value));
        value.where = HD_WHERE_RESULT;
        value.result = operation;
        value.held = true;
    } else {
        (void)heapd_batch_return(hd_link_change(console, NULL), heapd_nothing());
        value.held = false;
    }
    value.fresh = false;
    console->depth--;
    frame = &console->frames[--console->frame_count];
    free(frame->locals);
    hd_push(console, value);
    hd_native_release(console, function);
    return true;
}

/* ------------------------------------------------------------ builtins */

static const char *plural(int count)
{
    return count == 1 ? "" : "s";
}

bool hd_wrong_count(struct hd_console *console, const struct hd_native *native, int given)
{
    const char *qualified = native->qualified != NULL ? native->qualified : native->name;
    int least = native->least;
    int most = native->most;

    if (least == 1 && most == 1) {
        return hd_pyerror_set(console->error, "TypeError",
                              "%s() takes exactly one argument (%d given)", qualified, given);
    }
    if (most == 0) {
        return hd_pyerror_set(console->error, "TypeError", "%s() takes no arguments (%d given)",
                              qualified, given);
    }
    if (native->keywords != NULL && strcmp(native->keywords[0], "**") != 0) {
        return hd_pyerror_set(console->error, "TypeError",
                              "%s() takes at most %d argument%s (%d given)", native->name, most,
                              plural(most), given);
    }
    if (least == most) {
        return hd_pyerror_set(console->error, "TypeError", "%s expected %d argument%s, got %d",
                              native->name, most, plural(most), given);
    }
    return hd_pyerror_set(console->error, "TypeError",
                          "%s expected at %s %d argument%s, got %d", native->name,
                          given < least ? "least" : "most", given < least ? least : most,
                          plural(given < least ? least : most), given);
}

static bool check_keywords(struct hd_console *console, const struct hd_native *native,
                           const struct hd_call *call)
{
    for (int i = 0; i < call->name_count; i++) {
        const char *const *known = native->keywords;

        if (known == NULL) {
            return hd_pyerror_set(console->error, "TypeError",
                                  "%s() takes no keyword arguments",
                                  native->qualified != NULL ? native->qualified : native->name);
        }
        while (*known != NULL && strcmp(*known, call->names[i]) != 0 &&
               strcmp(*known, "**") != 0) {
            known++;
        }
        if (*known == NULL) {
            return hd_pyerror_set(console->error, "TypeError",
                                  "'%s' is an invalid keyword argument for %s()",
                                  call->names[i], native->name);
        }
    }
    return true;
}

static bool call_builtin(struct hd_console *console, const struct hd_native *native,
                         struct hd_call *call)
{
    int given = call->count;

    if (!check_keywords(console, native, call)) {
        return false;
    }
    if (given < native->least || (native->most >= 0 && given > native->most)) {
        return hd_wrong_count(console, native, given);
    }
    call->function = native->name;
    if (!native->run(console, call)) {
        return false;
    }
    hd_drop(console, console->stack_count - call->first + 1);
    hd_push(console, call->result);
    return true;
}

static bool call_class(struct hd_console *console, const struct hd_native *class,
                       struct hd_call *call)
{
    struct hd_value value;

    if (call->count + call->name_count > 0) {
        return hd_pyerror_set(console->error, "TypeError", "%s() takes no arguments",
                              class->name);
    }
    value = hd_value_result(heapd_batch_create(hd_link_add(console, NULL),
                                               heapd_new_instance(class->name, NULL, NULL, 0),
                                               heapd_keep_batch()),
                            HEAPD_KIND_INSTANCE);
    value.data = hd_zone_printf(hd_zone_of(console), "%s", class->name);
    value.fresh = true;
    hd_drop(console, 1);
    hd_push(console, value);
    return class->finalizer == NULL || hd_told_set_finalizer(console, class);
}

/* An object of the heap is called: a weak reference, or what cannot be. */
static bool call_object(struct hd_console *console, struct hd_call *call)
{
    struct hd_value callee = *hd_argument(console, call, -1);

    hd_push(console, callee);
    hd_top(console, 1)->held = true; /* by the one below */
    if (!hd_learn(console, 1)) {
        return false;
    }
    if (hd_top(console, 1)->type == HD_VALUE_OBJECT &&
        hd_top(console, 1)->kind == HEAPD_KIND_WEAKREF) {
        console->stack_count--;
        return hd_weakref_call(console, call);
    }
    return hd_pyerror_set(console->error, "TypeError", "'%s' object is not callable",
                          hd_type_name(hd_top(console, 1)));
}

static bool call_method(struct hd_console *console, const struct hd_method *method,
                        struct hd_call *call)
{
    if (!hd_method_call(console, method, call)) {
        return false;
    }
    hd_drop(console, console->stack_count - call->first + 2);
    hd_push(console, call->result);
    return true;
}

bool hd_call(struct hd_console *console, const struct hd_instruction *instruction)
{
    size_t total = (size_t)instruction->argument + instruction->extra;
    struct hd_call call = {
        .first = console->stack_count - total,
        .count = (int)instruction->argument,
        .names = instruction->as.names,
        .name_count = (int)instruction->extra,
        .result = hd_value_none(),
    };
    const struct hd_value *callee = hd_argument(console, &call, -1);
    const struct hd_native *native = callee->as.native;

    if (call.first >= 2 && hd_argument(console, &call, -2)->type == HD_VALUE_METHOD) {
        return call_method(console, hd_argument(console, &call, -2)->as.method, &call);
    }
    if (callee->type != HD_VALUE_NATIVE || native->kind == HD_NATIVE_MODULE) {
        return call_object(console, &call);
    }
    if (native->kind == HD_NATIVE_FUNCTION) {
        return call_function(console, (struct hd_native *)(uintptr_t)native, &call);
    }
    return native->kind == HD_NATIVE_CLASS ? call_class(console, native, &call)
                                           : call_builtin(console, native, &call);
}

/* ------------------------------------------------------------ making functions and classes */

struct hd_native *hd_native_new(enum hd_native_kind kind, const char *name)
{
    struct hd_native *native = hd_must_alloc(sizeof(*native));

    memset(native, 0, sizeof(*native));
    native->kind = kind;
    native->name = hd_must_copy(name, strlen(name));
    return native;
}

/* One more reference for as long as the function exists: a name that nobody types. */
static void hide(struct hd_console *console, struct hd_native *function,
                 const struct hd_value *value)
{
    char *name;

    if (value->type != HD_VALUE_OBJECT || value->where == HD_WHERE_NOWHERE ||
        hd_value_is_immortal(value)) {
        return;
    }
    name = hd_zone_printf(hd_zone_of(console), "%s#%u.%u", function->name, function->serial,
                          function->hidden_count++);
    (void)heapd_batch_bind(hd_link_change(console, NULL), name, hd_link_ref(value),
                           HEAPD_SCOPE_MODULE, NULL);
}

bool hd_make_function(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_code *code = instruction->as.code;
    size_t defaults = instruction->argument;
    struct hd_native *function = hd_native_new(HD_NATIVE_FUNCTION, instruction->name);

    function->code = code;
    function->serial = ++console->serial;
    hd_unit_retain(code->unit);
    for (size_t i = 0; i < code->constant_count; i++) {
        hide(console, function, &code->unit->constants[code->constants[i]].value);
    }
    for (size_t n = defaults; n > 0; n--) {
        struct hd_value *value = hd_top(console, n);

        if (value->type == HD_VALUE_OBJECT && hd_link_make(console, value)) {
            hide(console, function, value);
        }
    }
    hd_push(console, hd_value_native(function));
    if (!hd_link_sync(console)) {
        hd_unit_release(code->unit);
        free((char *)(uintptr_t)function->name);
        free(function);
        return false;
    }
    function->defaults = hd_must_alloc((defaults + 1) * sizeof(function->defaults[0]));
    for (size_t i = 0; i < defaults; i++) {
        function->defaults[i] = *hd_top(console, defaults + 1 - i);
        function->defaults[i].held = false;
        function->defaults[i].unit = NULL;
    }
    console->stack_count--;
    hd_drop(console, defaults);
    hd_push(console, hd_value_native(function));
    return true;
}

bool hd_make_class(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_native *class;

    if (instruction->argument != 0 && !hd_told_begin(console)) {
        return false;
    }
    class = hd_native_new(HD_NATIVE_CLASS, instruction->name);
    if (instruction->argument != 0) {
        class->finalizer = (struct hd_native *)(uintptr_t)hd_top(console, 1)->as.native;
        hd_native_retain(class->finalizer);
        hd_drop(console, 1);
    }
    hd_push(console, hd_value_native(class));
    return true;
}

bool hd_import(struct hd_console *console, const char *name)
{
    const struct hd_native *module = hd_module_find(name);

    if (module == NULL) {
        return hd_pyerror_set(console->error, "ModuleNotFoundError", "No module named '%s'",
                              name);
    }
    hd_push(console, hd_value_native(module));
    return true;
}

bool hd_import_from(struct hd_console *console, const char *name)
{
    const struct hd_native *module = hd_top(console, 1)->as.native;

    if (hd_module_member(module, name) == NULL) {
        return hd_pyerror_set(console->error, "ImportError",
                              "cannot import name '%s' from '%s' (unknown location)", name,
                              module->name);
    }
    return hd_load_attribute(console, name, false);
}
