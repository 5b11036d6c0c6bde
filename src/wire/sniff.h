/* SPDX-License-Identifier: MIT */
/* sniff.h: what a connection speaks, from its first byte.
 *
 * ttrpc begins with the high byte of a size below 16 MiB, so with 0; HTTP/2
 * with the 'P' of its preface; TLS with a handshake record.  Only ttrpc is
 * built: the others are told so in their own tongue, and closed.
 * Design note: docs/design/wire.md. */
#ifndef HD_WIRE_SNIFF_H
#define HD_WIRE_SNIFF_H

#include <stdint.h>

#include "base/bytes.h"

enum hd_protocol {
    HD_PROTOCOL_TTRPC,
    HD_PROTOCOL_HTTP2,
    HD_PROTOCOL_TLS,
    HD_PROTOCOL_UNKNOWN,
};

enum hd_protocol hd_sniff(uint8_t first);

/* What to send before closing a connection that speaks HTTP/2 or TLS: for
 * HTTP/2 empty SETTINGS and GOAWAY, for TLS an alert.  Nothing for the others.
 * Static storage. */
struct hd_bytes hd_sniff_farewell(enum hd_protocol protocol);

#endif
