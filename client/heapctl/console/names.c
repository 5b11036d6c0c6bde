/* SPDX-License-Identifier: MIT */
/* names.c: the names of the module scope: which of them are the console's own
 * (functions, classes, modules), and the value displayed last. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* ------------------------------------------------------------ the table */

static size_t hash_of(const char *name)
{
    size_t hash = 1469598103934665603u;

    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    }
    return hash ^ hash >> 32;
}

static struct hd_binding *place_of(const struct hd_console *console, const char *name)
{
    size_t mask = console->binding_capacity - 1;
    size_t at = hash_of(name) & mask;

    while (console->bindings[at].name != NULL &&
           strcmp(console->bindings[at].name, name) != 0) {
        at = (at + 1) & mask;
    }
    return &console->bindings[at];
}

static void grow(struct hd_console *console)
{
    struct hd_binding *old = console->bindings;
    size_t count = console->binding_capacity;

    console->binding_capacity = count == 0 ? 64 : count * 2;
    console->bindings = hd_must_alloc(console->binding_capacity * sizeof(old[0]));
    memset(console->bindings, 0, console->binding_capacity * sizeof(old[0]));
    for (size_t i = 0; i < count; i++) {
        if (old[i].name != NULL) {
            *place_of(console, old[i].name) = old[i];
        }
    }
    free(old);
}

static struct hd_binding *binding_of(struct hd_console *console, const char *name)
{
    struct hd_binding *binding = place_of(console, name);

    if (binding->name != NULL) {
        return binding;
    }
    if ((console->binding_count + 1) * 2 > console->binding_capacity) {
        grow(console);
        binding = place_of(console, name);
    }
    binding->name = hd_must_copy(name, strlen(name));
    binding->maybe = false;
    binding->native = hd_value_nothing();
    console->binding_count++;
    return binding;
}

void hd_names_init(struct hd_console *console)
{
    console->bindings = NULL;
    console->binding_count = console->binding_capacity = 0;
    grow(console);
}

static void free_native(struct hd_native *native)
{
    if (native->code != NULL) {
        hd_unit_release(native->code->unit);
    }
    if (native->finalizer != NULL) {
        hd_native_release(NULL, native->finalizer);
    }
    free(native->defaults);
    free((char *)(uintptr_t)native->name);
    free(native);
}

void hd_names_fini(struct hd_console *console)
{
    for (size_t i = 0; i < console->binding_capacity; i++) {
        struct hd_binding *binding = &console->bindings[i];

        if (binding->native.type == HD_VALUE_NATIVE) {
            hd_native_release(NULL, binding->native.as.native);
        }
        free(binding->name);
    }
    free(console->bindings);
}

/* ------------------------------------------------------------ functions and classes */

static bool is_counted(const struct hd_native *native)
{
    return native->kind == HD_NATIVE_FUNCTION || native->kind == HD_NATIVE_CLASS;
}

void hd_native_retain(const struct hd_native *native)
{
    if (is_counted(native)) {
        ((struct hd_native *)(uintptr_t)native)->references++;
    }
}

void hd_native_doom(struct hd_console *console, struct hd_native *native)
{
    console->dead =
        hd_must_realloc(console->dead, (console->dead_count + 1) * sizeof(console->dead[0]));
    console->dead[console->dead_count++] = native;
}

/* The daemon gives up its constants now; the memory lasts until the statement ends. */
static void bury(struct hd_console *console, struct hd_native *native)
{
    for (uint32_t i = 0; i < native->hidden_count; i++) {
        char *name =
            hd_zone_printf(hd_zone_of(console), "%s#%u.%u", native->name, native->serial, i);

        (void)heapd_batch_delete(hd_link_change(console, NULL), name, HEAPD_SCOPE_MODULE, NULL);
    }
    if (native->finalizer != NULL) {
        hd_native_release(console, native->finalizer);
        native->finalizer = NULL;
    }
    hd_native_doom(console, native);
    console->wait_at_end = true;
}

void hd_native_release(struct hd_console *console, const struct hd_native *native)
{
    struct hd_native *counted = (struct hd_native *)(uintptr_t)native;

    if (!is_counted(native) || --counted->references > 0) {
        return;
    }
    if (console == NULL) {
        free_native(counted);
    } else {
        bury(console, counted);
    }
}

