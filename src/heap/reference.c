/* SPDX-License-Identifier: MIT */
/* reference.c: where a container refers to an object. */
#include "heap/internal.h"

void hd_pay_steps(uint64_t *steps, uint64_t price)
{
    *steps -= price < *steps ? price : *steps;
}

/* Where the span has the target, `first` being its first position; UINT32_MAX: nowhere. */
static uint32_t find_in(const struct hd_span *span, uint32_t first, uint32_t target)
{
    const uint32_t *at = span->first;

    for (uint32_t i = 0; i < span->count; i++, at += span->step) {
        if (*at == target || (span->pairs && at[1] == target)) {
            return first + i;
        }
    }
    return UINT32_MAX;
}

struct hd_span hd_next_span(const struct hd_slot *entry, uint32_t *end, uint64_t *steps)
{
    uint32_t most = *steps < UINT32_MAX ? (uint32_t)*steps : UINT32_MAX;
    struct hd_span span = hd_object_piece_below(entry, end, most);

    hd_pay_steps(steps, span.count > 0 ? span.count : 1);
    return span;
}

bool hd_find_reference(const struct hd_slot *entry, uint32_t target, uint32_t *end,
                       uint64_t *steps, uint32_t *ret_position)
{
    while (*end > 0 && *steps > 0) {
        struct hd_span span = hd_next_span(entry, end, steps);

        *ret_position = find_in(&span, *end, target);
        if (*ret_position != UINT32_MAX) {
            return true;
        }
    }
    return false;
}

bool hd_has_reference(const struct hd_slot *entry, uint32_t position, uint32_t target)
{
    uint32_t end = position + 1;
    struct hd_span span = hd_object_span_below(entry, &end);
    struct hd_span last = span;

    if (span.count == 0 || end + span.count - 1 != position) {
        return false;
    }
    last.first += (size_t)(span.count - 1) * span.step;
    last.count = 1;
    return find_in(&last, position, target) == position;
}
