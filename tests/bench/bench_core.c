/* SPDX-License-Identifier: MIT */
/* bench_core.c: how much of its core a process gets.
 *
 * Two hardware threads of a core share its execution units, so a neighbour, whom a guest does
 * not see, slows down whatever does many things at once, and leaves alone what waits for
 * memory or for its own last result.  Prints processor time of a loop of independent
 * additions over that of a chain of multiplications: least when nobody else is there. */
#include <stdint.h>
#include <stdio.h>

#include "bench.h"

#define STEPS 4000000

static double independent(void)
{
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    double start = thread_ns();

    for (uint64_t i = 0; i < STEPS; i++) {
        a += b ^ i;
        b += 3;
        c ^= d + i;
        d += 5;
        e += f ^ i;
        f += i;
        __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
    }
    return thread_ns() - start;
}

static double chained(void)
{
    uint64_t a = 1;
    double start = thread_ns();

    for (uint64_t i = 0; i < STEPS; i++) {
        a = a * UINT64_C(6364136223846793005) + 1;
        __asm__ volatile("" : "+r"(a));
    }
    return thread_ns() - start;
}

int main(void)
{
    printf("%.3f\n", independent() / chained());
    return 0;
}
