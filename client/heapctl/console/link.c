/* SPDX-License-Identifier: MIT */
/* link.c: batches on their way to the daemon and back. */
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* ------------------------------------------------------------ flights */

struct hd_flight *hd_link_take(struct hd_console *console)
{
    struct hd_flight *flight = console->free;

    if (flight != NULL) {
        console->free = flight->next_free;
        heapd_batch_reset(flight->batch);
    } else {
        flight = hd_must_alloc(sizeof(*flight));
        memset(flight, 0, sizeof(*flight));
        flight->console = console;
        flight->batch = heapd_batch_new();
        if (console->flight_count == console->flight_capacity) {
            console->flight_capacity = console->flight_capacity * 2 + 8;
            console->all = hd_must_realloc(console->all,
                                           console->flight_capacity * sizeof(console->all[0]));
        }
        console->all[console->flight_count++] = flight;
    }
    flight->statement = console->statement;
    flight->pendings = NULL;
    flight->unsettled = false;
    flight->fallible = false;
    flight->risky = false;
    return flight;
}

void hd_link_give(struct hd_console *console, struct hd_flight *flight)
{
    flight->next_free = console->free;
    console->free = flight;
}

struct heapd_batch *hd_link_add_safe(struct hd_console *console)
{
    struct hd_flight *flight = console->open;
    uint32_t number;

    if (flight == NULL) {
        flight = console->open = hd_link_take(console);
    }
    number = heapd_batch_count(flight->batch);
    if (number >= flight->note_capacity) {
        flight->note_capacity = flight->note_capacity * 2 + 16;
        flight->notes =
            hd_must_realloc(flight->notes, flight->note_capacity * sizeof(flight->notes[0]));
    }
    flight->notes[number] =
        (struct hd_note){.written = console->statement->out.size, .depth = console->depth};
    return flight->batch;
}

struct heapd_batch *hd_link_add(struct hd_console *console, const char *name)
{
    struct heapd_batch *batch = hd_link_add_safe(console);

    console->open->notes[heapd_batch_count(batch)].name = name;
    console->open->fallible = true;
    console->open->risky = console->open->risky || console->depth > 1;
    return batch;
}

struct heapd_batch *hd_link_change(struct hd_console *console, const char *name)
{
    struct heapd_batch *batch = hd_link_add(console, name);

    console->open->unsettled = true;
    return batch;
}

/* ------------------------------------------------------------ pending answers */

void hd_pending_retain(struct hd_pending *pending)
{
    pending->references++;
}

static void forget_previous(struct hd_pending *pending)
{
    if (pending->previous.state == HD_LAST_LAZY &&
        pending->previous.value.type == HD_VALUE_PENDING) {
        hd_pending_release(pending->previous.value.as.pending);
    }
    pending->previous.state = HD_LAST_NOTHING;
}

void hd_pending_release(struct hd_pending *pending)
{
    if (--pending->references == 0) {
        forget_previous(pending);
        free(pending);
    }
}

static struct hd_value add_pending(struct hd_flight *flight, enum hd_extract extract,
                                   uint32_t operation)
{
    struct hd_pending *pending = hd_must_alloc(sizeof(*pending));
    struct hd_value value = hd_value_nothing();

    memset(pending, 0, sizeof(*pending));
    pending->references = 2; /* of the flight and the statement */
    pending->flight = flight;
    pending->extract = extract;
    pending->operation = operation;
    pending->next_in_flight = flight->pendings;
    flight->pendings = pending;
    pending->next_in_statement = flight->statement->pendings;
    flight->statement->pendings = pending;
    value.type = HD_VALUE_PENDING;
    value.as.pending = pending;
    return value;
}

struct hd_value hd_link_pending(struct hd_console *console, enum hd_extract extract,
                                uint32_t operation)
{
    return add_pending(console->open, extract, operation);
}

static uint64_t side_id(const struct heapd_batch *batch, const struct hd_value *side)
{
    return side->where == HD_WHERE_RESULT ? heapd_result_id(batch, side->result) : side->id;
}

