/* SPDX-License-Identifier: MIT */
/* address.h: where to listen: URLs and socket addresses, and which of them are allowed. */
#ifndef HD_SERVER_ADDRESS_H
#define HD_SERVER_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/status.h"

#define HD_URL_BYTES (sizeof(((struct sockaddr_un *)0)->sun_path) + 8)

struct hd_address {
    union {
        struct sockaddr any;
        struct sockaddr_un un;
        struct sockaddr_storage storage;
    };
    socklen_t size;
};

/* Splits "?heap=NAME" off.  *ret_size: bytes of the address in front.  NULL: there is none. */
const char *hd_address_heap(const char *url, size_t *ret_size);

/* INVALID_ARGUMENT: neither unix:PATH nor tcp://HOST:PORT, or not loopback. */
enum hd_status hd_address_parse(const char *url, struct hd_address *ret_address,
                                struct hd_error *error);

/* INVALID_ARGUMENT: TCP beyond loopback, or neither Unix nor TCP. */
enum hd_status hd_address_judge(const struct hd_address *address, const char *url,
                                struct hd_error *error);

/* "unix:/run/heapd/heapd.sock", "tcp://127.0.0.1:4711", "tcp://[::1]:4711" */
void hd_address_format(const struct hd_address *address, char url[HD_URL_BYTES]);

#endif
