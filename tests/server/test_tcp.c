/* SPDX-License-Identifier: MIT */
/* What a request over TCP costs in calls of the system beside reading and writing. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "heap/heap.h"
#include "lib/server_fixture.h"
#include "lib/testlib.h"
#include "server/address.h"

static unsigned acknowledgements;

/* In place of libc's. */
int setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    acknowledgements += level == IPPROTO_TCP && option == TCP_QUICKACK;
    return (int)syscall(SYS_setsockopt, fd, level, option, value, size);
}

static void connect_tcp(struct server_fixture *f, struct peer *peer)
{
    struct hd_address address;
    struct hd_error error;

    assert_int_equal(hd_server_listen(f->a.server, "tcp://127.0.0.1:0", &error), HD_OK);
    assert_int_equal(hd_address_parse(hd_server_url(f->a.server, 0), &address, &error), HD_OK);
    *peer = (struct peer){.stream = (uint32_t)-1};
    peer->fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(peer->fd, &address.any, address.size), 0);
    (void)peer_must(f, peer, "ServerService", "Ping", NULL);
    acknowledgements = 0;
}

static void an_answer_acknowledges(void **state)
{
    struct server_fixture *f = *state;
    struct peer peer;

    connect_tcp(f, &peer);
    for (unsigned i = 0; i < 100; i++) {
        (void)peer_must(f, &peer, "ServerService", "Ping", NULL);
    }
    assert_int_equal(acknowledgements, 0);
    peer_close(&peer);
}

/* The peer's Nagle would hold back the rest until the first part is acknowledged. */
static void part_of_a_message_is_acknowledged_at_once(void **state)
{
    struct wire_request request = {.service = "ServerService", .method = "Ping"};
    struct server_fixture *f = *state;
    struct wire_reply reply;
    struct peer peer;

    connect_tcp(f, &peer);
    wire_put_request(&peer.out, peer.stream += 2, &request);
    assert_int_equal(send(peer.fd, peer.out.data, 10, 0), 10);
    server_fixture_settle(f);
    assert_int_equal(acknowledgements, 1);
    assert_int_equal(send(peer.fd, peer.out.data + 10, peer.out.size - 10, 0),
                     peer.out.size - 10);
    server_fixture_settle(f);
    assert_true(peer_read(&peer));
    assert_true(peer_reply(&peer, &reply));
    assert_int_equal(acknowledgements, 1);

    wire_bytes_clear(&peer.out); /* a whole one and part of the next: the answer does it */
    wire_put_request(&peer.out, peer.stream += 2, &request);
    wire_put_request(&peer.out, peer.stream += 2, &request);
    assert_int_equal(send(peer.fd, peer.out.data, peer.out.size - 3, 0), peer.out.size - 3);
    server_fixture_settle(f);
    assert_int_equal(acknowledgements, 1);
    peer_close(&peer);
}

static void what_is_answered_later_is_acknowledged_at_once(void **state)
{
    struct server_fixture *f = *state;
    struct wire_bytes payload = {0};
    struct wire_reply reply;
    struct peer peer;

    connect_tcp(f, &peer);
    wire_put_number(&payload, 3, 60000); /* wait_ms */
    peer_send(&peer, "EventService", "ListEvents", &payload);
    server_fixture_settle(f);
    assert_true(peer_read(&peer));
    assert_false(peer_reply(&peer, &reply));
    assert_int_equal(acknowledgements, 1);
    peer_close(&peer);
    wire_bytes_free(&payload);
}

#define TEST(name)                                                                             \
    cmocka_unit_test_setup_teardown(name, server_fixture_setup, server_fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_answer_acknowledges),
        TEST(part_of_a_message_is_acknowledged_at_once),
        TEST(what_is_answered_later_is_acknowledged_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
