/* SPDX-License-Identifier: MIT */
/* machine.c: the loop over instructions. */
#include "machine.h"

#include <stdlib.h>

#include "constant.h"

void hd_push(struct hd_console *console, struct hd_value value)
{
    if (console->stack_count == console->stack_capacity) {
        console->stack_capacity = console->stack_capacity * 2 + 64;
        console->stack = hd_must_realloc(console->stack,
                                         console->stack_capacity * sizeof(console->stack[0]));
    }
    console->stack[console->stack_count++] = value;
}

void hd_push_twin(struct hd_console *console, const struct hd_value *value)
{
    struct hd_value twin = *value;

    twin.held = false;
    twin.fresh = false;
    hd_push(console, twin);
}

struct hd_value *hd_top(struct hd_console *console, size_t n)
{
    return &console->stack[console->stack_count - n];
}

void hd_drop(struct hd_console *console, size_t count)
{
    size_t first = console->stack_count - count;

    hd_link_drop_many(console, console->stack + first, count);
    console->stack_count = first;
}

struct hd_zone *hd_zone_of(struct hd_console *console)
{
    return &console->statement->unit->zone;
}

static struct hd_frame *top_frame(struct hd_console *console)
{
    return &console->frames[console->frame_count - 1];
}

/* ------------------------------------------------------------ instructions */

static bool load_const(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_unit *unit = top_frame(console)->code->unit;
    struct hd_value value = unit->constants[instruction->argument].value;

    value.held = false;
    value.fresh = false;
    value.unit = unit;
    value.constant = instruction->argument;
    hd_push(console, value);
    return true;
}

static bool load_name(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_name_load(console, instruction->name, instruction->argument != 0);
}

static bool store_name(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_name_store(console, instruction->name);
}

static bool delete_name(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_name_delete(console, instruction->name);
}

static bool unbound_local(struct hd_console *console, const char *name)
{
    return hd_pyerror_set(console->error, "UnboundLocalError",
                          "cannot access local variable '%s' where it is not associated with a "
                          "value",
                          name);
}

/* Python looks for a method before it looks at the arguments. */
static bool doubts_settled(struct hd_console *console)
{
    struct hd_value *object = hd_method_in_doubt(console);
    const struct hd_method *method;
    size_t n;

    if (object == NULL) {
        return true;
    }
    method = object[-1].as.method;
    n = (size_t)(console->stack + console->stack_count - object);
    if (!hd_learn(console, n)) {
        return false;
    }
    return hd_method_applies(method, hd_top(console, n)->kind) ||
           hd_pyerror_set(console->error, "AttributeError", "'%s' object has no attribute '%s'",
                          hd_type_name(hd_top(console, n)), hd_method_name(method));
}

static bool load_fast(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_value value = top_frame(console)->locals[instruction->argument];

    if (value.type == HD_VALUE_NOTHING) {
        return doubts_settled(console) && unbound_local(console, instruction->name);
    }
    hd_push(console, value);
    return true;
}

/* The daemon's frame lets go of a local it knows. */
static void forget_local(struct hd_console *console, const struct hd_value *local,
                         const char *name)
{
    if (local->type == HD_VALUE_OBJECT) {
        (void)heapd_batch_delete(hd_link_change(console, NULL), name, HEAPD_SCOPE_FRAME, NULL);
    } else if (local->type == HD_VALUE_NATIVE) {
        hd_native_release(console, local->as.native);
    }
}

static bool store_fast(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_value *value = hd_top(console, 1);
    struct hd_value *local;

    if (value->type != HD_VALUE_NATIVE && value->type != HD_VALUE_RANGE &&
        !hd_link_make(console, value)) {
        return false;
    }
    local = &top_frame(console)->locals[instruction->argument];
    if (value->type == HD_VALUE_OBJECT) {
        (void)heapd_batch_bind(hd_link_change(console, NULL), instruction->name,
                               hd_link_ref(value), HEAPD_SCOPE_FRAME, NULL);
        if (local->type == HD_VALUE_NATIVE) {
            hd_native_release(console, local->as.native);
        }
    } else {
        if (value->type == HD_VALUE_NATIVE) {
            hd_native_retain(value->as.native);
        }
        forget_local(console, local, instruction->name);
    }
    *local = *value;
    local->held = false;
    local->fresh = false;
    hd_drop(console, 1);
    return true;
}

