/* SPDX-License-Identifier: MIT */
/* load.c: the loop.  A turn reads once from each connection that has something, encodes as many
 * requests as answers came, and writes once. */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "plan.h"

#define SILENCE_NS UINT64_C(30000000000)
#define NS         1e9

struct load {
    const struct bench_options *options;
    struct bench_plan plan;
    struct bench_client *clients;
    uint32_t opened;
    int poll;

    bool counting; /* the warm-up is over */
    uint64_t start;
    uint64_t end;  /* when to stop sending; 0: after so many */
    uint64_t left; /* requests to be sent yet */
    uint64_t due;  /* fixed rate: those that were due so far, all in all */
    uint64_t rate_began;
    uint64_t in_flight;
    uint32_t next; /* client that the next due request is for */
    uint64_t last;
    double cpu;
    struct bench_result *result;
    struct bench_client *failed;
};

uint64_t bench_now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

double bench_cpu_seconds(void)
{
    struct rusage used;

    (void)getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static bool failed(struct load *load, struct bench_client *client)
{
    load->failed = client;
    return false;
}

static void begin_counting(struct load *load, uint64_t now)
{
    load->counting = true;
    load->start = now;
    load->last = now;
    load->cpu = bench_cpu_seconds();
    load->left = load->options->requests > 0 ? load->options->requests : UINT64_MAX;
    load->end = load->options->requests > 0 ? UINT64_MAX
                                            : now + (uint64_t)(load->options->seconds * NS);
    load->rate_began = now;
    load->due = 0;
}

static void begin(struct load *load)
{
    uint64_t now = bench_now_ns();

    load->rate_began = now;
    if (load->options->warmup > 0) {
        load->left = UINT64_MAX;
        load->end = now + (uint64_t)(load->options->warmup * NS);
    } else {
        begin_counting(load, now);
    }
}

static bool send_one(struct load *load, struct bench_client *client, uint64_t at)
{
    if (!bench_client_next(client, at, load->counting)) {
        return false;
    }
    load->left--;
    load->in_flight++;
    return true;
}

/* Interest in writing, as long as the socket is full. */
static bool flush(struct load *load, struct bench_client *client)
{
    bool blocked = client->blocked;
    struct epoll_event event = {.events = EPOLLIN};

    if (client->message[0] != '\0' || !bench_client_flush(client)) {
        return failed(load, client);
    }
    if (blocked != client->blocked) {
        event.data.u32 = (uint32_t)(client - load->clients);
        event.events |= client->blocked ? (uint32_t)EPOLLOUT : 0;
        (void)epoll_ctl(load->poll, EPOLL_CTL_MOD, client->fd, &event);
    }
    return true;
}

/* As many as are wanted in flight; what does not fit into the buffer follows the write. */
static bool refill(struct load *load, struct bench_client *client, uint64_t now)
{
    bool more = true;

    while (more && !client->blocked) {
        more = false;
        while (load->left > 0 && now < load->end && send_one(load, client, now)) {
            more = true;
        }
        if (client->out_size > 0 && !flush(load, client)) {
            return false;
        }
    }
    return client->message[0] == '\0' || failed(load, client);
}

static bool take_answers(struct load *load, struct bench_client *client)
{
    struct bench_slot slot;
    uint64_t now;
    int answered;

    if (!bench_client_read(client)) {
        return failed(load, client);
    }
    now = bench_now_ns();
    while ((answered = bench_client_answer(client, &slot)) > 0) {
        load->in_flight--;
        if (slot.counted) {
            bench_histogram_add(&load->result->latency, now - slot.at);
            load->result->operations += slot.request->operations;
            load->last = now;
        }
    }
    if (answered < 0) {
        return failed(load, client);
    }
    return load->options->rate > 0 || refill(load, client, now);
}

/* Fixed rate: everything that is due by now, each by the next client with room; what nobody has
 * room for stays due, and its latency grows. */
static bool send_due(struct load *load, uint64_t now)
{
    double interval = NS / load->options->rate;
    uint32_t full = 0;

    while (full < load->opened && load->left > 0) {
        uint64_t at = load->rate_began + (uint64_t)((double)load->due * interval);
        struct bench_client *client = &load->clients[load->next];

        if (at > now || at >= load->end) {
            break;
        }
        load->next = load->next + 1 == load->opened ? 0 : load->next + 1;
        if (send_one(load, client, at)) {
            load->due++;
            full = 0;
        } else {
            full++;
        }
    }
    for (uint32_t i = 0; i < load->opened; i++) {
        if (load->clients[i].message[0] != '\0' ||
            (load->clients[i].out_size > 0 && !load->clients[i].blocked)) {
            if (!flush(load, &load->clients[i])) {
                return false;
            }
        }
    }
    return true;
}

/* Until something comes, or the next request is due, or the phase ends. */
static int wait_for(struct load *load, uint64_t now, struct epoll_event *events, int count)
{
    uint64_t until = now + SILENCE_NS;
    struct timespec wait;

    if (load->options->rate > 0 && load->left > 0) {
        uint64_t at =
            load->rate_began + (uint64_t)((double)load->due * NS / load->options->rate);

        if (at > now && at < until) {
            until = at;
        }
    }
    if (load->left > 0 && load->end > now && load->end < until) {
        until = load->end;
    }
    wait.tv_sec = (time_t)((until - now) / 1000000000u);
    wait.tv_nsec = (long)((until - now) % 1000000000u);
    return epoll_pwait2(load->poll, events, count, &wait, NULL);
}

static bool serve(struct load *load, const struct epoll_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        struct bench_client *client = &load->clients[events[i].data.u32];

        if ((events[i].events & EPOLLOUT) != 0 && !flush(load, client)) {
            return false;
        }
        if ((events[i].events & ~(uint32_t)EPOLLOUT) != 0 && !take_answers(load, client)) {
            return false;
        }
    }
    return true;
}

