/* SPDX-License-Identifier: MIT */
/* protocol.h: what the loop asks of a protocol: requests encoded once, answers read by their
 * headers.  No message is built or decoded while the clock runs. */
#ifndef HEAPD_BENCH_PROTOCOL_H
#define HEAPD_BENCH_PROTOCOL_H

#include "options.h"
#include "template.h"

/* One request as it is sent again and again, and what must come back. */
struct bench_request {
    struct bench_template template; /* size 0: this protocol needs nothing for it */
    uint32_t operations;            /* or ids */
    uint32_t replies;               /* Redis: of a batch as many as operations */
    const char **expected;          /* Redis: how each reply begins; owned */
    bool creates;                   /* one object: heapd's answer has its id */
    bool takes;                     /* into the ring */
    bool gives_back;                /* what is oldest in the ring */
    bool draws;                     /* anew from the ids of bulk */
    bool batch;
    char name[32];
};

enum bench_found { BENCH_WHOLE, BENCH_PART, BENCH_NONSENSE };

struct bench_reply {
    size_t used;
    uint32_t number; /* of the request; BENCH_OLDEST */
    const uint8_t *body;
    size_t size;
};

#define BENCH_OLDEST UINT32_MAX

struct bench_protocol {
    const char *name;
    /* Encodes these steps as one request; count 1 and !batch: a call.  A bulk step takes
     * `ids` ids.  false: no memory. */
    bool (*build)(const struct bench_options *options, const enum bench_step *steps,
                  size_t count, bool batch, struct bench_request *ret_request);
    /* Numbers a request: 0, 1, 2, ... of its connection, modulo 2^31. */
    void (*stamp)(uint8_t *bytes, uint32_t number);
    /* The first reply among the bytes. */
    enum bench_found (*find)(const uint8_t *bytes, size_t size, struct bench_reply *ret_reply);
    /* Is it what the request (its so manieth reply) should give?  If not, a sentence in
     * message.  *ret_id is set if the request creates. */
    bool (*check)(const struct bench_request *request, uint32_t which,
                  const struct bench_reply *reply, uint64_t *ret_id, char *message,
                  size_t room);
};

const struct bench_protocol *bench_ttrpc(void);
const struct bench_protocol *bench_resp(void);

void bench_request_fini(struct bench_request *request);

#endif
