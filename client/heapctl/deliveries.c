/* SPDX-License-Identifier: MIT */
#include "deliveries.h"

#include <inttypes.h>
#include <stdlib.h>

#include "line.h"

static const char *kind_of(const struct heapd_delivery *delivery)
{
    return delivery->callback ? "callback" : "finalizer";
}

void delivery_line(const struct heapctl *ctl, const struct heapd_delivery *delivery)
{
    struct line line;

    line_begin(&line, ctl->format, stdout);
    if (ctl->format == OUTPUT_RAW) {
        (void)printf("%" PRIu64 "\t%s\t%" PRIu64 "\t%" PRIu32 "\n", delivery->delivery,
                     kind_of(delivery), delivery->id, delivery->tries);
        return;
    }
    line_id(&line, "delivery", delivery->delivery);
    line_text(&line, "kind", kind_of(delivery));
    line_id(&line, "object", delivery->id);
    line_number(&line, "try", delivery->tries);
    line_end(&line);
}

void delivery_table(const struct heapctl *ctl, const char *name,
                    const struct heapd_delivery *deliveries, size_t count)
{
    static const struct output_column columns[] = {{"delivery", OUTPUT_ID},
                                                   {"kind", OUTPUT_TEXT},
                                                   {"object", OUTPUT_ID},
                                                   {"try", OUTPUT_NUMBER}};
    struct output_table *table = output_table_new(columns, COUNT(columns));
    struct output out;

    for (size_t i = 0; i < count; i++) {
        output_cell_number(table, deliveries[i].delivery);
        output_cell(table, kind_of(&deliveries[i]));
        output_cell_number(table, deliveries[i].id);
        output_cell_number(table, deliveries[i].tries);
    }
    output_begin(&out, ctl->format, stdout);
    output_table_end(&out, name, table);
    output_end(&out);
}

uint64_t *delivery_numbers(const char *verb, int count, char **words)
{
    uint64_t *numbers = calloc((size_t)count + 1, sizeof(*numbers));

    if (numbers == NULL) {
        (void)heapctl_usage_error(verb, "no memory");
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (!heapctl_number(words[i], UINT64_MAX, &numbers[i])) {
            (void)heapctl_usage_error(verb, "no delivery: %s", words[i]);
            free(numbers);
            return NULL;
        }
    }
    return numbers;
}
