/* SPDX-License-Identifier: MIT */
/* signals.h: SIGTERM and SIGINT as a callback of the loop. */
#ifndef HD_SERVER_SIGNALS_H
#define HD_SERVER_SIGNALS_H

#include <stdbool.h>

#include <uv.h>

/* The caller's memory; the loop's from start until the loop has run after close. */
struct hd_signals {
    uv_signal_t term;
    uv_signal_t interrupt;
    void (*asked)(void *ctx);
    void *ctx;
};

/* asked runs for each such signal.  False: the system refuses. */
bool hd_signals_start(struct hd_signals *signals, uv_loop_t *loop, void (*asked)(void *ctx),
                      void *ctx);
void hd_signals_close(struct hd_signals *signals);

#endif