static bool delete_fast(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_value *local = &top_frame(console)->locals[instruction->argument];

    if (local->type == HD_VALUE_NOTHING) {
        return unbound_local(console, instruction->name);
    }
    forget_local(console, local, instruction->name);
    *local = hd_value_nothing();
    return true;
}

static bool pop_top(struct hd_console *console, const struct hd_instruction *instruction)
{
    (void)instruction;
    hd_drop(console, 1);
    return true;
}

static bool print_expr(struct hd_console *console, const struct hd_instruction *instruction)
{
    (void)instruction;
    return hd_last_display(console);
}

/* A second value for the same object: it must be one by now. */
static bool copy(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_value *value = hd_top(console, instruction->argument);
    struct hd_value twin;

    if ((value->type == HD_VALUE_OBJECT || value->type == HD_VALUE_PENDING) &&
        !hd_link_make(console, value)) {
        return false;
    }
    twin = *hd_top(console, instruction->argument);
    twin.held = false;
    hd_push(console, twin);
    return true;
}

static bool swap(struct hd_console *console, const struct hd_instruction *instruction)
{
    struct hd_value *top = hd_top(console, 1);
    struct hd_value *other = hd_top(console, instruction->argument);
    struct hd_value value = *top;

    *top = *other;
    *other = value;
    return true;
}

static bool build(struct hd_console *console, const struct hd_instruction *instruction)
{
    static const enum heapd_kind kinds[] = {
        [HD_BUILD_TUPLE] = HEAPD_KIND_TUPLE,
        [HD_BUILD_LIST] = HEAPD_KIND_LIST,
        [HD_BUILD_SET] = HEAPD_KIND_SET,
        [HD_BUILD_MAP] = HEAPD_KIND_DICT,
    };

    return hd_build(console, kinds[instruction->opcode], instruction->argument);
}

static bool build_const_key_map(struct hd_console *console,
                                const struct hd_instruction *instruction)
{
    return hd_build_const_key_map(console, instruction->argument);
}

static bool extend(struct hd_console *console, const struct hd_instruction *instruction)
{
    (void)instruction;
    return hd_extend_display(console);
}

static bool unpack(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_unpack(console, instruction->argument);
}

static bool binary(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_binary(console, (enum hd_operator)instruction->argument,
                     instruction->opcode == HD_INPLACE);
}

static bool unary(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_unary(console, (enum hd_operator)instruction->argument);
}

static bool compare(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_compare(console, (enum hd_operator)instruction->argument);
}

static bool is(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_is(console, instruction->argument != 0);
}

static bool contains(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_contains(console, instruction->argument != 0);
}

static bool subscript(struct hd_console *console, const struct hd_instruction *instruction)
{
    (void)instruction;
    return hd_subscript(console);
}

static bool store_subscript(struct hd_console *console,
                            const struct hd_instruction *instruction)
{
    (void)instruction;
    return hd_store_subscript(console);
}

static bool delete_subscript(struct hd_console *console,
                             const struct hd_instruction *instruction)
{
    (void)instruction;
    return hd_delete_subscript(console);
}

static bool load_attr(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_load_attribute(console, instruction->name, instruction->argument != 0);
}

static bool store_attr(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_store_attribute(console, instruction->name);
}

static bool delete_attr(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_delete_attribute(console, instruction->name);
}

static bool load_method(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_load_method(console, instruction->name, instruction->argument != 0);
}

static bool build_slice(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_build_slice(console, instruction->argument);
}

static bool get_iter(struct hd_console *console, const struct hd_instruction *instruction)
{
    (void)instruction;
    return hd_get_iterator(console);
}

static bool for_iter(struct hd_console *console, const struct hd_instruction *instruction)
{
    bool more;

    if (!hd_next(console, &more)) {
        return false;
    }
    if (!more) {
        hd_drop(console, 1);
        top_frame(console)->at = instruction->argument;
    }
    return true;
}

static bool jump(struct hd_console *console, const struct hd_instruction *instruction)
{
    top_frame(console)->at = instruction->argument;
    return true;
}

