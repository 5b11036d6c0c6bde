/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connect.h"

#define NUMBERS     INT32_MAX /* of a connection: ttrpc has no more stream ids */
#define OUT_ROOM    (256u * 1024)
#define IN_ROOM     (16u * 1024)
#define IN_ROOM_MAX (32u * 1024 * 1024)
#define WAIT_MS     30000

static bool fail(struct bench_client *client, const char *what)
{
    (void)snprintf(client->message, sizeof(client->message), "%s", what);
    return false;
}

bool bench_client_open(struct bench_client *client, const struct bench_protocol *protocol,
                       const struct bench_options *options, uint32_t number)
{
    struct hdc_address address;
    struct heapd_error error;

    *client = (struct bench_client){.protocol = protocol, .fd = -1};
    client->keys = ((uint64_t)getpid() << 44) ^ ((uint64_t)(number + 1) << 28);
    client->random = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    for (unsigned source = 0; source < BENCH_SOURCES; source++) {
        client->values.of[source] = client->keys | source;
    }
    client->values.of[BENCH_RING] = client->values.of[BENCH_FRESH]; /* inside a batch */
    client->in_room = IN_ROOM;
    client->in = malloc(client->in_room);
    if (client->in == NULL) {
        return fail(client, "no memory");
    }
    if (hdc_connect(options->url, WAIT_MS, &client->fd, &address, &error) != HEAPD_OK) {
        return fail(client, error.message);
    }
    return bench_client_prepare(client, NULL, 0, 1);
}

void bench_client_close(struct bench_client *client)
{
    if (client->fd >= 0) {
        (void)close(client->fd);
    }
    free(client->slots);
    free(client->ring);
    free(client->bulk);
    free(client->drawn);
    free(client->out);
    free(client->in);
}

bool bench_client_reserve(struct bench_client *client, size_t size)
{
    if (size > client->out_room) {
        uint8_t *grown = realloc(client->out, size);

        if (grown == NULL) {
            return fail(client, "no memory");
        }
        client->out = grown;
        client->out_room = size;
    }
    return true;
}

bool bench_client_prepare(struct bench_client *client, const struct bench_request *round,
                          size_t count, uint32_t pipeline)
{
    size_t largest = 0;
    size_t slots = 2;

    while (slots < 2 * (size_t)pipeline) {
        slots *= 2;
    }
    for (size_t i = 0; i < count; i++) {
        if (round[i].template.size > largest) {
            largest = round[i].template.size;
        }
    }
    free(client->slots);
    free(client->ring);
    client->slots = calloc(slots, sizeof(*client->slots));
    client->ring = calloc(slots, sizeof(*client->ring));
    if (client->slots == NULL || client->ring == NULL) {
        return fail(client, "no memory");
    }
    client->slot_mask = (uint32_t)slots - 1;
    client->oldest = client->sent;
    client->pipeline = pipeline;
    client->round = round;
    client->round_count = count;
    client->turn = 0;
    if (largest * pipeline > OUT_ROOM) {
        return bench_client_reserve(client, largest > OUT_ROOM ? largest : OUT_ROOM);
    }
    return bench_client_reserve(client, largest * pipeline);
}

/* Other ids, for the requests of bulk from here to the next that draws. */
static void draw(struct bench_client *client)
{
    uint64_t x = client->random;

    for (uint32_t i = 0; i < client->drawn_count; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        client->drawn[i] =
            client->bulk[(uint64_t)(((unsigned __int128)x * client->bulk_count) >> 64)];
    }
    client->random = x;
    client->values.bulk = (const uint8_t *)client->drawn;
}

static void encode(struct bench_client *client, const struct bench_request *request,
                   uint64_t at, bool counted)
{
    uint8_t *to = client->out + client->out_size;
    struct bench_slot *slot = &client->slots[client->sent & client->slot_mask];

    if (request->gives_back) {
        client->values.of[BENCH_RING] = client->ring[client->ring_head & client->slot_mask];
        client->ring_head++;
        client->ring_size--;
    }
    if (request->takes) {
        client->values.of[BENCH_FRESH] = client->keys + BENCH_SOURCES + client->fresh_sent++;
    }
    if (request->draws) {
        draw(client);
    }
    bench_template_write(&request->template, &client->values, to);
    client->protocol->stamp(to, client->sent);
    client->out_size += request->template.size;
    *slot = (struct bench_slot){at, request, request->replies, counted};
    client->sent++;
    client->in_flight++;
}

/* What is next in turn; a create when there is nothing to be given back. */
static const struct bench_request *choose(const struct bench_client *client)
{
    const struct bench_request *request = &client->round[client->turn];

    if (!request->gives_back || client->ring_size > 0) {
        return request;
    }
    request = client->round;
    while (!request->takes) {
        request++;
    }
    return request;
}

bool bench_client_next(struct bench_client *client, uint64_t at, bool counted)
{
    const struct bench_request *request = choose(client);

    if (client->in_flight >= client->pipeline ||
        client->slots[client->sent & client->slot_mask].replies != 0 ||
        client->out_room - client->out_size < request->template.size) {
        return false;
    }
    if (client->sent == NUMBERS) {
        return fail(client, "a connection has had all its 2^31 requests");
    }
    encode(client, request, at, counted);
    client->turn = client->turn + 1 == client->round_count ? 0 : client->turn + 1;
    return true;
}

