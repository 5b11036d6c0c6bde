/* SPDX-License-Identifier: MIT */
/* verbs_config.c: the limits of the heap and of its accounts, shown and set. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heapctl.h"

#define MOST_SET 32

static bool parse_number(const char *text, char **ret_end, uint64_t *ret_number)
{
    unsigned long long number;

    errno = 0;
    number = strtoull(text, ret_end, 10);
    *ret_number = number;
    return errno == 0 && *ret_end != text && text[0] >= '0' && text[0] <= '9';
}

/* NUMBER with K, M or G where bytes are meant, or "none". */
static bool parse_limit(const char *text, bool bytes, uint64_t *ret_limit)
{
    static const char units[] = "KMG";
    const char *unit;
    unsigned shift;
    char *end;

    if (strcmp(text, "none") == 0) {
        *ret_limit = 0;
        return true;
    }
    if (!parse_number(text, &end, ret_limit)) {
        return false;
    }
    if (*end == '\0') {
        return true;
    }
    unit = strchr(units, *end);
    if (!bytes || unit == NULL || end[1] != '\0') {
        return false;
    }
    shift = 10 * (unsigned)(unit - units + 1);
    if (*ret_limit > UINT64_MAX >> shift) {
        return false;
    }
    *ret_limit <<= shift;
    return true;
}

/* [account.N.]limit-bytes, [account.N.]limit-objects */
static int parse_setting(const char *name, const char *value, struct heapd_new_limits *limits)
{
    static const char prefix[] = "account.";
    const char *what = name;
    uint64_t account = 0;
    char *end;

    memset(limits, 0, sizeof(*limits));
    if (strncmp(name, prefix, sizeof(prefix) - 1) == 0) {
        if (!parse_number(name + sizeof(prefix) - 1, &end, &account) || *end != '.' ||
            account > 65535) {
            return heapctl_usage_error("config", "no account: %s (account.0 to account.65535)",
                                       name);
        }
        limits->of_account = true;
        limits->account = (uint32_t)account;
        what = end + 1;
    }
    limits->set_bytes = strcmp(what, "limit-bytes") == 0;
    limits->set_objects = strcmp(what, "limit-objects") == 0;
    if (!limits->set_bytes && !limits->set_objects) {
        return heapctl_usage_error("config", "no setting: %s", name);
    }
    if (!parse_limit(value, limits->set_bytes,
                     limits->set_bytes ? &limits->bytes : &limits->objects)) {
        return heapctl_usage_error("config", "no limit: %s (a number%s, or none)", value,
                                   limits->set_bytes ? ", with K, M or G" : "");
    }
    return EXIT_OK;
}

static void put_usage(struct output_table *table, const char *whose,
                      const struct heapd_usage *u)
{
    output_cell(table, whose);
    output_cell_number(table, u->account);
    output_cell_number(table, u->bytes);
    output_cell_number(table, u->limit_bytes);
    output_cell_number(table, u->objects);
    output_cell_number(table, u->limit_objects);
}

static void put_config(const struct heapctl *ctl, const struct heapd_config *config)
{
    static const struct output_column columns[] = {
        {"of", OUTPUT_TEXT},        {"account", OUTPUT_NUMBER},
        {"bytes", OUTPUT_NUMBER},   {"limit_bytes", OUTPUT_NUMBER},
        {"objects", OUTPUT_NUMBER}, {"limit_objects", OUTPUT_NUMBER},
    };
    struct output_table *table = output_table_new(columns, COUNT(columns));
    struct output out;

    output_begin(&out, ctl->format, stdout);
    put_usage(table, "heap", &config->heap);
    for (size_t i = 0; i < config->account_count; i++) {
        put_usage(table, "account", &config->accounts[i]);
    }
    output_table_end(&out, "limits", table);
    output_end(&out);
}

int verb_config(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_new_limits limits[MOST_SET];
    struct heapd_config *config;
    struct heapd_error error;
    size_t count = 0;
    int status = EXIT_OK;

    if (argc > 1 && (strcmp(argv[1], "set") != 0 || argc < 4 || argc % 2 != 0 ||
                     (size_t)argc / 2 - 1 > MOST_SET)) {
        return heapctl_usage_error(argv[0], "expected nothing, or: set NAME VALUE...");
    }
    for (int i = 2; status == EXIT_OK && i + 1 < argc; i += 2) {
        status = parse_setting(argv[i], argv[i + 1], &limits[count++]);
    }
    if (status == EXIT_OK) {
        status = heapctl_connect(ctl, argv[0]);
    }
    if (status != EXIT_OK) {
        return status;
    }
    if (heapd_configure(ctl->client, limits, count, &config, &error) != HEAPD_OK) {
        return heapctl_report(ctl, argv[0], &error);
    }
    if (!ctl->quiet) {
        put_config(ctl, config);
    }
    heapd_free(config);
    return EXIT_OK;
}
