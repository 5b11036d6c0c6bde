/* SPDX-License-Identifier: MIT */
/* hash.h: keyed hashing of bytes: SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF", 2012; 1-3 as in CPython since 3.11).  The key makes collisions unguessable.
 */
#ifndef HD_BASE_HASH_H
#define HD_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hd_hash_key {
    uint64_t k0;
    uint64_t k1;
};

uint64_t hd_hash_bytes(const struct hd_hash_key *key, const void *data, size_t size);

/* The same function of the eight bytes of a word, without the loop. */
uint64_t hd_hash_word(const struct hd_hash_key *key, uint64_t word);

#endif
