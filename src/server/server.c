/* SPDX-License-Identifier: MIT */
/* server.c: turns of the loop, the timer, and the end.
 *
 * A turn: libuv polls, and connections read; then on_turn_end gives the heaps
 * their time, wakes the calls whose time is up, and settles the connections that are due: turns
 * of their channels, one write of what has not left yet. */
#include "server/server.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "server/conn.h"
#include "server/internal.h"
#include "server/listener.h"
#include "server/post.h"

#define NS_PER_MS    UINT64_C(1000000)
#define NS_PER_S     (1000 * NS_PER_MS)
#define HANDLE_COUNT 4

struct hd_server_options hd_server_options_default(void)
{
    return (struct hd_server_options){
        .allocator = hd_libc_allocator(),
        .clock = hd_monotonic_clock(),
        .max_conns = 10000,
        .turn_ns = NS_PER_MS,
        .trim_ns = NS_PER_S,
        .drain_ns = 10 * NS_PER_S,
        .socket_mode = 0660,
    };
}

void hd_server_log(const struct hd_server *server, enum hd_log_level level, const char *format,
                   ...)
{
    char sentence[512];
    va_list arguments;

    if (server->options.log == NULL) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    server->options.log(server->options.log_ctx, level, sentence);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct hd_server *server = handle->data;

    if (--server->open_handles == 0) {
        server->stopped(server->stopped_ctx);
    }
}

static void close_handles(struct hd_server *server)
{
    server->closing = true;
    uv_close((uv_handle_t *)&server->turn_end, on_handle_closed);
    uv_close((uv_handle_t *)&server->stay_awake, on_handle_closed);
    uv_close((uv_handle_t *)&server->timer, on_handle_closed);
    uv_close((uv_handle_t *)&server->deadline, on_handle_closed);
}

/* Nothing of a draining server is left but its own handles. */
static bool is_drained(const struct hd_server *server)
{
    return server->draining && server->conn_count == 0 && server->listener_count == 0 &&
           server->hub->ending == 0 && (server->post == NULL || server->post->sealed);
}

/* Active only so that the loop does not sleep. */
static void on_awake(uv_idle_t *idle)
{
    (void)idle;
}

void hd_server_stay_awake(struct hd_server *server)
{
    if (!server->closing) {
        (void)uv_idle_start(&server->stay_awake, on_awake);
    }
}

static void on_timer(uv_timer_t *timer);

/* Not from within on_timer: at 0 ms libuv would not come out of its timers. */
static void start_timer(struct hd_server *server)
{
    bool wanted = server->timer_wanted || server->hub->requests != server->pacer.seen_requests;

    server->timer_wanted = false;
    if (wanted && !uv_is_active((uv_handle_t *)&server->timer)) {
        (void)uv_timer_start(&server->timer, on_timer, server->options.trim_ns / NS_PER_MS, 0);
    }
}

/* The turn that it begins does what is due. */
static void on_deadline(uv_timer_t *timer)
{
    struct hd_server *server = timer->data;

    server->deadline_ns = UINT64_MAX;
    hd_server_stay_awake(server);
}

/* [server.how.deadline] */
static void arm_deadline(struct hd_server *server)
{
    uint64_t at_ns = hd_hub_deadline_ns(server->hub);
    uint64_t now_ns;

    if (at_ns == server->deadline_ns) {
        return;
    }
    server->deadline_ns = at_ns;
    if (at_ns == UINT64_MAX) {
        (void)uv_timer_stop(&server->deadline);
        return;
    }
    now_ns = hd_clock_now_ns(server->options.clock);
    (void)uv_timer_start(&server->deadline, on_deadline,
                         at_ns > now_ns ? (at_ns - now_ns) / NS_PER_MS + 1 : 1, 0);
}

