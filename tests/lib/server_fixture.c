/* SPDX-License-Identifier: MIT */
/* server_fixture.c: see server_fixture.h. */
#include "lib/server_fixture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "heap/inspect.h"
#include "heap/verify.h"
#include "lib/testlib.h"

#define HOUR (3600 * SECOND)

static void start_world(struct server_world *world, uv_loop_t *loop)
{
    struct hd_heap_options heap = hd_heap_options_default();
    struct hd_heap_world needs = {hd_os_system(), &world->heap_alloc.iface,
                                  &world->clock.iface};
    struct hd_hub_options hub = {
        .allocator = &world->alloc.iface, .clock = &world->clock.iface, .version = "0.0.test"};

    fault_alloc_init(&world->alloc, FAULT_NEVER);
    fault_alloc_init(&world->heap_alloc, FAULT_NEVER);
    fake_clock_init(&world->clock, SECOND);
    heap.memory.reserve_bytes = (size_t)256 << 20;
    heap.max_slots = 1 << 24;
    assert_int_equal(hd_heap_new(&heap, &needs, &world->heap), HD_OK);
    assert_int_equal(hd_hub_new(&hub, &world->hub), HD_OK);
    assert_int_equal(hd_hub_add_heap(world->hub, world->heap), HD_OK);
    if (world->options.allocator == NULL) {
        world->options = hd_server_options_default();
        world->options.trim_ns = HOUR; /* the timer is of the system's clock: out of the way */
    }
    world->options.allocator = &world->alloc.iface;
    world->options.clock = &world->clock.iface;
    assert_int_equal(hd_server_new(&world->options, loop, world->hub, &world->server), HD_OK);
}

int server_fixture_setup(void **state)
{
    struct server_fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(uv_loop_init(&f->loop), 0);
    start_world(&f->a, &f->loop);
    *state = f;
    return 0;
}

void server_fixture_add_b(struct server_fixture *f)
{
    start_world(&f->b, &f->loop);
    f->has_b = true;
}

static void on_stopped(void *ctx)
{
    struct server_world *world = ctx;

    world->stopped = true;
}

static void on_defect(void *ctx, const char *sentence)
{
    (void)ctx;
    (void)fprintf(stderr, "defect: %s\n", sentence);
}

static void stop_world(struct server_fixture *f, struct server_world *world)
{
    struct hd_verify_result result;

    if (!world->hub->draining) {
        hd_server_drain(world->server, on_stopped, world);
    }
    server_fixture_settle(f);
    assert_int_equal(hd_server_conns(world->server), 0);
    assert_int_equal(world->hub->channels, 0);
    assert_int_equal(hd_heap_verify(world->heap, on_defect, NULL, &result), HD_OK);
    assert_int_equal(result.defects, 0);
    hd_server_free(world->server);
    hd_heap_free(world->heap);
    hd_hub_free(world->hub);
    assert_int_equal(world->alloc.live_bytes, 0);
    assert_int_equal(world->heap_alloc.live_bytes, 0);
}

int server_fixture_teardown(void **state)
{
    struct server_fixture *f = *state;

    stop_world(f, &f->a);
    if (f->has_b) {
        stop_world(f, &f->b);
    }
    assert_int_equal(uv_loop_close(&f->loop), 0);
    free(f);
    return 0;
}

void server_fixture_turn(struct server_fixture *f)
{
    (void)uv_run(&f->loop, UV_RUN_NOWAIT);
}

/* Something is due without waiting: a handle to close, an idle one, bytes. */
static bool is_busy(struct server_fixture *f)
{
    struct pollfd pollfd = {.fd = uv_backend_fd(&f->loop), .events = POLLIN};

    return uv_loop_alive(&f->loop) &&
           (uv_backend_timeout(&f->loop) == 0 || poll(&pollfd, 1, 0) > 0);
}

void server_fixture_settle(struct server_fixture *f)
{
    unsigned quiet = 0;

    for (unsigned turns = 0; quiet < 3; turns++) {
        server_fixture_turn(f); /* also registers what was started since the last poll */
        quiet = is_busy(f) ? 0 : quiet + 1;
        assert_in_range(turns, 0, 1000000);
    }
}

void peer_connect(struct peer *peer, struct server_world *world, int type)
{
    int fds[2];

    *peer = (struct peer){.stream = (uint32_t)-1};
    assert_int_equal(socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    peer->fd = fds[0];
    assert_int_equal(hd_server_adopt(world->server, fds[1]), HD_OK);
}

void peer_close(struct peer *peer)
{
    (void)close(peer->fd);
    wire_bytes_free(&peer->in);
    wire_bytes_free(&peer->out);
}

void peer_flush(struct peer *peer)
{
    ssize_t n = send(peer->fd, peer->out.data, peer->out.size, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n > 0) {
        memmove(peer->out.data, peer->out.data + n, peer->out.size - (size_t)n);
        peer->out.size -= (size_t)n;
    }
}

void peer_send(struct peer *peer, const char *service, const char *method,
               struct wire_bytes *payload)
{
    struct wire_request request = {.service = service, .method = method, .payload = payload};

    peer->stream += 2;
    wire_put_request(&peer->out, peer->stream, &request);
    peer_flush(peer);
    if (payload != NULL) {
        wire_bytes_clear(payload);
    }
}

bool peer_read(struct peer *peer)
{
    char bytes[65536];
    ssize_t n;

    while ((n = recv(peer->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        wire_bytes_add(&peer->in, bytes, (size_t)n);
    }
    return n < 0 && errno == EAGAIN;
}

bool peer_reply(struct peer *peer, struct wire_reply *ret_reply)
{
    if (peer->reply_size > 0) {
        memmove(peer->in.data, peer->in.data + peer->reply_size,
                peer->in.size - peer->reply_size);
        peer->in.size -= peer->reply_size;
    }
    peer->reply_size = wire_take_reply(peer->in.data, peer->in.size, ret_reply);
    return peer->reply_size > 0;
}

struct wire_reply peer_must(struct server_fixture *f, struct peer *peer, const char *service,
                            const char *method, struct wire_bytes *payload)
{
    struct wire_reply reply;

    peer_send(peer, service, method, payload);
    while (peer->out.size > 0) {
        server_fixture_turn(f);
        peer_flush(peer);
    }
    server_fixture_settle(f);
    assert_true(peer_read(peer));
    assert_true(peer_reply(peer, &reply));
    assert_string_equal(reply.message, "");
    assert_int_equal(reply.stream, peer->stream);
    return reply;
}

static uint64_t create(struct server_fixture *f, struct peer *peer, struct wire_bytes *object)
{
    struct wire_bytes payload = {0};
    struct wire_reply reply;

    wire_put_message(&payload, 1, object);
    reply = peer_must(f, peer, "ObjectService", "Create", &payload);
    wire_bytes_free(&payload);
    wire_bytes_free(object);
    return wire_number(reply.payload, reply.payload_size, 1);
}

uint64_t peer_int(struct server_fixture *f, struct peer *peer, int64_t value)
{
    struct wire_bytes object = {0};

    wire_put_signed(&object, 3, value);
    return create(f, peer, &object);
}

uint64_t peer_list(struct server_fixture *f, struct peer *peer, const uint64_t *ids,
                   size_t count)
{
    struct wire_bytes object = {0};

    wire_put_ids(&object, 8, ids, count);
    return create(f, peer, &object);
}

uint64_t server_world_objects(const struct server_world *world)
{
    struct hd_heap_info info;

    hd_inspect_heap(world->heap, &info);
    return info.objects;
}
