/* SPDX-License-Identifier: MIT */
/* verbs_session.c: who is there, what each has, and the end of one. */
#include <errno.h>
#include <stdlib.h>

#include "heapctl.h"
#include "owners.h"

static const char *state_of(const struct heapd_session *session)
{
    return session->ending ? "ending" : session->own ? "own" : "";
}

int verb_sessions(struct heapctl *ctl, int argc, char **argv)
{
    static const struct output_column columns[] = {
        {"session", OUTPUT_NUMBER}, {"account", OUTPUT_NUMBER}, {"lease", OUTPUT_TEXT},
        {"frames", OUTPUT_NUMBER},  {"names", OUTPUT_NUMBER},   {"holds", OUTPUT_NUMBER},
        {"busy_with", OUTPUT_TEXT}, {"state", OUTPUT_TEXT},
    };
    struct heapd_session *sessions;
    struct output_table *table;
    struct heapd_error error;
    struct output out;
    size_t count;
    int status = argc > 1 ? heapctl_usage_error(argv[0], "takes no arguments")
                          : heapctl_connect(ctl, argv[0]);

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_sessions(ctl->client, &sessions, &count, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    table = output_table_new(columns, COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        output_cell_number(table, sessions[i].number);
        output_cell_number(table, sessions[i].account);
        output_cell(table, sessions[i].leased ? "leased" : "none");
        output_cell_number(table, sessions[i].frames);
        output_cell_number(table, sessions[i].names);
        output_cell_number(table, sessions[i].holds);
        output_cell(table, sessions[i].busy_with);
        output_cell(table, state_of(&sessions[i]));
    }
    heapd_free(sessions);
    output_begin(&out, ctl->format, stdout);
    output_table_end(&out, "sessions", table);
    output_end(&out);
    return EXIT_OK;
}

/* Of a verb with one number; connects. */
static int session_operand(struct heapctl *ctl, int argc, char **argv, uint64_t *ret_number)
{
    char *end;

    if (argc != 2) {
        return heapctl_usage_error(argv[0], "expected one SESSION");
    }
    errno = 0;
    *ret_number = strtoull(argv[1], &end, 10);
    if (argv[1][0] < '0' || argv[1][0] > '9' || errno != 0 || *end != '\0') {
        return heapctl_usage_error(argv[0], "no number of a session: %s", argv[1]);
    }
    return heapctl_connect(ctl, argv[0]);
}

static void put_holding(struct output_table *table, const struct heapd_holding *holding)
{
    bool in_frame = holding->owner.kind != HEAPD_OWNER_BATCH;

    if (in_frame) {
        output_cell_number(table, holding->owner.frame);
    } else {
        output_cell(table, "");
    }
    output_cell(table, holding->function);
    output_cell(table, heapd_owner_kind_name((int)holding->owner.kind));
    output_cell(table, holding->owner.name);
    output_cell_number(table, holding->id);
    output_cell(table, holding->class_name[0] != '\0' ? holding->class_name
                                                      : heapd_kind_name((int)holding->kind));
    output_cell_number(table, holding->count);
    output_cell(table, holding->text);
}

int verb_holdings(struct heapctl *ctl, int argc, char **argv)
{
    static const struct output_column columns[] = {
        {"frame", OUTPUT_TEXT},   {"function", OUTPUT_TEXT}, {"by", OUTPUT_TEXT},
        {"name", OUTPUT_TEXT},    {"id", OUTPUT_ID},         {"kind", OUTPUT_TEXT},
        {"count", OUTPUT_NUMBER}, {"value", OUTPUT_TEXT},
    };
    struct heapd_holding *holdings;
    struct output_table *table;
    struct heapd_error error;
    struct output out;
    uint64_t number;
    size_t count;
    int status = session_operand(ctl, argc, argv, &number);

    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_holdings(ctl->client, number, &holdings, &count, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    table = output_table_new(columns, COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        put_holding(table, &holdings[i]);
    }
    heapd_free(holdings);
    output_begin(&out, ctl->format, stdout);
    output_table_end(&out, "holdings", table);
    output_end(&out);
    return EXIT_OK;
}

int verb_kill(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_error error;
    uint64_t number;
    int status = session_operand(ctl, argc, argv, &number);

    if (status != EXIT_OK) {
        return status;
    }
    return heapd_kill(ctl->client, number, &error) == HEAPD_OK
               ? EXIT_OK
               : heapctl_report(ctl, argv[0], &error);
}