static struct hd_value extract(const struct heapd_batch *batch,
                               const struct hd_pending *pending)
{
    struct heapd_collected collected;
    const uint32_t *counts;
    size_t count;

    switch (pending->extract) {
    case HD_EXTRACT_REFCOUNT:
        counts = heapd_result_refcounts(batch, pending->operation, &count);
        return hd_value_int(counts != NULL && count > 0 ? counts[0] : 0);
    case HD_EXTRACT_NUMBER:
        return hd_value_int((int64_t)heapd_result_number(batch, pending->operation));
    case HD_EXTRACT_BOOL:
        return hd_value_bool(heapd_result_bool(batch, pending->operation));
    case HD_EXTRACT_NOT_BOOL:
        return hd_value_bool(!heapd_result_bool(batch, pending->operation));
    case HD_EXTRACT_SAME:
        return hd_value_bool(side_id(batch, &pending->sides[0]) ==
                             side_id(batch, &pending->sides[1]));
    case HD_EXTRACT_NOT_SAME:
        return hd_value_bool(side_id(batch, &pending->sides[0]) !=
                             side_id(batch, &pending->sides[1]));
    case HD_EXTRACT_ID:
        return hd_value_int((int64_t)side_id(batch, &pending->sides[0]));
    default:
        return heapd_result_collected(batch, pending->operation, &collected)
                   ? hd_value_int((int64_t)(collected.collected + collected.uncollectable))
                   : hd_value_int(0);
    }
}

/* `_` may be waiting for an answer that is there: it is that, or, if it was displayed in
 * vain, what it was before, which may have waited itself. */
static void settle_last(struct hd_console *console)
{
    struct hd_last *last = &console->last;

    while (last->state == HD_LAST_LAZY && last->value.type == HD_VALUE_PENDING &&
           last->value.as.pending->flight == NULL) {
        struct hd_pending *pending = last->value.as.pending;

        if (pending->failed) {
            *last = pending->previous;
            pending->previous.state = HD_LAST_NOTHING; /* its reference moved */
        } else {
            last->value = pending->value;
        }
        hd_pending_release(pending);
    }
}

/* ------------------------------------------------------------ landing */

bool hd_link_refused(struct hd_console *console, const struct heapd_error *refusal)
{
    console->lost = console->lost || strcmp(refusal->reason, "CONNECTION_LOST") == 0;
    return hd_pyerror_from_daemon(console->error, refusal, NULL);
}

static void answer_pendings(struct hd_flight *flight, bool all_done, uint32_t failed)
{
    struct hd_pending *pending = flight->pendings;

    flight->pendings = NULL;
    while (pending != NULL) {
        struct hd_pending *next = pending->next_in_flight;

        pending->failed = !all_done && pending->operation >= failed;
        pending->flight = NULL;
        if (!pending->failed) {
            pending->value = extract(flight->batch, pending);
            forget_previous(pending);
        }
        settle_last(flight->console);
        hd_pending_release(pending);
        pending = next;
    }
}

/* Output behind what failed was never written. */
static void cut_output(struct hd_statement *statement, size_t written)
{
    size_t kept = 0;

    hd_text_cut(&statement->out, written);
    for (size_t i = 0; i < statement->piece_count; i++) {
        if (!statement->pieces[i].pending->failed && statement->pieces[i].at <= written) {
            statement->pieces[kept++] = statement->pieces[i];
        }
    }
    statement->piece_count = kept;
}

/* An argument has no value: had its method one?  True if not, which is the error then. */
static bool lacks_method(struct hd_flight *flight, const struct hd_note *note)
{
    static const struct heapd_get_options options = {0, 1, 0};
    struct heapd_error refusal;
    struct heapd_info *info;
    uint64_t id = note->where == HD_WHERE_RESULT ? heapd_result_id(flight->batch, note->result)
                                                 : note->id;
    bool lacks;

    if (note->method == NULL || heapd_get(flight->console->client, heapd_id(id), &options,
                                          &info, &refusal) != HEAPD_OK) {
        return false;
    }
    lacks = !hd_method_applies(note->method, info->kind);
    if (lacks) {
        (void)hd_pyerror_set(
            &flight->statement->error, "AttributeError", "'%s' object has no attribute '%s'",
            info->kind == HEAPD_KIND_INSTANCE ? info->class_name : heapd_kind_name(info->kind),
            hd_method_name(note->method));
    }
    heapd_free(info);
    return lacks;
}

