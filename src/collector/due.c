/* SPDX-License-Identifier: MIT */
/* due.c: which collection is due.  Asked after every operation, so that what was found is kept
 * while it cannot have changed. */
#include "collector/internal.h"

uint64_t hd_collector_died(const struct hd_collector *collector)
{
    uint64_t made = hd_objects_made(collector->objects);
    uint64_t others = collector->slots->containers.live;

    for (unsigned i = 0; i < HD_GENERATIONS; i++) {
        others += collector->state.stats[i].collected;
    }
    return made > others ? made - others : 0;
}

/* With a few more of them generation 1 could not be collected at once; in slices that costs as
 * much as a full collection. */
static bool is_crowded(const struct hd_collector *collector)
{
    uint64_t middle = hd_slots_young(collector->slots, 1);

    return collector->state.mode == HD_COLLECTOR_INCREMENTAL && middle > 0 &&
           hd_slots_young(collector->slots, 0) + middle > HD_YOUNG_UNITS / 4 * 3;
}

static int due_now(struct hd_collector *collector, uint64_t bytes)
{
    const struct hd_collector_state *state = &collector->state;
    uint64_t died_now = hd_collector_died(collector);
    const struct hd_growth growth = {
        .young = hd_objects_young_count(collector->objects),
        .old = collector->slots->members[2],
        .made = hd_objects_made(collector->objects) - collector->made_at_full,
        .died = died_now > collector->died_at_full ? died_now - collector->died_at_full : 0,
        .bytes = bytes,
        .bytes_after_full = collector->bytes_after_full,
        .bytes_at_last = collector->bytes_at_last,
    };
    int due = state->mode == HD_COLLECTOR_CLASSIC ? hd_policy_due(state, growth.young)
                                                  : hd_policy_due_incremental(state, &growth);

    if (due < 0) {
        collector->quiet = hd_policy_room(state, &growth);
        collector->quiet.made += hd_objects_made(collector->objects);
        return due;
    }
    if (!hd_collector_has_work(collector)) {
        return due == 0 && is_crowded(collector) ? 1 : due;
    }
    /* One at a time; the young do not wait for the old, unless they are too many to be looked
     * at at once. */
    if (due == HD_GENERATIONS - 1) {
        due = hd_policy_due_young(state, &growth, 1);
    }
    due = due == 0 && is_crowded(collector) ? 1 : due;
    if (due == 1 && hd_collector_is_long(collector, 1)) {
        due = hd_policy_due_young(state, &growth, 0);
    }
    return due == 0 && hd_collector_is_long(collector, 0) ? -1 : due;
}

int hd_collector_due(struct hd_collector *collector)
{
    uint64_t bytes = collector->host->bytes(collector->host->ctx);

    return hd_objects_made(collector->objects) <= collector->quiet.made &&
                   bytes < collector->quiet.bytes
               ? -1
               : due_now(collector, bytes);
}