static bool start_sending(struct load *load)
{
    uint64_t now = bench_now_ns();

    for (uint32_t i = 0; load->options->rate <= 0 && i < load->opened; i++) {
        if (!refill(load, &load->clients[i], now)) {
            return false;
        }
    }
    return true;
}

static bool run(struct load *load)
{
    struct epoll_event events[64];
    uint64_t heard;

    begin(load);
    heard = bench_now_ns();
    if (!start_sending(load)) {
        return false;
    }
    for (;;) {
        uint64_t now = bench_now_ns();
        int count;

        if (!load->counting && now >= load->end) {
            begin_counting(load, now);
            if (!start_sending(load)) {
                return false;
            }
        }
        if (load->counting && (load->left == 0 || now >= load->end) && load->in_flight == 0) {
            return true;
        }
        if (load->options->rate > 0 && !send_due(load, now)) {
            return false;
        }
        count = wait_for(load, now, events, 64);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        if (count > 0) {
            heard = now;
        } else if (load->in_flight > 0 && now - heard > SILENCE_NS) {
            return false;
        }
        if (count > 0 && !serve(load, events, count)) {
            return false;
        }
    }
}

static bool open_all(struct load *load)
{
    for (uint32_t i = 0; i < load->options->clients; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = i}};
        struct bench_client *client = &load->clients[i];

        load->opened = i + 1;
        if (!bench_plan_begin(&load->plan, client, i) ||
            epoll_ctl(load->poll, EPOLL_CTL_ADD, client->fd, &event) != 0) {
            return failed(load, client);
        }
    }
    return true;
}

static bool end_all(struct load *load)
{
    for (uint32_t i = 0; i < load->opened; i++) {
        if (!bench_plan_end(&load->plan, &load->clients[i])) {
            return failed(load, &load->clients[i]);
        }
    }
    return true;
}

/* Descriptors for all clients, as far as this process may have them. */
static void raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

bool bench_load(const struct bench_options *options, const struct bench_workload *workload,
                struct bench_result *ret_result, char *message, size_t room)
{
    struct load load = {.options = options, .result = ret_result};
    bool good;

    raise_limit();
    *ret_result = (struct bench_result){.workload = workload};
    load.poll = epoll_create1(EPOLL_CLOEXEC);
    load.clients = calloc(options->clients, sizeof(*load.clients));
    good = load.poll >= 0 && load.clients != NULL;
    good = bench_plan_init(&load.plan, options, workload) && good;
    good = good && open_all(&load) && run(&load);
    if (good) {
        ret_result->requests = ret_result->latency.count;
        ret_result->seconds = (double)(load.last - load.start) / NS;
        ret_result->cpu_seconds = bench_cpu_seconds() - load.cpu;
        good = end_all(&load);
    }
    if (!good) {
        const char *why =
            load.failed != NULL ? load.failed->message : "no answer for 30 seconds";

        (void)snprintf(message, room, "%s: %s", workload->name,
                       why[0] != '\0' ? why : "no memory or descriptor left");
    }
    for (uint32_t i = 0; i < load.opened; i++) {
        bench_client_close(&load.clients[i]);
    }
    bench_plan_fini(&load.plan);
    free(load.clients);
    (void)close(load.poll);
    return good;
}