/* Reads how it went.  *ret_depth: call frames the daemon has if it failed. */
static bool land(struct hd_flight *flight, unsigned *ret_depth)
{
    struct hd_console *console = flight->console;
    struct heapd_error refusal;
    const struct hd_note *note;
    uint32_t failed = 0;
    int code = heapd_batch_status(flight->batch, &failed, &refusal);

    answer_pendings(flight, code == HEAPD_OK, failed);
    if (code == HEAPD_OK) {
        return true;
    }
    console->lost = console->lost || strcmp(refusal.reason, "CONNECTION_LOST") == 0;
    if (failed >= heapd_batch_count(flight->batch) || flight->notes == NULL) {
        *ret_depth = console->lost ? 1 : console->depth;
        (void)hd_pyerror_from_daemon(&flight->statement->error, &refusal, NULL);
        return false;
    }
    note = &flight->notes[failed];
    *ret_depth = note->depth;
    if (!lacks_method(flight, note)) {
        (void)hd_pyerror_from_daemon(&flight->statement->error, &refusal, note->name);
    }
    cut_output(flight->statement, note->written);
    return false;
}

/* A batch nobody waited for is done. */
static void on_landing(struct heapd_batch *batch, void *ctx)
{
    struct hd_flight *flight = ctx;
    struct hd_console *console = flight->console;
    unsigned depth = 1;

    (void)batch;
    if (!land(flight, &depth)) {
        console->left_behind += depth - 1; /* a later statement's frame may lie on them */
    }
    flight->statement->in_air--;
    hd_link_give(console, flight);
}

static bool send(struct hd_flight *flight, heapd_batch_cb callback)
{
    struct heapd_error refusal;
    struct hd_console *console = flight->console;

    if (heapd_batch_send(console->client, flight->batch, callback, flight, &refusal) ==
        HEAPD_OK) {
        return true;
    }
    answer_pendings(flight, false, 0);
    (void)hd_link_refused(console, &refusal);
    return false;
}

static bool wait_for(struct hd_flight *flight)
{
    struct heapd_error refusal;
    struct hd_console *console = flight->console;

    if (heapd_client_wait(console->client, flight->batch, &refusal) == HEAPD_OK ||
        heapd_batch_is_done(flight->batch)) {
        return true;
    }
    return hd_link_refused(console, &refusal);
}

bool hd_link_ask(struct hd_console *console, struct hd_flight *flight)
{
    struct heapd_error refusal;

    if (heapd_batch_run(console->client, flight->batch, &refusal) != HEAPD_OK) {
        return hd_link_refused(console, &refusal);
    }
    return true;
}

void hd_link_wait_any(struct hd_console *console)
{
    struct heapd_error refusal;

    if (heapd_client_in_flight(console->client) == 0 ||
        heapd_client_wait_any(console->client, &refusal) != HEAPD_OK) {
        console->lost = true; /* what is waited for will not come */
    }
}

/* ------------------------------------------------------------ keeping values */

typedef void visit_fn(struct hd_console *console, struct hd_value *value, void *ctx);

static void visit(struct hd_console *console, struct hd_value *value, visit_fn *fn, void *ctx)
{
    if (value->type == HD_VALUE_OBJECT) {
        fn(console, value, ctx);
    } else if (value->type == HD_VALUE_ITERATOR) {
        visit(console, &value->as.iterator->source, fn, ctx);
    } else if (value->type == HD_VALUE_SLICE) {
        for (int i = 0; i < 3; i++) {
            visit(console, &value->as.slice->parts[i], fn, ctx);
        }
    }
}

static void visit_stack(struct hd_console *console, size_t from, visit_fn *fn, void *ctx)
{
    for (size_t i = from; i < console->stack_count; i++) {
        visit(console, &console->stack[i], fn, ctx);
    }
}

/* co_consts of the statement */
static void keep_constants(struct hd_console *console, visit_fn *fn, void *ctx)
{
    struct hd_unit *unit = console->statement->unit;

    for (size_t i = 0; i < unit->module->constant_count; i++) {
        visit(console, &unit->constants[unit->module->constants[i]].value, fn, ctx);
    }
}

struct keeping {
    struct heapd_ref *refs; /* owned */
    size_t count;
    size_t capacity;
};

static void keep(struct hd_console *console, struct hd_value *value, void *ctx)
{
    struct keeping *keeping = ctx;

    (void)console;
    if (value->held || value->where == HD_WHERE_NOWHERE || hd_value_is_immortal(value)) {
        return;
    }
    if (keeping->count == keeping->capacity) {
        keeping->capacity = keeping->capacity * 2 + 16;
        keeping->refs =
            hd_must_realloc(keeping->refs, keeping->capacity * sizeof(keeping->refs[0]));
    }
    keeping->refs[keeping->count++] = hd_link_ref(value);
    value->held = true;
}

