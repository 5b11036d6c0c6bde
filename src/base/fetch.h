/* SPDX-License-Identifier: MIT */
/* fetch.h: memory that is looked at soon comes into the cache meanwhile. */
#ifndef HD_BASE_FETCH_H
#define HD_BASE_FETCH_H

/* Any address.  gcc takes a function that does nothing but prefetch for one without effects,
 * and removes its calls: the empty asm is an effect. */
static inline void hd_fetch(const void *address)
{
    __builtin_prefetch(address);
    __asm__ volatile("");
}

#endif
