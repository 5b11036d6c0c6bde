/* SPDX-License-Identifier: MIT */
/* event_line.c: which members of an event say something, and what they are called there. */
#include "event_line.h"

#include <inttypes.h>
#include <time.h>

#include "line.h"

#define NS_PER_SECOND 1000000000

static const char *cause_name(enum heapd_collection_cause cause)
{
    switch (cause) {
    case HEAPD_CAUSE_REQUEST:
        return "request";
    case HEAPD_CAUSE_THRESHOLD:
        return "threshold";
    case HEAPD_CAUSE_LIMIT:
        return "limit";
    default:
        return "unknown";
    }
}

static const char *mode_name(enum heapd_collector_mode mode)
{
    switch (mode) {
    case HEAPD_MODE_CLASSIC:
        return "classic";
    case HEAPD_MODE_INCREMENTAL:
        return "incremental";
    default:
        return "unknown";
    }
}

static void put_collection(struct line *line, const struct heapd_event *event)
{
    line_number(line, "generation", event->generation);
    line_text(line, "mode", mode_name(event->mode));
    line_text(line, "cause", cause_name(event->cause));
    if (event->kind == HEAPD_EVENT_COLLECTION_FINISHED) {
        line_number(line, "collected", event->count);
        line_number(line, "uncollectable", event->uncollectable);
        line_number(line, "candidates", event->candidates);
        line_number(line, "bytes", event->bytes);
        line_number(line, "duration_ns", event->duration_ns);
    }
}

/* Of finalizers and callbacks; count_key: what its count is, or NULL. */
static void put_delivery(struct line *line, const struct heapd_event *event,
                         const char *count_key)
{
    line_name(line, "queue", event->queue);
    line_id(line, "object", event->object);
    if (count_key != NULL && event->count > 0) {
        line_number(line, count_key, event->count);
    }
}

static void put_limit(struct line *line, const struct heapd_event *event, const char *count_key,
                      const char *bytes_key)
{
    line_text(line, "limit", event->limit);
    line_number(line, count_key, event->count);
    line_number(line, bytes_key, event->bytes);
}

static void put_pause(struct line *line, const struct heapd_event *event)
{
    line_number(line, "duration_ns", event->duration_ns);
    line_text(line, "pause", heapd_pause_kind_name(event->pause));
    if (event->pause == HEAPD_PAUSE_SLICE) {
        line_text(line, "stage", heapd_collection_stage_name(event->stage));
    }
    if (event->pause == HEAPD_PAUSE_SLICE || event->pause == HEAPD_PAUSE_YOUNG) {
        line_number(line, "generation", event->generation);
    }
    if (event->count > 0) {
        line_number(line, "units", event->count);
    }
    if (event->candidates > 0) {
        line_number(line, "candidates", event->candidates);
    }
}

static void put_members(struct line *line, const struct heapd_event *event)
{
    switch (event->kind) {
    case HEAPD_EVENT_OVERFLOW:
        line_number(line, "lost", event->count);
        break;
    case HEAPD_EVENT_COLLECTION_STARTED:
    case HEAPD_EVENT_COLLECTION_FINISHED:
        put_collection(line, event);
        break;
    case HEAPD_EVENT_FINALIZER_QUEUED:
    case HEAPD_EVENT_CALLBACK_QUEUED:
        put_delivery(line, event, "count");
        break;
    case HEAPD_EVENT_FINALIZER_DELIVERED:
    case HEAPD_EVENT_CALLBACK_DELIVERED:
        put_delivery(line, event, "try");
        break;
    case HEAPD_EVENT_FINALIZER_ACKNOWLEDGED:
    case HEAPD_EVENT_FINALIZER_RETURNED:
    case HEAPD_EVENT_CALLBACK_ACKNOWLEDGED:
    case HEAPD_EVENT_CALLBACK_RETURNED:
        put_delivery(line, event, NULL);
        break;
    case HEAPD_EVENT_FINALIZER_DEAD:
    case HEAPD_EVENT_CALLBACK_DEAD:
        put_delivery(line, event, "tries");
        break;
    case HEAPD_EVENT_LIMIT_MET:
        put_limit(line, event, "asked", "allowed");
        break;
    case HEAPD_EVENT_LIMIT_RELIEF:
        put_limit(line, event, "objects", "bytes");
        break;
    case HEAPD_EVENT_PAUSE:
        put_pause(line, event);
        break;
    default: /* sessions, and what a later daemon tells */
        break;
    }
    if (event->session != 0) {
        line_number(line, "session", event->session);
    }
}

/* The wall clock when it happened: local for people, UTC for programs. */
static void format_time(const struct heapd_event *event, bool local, char *to, size_t size)
{
    struct timespec now;
    char seconds[32];
    struct tm parts;
    int64_t ns;
    time_t second;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    ns = (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec - (int64_t)event->age_ns;
    ns = ns < 0 ? 0 : ns;
    second = (time_t)(ns / NS_PER_SECOND);
    if (local) {
        (void)localtime_r(&second, &parts);
        (void)strftime(seconds, sizeof(seconds), "%H:%M:%S", &parts);
    } else {
        (void)gmtime_r(&second, &parts);
        (void)strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &parts);
    }
    (void)snprintf(to, size, "%s.%06d%s", seconds, (int)(ns % NS_PER_SECOND / 1000),
                   local ? "" : "Z");
}

void event_line(const struct heapd_event *event, enum output_format format, FILE *file)
{
    struct line line;
    const char *kind = heapd_event_kind_name(event->kind);
    char at[64];

    line_begin(&line, format, file);
    format_time(event, format == OUTPUT_TABLE, at, sizeof(at));
    if (format == OUTPUT_JSON) {
        line_number(&line, "sequence", event->sequence);
        line_text(&line, "time", at);
        line_text(&line, "kind", kind);
    } else if (format == OUTPUT_RAW) {
        (void)fprintf(file, "%" PRIu64 "\t%s\t%s\t", event->sequence, at, kind);
    } else {
        (void)fprintf(file, "%s %8" PRIu64 "  %-22s ", at, event->sequence, kind);
    }
    put_members(&line, event);
    line_end(&line);
}
