/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <ctype.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

struct output_table {
    const struct output_column *columns;
    size_t column_count;
    char **cells; /* owned, and each cell */
    size_t cell_count;
    size_t capacity;
    bool incomplete; /* no memory for a cell: better nothing than half */
};

void output_begin(struct output *out, enum output_format format, FILE *file)
{
    *out = (struct output){.format = format, .file = file};
    if (format == OUTPUT_JSON) {
        (void)fputc('{', file);
    }
}

void output_end(struct output *out)
{
    if (out->format == OUTPUT_JSON) {
        (void)fputs("}\n", out->file);
    }
}

struct output_table *output_table_new(const struct output_column *columns, size_t count)
{
    struct output_table *table = calloc(1, sizeof(*table));

    if (table != NULL) {
        table->columns = columns;
        table->column_count = count;
    }
    return table;
}

void output_cell(struct output_table *table, const char *text)
{
    char *copy;

    if (table == NULL) {
        return;
    }
    if (table->cell_count == table->capacity) {
        size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        char **cells = realloc(table->cells, capacity * sizeof(*cells));

        if (cells == NULL) {
            table->incomplete = true;
            return;
        }
        table->cells = cells;
        table->capacity = capacity;
    }
    copy = strdup(text);
    if (copy == NULL) {
        table->incomplete = true;
        return;
    }
    table->cells[table->cell_count++] = copy;
}

void output_cell_number(struct output_table *table, uint64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRIu64, number);
    output_cell(table, text);
}

void output_cell_bool(struct output_table *table, bool truth)
{
    output_cell(table, truth ? "yes" : "no");
}

static void table_free(struct output_table *table)
{
    for (size_t i = 0; i < table->cell_count; i++) {
        free(table->cells[i]);
    }
    free(table->cells);
    free(table);
}

void output_json_string(FILE *file, const char *text)
{
    (void)fputc('"', file);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            (void)fprintf(file, "\\%c", *c);
        } else if (*c < 0x20) {
            (void)fprintf(file, "\\u%04x", *c);
        } else {
            (void)fputc(*c, file);
        }
    }
    (void)fputc('"', file);
}

static void json_value(FILE *file, enum output_type type, const char *text)
{
    if (type == OUTPUT_BOOL) {
        (void)fputs(strcmp(text, "yes") == 0 ? "true" : "false", file);
    } else if (type == OUTPUT_NUMBER && text[0] != '\0') {
        (void)fputs(text, file);
    } else if (type == OUTPUT_NUMBER) {
        (void)fputs("null", file);
    } else {
        output_json_string(file, text);
    }
}

static void json_row(const struct output *out, const struct output_table *table, size_t first)
{
    (void)fputc('{', out->file);
    for (size_t i = 0; i < table->column_count; i++) {
        (void)fputs(i > 0 ? "," : "", out->file);
        output_json_string(out->file, table->columns[i].key);
        (void)fputc(':', out->file);
        json_value(out->file, table->columns[i].type, table->cells[first + i]);
    }
    (void)fputc('}', out->file);
}

static void json_name(const struct output *out, const char *name)
{
    (void)fputs(out->parts > 0 ? "," : "", out->file);
    output_json_string(out->file, name);
    (void)fputc(':', out->file);
}

static void json_rows(const struct output *out, const char *name,
                      const struct output_table *table)
{
    json_name(out, name);
    (void)fputc('[', out->file);
    for (size_t i = 0; i < table->cell_count; i += table->column_count) {
        (void)fputs(i > 0 ? "," : "", out->file);
        json_row(out, table, i);
    }
    (void)fputc(']', out->file);
}

static void raw_rows(const struct output *out, const struct output_table *table)
{
    for (size_t i = 0; i < table->cell_count; i++) {
        bool last = (i + 1) % table->column_count == 0;

        (void)fputs(table->cells[i], out->file);
        (void)fputc(last ? '\n' : '\t', out->file);
    }
}

static void heading(const char *key, char *to, size_t size)
{
    size_t i;

    for (i = 0; key[i] != '\0' && i + 1 < size; i++) {
        to[i] = (char)(key[i] == '_' ? ' ' : toupper((unsigned char)key[i]));
    }
    to[i] = '\0';
}

static void people_rows(const struct output *out, const struct output_table *table)
{
    struct libscols_table *lines = scols_new_table();
    struct libscols_line *line = NULL;
    char text[64];

    if (lines == NULL) {
        return;
    }
    (void)scols_table_set_stream(lines, out->file);
    for (size_t i = 0; i < table->column_count; i++) {
        bool right = table->columns[i].type == OUTPUT_NUMBER;

        heading(table->columns[i].key, text, sizeof(text));
        (void)scols_table_new_column(lines, text, 0, right ? SCOLS_FL_RIGHT : 0);
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % table->column_count;

        if (column == 0) {
            line = scols_table_new_line(lines, NULL);
        }
        if (line != NULL) {
            (void)scols_line_set_data(line, column, table->cells[i]);
        }
    }
    (void)scols_print_table(lines);
    scols_unref_table(lines);
}

static void people_record(const struct output *out, const struct output_table *table)
{
    size_t width = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        size_t length = strlen(table->columns[i].key);

        width = length > width ? length : width;
    }
    for (size_t i = 0; i < table->column_count; i++) {
        char text[64];

        (void)snprintf(text, sizeof(text), "%s", table->columns[i].key);
        for (char *c = text; *c != '\0'; c++) {
            *c = (char)(*c == '_' ? ' ' : *c);
        }
        (void)fprintf(out->file, "%-*s  %s\n", (int)width, text, table->cells[i]);
    }
}

/* Whether the table can be printed; says so if not. */
static bool is_whole(const struct output_table *table)
{
    if (table == NULL || table->incomplete || table->cell_count % table->column_count != 0) {
        (void)fprintf(stderr, "heapctl: no memory for the output\n");
        return false;
    }
    return true;
}

static void separate(const struct output *out)
{
    if (out->parts > 0) {
        (void)fputc('\n', out->file);
    }
}

void output_table_end(struct output *out, const char *name, struct output_table *table)
{
    if (is_whole(table)) {
        if (out->format == OUTPUT_JSON) {
            json_rows(out, name, table);
        } else if (out->format == OUTPUT_RAW) {
            raw_rows(out, table);
        } else if (table->cell_count > 0) {
            separate(out);
            people_rows(out, table);
        }
        out->parts++;
    }
    if (table != NULL) {
        table_free(table);
    }
}

void output_record_end(struct output *out, const char *name, struct output_table *table)
{
    if (is_whole(table) && table->cell_count == table->column_count) {
        if (out->format == OUTPUT_JSON) {
            json_name(out, name);
            json_row(out, table, 0);
        } else if (out->format == OUTPUT_RAW) {
            for (size_t i = 0; i < table->column_count; i++) {
                (void)fprintf(out->file, "%s\t%s\n", table->columns[i].key, table->cells[i]);
            }
        } else {
            separate(out);
            people_record(out, table);
        }
        out->parts++;
    }
    if (table != NULL) {
        table_free(table);
    }
}
