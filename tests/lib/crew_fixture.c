/* SPDX-License-Identifier: MIT */
/* crew_fixture.c: see crew_fixture.h. */
#include "lib/crew_fixture.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "heap/inspect.h"
#include "heap/verify.h"
#include "lib/testlib.h"

#define HOUR (3600 * SECOND)

static void on_log(void *ctx, enum hd_log_level level, const char *sentence)
{
    struct crew_fixture *f = ctx;

    (void)level;
    (void)sentence;
    f->logged++; /* of tests turned by hand: one thread */
}

static void make_heap(struct crew_fixture *f, unsigned number)
{
    static const char *const names[CREW_HEAPS] = {"default", "b", "c"};
    struct hd_heap_options options = hd_heap_options_default();
    struct hd_heap_world world = {hd_os_system(),
                                  f->threaded ? hd_libc_allocator() : &f->heap_alloc.iface,
                                  f->threaded ? hd_monotonic_clock() : &f->clock.iface};

    options.name = names[number];
    options.memory.reserve_bytes = (size_t)256 << 20;
    options.max_slots = 1 << 20;
    assert_int_equal(hd_heap_new(&options, &world, &f->heaps[number]), HD_OK);
}

void crew_fixture_prepare(struct crew_fixture *f, bool threaded)
{
    (void)signal(SIGPIPE, SIG_IGN);
    fault_alloc_init(&f->alloc, FAULT_NEVER);
    fault_alloc_init(&f->heap_alloc, FAULT_NEVER);
    fake_clock_init(&f->clock, SECOND);
    f->threaded = threaded;
    for (unsigned i = 0; i < CREW_HEAPS; i++) {
        make_heap(f, i);
    }
    f->options.server = hd_server_options_default();
    f->options.server.allocator = threaded ? hd_libc_allocator() : &f->alloc.iface;
    f->options.server.clock = threaded ? hd_monotonic_clock() : &f->clock.iface;
    f->options.server.trim_ns = threaded ? f->options.server.trim_ns : HOUR;
    f->options.server.log = threaded ? NULL : on_log;
    f->options.server.log_ctx = f;
    f->options.hub.allocator = f->options.server.allocator;
    f->options.hub.clock = f->options.server.clock;
    f->options.hub.version = "0.0.test";
    f->options.heaps = f->heaps;
    f->options.heap_count = CREW_HEAPS;
    f->options.loops = CREW_LOOPS;
}

static struct crew_fixture *make(bool threaded)
{
    struct crew_fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    crew_fixture_prepare(f, threaded);
    assert_int_equal(hd_crew_new(&f->options, &f->crew), HD_OK);
    return f;
}

int crew_fixture_setup(void **state)
{
    *state = make(false);
    return 0;
}

int crew_fixture_setup_threaded(void **state)
{
    *state = make(true);
    return 0;
}

static void on_defect(void *ctx, const char *sentence)
{
    (void)ctx;
    (void)fprintf(stderr, "defect: %s\n", sentence);
}

static void on_stopped(void *ctx)
{
    struct crew_fixture *f = ctx;

    f->stopped = true;
}

void crew_fixture_drain(struct crew_fixture *f)
{
    f->draining = true;
    hd_crew_drain(f->crew, on_stopped, f);
}

int crew_fixture_teardown(void **state)
{
    struct crew_fixture *f = *state;
    struct hd_verify_result result;

    if (f->crew != NULL && !f->threaded) {
        if (!f->draining) {
            crew_fixture_drain(f);
        }
        crew_fixture_settle(f);
        for (uint32_t i = 0; i < CREW_LOOPS; i++) {
            assert_int_equal(uv_loop_alive(hd_crew_loop(f->crew, i)), 0);
        }
    }
    assert_true(f->crew == NULL || f->stopped);
    hd_crew_free(f->crew);
    for (unsigned i = 0; i < CREW_HEAPS; i++) {
        assert_int_equal(hd_heap_verify(f->heaps[i], on_defect, NULL, &result), HD_OK);
        assert_int_equal(result.defects, 0);
        hd_heap_free(f->heaps[i]);
    }
    assert_int_equal(f->alloc.live_bytes, 0);
    assert_int_equal(f->heap_alloc.live_bytes, 0);
    free(f);
    return 0;
}

void crew_fixture_turn(struct crew_fixture *f, uint32_t loop)
{
    (void)uv_run(hd_crew_loop(f->crew, loop), UV_RUN_NOWAIT);
}

static bool is_busy(struct crew_fixture *f, uint32_t number)
{
    uv_loop_t *loop = hd_crew_loop(f->crew, number);
    struct pollfd pollfd = {.fd = uv_backend_fd(loop), .events = POLLIN};

    return uv_loop_alive(loop) && (uv_backend_timeout(loop) == 0 || poll(&pollfd, 1, 0) > 0);
}

void crew_fixture_settle(struct crew_fixture *f)
{
    unsigned quiet = 0;

    for (unsigned turns = 0; quiet < 3; turns++) {
        bool busy = false;

        for (uint32_t i = 0; i < CREW_LOOPS; i++) {
            crew_fixture_turn(f, i);
        }
        for (uint32_t i = 0; i < CREW_LOOPS; i++) {
            busy |= is_busy(f, i);
        }
        quiet = busy ? 0 : quiet + 1;
        assert_in_range(turns, 0, 1000000);
    }
}

void crew_connect(struct peer *peer, struct crew_fixture *f, uint32_t loop, int type)
{
    int fds[2];

    *peer = (struct peer){.stream = (uint32_t)-1};
    assert_int_equal(socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
    peer->fd = fds[0];
    assert_int_equal(hd_server_adopt(hd_crew_server(f->crew, loop), fds[1]), HD_OK);
}

void crew_put(struct peer *peer, const char *heap, const char *service, const char *method,
              const struct wire_bytes *payload)
{
    struct wire_request request = {
        .service = service, .method = method, .payload = payload, .heap = heap};

    peer->stream += 2;
    wire_put_request(&peer->out, peer->stream, &request);
}

void crew_send(struct crew_fixture *f, struct peer *peer)
{
    peer_flush(peer);
    while (peer->out.size > 0) {
        for (uint32_t i = 0; i < CREW_LOOPS; i++) {
            crew_fixture_turn(f, i);
        }
        peer_flush(peer);
    }
}

void crew_put_create(struct peer *peer, const char *heap, const char *name)
{
    struct wire_bytes object = {0};
    struct wire_bytes create = {0};

    wire_put_signed(&object, 3, 5000);
    wire_put_message(&create, 1, &object);
    if (name != NULL) {
        wire_put_text(&object, 1, name);
        wire_put_number(&object, 2, 3); /* SCOPE_HEAP */
        wire_put_message(&create, 3, &object);
    }
    crew_put(peer, heap, "ObjectService", "Create", &create);
    wire_bytes_free(&object);
    wire_bytes_free(&create);
}

uint64_t crew_objects(const struct crew_fixture *f, uint32_t heap)
{
    struct hd_heap_info info;

    hd_inspect_heap(f->heaps[heap], &info);
    return info.objects;
}
