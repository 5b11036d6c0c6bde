/* SPDX-License-Identifier: MIT */
/* Loops in threads, clients in threads: that they share nothing they should not,
 * ThreadSanitizer says (preset tsan); that nobody is lost, the answers. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/crew_fixture.h"
#include "lib/testlib.h"
#include "server/address.h"

#define CLIENTS     2u
#define CONNECTIONS 500u /* of each client */
#define UNAVAILABLE 14
#define DRAIN_AFTER 100u

struct client {
    struct crew_fixture *f;
    struct hd_address address;
    const char *heaps[2];
    _Atomic unsigned *served; /* of all clients */
    bool drains;              /* one of them ends it all after DRAIN_AFTER connections */
    unsigned wrong;           /* answers that are not as they should be */
};

struct room {
    struct crew_fixture *f;
    char folder[40];
    char url[90];
    struct client clients[CLIENTS];
    _Atomic unsigned served;
};

/* Blocking; false: the daemon has closed. */
static bool receive(struct peer *peer, struct wire_reply *ret_reply)
{
    char bytes[4096];

    while (!peer_reply(peer, ret_reply)) {
        ssize_t n = recv(peer->fd, bytes, sizeof bytes, 0);

        if (n <= 0) {
            return false;
        }
        wire_bytes_add(&peer->in, bytes, (size_t)n);
    }
    return true;
}

static bool send_all(struct peer *peer)
{
    ssize_t n = send(peer->fd, peer->out.data, peer->out.size, MSG_NOSIGNAL);
    bool sent = n == (ssize_t)peer->out.size;

    wire_bytes_clear(&peer->out);
    return sent;
}

/* One connection: everything at once, then the answers in order.  Those of a daemon that drains
 * are all refusals from the first one on.  False: it takes no more connections. */
static bool converse(struct client *client, unsigned number)
{
    const char *heap = client->heaps[number % 2];
    struct peer peer = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
                        .stream = (uint32_t)-1};
    bool goes_on = connect(peer.fd, &client->address.any, client->address.size) == 0;
    bool refused = false;
    struct wire_reply reply;

    if (goes_on) {
        crew_put(&peer, NULL, "ServerService", "Ping", NULL);
        crew_put_create(&peer, heap, NULL);
        crew_put(&peer, NULL, "ServerService", "ServerInfo", NULL);
        crew_put(&peer, heap, "HeapService", "Info", NULL);
        goes_on = send_all(&peer);
    }
    for (uint32_t stream = 1; goes_on && stream <= 7; stream += 2) {
        goes_on = receive(&peer, &reply);
        refused |= goes_on && reply.code != 0;
        client->wrong +=
            goes_on && (reply.stream != stream || reply.code != (refused ? UNAVAILABLE : 0));
    }
    (void)close(peer.fd);
    wire_bytes_free(&peer.in);
    wire_bytes_free(&peer.out);
    return goes_on;
}

static void *be_a_client(void *ctx)
{
    struct client *client = ctx;

    for (unsigned i = 0; i < CONNECTIONS && converse(client, i); i++) {
        unsigned served = atomic_fetch_add(client->served, 1) + 1;

        if (client->drains && served >= DRAIN_AFTER && !client->f->draining) {
            crew_fixture_drain(client->f);
        }
    }
    return NULL;
}

static void open_room(struct room *room, struct crew_fixture *f)
{
    struct hd_error error;

    *room = (struct room){.f = f, .folder = "/tmp/heapd-test-XXXXXX"};
    assert_non_null(mkdtemp(room->folder));
    (void)snprintf(room->url, sizeof room->url, "unix:%s/s", room->folder);
    assert_int_equal(hd_server_listen(hd_crew_server(f->crew, 0), room->url, &error), HD_OK);
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct client *client = &room->clients[i];

        client->f = f;
        client->served = &room->served;
        client->heaps[0] = i == 0 ? "default" : "b";
        client->heaps[1] = i == 0 ? "b" : "c";
        assert_int_equal(hd_address_parse(room->url, &client->address, &error), HD_OK);
    }
}

static void *be_all_clients(void *ctx)
{
    struct room *room = ctx;
    pthread_t threads[CLIENTS];

    for (unsigned i = 0; i < CLIENTS; i++) {
        if (pthread_create(&threads[i], NULL, be_a_client, &room->clients[i]) != 0) {
            abort();
        }
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    if (!room->f->draining) {
        crew_fixture_drain(room->f);
    }
    return NULL;
}

/* This thread is loop 0, as main's is. */
static void run(struct room *room)
{
    pthread_t clients;

    assert_true(hd_crew_start(room->f->crew));
    assert_int_equal(pthread_create(&clients, NULL, be_all_clients, room), 0);
    hd_crew_run(room->f->crew);
    (void)pthread_join(clients, NULL);
    assert_true(room->f->stopped);
    for (unsigned i = 0; i < CLIENTS; i++) {
        assert_int_equal(room->clients[i].wrong, 0);
    }
    assert_int_equal(rmdir(room->folder), 0);
}

static void a_thousand_connections_to_heaps_of_both_loops(void **state)
{
    struct crew_fixture *f = *state;
    struct room room;

    open_room(&room, f);
    run(&room);
    assert_int_equal(room.served, CLIENTS * CONNECTIONS);
    assert_int_equal(hd_hub_requests(hd_crew_hub(f->crew, 0)), 4 * CLIENTS * CONNECTIONS);
    assert_int_equal(hd_hub_connections(hd_crew_hub(f->crew, 1)), 0);
}

static void draining_while_they_come(void **state)
{
    struct room room;

    open_room(&room, *state);
    room.clients[0].drains = true;
    run(&room);
    assert_in_range(room.served, DRAIN_AFTER, CLIENTS * CONNECTIONS);
}

static void draining_when_nobody_is_there(void **state)
{
    struct crew_fixture *f = *state;

    assert_true(hd_crew_start(f->crew));
    crew_fixture_drain(f);
    hd_crew_run(f->crew);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, crew_fixture_setup_threaded, crew_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_thousand_connections_to_heaps_of_both_loops),
        TEST(draining_while_they_come),
        TEST(draining_when_nobody_is_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
