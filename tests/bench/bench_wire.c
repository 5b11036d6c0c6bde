/* SPDX-License-Identifier: MIT */
/* bench_wire.c: the same load on heapd and on Redis, from one thread.
 *
 * usage: bench_wire heapd|redis SOCKET CLIENTS IN_FLIGHT REQUESTS
 * Each client keeps IN_FLIGHT requests on the way, alternately taking and
 * giving back (Hold and Release; INCR and DECR).  Answers are counted and
 * checked for errors.  Prints nanoseconds of wall time per request. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "heapd/v1/object.pb-c.h"
#include "ttrpc/envelope.pb-c.h"

static void must(bool truth, const char *what)
{
    if (!truth) {
        (void)fprintf(stderr, "bench_wire: %s\n", what);
        exit(1);
    }
}

static double wall_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

struct client {
    int fd;
    uint32_t stream;
    long sent;
    long answered;
    size_t out_size;
    size_t out_done;
    size_t in_size;
    uint64_t id;
    unsigned char out[1 << 16];
    unsigned char in[1 << 16];
};

struct load {
    bool redis;
    int in_flight;
    long each; /* requests of one client */
};

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    must(strlen(path) < sizeof address.sun_path, "path too long");
    memcpy(address.sun_path, path, strlen(path) + 1);
    must(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0,
         "cannot connect");
    return fd;
}

static void put_u32(unsigned char *at, uint32_t value)
{
    at[0] = (unsigned char)(value >> 24);
    at[1] = (unsigned char)(value >> 16);
    at[2] = (unsigned char)(value >> 8);
    at[3] = (unsigned char)value;
}

static uint32_t get_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static size_t frame(struct client *c, const char *method, const ProtobufCMessage *message,
                    unsigned char *out)
{
    unsigned char payload[256];
    char name[16];
    char service[] = "heapd.v1.ObjectService";
    Ttrpc__Request request = TTRPC__REQUEST__INIT;
    size_t size;

    (void)snprintf(name, sizeof name, "%s", method);
    request.service = service;
    request.method = name;
    request.payload.len = protobuf_c_message_pack(message, payload);
    request.payload.data = payload;
    size = ttrpc__request__pack(&request, out + 10);
    put_u32(out, (uint32_t)size);
    put_u32(out + 4, 2 * c->stream + 1); /* odd and rising */
    c->stream++;
    out[8] = 1;
    out[9] = 0;
    return size + 10;
}

static size_t next_request(const struct load *load, struct client *c, unsigned char *out)
{
    bool give_back = c->sent % 2 != 0;

    if (load->redis) {
        const char *text = give_back ? "*2\r\n$4\r\nDECR\r\n$3\r\nkey\r\n"
                                     : "*2\r\n$4\r\nINCR\r\n$3\r\nkey\r\n";

        memcpy(out, text, strlen(text));
        return strlen(text);
    }
    Heapd__V1__HoldRequest hold = HEAPD__V1__HOLD_REQUEST__INIT;
    Heapd__V1__ReleaseRequest release = HEAPD__V1__RELEASE_REQUEST__INIT;
    Heapd__V1__Operands objects = HEAPD__V1__OPERANDS__INIT;

    objects.n_ids = 1;
    objects.ids = &c->id;
    hold.objects = &objects;
    release.objects = &objects;
    return give_back ? frame(c, "Release", &release.base, out)
                     : frame(c, "Hold", &hold.base, out);
}

static void fill(const struct load *load, struct client *c)
{
    while (c->sent < load->each && c->sent - c->answered < load->in_flight &&
           c->out_size + 256 < sizeof c->out) {
        c->out_size += next_request(load, c, c->out + c->out_size);
        c->sent++;
    }
}

static void flush(struct client *c)
{
    while (c->out_done < c->out_size) {
        ssize_t n = write(c->fd, c->out + c->out_done, c->out_size - c->out_done);

        if (n < 0) {
            must(errno == EAGAIN, "write failed");
            return;
        }
        c->out_done += (size_t)n;
    }
    c->out_done = 0;
    c->out_size = 0;
}

