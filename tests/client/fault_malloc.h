/* SPDX-License-Identifier: MIT */
/* fault_malloc.h: the program's own malloc, calloc and realloc, which fail on request.
 *
 * The linker puts it in their place (--wrap, see CMakeLists.txt); shared libraries keep theirs.
 */
#ifndef HEAPD_TESTS_FAULT_MALLOC_H
#define HEAPD_TESTS_FAULT_MALLOC_H

#include <stdbool.h>

/* The n-th request for memory from now on fails (from 0), and with for_ever all later ones. */
void fault_malloc_arm(long n, bool for_ever);
/* None fails any more.  How many did. */
long fault_malloc_disarm(void);

/* Blocks that live. */
long fault_malloc_live(void);

#endif
