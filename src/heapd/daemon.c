/* SPDX-License-Identifier: MIT */
/* daemon.c: see daemon.h. */
#include "heapd/daemon.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "pool/os.h"
#include "server/notify.h"

#define DEFAULT_URL "unix:/run/heapd/heapd.sock"

static bool fail(const struct hd_daemon *daemon, const char *sentence)
{
    daemon->log(NULL, HD_LOG_ERROR, sentence);
    return false;
}

/* An id is a version and a slot: below 2^63 at first, so that it is a number in any language,
 * for more reuses of its slot than most slots will see. */
#define VERSION_SEEDS UINT32_C(0x3FFFFFFF)

/* Seeds of heap number index: drawn, or fixed for tests. */
static bool seed_heap(const struct hd_daemon *daemon, size_t index,
                      struct hd_heap_options *ret_options)
{
    if (daemon->options->seeded) {
        uint64_t seed = daemon->options->seed + index;

        ret_options->hash_key = (struct hd_hash_key){seed, ~seed};
        ret_options->version_seed = (uint32_t)(seed ^ seed >> 32) & VERSION_SEEDS;
        return true;
    }
    if (hd_random_fill(&ret_options->hash_key, sizeof ret_options->hash_key) != HD_OK ||
        hd_random_fill(&ret_options->version_seed, sizeof ret_options->version_seed) != HD_OK) {
        return false;
    }
    ret_options->version_seed &= VERSION_SEEDS;
    return true;
}

static void log_finding(void *ctx, const char *sentence)
{
    const struct hd_daemon *daemon = ctx;

    daemon->log(NULL, HD_LOG_ERROR, sentence);
}

static bool add_heap(struct hd_daemon *daemon, size_t index)
{
    struct hd_heap_options options = hd_heap_options_default();

    options.name = daemon->options->heaps[index];
    options.memory = daemon->options->memory;
    options.compact = daemon->options->compact;
    options.limit = daemon->options->limit;
    options.events = daemon->options->events;
    options.mode = daemon->options->collector;
    options.pause_ns = (uint64_t)daemon->options->budget_us * 1000;
    options.report = log_finding;
    options.report_ctx = daemon;
    return seed_heap(daemon, index, &options) &&
           hd_heap_new(&options, &daemon->world, &daemon->heaps[index]) == HD_OK;
}

static bool build(struct hd_daemon *daemon)
{
    struct hd_crew_options crew = {
        .server = hd_server_options_default(),
        .hub = {.allocator = daemon->world.allocator,
                .clock = daemon->world.clock,
                .version = HEAPD_VERSION,
                .pid = (uint32_t)getpid()},
        .heaps = daemon->heaps,
        .heap_count = daemon->options->heap_count,
        .loops = daemon->options->threads,
    };

    crew.server.log = daemon->log;
    crew.hub.max_channels = crew.server.max_conns;
    crew.server.turn_ns = (uint64_t)daemon->options->budget_us * 1000;
    for (size_t i = 0; i < daemon->options->heap_count; i++) {
        if (!add_heap(daemon, i)) {
            return false;
        }
    }
    return hd_crew_new(&crew, &daemon->crew) == HD_OK;
}

/* The sockets that systemd handed over: how many.  Below 0: it has failed. */
static int listen_inherited(struct hd_daemon *daemon, struct hd_server *server)
{
    struct hd_notify_socket *sockets;
    struct hd_error error = {.status = HD_OK};
    int count = hd_notify_sockets(&sockets);

    if (count < 0) {
        (void)hd_fail(
            &error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
            "what is handed over by LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES is wrong: %s",
            strerror(-count));
    }
    for (int i = 0; i < count && error.status == HD_OK; i++) {
        (void)hd_server_listen_fd(server, sockets[i].fd, sockets[i].heap, &error);
    }
    hd_notify_free(sockets, count);
    if (error.status != HD_OK) {
        (void)fail(daemon, error.text);
        return -1;
    }
    return count;
}

/* What the command line says; else what systemd handed over; else the usual place. */
static bool listen_all(struct hd_daemon *daemon)
{
    const struct hd_options *options = daemon->options;
    struct hd_server *server = hd_crew_server(daemon->crew, 0);
    struct hd_error error;
    int count = listen_inherited(daemon, server);

    if (count < 0) {
        return false;
    }
    for (size_t i = 0; i < options->listen_count; i++) {
        if (hd_server_listen(server, options->listen[i], &error) != HD_OK) {
            return fail(daemon, error.text);
        }
    }
    if (count == 0 && options->listen_count == 0 &&
        hd_server_listen(server, DEFAULT_URL, &error) != HD_OK) {
        return fail(daemon, error.text);
    }
    return true;
}

static void tear_down(struct hd_daemon *daemon)
{
    hd_crew_free(daemon->crew);
    for (size_t i = 0; i < daemon->options->heap_count; i++) {
        hd_heap_free(daemon->heaps[i]);
    }
}

static void on_stopped(void *ctx)
{
    struct hd_daemon *daemon = ctx;

    hd_signals_close(&daemon->signals);
}

static void on_asked(void *ctx)
{
    struct hd_daemon *daemon = ctx;

    if (!daemon->asked_to_stop) {
        daemon->asked_to_stop = true;
        hd_notify_stopping();
        hd_crew_drain(daemon->crew, on_stopped, daemon);
    }
}

const char *hd_daemon_url(const struct hd_daemon *daemon, size_t index)
{
    return hd_server_url(hd_crew_server(daemon->crew, 0), index);
}

bool hd_daemon_start(struct hd_daemon *daemon, const struct hd_options *options, hd_log_cb log)
{
    bool ok;

    memset(daemon, 0, sizeof *daemon);
    daemon->options = options;
    daemon->log = log;
    daemon->world =
        (struct hd_heap_world){hd_os_system(), hd_libc_allocator(), hd_monotonic_clock()};
    if (!build(daemon)) {
        tear_down(daemon);
        return fail(daemon,
                    "not enough memory, address space, descriptors or randomness to start");
    }
    ok = hd_signals_start(&daemon->signals, hd_crew_loop(daemon->crew, 0), on_asked, daemon) &&
         listen_all(daemon) &&
         (hd_crew_start(daemon->crew) || fail(daemon, "the system refuses a thread"));
    if (!ok) {
        on_asked(daemon);
        hd_daemon_run(daemon);
    }
    return ok;
}

void hd_daemon_run(struct hd_daemon *daemon)
{
    hd_crew_run(daemon->crew);
    tear_down(daemon);
}
