/* SPDX-License-Identifier: MIT */
/* hash.c: SipHash-1-3. */
#include "base/hash.h"

#include <string.h>

struct sip {
    uint64_t v0;
    uint64_t v1;
    uint64_t v2;
    uint64_t v3;
};

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline __attribute__((always_inline)) void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline __attribute__((always_inline)) void sip_start(struct sip *s,
                                                            const struct hd_hash_key *key)
{
    s->v0 = key->k0 ^ UINT64_C(0x736f6d6570736575);
    s->v1 = key->k1 ^ UINT64_C(0x646f72616e646f6d);
    s->v2 = key->k0 ^ UINT64_C(0x6c7967656e657261);
    s->v3 = key->k1 ^ UINT64_C(0x7465646279746573);
}

static inline __attribute__((always_inline)) void sip_word(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

static inline __attribute__((always_inline)) uint64_t sip_finish(struct sip *s)
{
    s->v2 ^= 0xFF;
    sip_round(s);
    sip_round(s);
    sip_round(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t hd_hash_bytes(const struct hd_hash_key *key, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    struct sip s;
    size_t whole = size & ~(size_t)7;
    uint64_t last = (uint64_t)size << 56;

    sip_start(&s, key);
    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word;

        memcpy(&word, bytes + i, sizeof word);
        sip_word(&s, word);
    }
    for (size_t i = whole; i < size; i++) {
        last |= (uint64_t)bytes[i] << 8 * (i - whole);
    }
    sip_word(&s, last);
    return sip_finish(&s);
}

uint64_t hd_hash_word(const struct hd_hash_key *key, uint64_t word)
{
    struct sip s;

    sip_start(&s, key);
    sip_word(&s, word);
    sip_word(&s, UINT64_C(8) << 56);
    return sip_finish(&s);
}
