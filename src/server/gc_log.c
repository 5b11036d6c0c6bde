/* SPDX-License-Identifier: MIT */
/* gc_log.c: the layers below do not log; what they tell as events is read here, once a turn. */
#include "server/gc_log.h"

#include <inttypes.h>

#include "heap/heap.h"
#include "heap/inspect.h"
#include "server/internal.h"

#define NS_PER_S 1e9

static const char *mode_of(const struct hd_event *event)
{
    return event->mode == HD_EVENT_CLASSIC ? "classic" : "incremental";
}

static const char *cause_of(const struct hd_event *event)
{
    switch (event->cause) {
    case HD_EVENT_BY_REQUEST:
        return "by request";
    case HD_EVENT_BY_LIMIT:
        return "at a limit";
    default:
        return "by threshold";
    }
}

static void write_line(const struct hd_server *server, const struct hd_heap *heap,
                       const struct hd_event *event)
{
    struct hd_collector_info info;

    hd_inspect_collector(heap, &info);
    hd_server_log(server, HD_LOG_INFO,
                  "gc: heap '%s': collection of generation %u (%s, %s) complete: %" PRIu64
                  " of %" PRIu64 " objects collected, %" PRIu64
                  " uncollectable, %.6f s; the generations have %" PRIu64 ", %" PRIu64
                  " and %" PRIu64 " objects, the permanent one %" PRIu64,
                  hd_heap_options(heap)->name, event->generation, mode_of(event),
                  cause_of(event), event->count, event->candidates, event->uncollectable,
                  (double)event->duration_ns / NS_PER_S, info.generations[0].objects,
                  info.generations[1].objects, info.generations[2].objects, info.frozen);
}

/* More may have happened in one turn than the ring has room for. */
static void write_lost(const struct hd_server *server, const struct hd_heap *heap,
                       const struct hd_event *event)
{
    struct hd_collector_info info;

    hd_inspect_collector(heap, &info);
    if ((info.debug & HD_GC_DEBUG_STATS) != 0) {
        hd_server_log(server, HD_LOG_INFO,
                      "gc: heap '%s': %" PRIu64 " events came too fast to be logged",
                      hd_heap_options(heap)->name, event->count);
    }
}

void hd_gc_log_write(struct hd_server *server)
{
    for (size_t i = 0; i < server->hub->heap_count; i++) {
        struct hd_heap *heap = server->hub->heaps[i];
        struct hd_event_reader reader = {
            .after = server->gc_log.after[i],
            .filter = {.kinds = 1u << HD_EVENT_COLLECTION_FINISHED},
        };
        struct hd_event event;

        while (hd_events_next(hd_heap_events(heap), &reader, &event)) {
            if (event.kind == HD_EVENT_OVERFLOW) {
                write_lost(server, heap, &event);
            } else if (event.logged) {
                write_line(server, heap, &event);
            }
        }
        server->gc_log.after[i] = reader.after;
    }
}
