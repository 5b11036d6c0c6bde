/* SPDX-License-Identifier: MIT */
/* client.h: one connection: requests in flight, ids that are to be given back, two buffers. */
#ifndef HEAPD_BENCH_CLIENT_H
#define HEAPD_BENCH_CLIENT_H

#include "protocol.h"

/* A request in flight; found again by its number. */
struct bench_slot {
    uint64_t at; /* ns; sent, or due */
    const struct bench_request *request;
    uint32_t replies; /* that are still to come; 0: free */
    bool counted;
};

struct bench_client {
    const struct bench_protocol *protocol;
    const struct bench_request *round; /* the workload's requests in turn; borrowed */
    size_t round_count;
    size_t turn;
    int fd;
    bool blocked; /* the socket takes no more at the moment */

    uint32_t sent; /* all in all: the next one's number */
    uint32_t oldest;
    uint32_t in_flight;
    uint32_t pipeline;
    struct bench_slot *slots; /* slot_mask + 1, a power of two; owned */
    uint32_t slot_mask;

    struct bench_values values;
    uint64_t keys; /* where the numbers of this client's keys begin */
    uint64_t fresh_sent;
    uint64_t fresh_answered;
    uint64_t *ring; /* as long as slots; owned */
    uint32_t ring_head;
    uint32_t ring_size;
    uint64_t *bulk; /* all ids of bulk, little-endian; owned */
    uint64_t bulk_count;
    uint64_t *drawn; /* those of this round; owned */
    uint32_t drawn_count;
    uint64_t random;

    uint8_t *out;
    size_t out_size;
    size_t out_done;
    size_t out_room;
    uint8_t *in;
    size_t in_done; /* answers taken */
    size_t in_size;
    size_t in_room;
    struct bench_reply reply; /* the last one */
    uint64_t id;              /* that it gave */
    char message[600];        /* what went wrong */
};

/* Connects; number makes its keys different from all others'.  false: message says why.  To be
 * closed all the same. */
bool bench_client_open(struct bench_client *client, const struct bench_protocol *protocol,
                       const struct bench_options *options, uint32_t number);
void bench_client_close(struct bench_client *client);
/* Makes room for the requests of a round, so many of them in flight. */
bool bench_client_prepare(struct bench_client *client, const struct bench_request *round,
                          size_t count, uint32_t pipeline);
/* Makes room for one request of this size. */
bool bench_client_reserve(struct bench_client *client, size_t size);

/* Encodes the next request of the round.  false: there is no room for it now, or message. */
bool bench_client_next(struct bench_client *client, uint64_t at, bool counted);
/* With nothing in flight: gives back what is still taken, one by one. */
bool bench_client_finish(struct bench_client *client);

/* Writes what the socket takes.  false: message. */
bool bench_client_flush(struct bench_client *client);
/* Reads once.  false: message. */
bool bench_client_read(struct bench_client *client);
/* The next answer that was read: 1 and its slot, 0: none is whole, -1: message. */
int bench_client_answer(struct bench_client *client, struct bench_slot *ret_slot);

/* Sends one request and waits for its answer, with nothing else in flight: reply and id are
 * good until the next one. */
bool bench_client_call(struct bench_client *client, const struct bench_request *request);
/* The same without waiting, and the waiting for any answer. */
bool bench_client_send(struct bench_client *client, const struct bench_request *request);
bool bench_client_await(struct bench_client *client, struct bench_slot *ret_slot);

#endif
