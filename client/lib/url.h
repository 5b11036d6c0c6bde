/* SPDX-License-Identifier: MIT */
/* url.h: where a daemon is.  Pure text; connect.h goes there. */
#ifndef HEAPD_CLIENT_URL_H
#define HEAPD_CLIENT_URL_H

#include <heapd/client.h>

enum hdc_transport { HDC_UNIX, HDC_TCP };

struct hdc_url {
    enum hdc_transport transport;
    char path[108]; /* HDC_UNIX; a leading @ stands for the NUL of an abstract name */
    char host[256]; /* HDC_TCP; an IPv6 address without its brackets */
    char port[6];
};

/* INVALID_ARGUMENT, BAD_URL with a sentence saying what is wrong with it. */
int hdc_url_parse(const char *text, struct hdc_url *ret_url, struct heapd_error *error);

#endif