void hd_link_open_frame(struct hd_console *console)
{
    if (!console->statement_frame) {
        (void)heapd_batch_call(hd_link_add_safe(console), "<statement>", NULL, 0);
        console->statement_frame = true;
        console->depth++;
    }
}

void hd_link_keep(struct hd_console *console)
{
    struct keeping keeping = {NULL, 0, 0};
    const struct hd_frame *frame;

    if (console->frame_count == 0) {
        return;
    }
    frame = &console->frames[console->frame_count - 1];
    if (console->frame_count == 1 && !console->winding_up) {
        keep_constants(console, keep, &keeping);
    }
    visit_stack(console, frame->base, keep, &keeping);
    if (keeping.count > 0) {
        if (console->frame_count == 1) {
            hd_link_open_frame(console);
        }
        (void)heapd_batch_hold(hd_link_add_safe(console), keeping.refs, NULL, keeping.count);
    }
    free(keeping.refs);
}

static void become_id(struct hd_console *console, struct hd_value *value, void *ctx)
{
    (void)ctx;
    value->fresh = false;
    if (value->where == HD_WHERE_RESULT) {
        value->id = heapd_result_id(console->landed->batch, value->result);
        value->where = HD_WHERE_ID;
    }
}

static void become_ids(struct hd_console *console)
{
    struct hd_unit *unit = console->statement->unit;

    visit_stack(console, 0, become_id, NULL);
    for (size_t i = 0; unit != NULL && i < unit->constant_count; i++) {
        visit(console, &unit->constants[i].value, become_id, NULL);
    }
    for (size_t i = 0; i < console->frame_count; i++) {
        struct hd_frame *frame = &console->frames[i];

        for (size_t j = 0; frame->locals != NULL && j < frame->code->local_count; j++) {
            visit(console, &frame->locals[j], become_id, NULL);
        }
    }
}

bool hd_link_sync(struct hd_console *console)
{
    struct hd_flight *flight;
    unsigned depth = console->depth;

    if (console->open == NULL) {
        return true;
    }
    hd_link_keep(console);
    flight = console->open;
    console->open = NULL;
    if (console->landed != NULL) {
        hd_link_give(console, console->landed);
    }
    console->landed = flight;
    if (!send(flight, NULL) || !wait_for(flight)) {
        console->depth = 1; /* the session is gone, and its frames */
        return false;
    }
    if (!land(flight, &depth)) {
        console->depth = depth;
        return false;
    }
    become_ids(console);
    return true;
}

bool hd_link_pass(struct hd_console *console)
{
    struct hd_flight *flight = console->open;

    if (flight == NULL) {
        return true;
    }
    if (flight->risky || console->wait_at_end) {
        return hd_link_sync(console);
    }
    console->open = NULL;
    flight->statement->in_air++;
    if (!send(flight, on_landing)) {
        flight->statement->in_air--;
        hd_link_give(console, flight);
        return false;
    }
    return true;
}

bool hd_link_settle(struct hd_console *console)
{
    if (console->open != NULL && console->open->unsettled && !hd_link_sync(console)) {
        return false;
    }
    hd_link_keep(console);
    return true;
}

bool hd_link_collect(struct hd_console *console, int generation, struct hd_value *ret_value)
{
    struct hd_flight *flight;

    if (!hd_link_sync(console)) {
        return false;
    }
    flight = hd_link_take(console);
    *ret_value = add_pending(flight, HD_EXTRACT_COLLECTED,
                             heapd_batch_collect(flight->batch, generation));
    if (flight->note_capacity > 0) {
        flight->notes[0] =
            (struct hd_note){.written = console->statement->out.size, .depth = console->depth};
    }
    flight->statement->in_air++;
    if (!send(flight, on_landing)) {
        flight->statement->in_air--;
        hd_link_give(console, flight);
        return false;
    }
    return true;
}

