/* SPDX-License-Identifier: MIT */
/* told.c: the finalizers and callbacks of a transcript.  The console has a queue of its own in
 * the daemon.  It looks at it whenever something may have died, runs what it was told of, each
 * acknowledged before the next, and what that was the end of first. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

/* The longest there is: nobody else receives. */
#define DEADLINE_MS (7u * 24 * 60 * 60 * 1000)
#define RECEIVE_MAX 1000u

/* ------------------------------------------------------------ whose they are */

static size_t place_of(const struct hd_console *console, uint64_t id)
{
    size_t mask = console->watch_capacity - 1;
    size_t at = (size_t)(id * 0x9E3779B97F4A7C15u >> 20) & mask;

    while (console->watches[at].id != 0 && console->watches[at].id != id) {
        at = (at + 1) & mask;
    }
    return at;
}

static void grow(struct hd_console *console)
{
    struct hd_watch *old = console->watches;
    size_t count = console->watch_capacity;

    console->watch_capacity = count == 0 ? 16 : count * 2;
    console->watches = hd_must_alloc(console->watch_capacity * sizeof(old[0]));
    memset(console->watches, 0, console->watch_capacity * sizeof(old[0]));
    for (size_t i = 0; i < count; i++) {
        if (old[i].id != 0) {
            console->watches[place_of(console, old[i].id)] = old[i];
        }
    }
    free(old);
}

void hd_told_watch(struct hd_console *console, uint64_t id, const struct hd_native *native)
{
    if ((console->watch_count + 1) * 2 > console->watch_capacity) {
        grow(console);
    }
    hd_native_retain(native);
    console->watches[place_of(console, id)] = (struct hd_watch){id, native};
    console->watch_count++;
}

/* Takes an entry out; those behind it close the gap.  NULL: there is none. */
static const struct hd_native *take(struct hd_console *console, uint64_t id)
{
    size_t mask = console->watch_capacity - 1;
    size_t at = place_of(console, id);
    const struct hd_native *native = console->watches[at].native;

    if (console->watches[at].id == 0) {
        return NULL;
    }
    console->watches[at] = (struct hd_watch){0, NULL};
    console->watch_count--;
    for (at = (at + 1) & mask; console->watches[at].id != 0; at = (at + 1) & mask) {
        struct hd_watch moved = console->watches[at];

        console->watches[at] = (struct hd_watch){0, NULL};
        console->watches[place_of(console, moved.id)] = moved;
    }
    return native;
}

void hd_told_fini(struct hd_console *console)
{
    for (size_t i = 0; i < console->watch_capacity; i++) {
        if (console->watches[i].id != 0) {
            hd_native_release(NULL, console->watches[i].native);
        }
    }
    free(console->watches);
}

/* ------------------------------------------------------------ the queue */

/* A queue nobody else has, which ends with the session. */
static bool create(struct hd_console *console, char *queue, size_t size)
{
    static const struct heapd_queue_options options = {DEADLINE_MS, 1000, true};
    struct heapd_error refusal;
    bool created = false;

    for (unsigned number = 1; !created; number++) {
        (void)snprintf(queue, size, "heapctl %ld.%u", (long)getpid(), number);
        if (heapd_create_queue(console->client, queue, &options, &created, &refusal) !=
            HEAPD_OK) {
            return hd_link_refused(console, &refusal);
        }
    }
    return true;
}

bool hd_told_begin(struct hd_console *console)
{
    char queue[sizeof(console->queue)];
    struct heapd_error refusal;

    if (console->queue[0] != '\0') {
        return true;
    }
    if (!hd_link_sync(console) || !create(console, queue, sizeof(queue))) {
        return false;
    }
    /* from the first time on every reply says how many wait */
    if (heapd_receive(console->client, queue, 1, 0, NULL, NULL, &refusal) != HEAPD_OK) {
        return hd_link_refused(console, &refusal);
    }
    memcpy(console->queue, queue, sizeof(queue));
    console->wait_at_end = true;
    return true;
}

bool hd_told_set_finalizer(struct hd_console *console, const struct hd_native *class)
{
    (void)heapd_batch_set_finalizer(hd_link_add(console, NULL), hd_link_ref(hd_top(console, 1)),
                                    console->queue);
    if (!hd_link_sync(console)) {
        return false;
    }
    hd_told_watch(console, hd_top(console, 1)->id, class);
    return true;
}

/* ------------------------------------------------------------ being told */

/* Deliveries, the next one last. */
struct told {
    struct heapd_delivery *items; /* owned */
    size_t count;
};

/* What waits comes before what is there. */
static bool receive(struct hd_console *console, struct told *told)
{
    struct heapd_error refusal;
    struct heapd_delivery *received;
    size_t count;

    do {
        if (heapd_receive(console->client, console->queue, RECEIVE_MAX, 0, &received, &count,
                          &refusal) != HEAPD_OK) {
            return hd_link_refused(console, &refusal);
        }
        told->items =
            hd_must_realloc(told->items, (told->count + count + 1) * sizeof(received[0]));
        for (size_t i = 0; i < count; i++) {
            told->items[told->count + i] = received[count - 1 - i];
        }
        told->count += count;
        heapd_free(received);
    } while (count == RECEIVE_MAX);
    return true;
}

static bool run(struct hd_console *console, const struct heapd_delivery *delivery)
{
    const struct hd_native *native = take(console, delivery->id);
    struct hd_value value = hd_value_id(delivery->id, delivery->callback ? HEAPD_KIND_WEAKREF
                                                                         : HEAPD_KIND_INSTANCE);

    if (native != NULL) {
        hd_machine_call(console, delivery->callback ? native : native->finalizer, &value, 1);
        if (console->lost) {
            return false;
        }
    }
    (void)heapd_batch_acknowledge(hd_link_change(console, NULL), &delivery->delivery, 1);
    if (native != NULL) {
        hd_native_release(console, native);
    }
    return hd_link_sync(console);
}

bool hd_told_receive(struct hd_console *console)
{
    struct told told = {NULL, 0};
    bool good;

    if (console->queue[0] == '\0') {
        return true;
    }
    good = hd_link_sync(console) && receive(console, &told);
    while (good && told.count > 0) {
        good = run(console, &told.items[--told.count]) &&
               (heapd_waiting(console->client) == 0 || receive(console, &told));
    }
    free(told.items);
    return good;
}

bool hd_told_settle(struct hd_console *console)
{
    if (console->open != NULL && console->open->unsettled && !hd_link_sync(console)) {
        return false;
    }
    return console->open != NULL || heapd_waiting(console->client) == 0 ||
           hd_told_receive(console);
}
