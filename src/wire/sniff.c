/* SPDX-License-Identifier: MIT */
/* sniff.c: two tables: first bytes, and what to say to those we do not speak with. */
#include "wire/sniff.h"

#define HTTP2_PREFACE 'P'
#define TLS_HANDSHAKE 0x16

/* RFC 9113: SETTINGS, empty; then GOAWAY, last stream 0, NO_ERROR, with a sentence. */
static const char http2_farewell[] = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
                                     "\x00\x00\x1f\x07\x00\x00\x00\x00\x00"
                                     "\x00\x00\x00\x00\x00\x00\x00\x00"
                                     "heapd speaks ttrpc only";

/* RFC 8446: alert record, fatal, protocol_version. */
static const char tls_farewell[] = "\x15\x03\x01\x00\x02\x02\x46";

enum hd_protocol hd_sniff(uint8_t first)
{
    switch (first) {
    case 0:
        return HD_PROTOCOL_TTRPC;
    case HTTP2_PREFACE:
        return HD_PROTOCOL_HTTP2;
    case TLS_HANDSHAKE:
        return HD_PROTOCOL_TLS;
    default:
        return HD_PROTOCOL_UNKNOWN;
    }
}

struct hd_bytes hd_sniff_farewell(enum hd_protocol protocol)
{
    switch (protocol) {
    case HD_PROTOCOL_HTTP2:
        return (struct hd_bytes){http2_farewell, sizeof http2_farewell - 1};
    case HD_PROTOCOL_TLS:
        return (struct hd_bytes){tls_farewell, sizeof tls_farewell - 1};
    default:
        return (struct hd_bytes){"", 0};
    }
}
