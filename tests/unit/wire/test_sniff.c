/* SPDX-License-Identifier: MIT */
#include "wire/sniff.h"

#include "lib/testlib.h"

static void the_first_byte_tells_who_is_there(void **state)
{
    (void)state;
    assert_int_equal(hd_sniff(0), HD_PROTOCOL_TTRPC);
    assert_int_equal(hd_sniff('P'), HD_PROTOCOL_HTTP2);
    assert_int_equal(hd_sniff(0x16), HD_PROTOCOL_TLS);
    assert_int_equal(hd_sniff('G'), HD_PROTOCOL_UNKNOWN);
    assert_int_equal(hd_sniff(0xff), HD_PROTOCOL_UNKNOWN);
}

static void http2_and_tls_are_told_in_their_own_tongue(void **state)
{
    struct hd_bytes http2 = hd_sniff_farewell(HD_PROTOCOL_HTTP2);
    struct hd_bytes tls = hd_sniff_farewell(HD_PROTOCOL_TLS);

    (void)state;
    assert_int_equal(http2.data[3], 4);                      /* SETTINGS of 0 bytes */
    assert_int_equal(http2.data[9 + 3], 7);                  /* GOAWAY */
    assert_int_equal(http2.size, 9 + 9 + http2.data[9 + 2]); /* and its size is true */
    assert_int_equal(tls.size, 7);
    assert_int_equal(tls.data[0], 0x15);
    assert_int_equal(hd_sniff_farewell(HD_PROTOCOL_TTRPC).size, 0);
    assert_int_equal(hd_sniff_farewell(HD_PROTOCOL_UNKNOWN).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_byte_tells_who_is_there),
        cmocka_unit_test(http2_and_tls_are_told_in_their_own_tongue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
