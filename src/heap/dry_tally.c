/* SPDX-License-Identifier: MIT */
/* dry_tally.c: what was found is looked at once more, and added up.
 *
 * The dead are dead if each of them has exactly the references that others of them have.  Of
 * what they refer to, what has no other references goes with them, and so on. */
#include "heap/dry_run.h"
#include "heap/inspect.h"

#define STEPS_ROW     32
#define STEPS_CYCLE   64
#define TALLY_AT_ONCE (UINT64_C(1) << 16) /* steps; so much can be told of any heap */

static struct hd_dry_row *row_of(struct hd_dry_report *report, enum hd_kind kind,
                                 struct hd_bytes class_name)
{
    for (uint32_t i = 0; i < report->row_count; i++) {
        struct hd_dry_row *row = &report->rows[i];

        if (row->kind == HD_KIND_FREE ||
            (row->kind == kind && hd_bytes_equal(row->class_name, class_name))) {
            return row;
        }
    }
    report->row_count++;
    if (report->row_count < HD_DRY_ROWS) {
        report->rows[report->row_count - 1] =
            (struct hd_dry_row){.kind = kind, .class_name = class_name};
    } else {
        report->rows[report->row_count - 1] = (struct hd_dry_row){.kind = HD_KIND_FREE};
    }
    return &report->rows[report->row_count - 1];
}

static void put(struct hd_dry_run *run, uint32_t slot, bool kept)
{
    struct hd_object_info info;
    struct hd_dry_row *row;

    hd_inspect_object(run->heap, NULL, slot, &info);
    row = row_of(run->report, info.kind,
                 info.kind == HD_KIND_INSTANCE ? info.class_name : (struct hd_bytes){NULL, 0});
    if (kept) {
        row->kept++;
        return;
    }
    row->objects++;
    row->bytes += info.size_bytes;
    run->report->objects++;
    run->report->bytes += info.size_bytes;
}

/* What is freed refers to something that is not found dead. */
static void drop(struct hd_dry_run *run, uint32_t to)
{
    const struct hd_slot *entry = hd_slot_at(hd_objects_slots_const(run->heap->objects), to);
    bool atom = hd_slot_is_atom(to);
    uint32_t *count;

    if (entry->count == HD_COUNT_IMMORTAL || run->refused) {
        return;
    }
    count = hd_pages_reach(&run->others[atom ? 0 : 1], atom ? to - HD_ATOM_BASE : to);
    if (count == NULL) {
        run->refused = true;
        return;
    }
    if (++*count != entry->count || (!atom && hd_dry_has_finalizer(run, to))) {
        return;
    }
    put(run, to, false);
    if (atom) {
        return;
    }
    if (to < run->limit) {
        hd_dry_add(run, &run->tail, to, HD_TRAIL_NONE);
    } else {
        run->lost = true; /* it is new */
    }
}

static void meet(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    bool kept = hd_trail_has(&run->kept, from);

    if (hd_dry_is_in(run, &run->dead, to)) {
        hd_dry_node_of(run, to)->order++;
        run->lost = run->lost || (kept && !hd_trail_has(&run->kept, to));
    } else if (!kept) {
        drop(run, to);
    }
}

static bool tally_dead(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    if (run->end == UINT32_MAX) {
        bool kept = hd_trail_has(&run->kept, slot);

        run->lost =
            !hd_dry_is_candidate(run, slot) || (!kept && hd_dry_has_finalizer(run, slot));
        if (run->lost) {
            return true;
        }
        hd_pay_steps(steps, STEPS_ROW);
        put(run, slot, kept);
    }
    return hd_dry_look(run, slot, meet, steps);
}

static void meet_tail(struct hd_dry_run *run, uint32_t from, uint32_t to)
{
    (void)from;
    if (hd_dry_is_in(run, &run->dead, to)) {
        run->lost = true;
    } else {
        drop(run, to);
    }
}

static bool tally_tail(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    hd_pay_steps(steps, STEPS_ROW);
    return hd_dry_look(run, slot, meet_tail, steps);
}

static bool compare(struct hd_dry_run *run, uint32_t slot, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(run->heap->objects);

    hd_pay_steps(steps, 2);
    run->lost = hd_dry_node_of(run, slot)->order != hd_slot_at(slots, slot)->count;
    return true;
}

/* The most bytes first. */
static void sort(struct hd_dry_report *report)
{
    for (uint32_t i = 1; i < report->row_count; i++) {
        struct hd_dry_row row = report->rows[i];
        uint32_t to = i;

        for (; to > 0 && report->rows[to - 1].bytes < row.bytes; to--) {
            report->rows[to] = report->rows[to - 1];
        }
        report->rows[to] = row;
    }
}

static void answer(struct hd_dry_run *run, uint64_t *steps)
{
    struct hd_dry_report *report = run->report;

    report->collected = run->dead.count - run->kept.count;
    report->kept = run->kept.count;
    report->cycle_count = run->walk.count;
    for (uint32_t i = 0; i < report->cycle_count && !run->lost; i++) {
        hd_pay_steps(steps, STEPS_CYCLE);
        run->search.target = run->walk.largest[i].first;
        run->lost = !hd_path_check_steps(&run->search, &report->cycle[i].path, false);
    }
    sort(report);
    run->answered = !run->lost;
}

static bool tally_part(struct hd_dry_run *run, uint64_t *steps)
{
    switch (run->part) {
    case HD_TALLY_DEAD:
        return hd_dry_each_met(run, &run->dead, tally_dead, steps);
    case HD_TALLY_TAIL:
        return hd_dry_each_met(run, &run->tail, tally_tail, steps);
    case HD_TALLY_COMPARE:
        return hd_dry_each_met(run, &run->dead, compare, steps);
    default:
        run->tallied = run->heap->changes;
        return true;
    }
}

bool hd_dry_tally(struct hd_dry_run *run, uint64_t *steps)
{
    uint64_t own =
        run->part == HD_TALLY_BEGIN && *steps < TALLY_AT_ONCE ? TALLY_AT_ONCE : *steps;
    uint64_t before = own;
    bool done = false;

    run->lost = run->part != HD_TALLY_BEGIN && run->tallied != run->heap->changes;
    while (!done && own > 0 && !hd_dry_stops(run) && tally_part(run, &own)) {
        done = run->part == HD_TALLY_COMPARE;
        run->part += !done;
        run->next = 0;
        run->end = UINT32_MAX;
    }
    if (done && !hd_dry_stops(run)) {
        answer(run, &own);
    }
    hd_pay_steps(steps, before - own);
    return done || hd_dry_stops(run);
}
