/* SPDX-License-Identifier: MIT */
/* untrack.c: CPython's untrack_tuples and untrack_dicts, of one object.
 *
 * A large one is looked at in pieces, from the end.  HD_AGE_INERT stays until its look is over:
 * what died meanwhile, or is kept pending, has lost it.  A dict that changed stays tracked
 * until the next full collection. */
#include "base/check.h"
#include "collector/internal.h"
#include "object/span.h"

static bool is_inert(const void *objects, uint32_t slot)
{
    return slot == 0 || hd_object_is_inert(objects, slot);
}

/* Of the next piece below *end. */
static bool is_piece_inert(const struct hd_collector *collector, uint32_t slot, uint32_t *end,
                           uint32_t *units)
{
    const struct hd_slot *entry = hd_slot_at(collector->slots, slot);
    struct hd_span span = hd_object_piece_below(entry, end, HD_PIECE);

    hd_pay_look(units, span.count);
    return hd_span_has_only(span, is_inert, collector->objects);
}

bool hd_untrack_if_inert(struct hd_collector *collector, uint32_t slot)
{
    uint32_t units = UINT32_MAX;
    uint32_t end = UINT32_MAX;

    while (end > 0) {
        if (!is_piece_inert(collector, slot, &end, &units)) {
            return false;
        }
    }
    hd_slots_untrack(collector->slots, slot);
    return true;
}

void hd_untrack_begin(struct hd_collector *collector, uint32_t slot)
{
    struct hd_inert_look *look = &collector->full.inert;

    HD_CHECK(look->reader.slot == 0);
    hd_reader_begin(collector->objects, &look->reader, slot);
    look->end = UINT32_MAX;
}

static void end_look(struct hd_collector *collector)
{
    struct hd_inert_look *look = &collector->full.inert;

    collector->slots->age[look->reader.slot] &= (uint8_t)~HD_AGE_INERT;
    hd_reader_end(collector->objects, &look->reader);
    look->reader.slot = 0;
}

void hd_untrack_work(struct hd_collector *collector, uint32_t *units)
{
    struct hd_inert_look *look = &collector->full.inert;
    uint32_t slot = look->reader.slot;
    bool inert = true;

    while (inert && look->end > 0) {
        if (*units == 0) {
            return;
        }
        inert = (collector->slots->age[slot] & HD_AGE_INERT) != 0 && !look->reader.changed &&
                is_piece_inert(collector, slot, &look->end, units);
    }
    if (inert) {
        hd_slots_untrack(collector->slots, slot);
        collector->full.untracked++; /* CPython's count of what is left does not have it */
    }
    end_look(collector);
}
