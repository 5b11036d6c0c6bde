/* SPDX-License-Identifier: MIT */
/* output.h: what verbs say, as a table for people, as JSON or as raw lines for programs.
 *
 * A verb's output is a few named parts, each a record (keys with values) or a
 * table (rows of columns).  In JSON they are the members of one object. */
#ifndef HEAPCTL_OUTPUT_H
#define HEAPCTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum output_format { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_RAW };

enum output_type {
    OUTPUT_TEXT,
    OUTPUT_NUMBER,
    OUTPUT_ID, /* a number to people; a string in JSON, where numbers have 53 bits */
    OUTPUT_BOOL,
};

struct output_column {
    const char *key; /* JSON's; in capitals the heading */
    enum output_type type;
};

struct output {
    enum output_format format;
    FILE *file;
    int parts; /* so far */
};

void output_begin(struct output *out, enum output_format format, FILE *file);
void output_end(struct output *out);

/* A table being filled row by row. */
struct output_table;

/* columns: borrowed until the end.  NULL: no memory. */
/* Columns are mostly all of an array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
struct output_table *output_table_new(const struct output_column *columns, size_t count);
/* The next cell of the current row, rows following each other by themselves. */
void output_cell(struct output_table *table, const char *text);
void output_cell_number(struct output_table *table, uint64_t number);
void output_cell_bool(struct output_table *table, bool truth);
/* Prints it under `name`, as rows or (one row) as a record, and frees it. */
void output_table_end(struct output *out, const char *name, struct output_table *table);
void output_record_end(struct output *out, const char *name, struct output_table *table);

/* JSON string syntax, quotes included. */
void output_json_string(FILE *file, const char *text);

#endif
