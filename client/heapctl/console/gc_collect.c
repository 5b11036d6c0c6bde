/* SPDX-License-Identifier: MIT */
/* gc_collect.c: gc.collect() where there are finalizers or callbacks. */
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

/* As CPython's: it returns when they have run, and with what died of them.  Asked for by one of
 * them it does nothing. */
bool hd_gc_collect(struct hd_console *console, unsigned generation,
                   struct hd_value *ret_collected)
{
    struct heapd_collected collected = {0};
    struct heapd_error refusal;
    uint64_t before = 0;
    uint64_t after = 0;
    bool good;

    if (console->collecting) {
        *ret_collected = hd_value_int(0);
        return true;
    }
    if (!hd_gc_before(console) ||
        !hd_gc_after(console,
                     heapd_collect(console->client, (int)generation, &collected, &refusal),
                     &refusal)) {
        return false;
    }
    if (heapd_waiting(console->client) > 0) {
        console->collecting = true;
        good = freed(console, generation, &before) && hd_told_receive(console) &&
               freed(console, generation, &after);
        console->collecting = false;
        if (!good) {
            return false;
        }
    }
    *ret_collected = hd_value_int(
        (int64_t)(collected.collected + collected.uncollectable + after - before));
    return true;
}
