/* SPDX-License-Identifier: MIT */
/* gc_collect.c: gc.collect() where there are finalizers, or callbacks of either kind. */
#include "module_gc.h"

/* What its collections freed, those of pending sets included. */
static bool freed(struct hd_console *console, unsigned generation, uint64_t *ret_freed)
{
    struct heapd_generation_stats stats[3];
    struct heapd_error refusal;

    if (!hd_gc_before(console) ||
        !hd_gc_after(console, heapd_gc_get_stats(console->client, stats, &refusal), &refusal)) {
        return false;
    }
    *ret_freed = stats[generation].collected + stats[generation].uncollectable;
    return true;
}

/* Runs what it was the end of: its result is what died in the end. */
static bool run_told(struct hd_console *console, unsigned generation,
                     struct heapd_collected *collected)
{
    uint64_t before = 0;
    uint64_t after = 0;

    if (heapd_waiting(console->client) == 0) {
        return true;
    }
    if (!freed(console, generation, &before) || !hd_told_receive(console) ||
        !freed(console, generation, &after)) {
        return false;
    }
    collected->collected += after - before;
    return true;
}

static bool collect(struct hd_console *console, unsigned generation,
                    struct heapd_collected *ret_collected)
{
    struct heapd_error refusal;

    return hd_gc_call_back(console, "start", generation, ret_collected) &&
           hd_gc_before(console) &&
           hd_gc_after(console,
                       heapd_collect(console->client, (int)generation, ret_collected, &refusal),
                       &refusal) &&
           run_told(console, generation, ret_collected) &&
           hd_gc_call_back(console, "stop", generation, ret_collected);
}

/* As CPython's: it returns when they have run, and with what died of them.  Asked for by one of
 * them it does nothing. */
bool hd_gc_collect(struct hd_console *console, unsigned generation,
                   struct hd_value *ret_collected)
{
    struct heapd_collected collected = {0};
    bool good;

    if (console->collecting) {
        *ret_collected = hd_value_int(0);
        return true;
    }
    console->collecting = true;
    good = collect(console, generation, &collected);
    console->collecting = false;
    *ret_collected = hd_value_int((int64_t)(collected.collected + collected.uncollectable));
    return good;
}
