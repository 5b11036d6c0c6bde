/* SPDX-License-Identifier: MIT */
/* pyerror.h: an exception as Python names it: type, sentence, and for a
 * SyntaxError its place. */
#ifndef HEAPD_CONSOLE_PYERROR_H
#define HEAPD_CONSOLE_PYERROR_H

#include <stdbool.h>

#include "text.h"

struct heapd_error;

struct hd_pyerror {
    const char *type;       /* "NameError"; NULL: there is none.  A literal. */
    struct hd_text message; /* may be empty */
    int line;               /* of a SyntaxError, from 1; 0: none */
    int column;             /* in characters, from 1 */
    struct hd_text source;  /* that line, for showing; may be empty */
};

void hd_pyerror_init(struct hd_pyerror *error);
void hd_pyerror_fini(struct hd_pyerror *error);
void hd_pyerror_clear(struct hd_pyerror *error);
bool hd_pyerror_is_set(const struct hd_pyerror *error);

/* The first one stays.  Returns false, so that callers can `return hd_pyerror_set(...)`. */
bool hd_pyerror_set(struct hd_pyerror *error, const char *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool hd_pyerror_syntax(struct hd_pyerror *error, const char *type, int line, int column,
                       const char *format, ...) __attribute__((format(printf, 5, 6)));

/* What the daemon refused, in Python's words.  name: of the operation at fault, or NULL. */
bool hd_pyerror_from_daemon(struct hd_pyerror *error, const struct heapd_error *refusal,
                            const char *name);

/* "NameError: name 'z' is not defined\n", as traceback.format_exception_only gives it. */
void hd_pyerror_last_line(const struct hd_pyerror *error, struct hd_text *out);
/* The whole traceback, as the prompt shows it. */
void hd_pyerror_traceback(const struct hd_pyerror *error, struct hd_text *out);

#endif