bool hd_link_await(struct hd_console *console, struct hd_pending *pending)
{
    bool done;

    if (pending->flight == NULL) {
        return true;
    }
    hd_pending_retain(pending);
    done = pending->flight == console->open ? hd_link_sync(console) : wait_for(pending->flight);
    if (done && pending->flight != NULL) {
        done = hd_pyerror_set(console->error, "SystemError", "an answer did not come");
    }
    hd_pending_release(pending);
    return done;
}

bool hd_link_resolve(struct hd_console *console, struct hd_value *value)
{
    struct hd_pending *pending = value->as.pending;

    if (value->type != HD_VALUE_PENDING) {
        return true;
    }
    if (!hd_link_await(console, pending)) {
        return false;
    }
    if (pending->failed) {
        return hd_pyerror_set(console->error, "SystemError", "an answer did not come");
    }
    *value = pending->value;
    return true;
}

/* ------------------------------------------------------------ values as operands */

static bool cached_immortal(const struct hd_console *console, const struct hd_value *value,
                            uint64_t *ret_id)
{
    if (value->kind == HEAPD_KIND_NONE) {
        *ret_id = console->none_id;
    } else if (value->kind == HEAPD_KIND_BOOL) {
        *ret_id = console->bool_ids[value->integer != 0];
    } else if (value->kind == HEAPD_KIND_INT && hd_value_is_immortal(value)) {
        *ret_id = console->int_ids[value->integer + 5];
    } else {
        return false;
    }
    return true;
}

bool hd_link_make(struct hd_console *console, struct hd_value *value)
{
    struct heapd_new object;

    if (value->type == HD_VALUE_PENDING && !hd_link_resolve(console, value)) {
        return false;
    }
    if (value->type != HD_VALUE_OBJECT) {
        return hd_pyerror_set(console->error, "TypeError",
                              "functions, classes, modules, types and ranges are the console's "
                              "own: no object can refer to them");
    }
    if (value->where != HD_WHERE_NOWHERE) {
        return true;
    }
    if (cached_immortal(console, value, &value->id)) {
        value->where = HD_WHERE_ID;
        return true;
    }
    object = value->kind == HEAPD_KIND_INT     ? heapd_new_int(value->integer)
             : value->kind == HEAPD_KIND_FLOAT ? heapd_new_float(value->number)
             : value->kind == HEAPD_KIND_STR   ? heapd_new_str(value->data, value->size)
                                               : heapd_new_bytes(value->data, value->size);
    value->result = heapd_batch_create(hd_link_add_safe(console), object, heapd_keep_batch());
    value->where = HD_WHERE_RESULT;
    return true;
}

struct heapd_ref hd_link_ref(const struct hd_value *value)
{
    return value->where == HD_WHERE_RESULT ? heapd_result(value->result) : heapd_id(value->id);
}

void hd_link_drop(struct hd_console *console, struct hd_value *value)
{
    hd_link_drop_many(console, value, 1);
}

static void drop(struct hd_console *console, struct hd_value *value, void *ctx)
{
    struct keeping *keeping = ctx;

    if (value->held) {
        if (keeping->count == keeping->capacity) {
            keeping->capacity = keeping->capacity * 2 + 16;
            keeping->refs =
                hd_must_realloc(keeping->refs, keeping->capacity * sizeof(keeping->refs[0]));
        }
        keeping->refs[keeping->count++] = hd_link_ref(value);
    } else if (value->fresh && console->open != NULL) {
        console->open->unsettled = true;
    }
    value->held = false;
}

void hd_link_drop_many(struct hd_console *console, struct hd_value *values, size_t count)
{
    struct keeping keeping = {NULL, 0, 0};

    for (size_t i = 0; i < count; i++) {
        visit(console, &values[i], drop, &keeping);
        values[i] = hd_value_nothing();
    }
    if (keeping.count > 0) {
        (void)heapd_batch_release(hd_link_add_safe(console), keeping.refs, NULL, keeping.count);
        console->open->unsettled = true;
    }
    free(keeping.refs);
}

void hd_link_unwind(struct hd_console *console)
{
    for (; console->depth > 1; console->depth--) {
        (void)heapd_batch_return(hd_link_add_safe(console), heapd_nothing());
        console->open->unsettled = true;
    }
    console->statement_frame = false;
}

void hd_link_tidy(struct hd_console *console)
{
    struct heapd_error refusal;

    while (console->left_behind > 0) {
        console->left_behind--;
        (void)heapd_return(console->client, heapd_nothing(), NULL, NULL, &refusal);
    }
}
