/* SPDX-License-Identifier: MIT */
/* source.h: files of statements: transcripts, Markdown with transcripts in it, and
 * plain scripts. */
#ifndef HEAPD_CONSOLE_SOURCE_H
#define HEAPD_CONSOLE_SOURCE_H

#include "doctest.h"

/* Reads a whole file ("-": standard input). */
bool hd_source_read(const char *path, struct hd_text *ret_text, struct hd_pyerror *error);
bool hd_source_is_markdown(const char *path);
/* Whether the text has a line that starts with a prompt. */
bool hd_source_has_prompts(const struct hd_text *text);
/* A plain script, statement by statement. */
void hd_source_split(const struct hd_text *text, struct hd_examples *ret_examples);

#endif
