/* SPDX-License-Identifier: MIT */
/* crew.c: see crew.h. */
#include "server/crew.h"

#include "base/check.h"
#include "server/internal.h"
#include "server/move.h"
#include "server/post.h"

struct worker {
    uv_loop_t loop;
    struct hd_hub *hub;       /* owned */
    struct hd_server *server; /* owned */
    struct hd_post post;
    struct hd_crew *crew;
    pthread_t thread;
    bool has_thread;
};

struct hd_crew {
    struct hd_crew_options options;
    struct worker *workers[HD_HUB_HEAPS]; /* owned, by number */
    struct hd_post *posts[HD_HUB_HEAPS];  /* theirs */
    struct hd_hub *hubs[HD_HUB_HEAPS];    /* theirs */
    uint32_t count;
    struct hd_post_office office;
    _Atomic uint32_t conns; /* of all loops, and on their way between them */
    bool draining;
    void (*stopped)(void *ctx);
    void *stopped_ctx;
};

static void on_stopped(void *ctx)
{
    struct worker *worker = ctx;
    struct hd_crew *crew = worker->crew;

    hd_post_close(&worker->post);
    if (worker == crew->workers[0] && crew->stopped != NULL) {
        crew->stopped(crew->stopped_ctx);
    }
}

static void on_woken(void *ctx)
{
    struct worker *worker = ctx;

    hd_move_in(worker->server);
    if (worker->post.drain_asked && !worker->server->draining) {
        hd_server_drain(worker->server, on_stopped, worker);
    }
}

/* All heaps are known to all hubs, in the same order. */
static enum hd_status deal_heaps(const struct hd_crew_options *options, struct hd_hub *hub,
                                 uint32_t number)
{
    enum hd_status status = HD_OK;

    for (size_t i = 0; i < options->heap_count && status == HD_OK; i++) {
        uint32_t owner = (uint32_t)(i % options->loops);

        status =
            owner == number
                ? hd_hub_add_heap(hub, options->heaps[i])
                : hd_hub_add_elsewhere(hub, hd_heap_options(options->heaps[i])->name, owner);
    }
    return status;
}

static bool start_server(struct hd_crew *crew, struct worker *worker)
{
    const struct hd_crew_options *options = &crew->options;

    if (!hd_post_init(&worker->post, &crew->office, &worker->loop, on_woken, worker)) {
        return false;
    }
    if (hd_server_new(&options->server, &worker->loop, worker->hub, &worker->server) != HD_OK) {
        hd_post_close(&worker->post);
        (void)uv_run(&worker->loop, UV_RUN_DEFAULT);
        hd_post_fini(&worker->post);
        return false;
    }
    worker->server->post = &worker->post;
    worker->server->daemon_conns = &crew->conns;
    return true;
}

static bool add_worker(struct hd_crew *crew)
{
    const struct hd_crew_options *options = &crew->options;
    const struct hd_allocator *allocator = options->server.allocator;
    struct worker *worker = hd_alloc_zeroed(allocator, sizeof *worker);

    if (worker == NULL || uv_loop_init(&worker->loop) != 0) {
        hd_free(allocator, worker, sizeof *worker);
        return false;
    }
    worker->crew = crew;
    if (hd_hub_new(&options->hub, &worker->hub) != HD_OK ||
        deal_heaps(options, worker->hub, crew->count) != HD_OK || !start_server(crew, worker)) {
        hd_hub_free(worker->hub);
        (void)uv_loop_close(&worker->loop);
        hd_free(allocator, worker, sizeof *worker);
        return false;
    }
    crew->workers[crew->count] = worker;
    crew->posts[crew->count] = &worker->post;
    crew->hubs[crew->count] = worker->hub;
    crew->office.count = ++crew->count;
    atomic_fetch_add(&crew->office.senders, 1);
    return true;
}

enum hd_status hd_crew_new(const struct hd_crew_options *options, struct hd_crew **ret_crew)
{
    struct hd_crew *crew = hd_alloc_zeroed(options->server.allocator, sizeof *crew);

    HD_CHECK(options->loops > 0 && options->loops <= options->heap_count &&
             options->heap_count <= HD_HUB_HEAPS);
    if (crew == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    crew->options = *options;
    crew->office.posts = crew->posts;
    while (crew->count < options->loops) {
        if (!add_worker(crew)) {
            hd_crew_free(crew);
            return HD_RESOURCE_EXHAUSTED;
        }
    }
    hd_hub_join(crew->hubs, crew->count);
    *ret_crew = crew;
    return HD_OK;
}

static void free_worker(struct hd_crew *crew, struct worker *worker)
{
    hd_server_free(worker->server);
    hd_post_fini(&worker->post);
    hd_hub_free(worker->hub);
    (void)uv_loop_close(&worker->loop);
    hd_free(crew->options.server.allocator, worker, sizeof *worker);
}

void hd_crew_free(struct hd_crew *crew)
{
    if (crew == NULL) {
        return;
    }
    if (!crew->draining && crew->count > 0) {
        hd_crew_drain(crew, NULL, NULL);
    }
    hd_crew_run(crew);
    for (uint32_t i = 0; i < crew->count; i++) {
        free_worker(crew, crew->workers[i]);
    }
    hd_free(crew->options.server.allocator, crew, sizeof *crew);
}

uint32_t hd_crew_loops(const struct hd_crew *crew)
{
    return crew->count;
}

uv_loop_t *hd_crew_loop(struct hd_crew *crew, uint32_t number)
{
    return &crew->workers[number]->loop;
}

struct hd_server *hd_crew_server(struct hd_crew *crew, uint32_t number)
{
    return crew->workers[number]->server;
}

const struct hd_hub *hd_crew_hub(const struct hd_crew *crew, uint32_t number)
{
    return crew->hubs[number];
}

static void *run_loop(void *ctx)
{
    struct worker *worker = ctx;

    (void)uv_run(&worker->loop, UV_RUN_DEFAULT);
    return NULL;
}

bool hd_crew_start(struct hd_crew *crew)
{
    for (uint32_t i = 1; i < crew->count; i++) {
        struct worker *worker = crew->workers[i];

        worker->has_thread = pthread_create(&worker->thread, NULL, run_loop, worker) == 0;
        if (!worker->has_thread) {
            return false;
        }
    }
    return true;
}

/* Loops that have no thread (there was none, or nothing was started) take turns with loop 0. */
static bool turn_all(struct hd_crew *crew)
{
    bool alone = true;
    bool alive = false;

    for (uint32_t i = 1; i < crew->count; i++) {
        if (!crew->workers[i]->has_thread) {
            alone = false;
            alive |= uv_run(&crew->workers[i]->loop, UV_RUN_NOWAIT) != 0;
        }
    }
    alive |= uv_run(&crew->workers[0]->loop, alone ? UV_RUN_DEFAULT : UV_RUN_NOWAIT) != 0;
    return alive;
}

void hd_crew_run(struct hd_crew *crew)
{
    while (crew->count > 0 && turn_all(crew)) {
    }
    for (uint32_t i = 1; i < crew->count; i++) {
        if (crew->workers[i]->has_thread) {
            (void)pthread_join(crew->workers[i]->thread, NULL);
            crew->workers[i]->has_thread = false;
        }
    }
}

void hd_crew_drain(struct hd_crew *crew, void (*stopped)(void *ctx), void *ctx)
{
    HD_CHECK(!crew->draining);
    crew->draining = true;
    crew->stopped = stopped;
    crew->stopped_ctx = ctx;
    for (uint32_t i = 0; i < crew->count; i++) {
        hd_post_ask_to_drain(crew->posts[i]);
    }
}
