/* SPDX-License-Identifier: MIT */
/* error.h: what went wrong, in the caller's struct.  No state of its own. */
#ifndef HEAPD_CLIENT_ERROR_H
#define HEAPD_CLIENT_ERROR_H

#include <heapd/client.h>

/* Fills *error unless it is NULL, cutting what is too long.  Returns code. */
int hdc_fail(struct heapd_error *error, int code, const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same from texts that may be NULL; control characters become blanks, so that
 * what a daemon says can be printed on a terminal. */
int hdc_fail_text(struct heapd_error *error, int code, const char *reason, const char *message);

int hdc_fail_memory(struct heapd_error *error);
/* The same when it is the answer that there is none for. */
int hdc_fail_answer(struct heapd_error *error);

#endif
