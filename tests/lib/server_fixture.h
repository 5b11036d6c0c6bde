/* SPDX-License-Identifier: MIT */
/* server_fixture.h: the whole daemon in the test's process: a loop turned by hand, a clock
 * that is held, socketpairs instead of ports.  Whoever uses it links hd_server. */
#ifndef HD_TESTS_SERVER_FIXTURE_H
#define HD_TESTS_SERVER_FIXTURE_H

#include "lib/fake_clock.h"
#include "lib/fault_alloc.h"
#include "lib/wire_bytes.h"
#include "server/server.h"

/* One server with its heap; several may share a loop. */
struct server_world {
    struct fault_alloc alloc; /* of hub, server and connections */
    struct fault_alloc heap_alloc;
    struct fake_clock clock;
    struct hd_heap *heap;
    struct hd_hub *hub;
    struct hd_server *server;
    struct hd_server_options options;
    bool stopped;
};

struct server_fixture {
    uv_loop_t loop;
    struct server_world a;
    struct server_world b; /* only where a test asks for it */
    bool has_b;
};

/* A client: its end of a socketpair. */
struct peer {
    int fd;
    uint32_t stream; /* of the last request */
    struct wire_bytes in;
    struct wire_bytes out; /* not taken by the socket yet */
    size_t reply_size;     /* of the reply last taken; dropped by the next take */
};

int server_fixture_setup(void **state);
int server_fixture_teardown(void **state); /* drains, proves that nothing is left */
void server_fixture_add_b(struct server_fixture *f);

/* One turn of the loop, without waiting. */
void server_fixture_turn(struct server_fixture *f);

/* Turns until nothing happens any more. */
void server_fixture_settle(struct server_fixture *f);

/* type: SOCK_STREAM, or SOCK_SEQPACKET to see single writes. */
void peer_connect(struct peer *peer, struct server_world *world, int type);
void peer_close(struct peer *peer);

/* Queues a request on the next stream and sends what the socket takes. */
void peer_send(struct peer *peer, const char *service, const char *method,
               struct wire_bytes *payload);
void peer_flush(struct peer *peer);

/* Reads what there is; false: the daemon has closed. */
bool peer_read(struct peer *peer);

/* The next reply among what was read; its payload is valid until the next take. */
bool peer_reply(struct peer *peer, struct wire_reply *ret_reply);

/* Sends, settles, and takes the reply, which must be OK. */
struct wire_reply peer_must(struct server_fixture *f, struct peer *peer, const char *service,
                            const char *method, struct wire_bytes *payload);

/* Creates, and holds: an int, a list of objects. */
uint64_t peer_int(struct server_fixture *f, struct peer *peer, int64_t value);
uint64_t peer_list(struct server_fixture *f, struct peer *peer, const uint64_t *ids,
                   size_t count);

/* Living objects of the world's heap. */
uint64_t server_world_objects(const struct server_world *world);

#endif
