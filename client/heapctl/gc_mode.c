/* SPDX-License-Identifier: MIT */
/* gc_mode.c: heapctl gc mode [classic|incremental] [SETTING=N...]. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "heapctl.h"

static const char *const names[] = {"", "classic", "incremental"};

static bool take_number(const char *text, const char *name, uint64_t *ret_number)
{
    size_t size = strlen(name);
    char *end;

    if (strncmp(text, name, size) != 0 || text[size] != '=' || text[size + 1] < '0' ||
        text[size + 1] > '9') {
        return false;
    }
    errno = 0;
    *ret_number = strtoull(text + size + 1, &end, 10);
    return errno == 0 && *end == '\0';
}

static bool take(const char *argument, struct heapd_gc_mode *mode)
{
    uint64_t percent;

    for (int i = HEAPD_MODE_CLASSIC; i <= HEAPD_MODE_INCREMENTAL; i++) {
        if (strcmp(argument, names[i]) == 0) {
            mode->mode = (enum heapd_collector_mode)i;
            return true;
        }
    }
    if (take_number(argument, "growth-percent", &percent) && percent <= UINT32_MAX) {
        mode->growth_percent = (uint32_t)percent;
        return true;
    }
    return take_number(argument, "floor-bytes", &mode->floor_bytes) ||
           take_number(argument, "young-bytes", &mode->young_bytes);
}

static void show(struct heapctl *ctl, const struct heapd_gc_mode *mode)
{
    static const struct output_column columns[] = {{"mode", OUTPUT_TEXT},
                                                   {"growth_percent", OUTPUT_NUMBER},
                                                   {"floor_bytes", OUTPUT_NUMBER},
                                                   {"young_bytes", OUTPUT_NUMBER}};
    bool known = mode->mode <= HEAPD_MODE_INCREMENTAL;
    struct output_table *table;
    struct output out;

    output_begin(&out, ctl->format, stdout);
    table = output_table_new(columns, COUNT(columns));
    output_cell(table, known ? names[mode->mode] : "unknown");
    output_cell_number(table, mode->growth_percent);
    output_cell_number(table, mode->floor_bytes);
    output_cell_number(table, mode->young_bytes);
    output_table_end(&out, "mode", table);
    output_end(&out);
}

int heapctl_gc_mode(struct heapctl *ctl, int argc, char **argv)
{
    struct heapd_gc_mode mode = {0};
    struct heapd_error error;
    int status;

    for (int i = 1; i < argc; i++) {
        if (!take(argv[i], &mode)) {
            return heapctl_usage_error("gc mode",
                                       "expected classic, incremental, growth-percent=N, "
                                       "floor-bytes=N or young-bytes=N, not %s",
                                       argv[i]);
        }
    }
    status = heapctl_connect(ctl, "gc mode");
    if (status != EXIT_OK) {
        return status;
    }
    if (argc > 1) {
        int code = heapd_gc_set_mode(ctl->client, &mode, &error);

        return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, "gc mode", &error);
    }
    if (heapd_gc_get_mode(ctl->client, &mode, &error) != HEAPD_OK) {
        return heapctl_report(ctl, "gc mode", &error);
    }
    show(ctl, &mode);
    return EXIT_OK;
}
