/* SPDX-License-Identifier: MIT */
#include "url.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

static int bad_url(struct heapd_error *error, const char *text, const char *why)
{
    return hdc_fail(error, HEAPD_INVALID_ARGUMENT, "BAD_URL", "%s: %.200s", why, text);
}

static int parse_unix(const char *text, const char *path, struct hdc_url *url,
                      struct heapd_error *error)
{
    size_t length = strlen(path);

    if (length == 0 || strcmp(path, "@") == 0) {
        return bad_url(error, text, "the path of the socket is missing");
    }
    if (length >= sizeof(url->path)) {
        return bad_url(error, text, "the path of the socket is longer than 107 bytes");
    }
    url->transport = HDC_UNIX;
    memcpy(url->path, path, length + 1);
    return HEAPD_OK;
}

static bool parse_port(const char *text, char port[6])
{
    size_t length = strlen(text);
    long number;

    if (length == 0 || length > 5 || strspn(text, "0123456789") != length) {
        return false;
    }
    number = strtol(text, NULL, 10);
    memcpy(port, text, length + 1);
    return number >= 1 && number <= 65535;
}

static int parse_tcp(const char *text, const char *rest, struct hdc_url *url,
                     struct heapd_error *error)
{
    const char *host = rest;
    const char *end;
    const char *colon;
    size_t length;

    if (*rest == '[') {
        host = rest + 1;
        end = strchr(host, ']');
        colon = end != NULL ? end + 1 : NULL;
    } else {
        end = strchr(host, ':');
        colon = end;
    }
    if (colon == NULL || *colon != ':' || end == host) {
        return bad_url(error, text, "expected tcp://HOST:PORT");
    }
    length = (size_t)(end - host);
    if (length >= sizeof(url->host)) {
        return bad_url(error, text, "the host is longer than 255 bytes");
    }
    if (!parse_port(colon + 1, url->port)) {
        return bad_url(error, text, "the port is not a number from 1 to 65535");
    }
    url->transport = HDC_TCP;
    memcpy(url->host, host, length);
    url->host[length] = '\0';
    return HEAPD_OK;
}

int hdc_url_parse(const char *text, struct hdc_url *ret_url, struct heapd_error *error)
{
    struct hdc_url url = {0};
    int code;

    if (strncmp(text, "unix:", 5) == 0) {
        code = parse_unix(text, text + 5, &url, error);
    } else if (strncmp(text, "tcp://", 6) == 0) {
        code = parse_tcp(text, text + 6, &url, error);
    } else {
        code = bad_url(error, text, "expected unix:PATH or tcp://HOST:PORT");
    }
    if (code == HEAPD_OK) {
        *ret_url = url;
    }
    return code;
}
