/* SPDX-License-Identifier: MIT */
/* read_number.h: numbers in texts, as int() and float() of CPython read them. */
#ifndef HEAPD_CONSOLE_READ_NUMBER_H
#define HEAPD_CONSOLE_READ_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hd_reading {
    HD_READ,
    HD_READ_NOTHING,   /* there is no number, or something beside it */
    HD_READ_TOO_LARGE, /* an int of more than 64 bits */
};

/* is_str: UTF-8, and digits and blanks of all scripts count; else bytes. */
enum hd_reading hd_read_int(const char *data, size_t size, bool is_str, int64_t *ret_integer);
enum hd_reading hd_read_float(const char *data, size_t size, bool is_str, double *ret_number);

#endif
