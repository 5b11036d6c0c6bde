/* SPDX-License-Identifier: MIT */
/* trial.h: one transcript, played and judged on one daemon. */
#ifndef HEAPD_CONSOLE_TRIAL_H
#define HEAPD_CONSOLE_TRIAL_H

#include "verdict.h"

/* Plays the transcript at path on the daemon at url; ends with the daemon's
 * Verify.  update: writes what came in place of what was expected. */
void hd_trial_run(const char *path, const char *url, bool update, struct hd_verdict *verdict);

#endif