void hd_names_free_dead(struct hd_console *console)
{
    for (size_t i = 0; i < console->dead_count; i++) {
        if (console->dead[i]->references <= 0) {
            free_native(console->dead[i]);
        }
    }
    free(console->dead);
    console->dead = NULL;
    console->dead_count = 0;
}

/* ------------------------------------------------------------ load, store, delete */

/* Whether the session's module scope has it now; asks. */
static bool is_bound(struct hd_console *console, struct hd_binding *binding, bool *ret_bound)
{
    struct heapd_error refusal;

    if (binding->maybe) {
        if (!hd_link_sync(console)) {
            return false;
        }
        binding->maybe = heapd_lookup(console->client, binding->name, HEAPD_SCOPE_MODULE, 0,
                                      NULL, &refusal) == HEAPD_OK;
    }
    *ret_bound = binding->maybe;
    return true;
}

/* Of a view what is to be seen of it now. */
static bool push_native(struct hd_console *console, struct hd_value value, bool to_change)
{
    if (hd_is_view(&value)) {
        return value.as.native->load(console, to_change);
    }
    hd_push(console, value);
    return true;
}

/* The list on top becomes the view it was made of. */
static void look_back(struct hd_console *console)
{
    struct hd_value view = hd_value_native(hd_top(console, 1)->view);

    hd_drop(console, 1);
    hd_push(console, view);
}

static bool load_last(struct hd_console *console, bool to_change)
{
    struct hd_last *last = &console->last;
    uint32_t operation;

    while (last->state == HD_LAST_LAZY && last->value.type == HD_VALUE_PENDING) {
        if (!hd_link_await(console, last->value.as.pending)) {
            return false;
        }
    }
    if (last->state == HD_LAST_NOTHING) {
        return hd_pyerror_set(console->error, "NameError", "name '_' is not defined");
    }
    if (last->state == HD_LAST_LAZY && last->value.type == HD_VALUE_OBJECT &&
        !hd_value_is_immortal(&last->value)) {
        /* a number the daemon told: now it is to be an object */
        if (!hd_link_make(console, &last->value)) {
            return false;
        }
        (void)heapd_batch_bind(hd_link_change(console, NULL), HD_LAST_NAME,
                               hd_link_ref(&last->value), HEAPD_SCOPE_MODULE, NULL);
        last->state = HD_LAST_BOUND;
    }
    if (last->state == HD_LAST_LAZY) {
        return push_native(console, last->value, to_change);
    }
    operation =
        heapd_batch_lookup(hd_link_add(console, "_"), HD_LAST_NAME, HEAPD_SCOPE_MODULE, 0);
    hd_push(console, hd_value_result(operation, HEAPD_KIND_UNSPECIFIED));
    return true;
}

static void note_method(struct hd_console *console, struct hd_note *note)
{
    const struct hd_value *object = hd_method_in_doubt(console);

    if (object != NULL) {
        note->method = object[-1].as.method;
        note->where = object->where;
        note->result = object->result;
        note->id = object->id;
    }
}

static void look_up(struct hd_console *console, const char *name)
{
    struct heapd_batch *batch = hd_link_add(console, name);

    note_method(console, &console->open->notes[heapd_batch_count(batch)]);
    hd_push(console, hd_value_result(heapd_batch_lookup(batch, name, HEAPD_SCOPE_ANY, 0),
                                     HEAPD_KIND_UNSPECIFIED));
}

bool hd_name_load(struct hd_console *console, const char *name, bool to_change)
{
    struct hd_binding *binding = place_of(console, name);
    const struct hd_native *builtin;
    bool last = strcmp(name, "_") == 0;
    bool bound = false;

    if (binding->name != NULL && binding->native.type != HD_VALUE_NOTHING) {
        return push_native(console, binding->native, to_change);
    }
    builtin = hd_builtin_find(name);
    if (builtin != NULL || last) {
        if (binding->name != NULL && !is_bound(console, binding, &bound)) {
            return false;
        }
        if (!bound && last) {
            return load_last(console, to_change);
        }
        if (!bound) {
            hd_push(console, hd_value_native(builtin));
            return true;
        }
    }
    look_up(console, name);
    return true;
}

