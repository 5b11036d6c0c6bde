/* SPDX-License-Identifier: MIT */
/* address.c: TCP is for loopback only until there is authentication. */
#include "server/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNIX_SCHEME "unix:"
#define TCP_SCHEME  "tcp://"
#define HEAP_QUERY  "?heap="

const char *hd_address_heap(const char *url, size_t *ret_size)
{
    const char *query = strstr(url, HEAP_QUERY);

    *ret_size = query == NULL ? strlen(url) : (size_t)(query - url);
    return query == NULL ? NULL : query + strlen(HEAP_QUERY);
}

static enum hd_status bad_url(struct hd_error *error, const char *url, const char *why)
{
    return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, "%s: %s", url, why);
}

static enum hd_status parse_unix(const char *url, struct hd_address *ret_address,
                                 struct hd_error *error)
{
    const char *path = url + strlen(UNIX_SCHEME);
    size_t size = strlen(path);
    struct sockaddr_un *un = &ret_address->un;

    if (size == 0 || size >= sizeof un->sun_path) {
        return bad_url(error, url, "the path of a socket has 1 to 107 bytes");
    }
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path, size + 1);
    ret_address->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + 1);
    return HD_OK;
}

/* Splits HOST:PORT, with HOST in brackets or not. */
static bool split(const char *text, char *ret_host, size_t host_size, unsigned long *ret_port)
{
    const char *colon = strrchr(text, ':');
    size_t size = colon == NULL ? 0 : (size_t)(colon - text);
    char *end;

    if (size == 0 || size >= host_size || colon[1] < '0' || colon[1] > '9') {
        return false;
    }
    if (text[0] == '[' && text[size - 1] == ']') {
        text++;
        size -= 2;
    }
    memcpy(ret_host, text, size);
    ret_host[size] = '\0';
    *ret_port = strtoul(colon + 1, &end, 10);
    return *end == '\0' && *ret_port <= 65535;
}

static enum hd_status parse_tcp(const char *url, struct hd_address *ret_address,
                                struct hd_error *error)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&ret_address->storage;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ret_address->storage;
    unsigned long port;
    char host[64];

    if (!split(url + strlen(TCP_SCHEME), host, sizeof host, &port)) {
        return bad_url(error, url, "tcp:// wants HOST:PORT, with a port from 0 to 65535");
    }
    if (strcmp(host, "localhost") == 0) {
        (void)strcpy(host, "127.0.0.1");
    }
    if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)port);
        ret_address->size = sizeof *in;
    } else if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)port);
        ret_address->size = sizeof *in6;
    } else {
        return bad_url(error, url,
                       "the host must be an address: 127.0.0.1, [::1] or localhost");
    }
    return hd_address_judge(ret_address, url, error);
}

enum hd_status hd_address_parse(const char *url, struct hd_address *ret_address,
                                struct hd_error *error)
{
    memset(ret_address, 0, sizeof *ret_address);
    if (strncmp(url, UNIX_SCHEME, strlen(UNIX_SCHEME)) == 0) {
        return parse_unix(url, ret_address, error);
    }
    if (strncmp(url, TCP_SCHEME, strlen(TCP_SCHEME)) == 0) {
        return parse_tcp(url, ret_address, error);
    }
    return bad_url(error, url, "an address to listen on is unix:PATH or tcp://HOST:PORT");
}

static bool is_loopback(const struct hd_address *address)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;

    if (address->any.sa_family == AF_INET) {
        return (ntohl(in->sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
    }
    return address->any.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

enum hd_status hd_address_judge(const struct hd_address *address, const char *url,
                                struct hd_error *error)
{
    switch (address->any.sa_family) {
    case AF_UNIX:
        return HD_OK;
    case AF_INET:
    case AF_INET6:
        if (is_loopback(address)) {
            return HD_OK;
        }
        return bad_url(error, url,
                       "TCP is for loopback addresses only (127.0.0.1, [::1]) until heapd has "
                       "authentication: anybody who reaches the port can do anything");
    default:
        return bad_url(error, url, "the socket is neither Unix nor TCP");
    }
}

void hd_address_format(const struct hd_address *address, char url[HD_URL_BYTES])
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;
    char host[INET6_ADDRSTRLEN] = "?";

    if (address->any.sa_family == AF_UNIX) {
        (void)snprintf(url, HD_URL_BYTES, UNIX_SCHEME "%.*s", (int)sizeof address->un.sun_path,
                       address->un.sun_path);
    } else if (address->any.sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        (void)snprintf(url, HD_URL_BYTES, TCP_SCHEME "%s:%u", host, ntohs(in->sin_port));
    } else if (address->any.sa_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        (void)snprintf(url, HD_URL_BYTES, TCP_SCHEME "[%s]:%u", host, ntohs(in6->sin6_port));
    } else {
        (void)snprintf(url, HD_URL_BYTES, "(no address)");
    }
}
