/* SPDX-License-Identifier: MIT */
/* repr.c: values as Python's repr writes them.  Containers are written with a
 * stack of their own, as deep as Python goes. */
#include <inttypes.h>
#include <stdlib.h>

#include "graph.h"
#include "quote.h"

/* CPython's recursion limit, less the frames below a statement of the prompt. */
#define DEPTH_MAX 994

void hd_repr_scalar(const struct hd_value *value, struct hd_text *out)
{
    switch (value->kind) {
    case HEAPD_KIND_NONE:
        hd_text_add_string(out, "None");
        break;
    case HEAPD_KIND_BOOL:
        hd_text_add_string(out, value->integer != 0 ? "True" : "False");
        break;
    case HEAPD_KIND_INT:
        hd_text_printf(out, "%" PRId64, value->integer);
        break;
    case HEAPD_KIND_FLOAT:
        hd_quote_float(value->number, out);
        break;
    case HEAPD_KIND_STR:
        hd_quote_str(value->data, value->size, out);
        break;
    default:
        hd_quote_bytes(value->data, value->size, out);
        break;
    }
}

static void repr_native(const struct hd_native *native, struct hd_text *out)
{
    switch (native->kind) {
    case HD_NATIVE_FUNCTION:
        hd_text_printf(out, "<function %s at %p>", native->name, (const void *)native);
        break;
    case HD_NATIVE_CLASS:
        hd_text_printf(out, "<class '__main__.%s'>", native->name);
        break;
    case HD_NATIVE_TYPE:
        hd_text_printf(out, "<class '%s'>", native->qualified);
        break;
    case HD_NATIVE_MODULE:
        hd_text_printf(out, "<module '%s' (built-in)>", native->name);
        break;
    default:
        hd_text_printf(out, "<built-in function %s>", native->name);
        break;
    }
}

/* gc.callbacks: of gc.garbage a list is made. */
static void repr_callbacks(const struct hd_console *console, struct hd_text *out)
{
    for (size_t i = 0; i < console->callback_count; i++) {
        hd_text_add_string(out, i == 0 ? "[" : ", ");
        repr_native(console->callbacks[i], out);
    }
    hd_text_add_string(out, console->callback_count == 0 ? "[]" : "]");
}

static void repr_range(const struct hd_range *range, struct hd_text *out)
{
    hd_text_printf(out, "range(%" PRId64 ", %" PRId64, range->start, range->stop);
    if (range->step != 1) {
        hd_text_printf(out, ", %" PRId64, range->step);
    }
    hd_text_add_char(out, ')');
}

/* How a kind of container is written. */
struct shape {
    const char *open;
    const char *close;
    const char *empty;
    const char *again; /* inside itself */
};

static const struct shape shapes[] = {
    [HEAPD_KIND_TUPLE] = {"(", ")", "()", "(...)"},
    [HEAPD_KIND_LIST] = {"[", "]", "[]", "[...]"},
    [HEAPD_KIND_DICT] = {"{", "}", "{}", "{...}"},
    [HEAPD_KIND_SET] = {"{", "}", "set()", "set(...)"},
    [HEAPD_KIND_FROZENSET] = {"frozenset({", "})", "frozenset()", "frozenset(...)"},
};

/* A container being written: its number, and the reference that comes next. */
struct level {
    uint32_t number;
    uint64_t next; /* of a dict: twice the entry, plus 1 for its value */
};

struct writer {
    struct hd_graph *graph;
    struct level *levels; /* owned */
    size_t count;
    struct hd_text *out;
};

static bool is_container(const struct hd_item *item)
{
    return item->value.kind >= HEAPD_KIND_TUPLE && item->value.kind <= HEAPD_KIND_FROZENSET;
}

static void write_weakref(const struct hd_item *item, struct hd_text *out)
{
    hd_text_printf(out, "<weakref at 0x%" PRIx64 "; ", item->id);
    if (item->target.id == 0) {
        hd_text_add_string(out, "dead>");
    } else {
        hd_text_printf(out, "to '%s' at 0x%" PRIx64 ">", hd_type_name(&item->target),
                       item->target.id);
    }
}

/* An item that is written at once. */
static void write_leaf(const struct hd_item *item, struct hd_text *out)
{
    if (item->gone) {
        hd_text_add_string(out, "<gone>");
    } else if (item->value.kind == HEAPD_KIND_INSTANCE) {
        hd_text_printf(out, "<__main__.%s object at 0x%" PRIx64 ">", item->value.data,
                       item->id);
    } else if (item->value.kind == HEAPD_KIND_WEAKREF) {
        write_weakref(item, out);
    } else {
        hd_repr_scalar(&item->value, out);
    }
}

