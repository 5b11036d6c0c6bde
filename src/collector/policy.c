/* SPDX-License-Identifier: MIT */
/* policy.c: the counters of CPython 3.11. */
#include "collector/policy.h"

/* Full collections of a heap that does not grow: one for so many allocations, or for as many
 * as there are old objects.  The number is CPython's period with (700, 10, 10). */
#define ALLOCATIONS_MIN 93233u

void hd_policy_init(struct hd_collector_state *state)
{
    *state = (struct hd_collector_state){
        .mode = HD_COLLECTOR_INCREMENTAL,
        .pace = {.growth_percent = 50, .floor_bytes = 8u << 20, .young_bytes = 4u << 20},
        .enabled = true,
        .thresholds = {700, 10, 10}};
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

static uint64_t more(uint64_t now, uint64_t before)
{
    return now > before ? now - before : 0;
}

int hd_policy_due_young(const struct hd_collector_state *state, const struct hd_growth *growth,
                        unsigned oldest)
{
    bool is_heavy = more(growth->bytes, growth->bytes_at_last) >= state->pace.young_bytes;

    if (oldest > 0 && (is_heavy || state->counts[1] > state->thresholds[1])) {
        return 1;
    }
    return is_heavy || growth->young > state->thresholds[0] ? 0 : -1;
}

static uint64_t period_of(const struct hd_growth *growth)
{
    return growth->old > ALLOCATIONS_MIN ? growth->old : ALLOCATIONS_MIN;
}

static uint64_t made_of(const struct hd_growth *growth)
{
    return more(growth->made, growth->died / 4 * 3);
}

/* Bytes that a full collection may be followed by. */
static uint64_t allowed_bytes(const struct hd_collector_state *state,
                              const struct hd_growth *growth)
{
    uint64_t share = growth->bytes_after_full / 100 * state->pace.growth_percent;

    return share > state->pace.floor_bytes ? share : state->pace.floor_bytes;
}

static bool is_full_due(const struct hd_collector_state *state, const struct hd_growth *growth)
{
    uint64_t pending = more(growth->old, state->long_lived_total);
    uint64_t share = state->long_lived_total * state->pace.growth_percent / 100;

    if (state->counts[2] > state->thresholds[2] && pending >= share) {
        return true;
    }
    return made_of(growth) >= period_of(growth) ||
           more(growth->bytes, growth->bytes_after_full) >= allowed_bytes(state, growth);
}

int hd_policy_due_incremental(const struct hd_collector_state *state,
                              const struct hd_growth *growth)
{
    if (!state->enabled || state->thresholds[0] == 0) {
        return -1;
    }
    return is_full_due(state, growth) ? 2 : hd_policy_due_young(state, growth, 1);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a < UINT64_MAX - b ? a + b : UINT64_MAX;
}

/* Deaths of the old shorten the period: it is looked at again before long. */
#define ROOM_MAX 1024u

struct hd_room hd_policy_room(const struct hd_collector_state *state,
                              const struct hd_growth *growth)
{
    uint64_t made = least(more(state->thresholds[0], growth->young),
                          more(period_of(growth), made_of(growth) + 1));

    if (!state->enabled || state->thresholds[0] == 0) {
        return (struct hd_room){ROOM_MAX, UINT64_MAX};
    }
    return (struct hd_room){
        least(made, ROOM_MAX),
        least(sum(growth->bytes_at_last, state->pace.young_bytes),
              sum(growth->bytes_after_full, allowed_bytes(state, growth))),
    };
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
