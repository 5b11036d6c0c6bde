/* SPDX-License-Identifier: MIT */
/* line.h: one thing on one line: key=value, or an object of JSON. */
#ifndef HEAPCTL_LINE_H
#define HEAPCTL_LINE_H

#include "output.h"

struct line {
    FILE *file;
    bool json;
    bool first; /* of its members */
};

void line_begin(struct line *line, enum output_format format, FILE *file);
void line_number(struct line *line, const char *key, uint64_t number);
/* Ids have 64 bits: strings in JSON. */
void line_id(struct line *line, const char *key, uint64_t id);
void line_text(struct line *line, const char *key, const char *text);
/* A name that anybody may have given: quoted, so that a line stays a line. */
void line_name(struct line *line, const char *key, const char *name);
void line_end(struct line *line);

#endif