/* False: too deep. */
static bool begin(struct writer *writer, uint32_t number)
{
    struct hd_item *item = &writer->graph->items[number];
    const struct shape *shape;

    if (!is_container(item)) {
        write_leaf(item, writer->out);
        return true;
    }
    shape = &shapes[item->value.kind];
    if (item->on_path) {
        hd_text_add_string(writer->out, shape->again);
    } else if (item->length == 0) {
        hd_text_add_string(writer->out, shape->empty);
    } else {
        if (writer->count == DEPTH_MAX || !item->fetched) {
            return false;
        }
        item->on_path = true;
        hd_text_add_string(writer->out, shape->open);
        writer->levels[writer->count++] = (struct level){number, 0};
    }
    return true;
}

static void end(struct writer *writer)
{
    struct hd_item *item = &writer->graph->items[writer->levels[--writer->count].number];

    item->on_path = false;
    if (item->value.kind == HEAPD_KIND_TUPLE && item->count == 1) {
        hd_text_add_char(writer->out, ',');
    }
    hd_text_add_string(writer->out, shapes[item->value.kind].close);
}

/* The next reference of the innermost container; false: too deep. */
static bool proceed(struct writer *writer)
{
    struct level *level = &writer->levels[writer->count - 1];
    const struct hd_item *item = &writer->graph->items[level->number];
    uint64_t next = level->next++;

    if (item->values == NULL) {
        if (next == item->count) {
            end(writer);
            return true;
        }
        hd_text_add_string(writer->out, next > 0 ? ", " : "");
        return begin(writer, item->items[next]);
    }
    if (next == 2 * item->count) {
        end(writer);
        return true;
    }
    hd_text_add_string(writer->out, next % 2 == 1 ? ": " : next > 0 ? ", " : "");
    return begin(writer, (next % 2 == 1 ? item->values : item->items)[next / 2]);
}

static bool write_graph(struct hd_console *console, struct hd_graph *graph, struct hd_text *out)
{
    struct writer writer = {graph, NULL, 0, out};
    bool done;

    writer.levels = hd_must_alloc((DEPTH_MAX + 1) * sizeof(writer.levels[0]));
    done = begin(&writer, 0);
    while (done && writer.count > 0) {
        done = proceed(&writer);
        if (out->size > HD_ZONE_LIMIT_BYTES) {
            free(writer.levels);
            return hd_pyerror_set(console->error, "MemoryError", "the text is too long");
        }
    }
    free(writer.levels);
    return done ||
           hd_pyerror_set(console->error, "RecursionError",
                          "maximum recursion depth exceeded while getting the repr of an "
                          "object");
}

static bool repr_object(struct hd_console *console, size_t n, struct hd_text *out)
{
    struct hd_graph graph;
    bool done = hd_graph_fetch(console, n, &graph) && write_graph(console, &graph, out);

    hd_graph_fini(&graph);
    return done;
}

bool hd_repr(struct hd_console *console, size_t n, bool as_str, struct hd_text *out)
{
    const struct hd_value *value;
    size_t written = out->size;

    if (!hd_link_resolve(console, hd_top(console, n))) {
        return false;
    }
    value = hd_top(console, n);
    if (hd_is_view(value)) {
        repr_callbacks(console, out);
    } else if (value->type == HD_VALUE_NATIVE) {
        repr_native(value->as.native, out);
    } else if (value->type == HD_VALUE_RANGE) {
        repr_range(&value->as.range, out);
    } else if (as_str && value->known && value->kind == HEAPD_KIND_STR) {
        hd_text_add(out, value->data, value->size);
    } else if (value->known) {
        hd_repr_scalar(value, out);
    } else if (as_str && value->kind == HEAPD_KIND_STR) {
        return hd_repr_text(console, n, out);
    } else if (!repr_object(console, n, out)) {
        hd_text_cut(out, written);
        return false;
    }
    return true;
}

bool hd_repr_text(struct hd_console *console, size_t n, struct hd_text *out)
{
    struct hd_graph graph;
    bool done = hd_graph_fetch(console, n, &graph);

    if (done) {
        hd_text_add(out, graph.items[0].value.data, graph.items[0].value.size);
    }
    hd_graph_fini(&graph);
    return done;
}