bool bench_client_flush(struct bench_client *client)
{
    while (client->out_done < client->out_size) {
        ssize_t n = send(client->fd, client->out + client->out_done,
                         client->out_size - client->out_done, MSG_NOSIGNAL);

        if (n < 0 && errno == EAGAIN) {
            client->blocked = true;
            return true;
        }
        if (n < 0) {
            return fail(client, "the connection was lost while sending");
        }
        client->out_done += (size_t)n;
    }
    client->blocked = false;
    client->out_done = 0;
    client->out_size = 0;
    return true;
}

static bool make_room(struct bench_client *client)
{
    memmove(client->in, client->in + client->in_done, client->in_size - client->in_done);
    client->in_size -= client->in_done;
    client->in_done = 0;
    if (client->in_size == client->in_room) {
        uint8_t *grown =
            client->in_room < IN_ROOM_MAX ? realloc(client->in, client->in_room * 2) : NULL;

        if (grown == NULL) {
            return fail(client, "an answer is too long");
        }
        client->in = grown;
        client->in_room *= 2;
    }
    return true;
}

bool bench_client_read(struct bench_client *client)
{
    ssize_t n;

    if (!make_room(client)) {
        return false;
    }
    n = recv(client->fd, client->in + client->in_size, client->in_room - client->in_size, 0);
    if (n > 0) {
        client->in_size += (size_t)n;
    } else if (n == 0 || errno != EAGAIN) {
        return fail(client, "the connection was lost");
    }
    return true;
}

/* The slot that an answer is for.  NULL: nobody asked. */
static struct bench_slot *slot_of(struct bench_client *client)
{
    uint32_t number = client->reply.number;
    struct bench_slot *slot;

    if (number == BENCH_OLDEST) {
        number = client->oldest;
    }
    slot = &client->slots[number & client->slot_mask];
    if (client->sent - number - 1 > client->slot_mask || slot->replies == 0) {
        return NULL;
    }
    return slot;
}

static void push(struct bench_client *client)
{
    uint64_t taken = client->protocol == bench_ttrpc()
                         ? client->id
                         : client->keys + BENCH_SOURCES + client->fresh_answered++;

    client->ring[(client->ring_head + client->ring_size) & client->slot_mask] = taken;
    client->ring_size++;
}

int bench_client_answer(struct bench_client *client, struct bench_slot *ret_slot)
{
    struct bench_slot *slot;
    enum bench_found found;

    for (;;) {
        if (client->in_done == client->in_size) {
            return 0;
        }
        found = client->protocol->find(client->in + client->in_done,
                                       client->in_size - client->in_done, &client->reply);
        if (found != BENCH_WHOLE) {
            return found == BENCH_PART
                       ? 0
                       : (int)fail(client, "what came is no answer of this protocol") - 1;
        }
        slot = slot_of(client);
        if (slot == NULL) {
            return (int)fail(client, "an answer came that nobody asked for") - 1;
        }
        if (!client->protocol->check(slot->request, slot->request->replies - slot->replies,
                                     &client->reply, &client->id, client->message,
                                     sizeof(client->message))) {
            return -1;
        }
        client->in_done += client->reply.used;
        if (--slot->replies == 0) {
            break;
        }
    }
    client->oldest++;
    client->in_flight--;
    if (slot->request->takes) {
        push(client);
    }
    *ret_slot = *slot;
    return 1;
}

bool bench_client_send(struct bench_client *client, const struct bench_request *request)
{
    if (!bench_client_reserve(client, client->out_size + request->template.size)) {
        return false;
    }
    encode(client, request, 0, false);
    return bench_client_flush(client);
}

bool bench_client_await(struct bench_client *client, struct bench_slot *ret_slot)
{
    int answered;

    while ((answered = bench_client_answer(client, ret_slot)) == 0) {
        struct pollfd poller = {.fd = client->fd, .events = POLLIN};

        if (client->blocked) {
            poller.events |= POLLOUT;
        }
        if (poll(&poller, 1, WAIT_MS) <= 0) {
            return fail(client, "no answer for 30 seconds");
        }
        if (((poller.revents & ~POLLOUT) != 0 && !bench_client_read(client)) ||
            ((poller.revents & POLLOUT) != 0 && !bench_client_flush(client))) {
            return false;
        }
    }
    return answered > 0;
}

bool bench_client_call(struct bench_client *client, const struct bench_request *request)
{
    struct bench_slot slot;

    return request->template.size == 0 ||
           (bench_client_send(client, request) && bench_client_await(client, &slot));
}

bool bench_client_finish(struct bench_client *client)
{
    while (client->turn != 0 || client->ring_size > 0) {
        const struct bench_request *request = choose(client);

        if (client->turn == 0) { /* the ring only */
            request = client->round;
            while (!request->gives_back) {
                request++;
            }
        } else {
            client->turn = client->turn + 1 == client->round_count ? 0 : client->turn + 1;
        }
        if (!bench_client_call(client, request)) {
            return false;
        }
    }
    return true;
}
