/* SPDX-License-Identifier: MIT */
/* test_hash.c: SipHash-1-3 against values computed elsewhere.
 *
 * With the zero key: hash(bytes) of CPython 3.11.2 under PYTHONHASHSEED=0.
 * With the key 00 01 .. 0f: a Python program that was first held against the
 * SipHash-2-4 example of the paper and against CPython with the zero key. */
#include "lib/testlib.h"

#include <string.h>

#include "base/hash.h"
#include "lib/random.h"

static void bytes_hash_as_cpython_hashes_them(void **state)
{
    static const struct hd_hash_key zero = {0, 0};
    static const struct {
        const char *text;
        uint64_t hash;
    } known[] = {
        {"a", UINT64_C(0x407448D2B89B1813)},         {"abc", UINT64_C(0xC03BC3A0042630F2)},
        {"1234567", UINT64_C(0xA33D651594FDAE81)},   {"12345678", UINT64_C(0x3489982430560A87)},
        {"123456789", UINT64_C(0x0FBC0F0007965FCF)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(hd_hash_bytes(&zero, known[i].text, strlen(known[i].text)) ==
                    known[i].hash);
    }
}

static void a_key_hashes_as_the_model_does(void **state)
{
    static const struct hd_hash_key key = {UINT64_C(0x0706050403020100),
                                           UINT64_C(0x0F0E0D0C0B0A0908)};
    static const struct {
        size_t size;
        uint64_t hash;
    } known[] = {
        {0, UINT64_C(0xABAC0158050FC4DC)},  {1, UINT64_C(0xC9F49BF37D57CA93)},
        {7, UINT64_C(0xD3927D989BB11140)},  {8, UINT64_C(0x369095118D299A8E)},
        {9, UINT64_C(0x25A48EB36C063DE4)},  {15, UINT64_C(0xD320D86D2A519956)},
        {16, UINT64_C(0xCC4FDD1A7D908B66)}, {63, UINT64_C(0x9D199062B7BBB3A8)},
    };
    unsigned char data[64];

    (void)state;
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (unsigned char)i;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_true(hd_hash_bytes(&key, data, known[i].size) == known[i].hash);
    }
}

static void a_word_hashes_as_its_eight_bytes(void **state)
{
    struct random rng;

    (void)state;
    (void)random_init(&rng, 4);
    for (int i = 0; i < 1000; i++) {
        struct hd_hash_key key = {random_next(&rng), random_next(&rng)};
        uint64_t word = random_next(&rng);

        assert_true(hd_hash_word(&key, word) == hd_hash_bytes(&key, &word, sizeof word));
    }
}

static void the_place_of_the_bytes_does_not_matter(void **state)
{
    static const struct hd_hash_key key = {1, 2};
    char at[64];

    (void)state;
    for (size_t shift = 0; shift < 16; shift++) {
        memcpy(at + shift, "thirty-one bytes of this string", 31);
        assert_true(hd_hash_bytes(&key, at + shift, 31) ==
                    hd_hash_bytes(&key, "thirty-one bytes of this string", 31));
    }
}

static void key_length_and_every_bit_matter(void **state)
{
    static const struct hd_hash_key key = {1, 2}, other = {1, 3};
    unsigned char data[24] = {0};
    uint64_t hash = hd_hash_bytes(&key, data, sizeof data);

    (void)state;
    assert_true(hash != hd_hash_bytes(&other, data, sizeof data));
    assert_true(hash != hd_hash_bytes(&key, data, sizeof data - 1));
    for (unsigned bit = 0; bit < 8 * sizeof data; bit++) {
        data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        assert_true(hash != hd_hash_bytes(&key, data, sizeof data));
        data[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_hash_as_cpython_hashes_them),
        cmocka_unit_test(a_key_hashes_as_the_model_does),
        cmocka_unit_test(a_word_hashes_as_its_eight_bytes),
        cmocka_unit_test(the_place_of_the_bytes_does_not_matter),
        cmocka_unit_test(key_length_and_every_bit_matter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
