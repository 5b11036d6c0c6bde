/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this layer share: the server, and who is due in this turn. */
#ifndef HD_SERVER_INTERNAL_H
#define HD_SERVER_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/list.h"
#include "server/gc_log.h"
#include "server/pacer.h"
#include "server/server.h"
#include "server/spares.h"

/* Read into by all connections, one after the other: a channel keeps what it needs. */
#define HD_READ_BYTES ((size_t)64 << 10)

struct hd_post;

struct hd_server {
    struct hd_server_options options;
    uv_loop_t *loop;
    struct hd_hub *hub;
    struct hd_list listeners; /* owned */
    struct hd_list conns;     /* owned */
    struct hd_list due;       /* of conns: those to be looked at when this turn ends */
    uint32_t conn_count;
    uint32_t leaving; /* of these, those on their way to another loop */
    uint32_t listener_count;
    struct hd_post *post;           /* borrowed: the way to other loops; NULL: there are none */
    _Atomic uint32_t own_conns;     /* begun and not ended */
    _Atomic uint32_t *daemon_conns; /* of all loops: own_conns, or borrowed */
    struct hd_pacer pacer;
    struct hd_gc_log gc_log;
    uv_check_t turn_end;
    uv_idle_t stay_awake; /* active while something is due without input */
    uv_timer_t timer;     /* armed while something may have to happen later */
    bool timer_wanted;    /* to be armed when the turn ends */
    uv_timer_t deadline;  /* of the first call that waits in the hub */
    uint64_t deadline_ns; /* for which it is armed; UINT64_MAX: for none */
    bool closing;         /* the four handles above */
    unsigned open_handles;

    bool draining;
    uint64_t drain_until_ns;
    void (*stopped)(void *ctx);
    void *stopped_ctx;

    struct hd_spares spares;
    char read_buffer[HD_READ_BYTES];
};

void hd_server_log(const struct hd_server *server, enum hd_log_level level, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

/* Something happened: the timer looks after idle time, lingering and draining. */
void hd_server_arm_timer(struct hd_server *server);

/* The turn ends with something left that no input will bring on. */
void hd_server_stay_awake(struct hd_server *server);

#endif