/* What is done here must not be done in vain: first see that all went well. */
static bool unbind_native(struct hd_console *console, struct hd_binding *binding)
{
    struct hd_value native = binding->native;

    if (native.type == HD_VALUE_NOTHING) {
        return true;
    }
    if (!hd_link_sync(console)) {
        return false;
    }
    binding->native = hd_value_nothing();
    if (native.type == HD_VALUE_NATIVE) {
        hd_native_release(console, native.as.native);
    }
    return true;
}

static bool store_native(struct hd_console *console, struct hd_binding *binding)
{
    struct hd_value value = *hd_top(console, 1);
    bool bound;

    if (!hd_link_sync(console) || !is_bound(console, binding, &bound)) {
        return false;
    }
    if (value.type == HD_VALUE_NATIVE) {
        hd_native_retain(value.as.native);
    }
    if (bound) {
        (void)heapd_batch_delete(hd_link_change(console, NULL), binding->name,
                                 HEAPD_SCOPE_MODULE, NULL);
        binding->maybe = false;
    }
    if (!unbind_native(console, binding)) {
        return false;
    }
    binding->native = value;
    hd_drop(console, 1);
    return true;
}

bool hd_name_store(struct hd_console *console, const char *name)
{
    struct hd_binding *binding = binding_of(console, name);
    struct hd_value *value;

    if (hd_top(console, 1)->view != NULL) {
        look_back(console);
    }
    value = hd_top(console, 1);
    if (value->type == HD_VALUE_NATIVE || value->type == HD_VALUE_RANGE) {
        return store_native(console, binding);
    }
    if (!hd_link_make(console, value)) {
        return false;
    }
    binding->maybe = true;
    (void)heapd_batch_bind(hd_link_change(console, NULL), binding->name, hd_link_ref(value),
                           HEAPD_SCOPE_MODULE, NULL);
    hd_drop(console, 1);
    return unbind_native(console, binding);
}

bool hd_name_delete(struct hd_console *console, const char *name)
{
    struct hd_binding *binding = binding_of(console, name);

    if (binding->native.type != HD_VALUE_NOTHING) {
        return unbind_native(console, binding);
    }
    (void)heapd_batch_delete(hd_link_change(console, name), name, HEAPD_SCOPE_MODULE, NULL);
    return true;
}

/* ------------------------------------------------------------ the prompt's `_` */

/* Gives up what `_` was without telling the daemon. */
static struct hd_last take_last(struct hd_console *console)
{
    struct hd_last last = console->last;

    console->last.state = HD_LAST_NOTHING;
    return last;
}

static void forget(struct hd_console *console, struct hd_last last)
{
    if (last.state == HD_LAST_LAZY && last.value.type == HD_VALUE_PENDING) {
        hd_pending_release(last.value.as.pending);
    } else if (last.state == HD_LAST_LAZY && last.value.type == HD_VALUE_NATIVE) {
        hd_native_release(console, last.value.as.native);
    }
}

void hd_names_forget_last(struct hd_console *console)
{
    struct hd_last last = take_last(console);

    if (last.state == HD_LAST_LAZY && last.value.type == HD_VALUE_NATIVE) {
        hd_native_release(NULL, last.value.as.native);
    } else {
        forget(console, last);
    }
}

/* The hidden name lets go of what it held. */
static void bind_none(struct hd_console *console)
{
    (void)heapd_batch_bind(hd_link_add_safe(console), HD_LAST_NAME, heapd_id(console->none_id),
                           HEAPD_SCOPE_MODULE, NULL);
    console->open->unsettled = true;
}

static void add_piece(struct hd_statement *statement, struct hd_pending *pending)
{
    if (statement->piece_count == statement->piece_capacity) {
        statement->piece_capacity = statement->piece_capacity * 2 + 4;
        statement->pieces = hd_must_realloc(
            statement->pieces, statement->piece_capacity * sizeof(statement->pieces[0]));
    }
    statement->pieces[statement->piece_count++] =
        (struct hd_piece){statement->out.size, pending};
}

