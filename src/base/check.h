/* SPDX-License-Identifier: MIT */
/* check.h: assertions by level, and the truth a check function reports.
 *
 * HD_CHECK        constant time; in every build, release too
 * HD_CHECK_LOCAL  walks one structure; level 2 (dev, coverage)
 * HD_CHECK_HEAP   walks the heap; level 3 (asan, fuzz, property)
 *
 * A failed check prints where and what, and aborts.  No byte a peer sends may
 * reach one: bytes are judged in wire/ and rpc/ and answered by a status.
 *
 * HD_HOLDS is for the inside of a `_check` function: it reports, and returns
 * the truth, so that a test can break a thing on purpose and see it noticed. */
#ifndef HD_BASE_CHECK_H
#define HD_BASE_CHECK_H

#include <stdbool.h>

#ifndef HD_CHECK_LEVEL
#define HD_CHECK_LEVEL 2
#endif

_Noreturn void hd_check_failed(const char *file, int line, const char *text);
bool hd_check_report(bool truth, const char *file, int line, const char *text);

#define HD_CHECK(truth) ((truth) ? (void)0 : hd_check_failed(__FILE__, __LINE__, #truth))

#if HD_CHECK_LEVEL >= 2
#define HD_CHECK_LOCAL(truth) HD_CHECK(truth)
#else
#define HD_CHECK_LOCAL(truth) ((void)sizeof(truth))
#endif

#if HD_CHECK_LEVEL >= 3
#define HD_CHECK_HEAP(truth) HD_CHECK(truth)
#else
#define HD_CHECK_HEAP(truth) ((void)sizeof(truth))
#endif

#define HD_HOLDS(truth) hd_check_report((truth), __FILE__, __LINE__, #truth)

#endif
