/* SPDX-License-Identifier: MIT */
/* signals.c: see signals.h. */
#include "server/signals.h"

#include <signal.h>

static void on_signal(uv_signal_t *handle, int number)
{
    struct hd_signals *signals = handle->data;

    (void)number;
    signals->asked(signals->ctx);
}

bool hd_signals_start(struct hd_signals *signals, uv_loop_t *loop, void (*asked)(void *ctx),
                      void *ctx)
{
    signals->asked = asked;
    signals->ctx = ctx;
    signals->term.data = signals;
    signals->interrupt.data = signals;
    return uv_signal_init(loop, &signals->term) == 0 &&
           uv_signal_init(loop, &signals->interrupt) == 0 &&
           uv_signal_start(&signals->term, on_signal, SIGTERM) == 0 &&
           uv_signal_start(&signals->interrupt, on_signal, SIGINT) == 0;
}

void hd_signals_close(struct hd_signals *signals)
{
    uv_close((uv_handle_t *)&signals->term, NULL);
    uv_close((uv_handle_t *)&signals->interrupt, NULL);
}
