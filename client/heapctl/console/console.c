/* SPDX-License-Identifier: MIT */
/* console.c: opening and closing; statements from source to their end. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "module_gc.h"

/* ------------------------------------------------------------ immortals */

static size_t place_of(const struct hd_console *console, uint64_t id)
{
    size_t at = (size_t)(id * 0x9E3779B97F4A7C15u >> 54);

    while (console->known_ids[at].id != 0 && console->known_ids[at].id != id) {
        at = (at + 1) % HD_KNOWN_IDS;
    }
    return at;
}

static void know(struct hd_console *console, uint64_t id, struct hd_value value)
{
    struct hd_known_id *known = &console->known_ids[place_of(console, id)];

    known->id = id;
    known->value = value;
    known->value.where = HD_WHERE_ID;
    known->value.id = id;
}

bool hd_console_knows(const struct hd_console *console, uint64_t id, struct hd_value *ret_value)
{
    const struct hd_known_id *known = &console->known_ids[place_of(console, id)];

    if (known->id == 0) {
        return false;
    }
    *ret_value = known->value;
    return true;
}

/* Asks once for the singletons everybody has. */
static bool learn_immortals(struct hd_console *console, struct heapd_error *refusal)
{
    struct heapd_batch *batch = heapd_batch_new();
    int code;

    (void)heapd_batch_create(batch, heapd_new_none(), heapd_keep_batch());
    (void)heapd_batch_create(batch, heapd_new_bool(false), heapd_keep_batch());
    (void)heapd_batch_create(batch, heapd_new_bool(true), heapd_keep_batch());
    for (int i = -5; i <= 256; i++) {
        (void)heapd_batch_create(batch, heapd_new_int(i), heapd_keep_batch());
    }
    code = heapd_batch_run(console->client, batch, refusal);
    if (code == HEAPD_OK) {
        console->none_id = heapd_result_id(batch, 0);
        know(console, console->none_id, hd_value_none());
        for (uint32_t i = 0; i < 2; i++) {
            console->bool_ids[i] = heapd_result_id(batch, 1 + i);
            know(console, console->bool_ids[i], hd_value_bool(i != 0));
        }
        for (int i = -5; i <= 256; i++) {
            console->int_ids[i + 5] = heapd_result_id(batch, (uint32_t)(i + 8));
            know(console, console->int_ids[i + 5], hd_value_int(i));
        }
    }
    heapd_batch_free(batch);
    return code == HEAPD_OK;
}

/* ------------------------------------------------------------ open, close */

bool hd_console_open(struct heapd_client *client, struct hd_console **ret_console,
                     struct hd_pyerror *error)
{
    struct hd_console *console = hd_must_alloc(sizeof(*console));
    struct heapd_error refusal;

    memset(console, 0, sizeof(*console));
    console->client = client;
    console->depth = 1;
    console->known_ids = hd_must_alloc(HD_KNOWN_IDS * sizeof(console->known_ids[0]));
    memset(console->known_ids, 0, HD_KNOWN_IDS * sizeof(console->known_ids[0]));
    hd_names_init(console);
    if (!learn_immortals(console, &refusal)) {
        hd_console_close(console);
        return hd_pyerror_from_daemon(error, &refusal, NULL);
    }
    *ret_console = console;
    return true;
}

void hd_console_close(struct hd_console *console)
{
    if (console == NULL) {
        return;
    }
    hd_told_fini(console);
    hd_gc_fini(console);
    hd_names_forget_last(console);
    hd_names_fini(console);
    for (size_t i = 0; i < console->flight_count; i++) {
        heapd_batch_free(console->all[i]->batch);
        free(console->all[i]->notes);
        free(console->all[i]);
    }
    free(console->all);
    free(console->stack);
    free(console->frames);
    free(console->known_ids);
    free(console);
}

/* ------------------------------------------------------------ statements */

void hd_statement_init(struct hd_statement *statement)
{
    memset(statement, 0, sizeof(*statement));
    hd_text_init(&statement->out);
    hd_text_init(&statement->ignored);
    hd_pyerror_init(&statement->error);
}

void hd_statement_fini(struct hd_statement *statement)
{
    while (statement->pendings != NULL) {
        struct hd_pending *pending = statement->pendings;

        statement->pendings = pending->next_in_statement;
        hd_pending_release(pending);
    }
    hd_unit_release(statement->unit);
    free(statement->pieces);
    hd_text_fini(&statement->out);
    hd_text_fini(&statement->ignored);
    hd_pyerror_fini(&statement->error);
}

/* Puts what answers decided into the output. */
static void join_pieces(struct hd_statement *statement)
{
    struct hd_text whole;
    size_t from = 0;

    hd_text_init(&whole);
    for (size_t i = 0; i < statement->piece_count; i++) {
        const struct hd_piece *piece = &statement->pieces[i];

        hd_text_add(&whole, hd_text_data(&statement->out) + from, piece->at - from);
        from = piece->at;
        if (!piece->pending->failed) {
            hd_repr_scalar(&piece->pending->value, &whole);
            hd_text_add_char(&whole, '\n');
        }
    }
    hd_text_add(&whole, hd_text_data(&statement->out) + from, statement->out.size - from);
    hd_text_fini(&statement->out);
    statement->out = whole;
    statement->piece_count = 0;
}

bool hd_statement_is_complete(const struct hd_statement *statement)
{
    return statement->finished && statement->in_air == 0;
}

void hd_console_wait(struct hd_console *console, struct hd_statement *statement)
{
    while (!hd_statement_is_complete(statement) && !console->lost) {
        hd_link_wait_any(console);
    }
    if (statement->in_air > 0) {
        (void)hd_pyerror_set(&statement->error, "ConnectionError",
                             "the connection to the daemon is lost");
        statement->in_air = 0;
    }
    if (statement->piece_count > 0) {
        join_pieces(statement);
    }
}

void hd_console_execute(struct hd_console *console, const char *source, size_t size,
                        struct hd_statement *statement)
{
    if (!hd_compile(source, size, &statement->unit, &statement->error) ||
        statement->unit == NULL) {
        statement->finished = true;
        return;
    }
    console->statement = statement;
    console->error = &statement->error;
    (void)hd_machine_run(console, statement->unit);
    hd_names_free_dead(console);
    console->stack_count = 0;
    console->statement = NULL;
    statement->finished = true;
}