/* POP_JUMP_IF_..., JUMP_IF_..._OR_POP */
static bool branch(struct hd_console *console, const struct hd_instruction *instruction)
{
    enum hd_opcode opcode = instruction->opcode;
    bool wanted = opcode == HD_POP_JUMP_IF_TRUE || opcode == HD_JUMP_IF_TRUE_OR_POP;
    bool pops = opcode == HD_POP_JUMP_IF_TRUE || opcode == HD_POP_JUMP_IF_FALSE;
    bool truth;

    if (!hd_truth(console, &truth)) {
        return false;
    }
    if (truth == wanted) {
        top_frame(console)->at = instruction->argument;
    }
    if (pops || truth != wanted) {
        hd_drop(console, 1);
    }
    return true;
}

static bool raise_assertion(struct hd_console *console,
                            const struct hd_instruction *instruction)
{
    struct hd_text message;

    if (instruction->argument == 0) {
        return hd_pyerror_set(console->error, "AssertionError", "%s", "");
    }
    hd_text_init(&message);
    if (hd_learn(console, 1) && hd_repr(console, 1, true, &message)) {
        (void)hd_pyerror_set(console->error, "AssertionError", "%s", hd_text_data(&message));
    }
    hd_text_fini(&message);
    return false;
}

static bool import_name(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_import(console, instruction->name);
}

static bool import_from(struct hd_console *console, const struct hd_instruction *instruction)
{
    return hd_import_from(console, instruction->name);
}

typedef bool instruction_fn(struct hd_console *, const struct hd_instruction *);

static instruction_fn *const table[HD_OPCODE_COUNT] = {
    [HD_LOAD_CONST] = load_const,
    [HD_LOAD_NAME] = load_name,
    [HD_LOAD_FAST] = load_fast,
    [HD_STORE_NAME] = store_name,
    [HD_STORE_FAST] = store_fast,
    [HD_DELETE_NAME] = delete_name,
    [HD_DELETE_FAST] = delete_fast,
    [HD_POP_TOP] = pop_top,
    [HD_PRINT_EXPR] = print_expr,
    [HD_COPY] = copy,
    [HD_SWAP] = swap,
    [HD_BUILD_TUPLE] = build,
    [HD_BUILD_LIST] = build,
    [HD_BUILD_SET] = build,
    [HD_BUILD_MAP] = build,
    [HD_BUILD_CONST_KEY_MAP] = build_const_key_map,
    [HD_LIST_EXTEND] = extend,
    [HD_SET_UPDATE] = extend,
    [HD_UNPACK] = unpack,
    [HD_BINARY] = binary,
    [HD_INPLACE] = binary,
    [HD_UNARY] = unary,
    [HD_COMPARE] = compare,
    [HD_IS] = is,
    [HD_CONTAINS] = contains,
    [HD_SUBSCRIPT] = subscript,
    [HD_STORE_SUBSCRIPT] = store_subscript,
    [HD_DELETE_SUBSCRIPT] = delete_subscript,
    [HD_LOAD_ATTR] = load_attr,
    [HD_STORE_ATTR] = store_attr,
    [HD_DELETE_ATTR] = delete_attr,
    [HD_LOAD_METHOD] = load_method,
    [HD_CALL] = hd_call,
    [HD_BUILD_SLICE] = build_slice,
    [HD_GET_ITER] = get_iter,
    [HD_FOR_ITER] = for_iter,
    [HD_JUMP] = jump,
    [HD_POP_JUMP_IF_FALSE] = branch,
    [HD_POP_JUMP_IF_TRUE] = branch,
    [HD_JUMP_IF_FALSE_OR_POP] = branch,
    [HD_JUMP_IF_TRUE_OR_POP] = branch,
    [HD_RAISE_ASSERTION] = raise_assertion,
    [HD_MAKE_FUNCTION] = hd_make_function,
    [HD_MAKE_CLASS] = hd_make_class,
    [HD_IMPORT_NAME] = import_name,
    [HD_IMPORT_FROM] = import_from,
};

/* ------------------------------------------------------------ the constants of a unit */

