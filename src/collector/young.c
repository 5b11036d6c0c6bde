/* SPDX-License-Identifier: MIT */
/* young.c: a collection of generation 0 or 1: a trial over the young, whole and at once. */
#include "base/check.h"
#include "collector/internal.h"
#include "collector/policy.h"
#include "object/span.h"

uint64_t hd_young_units(const struct hd_collector *collector, unsigned generation)
{
    struct hd_slots *slots = collector->slots;
    const struct hd_members members = {{&slots->young[0], &slots->young[1]}, generation + 1};
    uint64_t units = hd_slots_young(slots, 0) + (generation > 0 ? hd_slots_young(slots, 1) : 0);

    for (uint32_t slot = 0; units <= HD_YOUNG_UNITS && hd_members_next(&members, &slot);) {
        units += hd_object_places(&slots->containers.entries[slot]) / HD_REFERENCES_PER_UNIT;
    }
    return units;
}

static bool is_marked(const struct hd_collector *collector, uint32_t slot)
{
    return (collector->slots->age[slot] & HD_AGE_MARK) != 0;
}

/* Of the survivors in a word of members those that stay tracked. */
static uint64_t settle(struct hd_collector *collector, uint32_t first, uint64_t word,
                       bool untracks)
{
    uint64_t left = word;

    for (; word != 0; word &= word - 1) {
        uint32_t slot = first + (uint32_t)__builtin_ctzll(word);

        if (is_marked(collector, slot) ||
            (untracks && hd_object_kind(collector->objects, slot) == HD_KIND_TUPLE &&
             hd_untrack_if_inert(collector, slot))) {
            left &= ~(word & -word);
        }
    }
    return left;
}

/* What is not marked goes to another generation; tuples that are inert are untracked first, but
 * what was found dead and is kept or saved stays tracked, as in CPython: it is counted if it
 * goes after all.  Gives how many moved. */
static uint64_t promote(struct hd_collector *collector, unsigned generation, unsigned to,
                        bool untracks)
{
    struct hd_slots *slots = collector->slots;
    uint64_t moved = 0;

    for (unsigned from = 0; from <= generation; from++) {
        uint32_t slot = 0;

        while ((slot = hd_bitset_next(&slots->young[from], slot)) != HD_BITSET_END) {
            uint32_t first = slot / 64 * 64;
            uint64_t word =
                settle(collector, first, hd_bitset_rest(&slots->young[from], first), untracks);

            hd_slots_move_word(slots, first, word, from, to);
            moved += (uint64_t)__builtin_popcountll(word);
            slot = first + 64;
        }
    }
    return moved;
}

void hd_young_collect(struct hd_collector *collector, unsigned generation,
                      struct hd_cascade *cascade, struct hd_collection *ret_result)
{
    const struct hd_slots *slots = collector->slots;
    const struct hd_members members = {{&slots->young[0], &slots->young[1]}, generation + 1};

    HD_CHECK(generation < HD_GENERATIONS - 1);
    hd_trial_run(collector, &members);
    hd_policy_survivors(&collector->state, generation,
                        promote(collector, generation, generation + 1, true));
    ret_result->kept = hd_doom(collector, &members);
    collector->pending += ret_result->kept;
    if ((collector->state.debug & HD_GC_DEBUG_SAVEALL) != 0) {
        ret_result->collected = hd_doom_save(collector, &members);
    }
    if (ret_result->kept + ret_result->collected > 0) {
        (void)promote(collector, generation, generation + 1, false);
    }
    ret_result->collected += hd_trial_free(collector, &members, cascade);
}
