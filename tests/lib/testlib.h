/* SPDX-License-Identifier: MIT */
/* testlib.h: cmocka and what it wants before it. */
#ifndef HD_TESTS_TESTLIB_H
#define HD_TESTS_TESTLIB_H

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */

#endif