static struct hd_value scalar_value(const struct hd_constant *c)
{
    switch (c->kind) {
    case HEAPD_KIND_NONE:
        return hd_value_none();
    case HEAPD_KIND_BOOL:
        return hd_value_bool(c->integer != 0);
    case HEAPD_KIND_INT:
        return hd_value_int(c->integer);
    case HEAPD_KIND_FLOAT:
        return hd_value_float(c->number);
    case HEAPD_KIND_STR:
        return hd_value_str(c->data, c->size);
    default:
        return hd_value_bytes(c->data, c->size);
    }
}

static bool make_sequence(struct hd_console *console, struct hd_unit *unit,
                          struct hd_unit_constant *constant)
{
    size_t count = constant->constant->count;
    struct heapd_ref *items = hd_must_alloc((count + 1) * sizeof(items[0]));

    for (size_t i = 0; i < count; i++) {
        struct hd_value *item = &unit->constants[constant->items[i]].value;

        (void)hd_link_make(console, item);
        items[i] = hd_link_ref(item);
    }
    constant->value =
        hd_value_result(heapd_batch_create(hd_link_add_safe(console),
                                           constant->constant->kind == HEAPD_KIND_TUPLE
                                               ? heapd_new_tuple(items, count)
                                               : heapd_new_frozenset(items, count),
                                           heapd_keep_batch()),
                        constant->constant->kind);
    free(items);
    return true;
}

static bool make_constant(struct hd_console *console, struct hd_unit *unit,
                          struct hd_unit_constant *constant)
{
    const struct hd_constant *c = constant->constant;
    bool interned = hd_constant_is_interned(c);

    if (c->kind == HEAPD_KIND_TUPLE || c->kind == HEAPD_KIND_FROZENSET) {
        return make_sequence(console, unit, constant);
    }
    constant->value = scalar_value(c);
    if (interned && !hd_value_is_immortal(&constant->value)) {
        constant->value.result =
            heapd_batch_create(hd_link_add_safe(console), heapd_new_interned(c->data, c->size),
                               heapd_keep_batch());
        constant->value.where = HD_WHERE_RESULT;
        return true;
    }
    return hd_value_is_immortal(&constant->value) || hd_link_make(console, &constant->value);
}