static void on_turn_end(uv_check_t *check)
{
    struct hd_server *server = check->data;
    bool owed = hd_pacer_work(&server->pacer);

    hd_gc_log_write(server);
    hd_hub_expire(server->hub);
    hd_conn_settle_all(server);
    if (server->draining && server->leaving == 0 && server->post != NULL) {
        hd_post_say_no_more(server->post); /* none leaves a draining hub */
    }
    if (is_drained(server)) {
        close_handles(server);
        return;
    }
    if (owed || hd_list_first(&server->due) != NULL) {
        hd_server_stay_awake(server);
    } else {
        (void)uv_idle_stop(&server->stay_awake);
    }
    start_timer(server);
    arm_deadline(server);
}

static void on_timer(uv_timer_t *timer)
{
    struct hd_server *server = timer->data;
    bool late =
        server->draining && hd_clock_now_ns(server->options.clock) >= server->drain_until_ns;
    bool lingering = hd_conn_sweep(server, late);

    hd_pacer_consider_trim(&server->pacer);
    hd_server_stay_awake(server); /* the end of this turn arms the timer again, if wanted */
    if (lingering || server->draining || !server->pacer.trimming) {
        hd_server_arm_timer(server);
    }
}

void hd_server_arm_timer(struct hd_server *server)
{
    server->timer_wanted = true;
}

enum hd_status hd_server_new(const struct hd_server_options *options, uv_loop_t *loop,
                             struct hd_hub *hub, struct hd_server **ret_server)
{
    struct hd_server *server = hd_alloc_zeroed(options->allocator, sizeof *server);

    if (server == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    server->options = *options;
    server->loop = loop;
    server->hub = hub;
    server->daemon_conns = &server->own_conns;
    hd_list_init(&server->listeners);
    hd_list_init(&server->conns);
    hd_list_init(&server->due);
    hd_pacer_init(&server->pacer, hub, options->clock, options->turn_ns);
    server->deadline_ns = UINT64_MAX;
    (void)uv_check_init(loop, &server->turn_end); /* these four cannot fail */
    (void)uv_idle_init(loop, &server->stay_awake);
    (void)uv_timer_init(loop, &server->timer);
    (void)uv_timer_init(loop, &server->deadline);
    server->turn_end.data = server;
    server->stay_awake.data = server;
    server->timer.data = server;
    server->deadline.data = server;
    server->open_handles = HANDLE_COUNT;
    (void)uv_check_start(&server->turn_end, on_turn_end);
    *ret_server = server;
    return HD_OK;
}

void hd_server_free(struct hd_server *server)
{
    if (server == NULL) {
        return;
    }
    HD_CHECK(server->open_handles == 0 && server->conn_count == 0);
    hd_spares_free(&server->spares);
    hd_free(server->options.allocator, server, sizeof *server);
}

enum hd_status hd_server_listen(struct hd_server *server, const char *url,
                                struct hd_error *error)
{
    return hd_listener_open(server, url, error);
}

enum hd_status hd_server_listen_fd(struct hd_server *server, int fd, const char *heap,
                                   struct hd_error *error)
{
    return hd_listener_open_fd(server, fd, heap, error);
}

const char *hd_server_url(const struct hd_server *server, size_t index)
{
    return hd_listener_url(server, index);
}

enum hd_status hd_server_adopt(struct hd_server *server, int fd)
{
    return hd_conn_adopt(server, fd);
}

uint32_t hd_server_conns(const struct hd_server *server)
{
    return server->conn_count;
}

void hd_server_drain(struct hd_server *server, void (*stopped)(void *ctx), void *ctx)
{
    HD_CHECK(!server->draining);
    server->draining = true;
    server->stopped = stopped;
    server->stopped_ctx = ctx;
    server->drain_until_ns = hd_clock_now_ns(server->options.clock) + server->options.drain_ns;
    hd_hub_drain(server->hub);
    hd_listener_close_all(server);
    hd_conn_drain_all(server);
    hd_server_stay_awake(server);
    hd_server_arm_timer(server);
}
