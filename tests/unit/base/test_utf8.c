/* SPDX-License-Identifier: MIT */
/* test_utf8.c: every code point, and everything that only looks like one. */
#include "lib/testlib.h"

#include <string.h>

#include "base/utf8.h"
#include "lib/random.h"

static void every_scalar_value_survives_encoding_and_decoding(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char text[4];
        size_t size;

        if (code >= 0xD800 && code <= 0xDFFF) {
            continue;
        }
        size = hd_utf8_encode(code, text);
        assert_true(size == (code < 0x80 ? 1u : code < 0x800 ? 2u : code < 0x10000 ? 3u : 4u));
        assert_true(hd_utf8_is_valid(text, size));
        assert_true(hd_utf8_decode(text, size) == code);
        assert_true(hd_utf8_length(text, size) == 1);
        assert_true(hd_utf8_prefix(text, size - 1) == 0);
    }
}

static void what_rfc_3629_forbids_is_not_text(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xC2",
        "\xC2\x41",
        "\xE2\x82",
        "\xE2\x82\x41",
        "\xF0\x9F\x98",
        "\xF0\x9F\x98\x41",
        "\xF8\x88\x80\x80\x80",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[16] = "ab";

        assert_false(hd_utf8_is_valid(bad[i], strlen(bad[i])));
        (void)strcat(text, bad[i]);
        assert_int_equal(hd_utf8_prefix(text, strlen(text)), 2);
    }
}

static void a_bad_byte_is_found_wherever_it_stands(void **state)
{
    char text[40];

    (void)state;
    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'x', sizeof text);
        text[at] = '\xFF';
        assert_int_equal(hd_utf8_prefix(text, sizeof text), at);
    }
}

static void zero_is_a_character_like_others(void **state)
{
    (void)state;
    assert_true(hd_utf8_is_valid("a\0b", 3));
    assert_int_equal(hd_utf8_length("a\0b", 3), 3);
    assert_true(hd_utf8_is_valid("", 0));
    assert_int_equal(hd_utf8_length("", 0), 0);
}

static void offsets_are_those_of_the_characters_written(void **state)
{
    static const uint32_t samples[] = {'a', 0xE9, 0x20AC, 0x1F600, 0x7F, 0x7FF, 0xFFFF};
    struct random rng;
    char text[4 * 200];
    uint32_t codes[200];
    size_t starts[201];
    size_t size = 0;

    (void)state;
    (void)random_init(&rng, 1);
    for (size_t i = 0; i < 200; i++) {
        codes[i] = samples[random_below(&rng, 7)];
        starts[i] = size;
        size += hd_utf8_encode(codes[i], text + size);
    }
    starts[200] = size;
    assert_int_equal(hd_utf8_prefix(text, size), size);
    assert_int_equal(hd_utf8_length(text, size), 200);
    for (size_t i = 0; i <= 200; i++) {
        assert_int_equal(hd_utf8_offset(text, size, i), starts[i]);
        if (i < 200) {
            assert_int_equal(hd_utf8_decode(text + starts[i], size - starts[i]), codes[i]);
        }
    }
    assert_int_equal(hd_utf8_offset(text, size, 1000), size);
}

/* The definition again, in another way: decode by arithmetic, judge the number. */
static size_t model_prefix(const unsigned char *s, size_t size)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t at = 0;

    while (at < size) {
        unsigned lead = s[at];
        size_t n = lead < 0x80       ? 1
                   : lead >> 5 == 6  ? 2
                   : lead >> 4 == 14 ? 3
                   : lead >> 3 == 30 ? 4
                                     : 0;
        uint32_t code = n == 1 ? lead : lead & (0x7Fu >> n);

        if (n == 0 || n > size - at) {
            return at;
        }
        for (size_t i = 1; i < n; i++) {
            if (s[at + i] >> 6 != 2) {
                return at;
            }
            code = code << 6 | (s[at + i] & 0x3F);
        }
        if (code < lowest[n] || code > 0x10FFFF || code >> 11 == 0x1B) {
            return at;
        }
        at += n;
    }
    return at;
}

static void random_bytes_are_judged_as_the_definition_judges(void **state)
{
    static const unsigned char telling[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                            0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xED,
                                            0xEF, 0xF0, 0xF4, 0xF5, 0xFF};
    struct random rng;

    (void)state;
    (void)random_init(&rng, 2);
    for (int round = 0; round < 300000; round++) {
        unsigned char text[24];
        size_t size = random_below(&rng, sizeof text + 1);

        for (size_t i = 0; i < size; i++) {
            text[i] = telling[random_below(&rng, sizeof telling)];
        }
        assert_int_equal(hd_utf8_prefix((const char *)text, size), model_prefix(text, size));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_value_survives_encoding_and_decoding),
        cmocka_unit_test(what_rfc_3629_forbids_is_not_text),
        cmocka_unit_test(a_bad_byte_is_found_wherever_it_stands),
        cmocka_unit_test(zero_is_a_character_like_others),
        cmocka_unit_test(offsets_are_those_of_the_characters_written),
        cmocka_unit_test(random_bytes_are_judged_as_the_definition_judges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
