/* SPDX-License-Identifier: MIT */
/* policy.c: the counters of CPython 3.11. */
#include "collector/policy.h"

void hd_policy_init(struct hd_collector_state *state)
{
    *state = (struct hd_collector_state){.enabled = true, .thresholds = {700, 10, 10}};
}

int hd_policy_due(const struct hd_collector_state *state, uint64_t count0)
{
    if (!state->enabled || state->thresholds[0] == 0 || count0 <= state->thresholds[0]) {
        return -1;
    }
    if (state->counts[2] > state->thresholds[2] &&
        state->long_lived_pending >= state->long_lived_total / 4) {
        return 2;
    }
    return state->counts[1] > state->thresholds[1] ? 1 : 0;
}

void hd_policy_begin(struct hd_collector_state *state, unsigned generation)
{
    if (generation + 1 < HD_GENERATIONS) {
        state->counts[generation + 1]++;
    }
    for (unsigned i = 0; i <= generation; i++) {
        state->counts[i] = 0;
    }
}

void hd_policy_survivors(struct hd_collector_state *state, unsigned generation,
                         uint64_t survivors)
{
    if (generation == 1) {
        state->long_lived_pending += survivors;
    } else if (generation == 2) {
        state->long_lived_pending = 0;
        state->long_lived_total = survivors;
    }
}