/* Bytes of the first whole answer, or 0. */
static size_t answer_size(const struct load *load, const unsigned char *in, size_t size)
{
    if (load->redis) {
        const unsigned char *end = memchr(in, '\n', size);

        must(size == 0 || in[0] == ':', "redis answered an error");
        return end == NULL ? 0 : (size_t)(end - in) + 1;
    }
    if (size < 10 || size < 10 + (size_t)get_u32(in)) {
        return 0;
    }
    must(get_u32(in) == 0 || in[10] != 0x0A, "heapd answered an error"); /* field 1: status */
    return 10 + get_u32(in);
}

static void receive(const struct load *load, struct client *c)
{
    ssize_t n = read(c->fd, c->in + c->in_size, sizeof c->in - c->in_size);
    size_t at = 0;
    size_t one;

    if (n < 0 && errno == EAGAIN) {
        return;
    }
    must(n > 0, "connection lost");
    c->in_size += (size_t)n;
    while ((one = answer_size(load, c->in + at, c->in_size - at)) > 0) {
        at += one;
        c->answered++;
    }
    memmove(c->in, c->in + at, c->in_size - at);
    c->in_size -= at;
}

/* One object, and its id from the answer: field 2 holds a message whose field 1 is fixed64. */
static void create_object(struct client *c)
{
    Heapd__V1__CreateRequest create = HEAPD__V1__CREATE_REQUEST__INIT;
    Heapd__V1__NewObject object = HEAPD__V1__NEW_OBJECT__INIT;
    Ttrpc__Response *response;
    Heapd__V1__CreateResponse *created;
    unsigned char out[512];
    size_t have = 0;
    size_t size;

    object.value_case = HEAPD__V1__NEW_OBJECT__VALUE_FLOAT_VALUE;
    object.float_value = 3.14;
    create.object = &object;
    size = frame(c, "Create", &create.base, out);
    must(write(c->fd, out, size) == (ssize_t)size, "write failed");
    while (have < 10 || have < 10 + (size_t)get_u32(c->in)) {
        ssize_t n = read(c->fd, c->in + have, sizeof c->in - have);

        must(n > 0, "connection lost");
        have += (size_t)n;
    }
    response = ttrpc__response__unpack(NULL, get_u32(c->in), c->in + 10);
    must(response != NULL && response->status == NULL, "Create was refused");
    created =
        heapd__v1__create_response__unpack(NULL, response->payload.len, response->payload.data);
    must(created != NULL && created->id != 0, "Create gave no id");
    c->id = created->id;
    heapd__v1__create_response__free_unpacked(created, NULL);
    ttrpc__response__free_unpacked(response, NULL);
}

static double run(const struct load *load, struct client *clients, int count)
{
    int poll = epoll_create1(EPOLL_CLOEXEC);
    int done = 0;
    double start;

    must(poll >= 0, "no epoll");
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = (uint32_t)i}};

        must(fcntl(clients[i].fd, F_SETFL, O_NONBLOCK) == 0 &&
                 epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &event) == 0,
             "epoll_ctl");
    }
    start = wall_ns();
    for (int i = 0; i < count; i++) {
        fill(load, &clients[i]);
        flush(&clients[i]);
    }
    while (done < count) {
        struct epoll_event events[64];
        int n = epoll_wait(poll, events, 64, 30000);

        must(n > 0, "no answer for 30 seconds");
        for (int i = 0; i < n; i++) {
            struct client *c = &clients[events[i].data.u32];
            bool was_done = c->answered == load->each;

            receive(load, c);
            fill(load, c);
            flush(c);
            done += !was_done && c->answered == load->each;
        }
    }
    start = wall_ns() - start;
    (void)close(poll);
    return start;
}

int main(int argc, char **argv)
{
    struct load load;
    struct client *clients;
    int count;

    must(argc == 6, "usage: bench_wire heapd|redis SOCKET CLIENTS IN_FLIGHT REQUESTS");
    count = atoi(argv[3]);
    load.redis = strcmp(argv[1], "redis") == 0;
    load.in_flight = atoi(argv[4]);
    must(count > 0 && load.in_flight > 0, "bad numbers");
    load.each = (long)strtod(argv[5], NULL) / count / 2 * 2;
    clients = calloc((size_t)count, sizeof *clients);
    must(clients != NULL, "no memory");
    for (int i = 0; i < count; i++) {
        clients[i].fd = dial(argv[2]);
        if (!load.redis) {
            create_object(&clients[i]);
        }
    }
    (void)printf("%.3f\n", run(&load, clients, count) / (double)(load.each * count));
    free(clients);
    return 0;
}
