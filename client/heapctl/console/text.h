/* SPDX-License-Identifier: MIT */
/* text.h: bytes that grow.  Always ends in a NUL that does not count.
 *
 * Memory that is not there ends the program: the console holds nothing that a
 * user would lose (every object lives in the daemon). */
#ifndef HEAPD_CONSOLE_TEXT_H
#define HEAPD_CONSOLE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hd_text {
    char *data; /* owned; NULL while nothing was added */
    size_t size;
    size_t capacity;
};

void hd_text_init(struct hd_text *text);
void hd_text_fini(struct hd_text *text);
void hd_text_clear(struct hd_text *text);

/* Leaves the first `size` bytes. */
void hd_text_cut(struct hd_text *text, size_t size);

/* "" while nothing was added. */
const char *hd_text_data(const struct hd_text *text);

void hd_text_add(struct hd_text *text, const void *data, size_t size);
void hd_text_add_char(struct hd_text *text, char c);
void hd_text_add_string(struct hd_text *text, const char *string);
/* As UTF-8. */
void hd_text_add_code_point(struct hd_text *text, uint32_t code_point);
void hd_text_printf(struct hd_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void hd_text_vprintf(struct hd_text *text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

bool hd_text_ends_with(const struct hd_text *text, const char *end);

/* Memory or the end of the program. */
void *hd_must_alloc(size_t size);
void *hd_must_realloc(void *block, size_t size);
char *hd_must_copy(const void *data, size_t size); /* and a NUL */

/* The code point at *at, which moves on; 0xFFFD for what is no UTF-8. */
uint32_t hd_utf8_next(const char *data, size_t size, size_t *at);
bool hd_utf8_is_valid(const char *data, size_t size);
size_t hd_utf8_length(const char *data, size_t size);

#endif