/* As the compiler does: items before what they are in, all before the first instruction. */
static bool make_constants(struct hd_console *console, struct hd_unit *unit)
{
    for (size_t i = 0; i < unit->constant_count; i++) {
        if (!make_constant(console, unit, &unit->constants[i])) {
            return false;
        }
        if (console->open != NULL &&
            heapd_batch_count(console->open->batch) >= HD_BATCH_OPERATIONS &&
            !hd_link_sync(console)) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------ the loop */

static bool is_large(const struct hd_console *console)
{
    return console->open != NULL &&
           (heapd_batch_count(console->open->batch) >= HD_BATCH_OPERATIONS ||
            heapd_batch_bytes(console->open->batch) >= HD_BATCH_BYTES);
}

static bool step(struct hd_console *console, const struct hd_instruction *instruction)
{
    if (++console->steps > HD_STEPS_MAX) {
        return hd_pyerror_set(console->error, "TimeoutError",
                              "a statement is limited to %u instructions", HD_STEPS_MAX);
    }
    if (hd_zone_is_full(hd_zone_of(console))) {
        return hd_pyerror_set(console->error, "MemoryError",
                              "a statement is limited to 256 MiB of values of its own");
    }
    if (is_large(console) && !hd_link_sync(console)) {
        return false;
    }
    return table[instruction->opcode](console, instruction);
}

/* Until that many frames are left; 0: until the statement is over.  As in CPython finalizers
 * and callbacks run in the middle of a statement, behind the instruction that was the end of
 * their objects. */
static bool loop(struct hd_console *console, size_t floor)
{
    for (;;) {
        struct hd_frame *frame = top_frame(console);
        const struct hd_instruction *instruction = &frame->code->instructions[frame->at++];

        if (instruction->opcode == HD_RETURN && console->frame_count == 1) {
            hd_drop(console, 1);
            return true;
        }
        if (!(instruction->opcode == HD_RETURN ? hd_return(console)
                                               : step(console, instruction))) {
            return false;
        }
        if (console->frame_count == floor) {
            return true;
        }
        if (console->queue[0] != '\0' && !hd_told_settle(console)) {
            return false;
        }
    }
}

static void leave(struct hd_console *console, size_t floor)
{
    while (console->frame_count > floor) {
        struct hd_frame *frame = &console->frames[--console->frame_count];

        for (size_t i = 0; frame->locals != NULL && i < frame->code->local_count; i++) {
            if (frame->locals[i].type == HD_VALUE_NATIVE) {
                hd_native_release(console, frame->locals[i].as.native);
            }
        }
        free(frame->locals);
        if (frame->function != NULL) {
            hd_native_release(console, frame->function);
        }
    }
}

/* Whatever the open batch does comes before the error the console found. */
static bool fail(struct hd_console *console)
{
    struct hd_pyerror found = *console->error;

    hd_pyerror_init(console->error);
    if (!hd_link_sync(console)) {
        hd_pyerror_fini(&found);
    } else {
        *console->error = found;
    }
    return false;
}

/* "Exception ignored in: <function N.__del__>", as CPython says it on stderr. */
static void ignore(struct hd_console *console, const struct hd_native *callee)
{
    struct hd_text *ignored = &console->statement->ignored;

    hd_text_printf(ignored, "Exception ignored in: <%s %s>\n",
                   callee->kind == HD_NATIVE_FUNCTION ? "function" : "built-in", callee->name);
    hd_pyerror_last_line(console->error, ignored);
    hd_pyerror_clear(console->error);
}

void hd_machine_call(struct hd_console *console, const struct hd_native *callee,
                     const struct hd_value *arguments, uint32_t count)
{
    const struct hd_instruction call = {.opcode = HD_CALL, .argument = count};
    size_t frames = console->frame_count;
    size_t stack = console->stack_count;
    unsigned depth;

    if (frames == 1) {
        hd_link_open_frame(console);
    }
    depth = console->depth;
    hd_push(console, hd_value_native(callee));
    for (uint32_t i = 0; i < count; i++) {
        hd_push(console, arguments[i]);
    }
    if (hd_call(console, &call) && (console->frame_count == frames || loop(console, frames))) {
        hd_drop(console, 1);
        (void)hd_link_sync(console); /* only now it is known how it went */
    } else {
        (void)fail(console);
    }
    leave(console, frames);
    console->stack_count = stack;
    for (; console->depth > depth; console->depth--) {
        (void)heapd_batch_return(hd_link_add_safe(console), heapd_nothing());
        console->open->unsettled = true;
    }
    if (!hd_link_sync(console) || hd_pyerror_is_set(console->error)) {
        ignore(console, callee);
    }
}

static void enter(struct hd_console *console, struct hd_unit *unit)
{
    console->frames[0] = (struct hd_frame){unit->module, 0, 0, NULL, NULL};
    console->frame_count = 1;
}

/* Leaves all frames, here and in the daemon. */
static bool end(struct hd_console *console)
{
    leave(console, 0);
    hd_link_unwind(console);
    if (hd_link_pass(console)) {
        return true;
    }
    /* the frames that were to be left here may still be there */
    hd_link_unwind(console);
    return hd_link_sync(console);
}

/* What died with the statement's frames, or its failure. */
static void wind_up(struct hd_console *console, struct hd_unit *unit)
{
    struct hd_pyerror found = *console->error;

    hd_pyerror_init(console->error);
    console->winding_up = true;
    enter(console, unit);
    if (hd_told_settle(console)) {
        (void)end(console);
    }
    console->winding_up = false;
    if (hd_pyerror_is_set(&found)) {
        hd_pyerror_fini(console->error);
        *console->error = found;
    }
}

bool hd_machine_run(struct hd_console *console, struct hd_unit *unit)
{
    bool done;

    if (console->frame_capacity == 0) {
        console->frame_capacity = 8;
        console->frames = hd_must_alloc(console->frame_capacity * sizeof(console->frames[0]));
    }
    enter(console, unit);
    console->steps = 0;
    console->wait_at_end = console->queue[0] != '\0';
    done = hd_told_receive(console) && make_constants(console, unit) && loop(console, 0);
    if (!done) {
        (void)fail(console);
        console->stack_count = 0;
    }
    done = end(console) && done;
    if (console->queue[0] != '\0' && !console->lost) {
        wind_up(console, unit);
    }
    hd_link_tidy(console);
    return done && !hd_pyerror_is_set(console->error);
}