/* What the daemon has yet to tell is written when it does. */
static void display_pending(struct hd_console *console, struct hd_pending *pending)
{
    struct hd_last previous = take_last(console);

    if (previous.state == HD_LAST_LAZY && previous.value.type == HD_VALUE_NATIVE) {
        forget(console, previous);
        previous.state = HD_LAST_NOTHING;
    }
    bind_none(console);
    hd_pending_retain(pending);
    pending->previous = previous;
    console->last.state = HD_LAST_LAZY;
    console->last.value = *hd_top(console, 1);
    add_piece(console->statement, pending);
}

/* What has no object that could be bound, or needs none. */
static void display_lazily(struct hd_console *console)
{
    struct hd_value value = *hd_top(console, 1);
    struct hd_last previous = take_last(console);

    if (value.type == HD_VALUE_NATIVE) {
        hd_native_retain(value.as.native);
    }
    bind_none(console);
    console->last.state = HD_LAST_LAZY;
    console->last.value = value;
    console->last.value.held = false;
    forget(console, previous);
}

static bool display_object(struct hd_console *console)
{
    struct hd_last previous;

    if (!hd_link_make(console, hd_top(console, 1))) {
        return false;
    }
    previous = take_last(console);
    (void)heapd_batch_bind(hd_link_change(console, NULL), HD_LAST_NAME,
                           hd_link_ref(hd_top(console, 1)), HEAPD_SCOPE_MODULE, NULL);
    console->last.state = HD_LAST_BOUND;
    forget(console, previous);
    return true;
}

static bool is_lazy(const struct hd_value *value)
{
    return value->type != HD_VALUE_OBJECT ||
           (value->known && hd_value_is_immortal(value) && value->kind != HEAPD_KIND_STR &&
            value->kind != HEAPD_KIND_BYTES);
}

/* Whether the failure is the showing's own: the daemon refused nothing before. */
static bool all_was_well(const struct hd_console *console)
{
    return console->open == NULL && console->landed != NULL &&
           heapd_batch_status(console->landed->batch, NULL, NULL) == HEAPD_OK;
}

/* As Python's displayhook does: what was remembered goes before anything is shown, and says so
 * if it has a finalizer. */
static bool let_go(struct hd_console *console)
{
    if (console->queue[0] == '\0') {
        return true;
    }
    if (!hd_learn(console, 1) || !hd_link_sync(console)) {
        return false; /* a refusal comes before */
    }
    if (hd_value_is_none(hd_top(console, 1)) || console->last.state == HD_LAST_NOTHING) {
        return true;
    }
    forget(console, take_last(console));
    bind_none(console);
    console->last.state = HD_LAST_BOUND;
    return hd_told_settle(console);
}

bool hd_last_display(struct hd_console *console)
{
    struct hd_text *out = &console->statement->out;
    struct hd_value *value;
    size_t written;

    if (!let_go(console)) {
        return false;
    }
    value = hd_top(console, 1);
    written = out->size;
    if (value->type == HD_VALUE_PENDING && value->as.pending->flight != NULL) {
        display_pending(console, value->as.pending);
        hd_drop(console, 1);
        return true;
    }
    /* nothing is shown, nor remembered, that a refusal could make untrue */
    if (console->open != NULL && console->open->fallible && value->known &&
        !hd_link_sync(console)) {
        return false;
    }
    if (!hd_value_is_none(value) && !hd_repr(console, 1, false, out)) {
        if (all_was_well(console)) {
            bind_none(console); /* as Python's displayhook does before it asks for the repr */
        }
        return false;
    }
    if (hd_value_is_none(hd_top(console, 1))) {
        hd_text_cut(out, written);
        hd_drop(console, 1);
        return true;
    }
    hd_text_add_char(out, '\n');
    if (hd_top(console, 1)->view != NULL) {
        look_back(console);
    }
    if (is_lazy(hd_top(console, 1))) {
        display_lazily(console);
    } else if (!display_object(console)) {
        return false;
    }
    hd_drop(console, 1);
    return true;
}
