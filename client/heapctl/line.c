/* SPDX-License-Identifier: MIT */
#include "line.h"

#include <inttypes.h>

void line_begin(struct line *line, enum output_format format, FILE *file)
{
    *line = (struct line){file, format == OUTPUT_JSON, true};
}

static void put_key(struct line *line, const char *key)
{
    if (line->json) {
        (void)fputs(line->first ? "{" : ",", line->file);
        output_json_string(line->file, key);
        (void)fputc(':', line->file);
    } else {
        (void)fprintf(line->file, "%s%s=", line->first ? "" : " ", key);
    }
    line->first = false;
}

void line_number(struct line *line, const char *key, uint64_t number)
{
    put_key(line, key);
    (void)fprintf(line->file, "%" PRIu64, number);
}

void line_id(struct line *line, const char *key, uint64_t id)
{
    put_key(line, key);
    (void)fprintf(line->file, line->json ? "\"%" PRIu64 "\"" : "%" PRIu64, id);
}

void line_text(struct line *line, const char *key, const char *text)
{
    put_key(line, key);
    if (line->json) {
        output_json_string(line->file, text);
    } else {
        (void)fputs(text, line->file);
    }
}

void line_name(struct line *line, const char *key, const char *name)
{
    put_key(line, key);
    output_json_string(line->file, name);
}

void line_end(struct line *line)
{
    (void)fputs(line->json ? "}\n" : "\n", line->file);
}
