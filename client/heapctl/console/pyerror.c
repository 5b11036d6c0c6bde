/* SPDX-License-Identifier: MIT */
/* pyerror.c: exceptions and how they are shown. */
#include "pyerror.h"

#include <stdio.h>
#include <string.h>

#include <heapd/client.h>

#include "quote.h"

void hd_pyerror_init(struct hd_pyerror *error)
{
    error->type = NULL;
    hd_text_init(&error->message);
    hd_text_init(&error->source);
    error->line = 0;
    error->column = 0;
}

void hd_pyerror_fini(struct hd_pyerror *error)
{
    hd_text_fini(&error->message);
    hd_text_fini(&error->source);
    error->type = NULL;
}

void hd_pyerror_clear(struct hd_pyerror *error)
{
    error->type = NULL;
    hd_text_clear(&error->message);
    hd_text_clear(&error->source);
    error->line = 0;
    error->column = 0;
}

bool hd_pyerror_is_set(const struct hd_pyerror *error)
{
    return error->type != NULL;
}

bool hd_pyerror_set(struct hd_pyerror *error, const char *type, const char *format, ...)
{
    va_list arguments;

    if (error->type == NULL) {
        hd_pyerror_clear(error);
        error->type = type;
        va_start(arguments, format);
        hd_text_vprintf(&error->message, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool hd_pyerror_syntax(struct hd_pyerror *error, const char *type, int line, int column,
                       const char *format, ...)
{
    va_list arguments;

    if (error->type == NULL) {
        hd_pyerror_clear(error);
        error->type = type;
        va_start(arguments, format);
        hd_text_vprintf(&error->message, format, arguments);
        va_end(arguments);
        error->line = line;
        error->column = column;
    }
    return false;
}

static const struct {
    const char *reason;
    const char *type;
} types[] = {
    {"PY_TYPE_ERROR", "TypeError"},           {"PY_VALUE_ERROR", "ValueError"},
    {"PY_INDEX_ERROR", "IndexError"},         {"PY_KEY_ERROR", "KeyError"},
    {"PY_ATTRIBUTE_ERROR", "AttributeError"}, {"PY_RECURSION_ERROR", "RecursionError"},
    {"CONNECTION_LOST", "ConnectionError"},   {"NO_DAEMON", "ConnectionError"},
};

/* The sentence is the repr of a key. */
static bool key_error(struct hd_pyerror *error, const char *repr)
{
    struct hd_text text;

    hd_text_init(&text);
    hd_quote_unprintable(repr, strlen(repr), &text);
    (void)hd_pyerror_set(error, "KeyError", "%s", hd_text_data(&text));
    hd_text_fini(&text);
    return false;
}

bool hd_pyerror_from_daemon(struct hd_pyerror *error, const struct heapd_error *refusal,
                            const char *name)
{
    if (strcmp(refusal->reason, "NO_SUCH_NAME") == 0 && name != NULL) {
        return hd_pyerror_set(error, "NameError", "name '%s' is not defined", name);
    }
    if (strcmp(refusal->reason, "LIMIT_DEPTH") == 0) {
        return hd_pyerror_set(error, "RecursionError", "maximum recursion depth exceeded");
    }
    if (strcmp(refusal->reason, "PY_KEY_ERROR") == 0) {
        return key_error(error, refusal->message);
    }
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(refusal->reason, types[i].reason) == 0) {
            return hd_pyerror_set(error, types[i].type, "%s", refusal->message);
        }
    }
    if (refusal->code == HEAPD_RESOURCE_EXHAUSTED) {
        return hd_pyerror_set(error, "MemoryError", "%s", refusal->message);
    }
    if (refusal->code == HEAPD_UNIMPLEMENTED) {
        return hd_pyerror_set(error, "NotImplementedError", "%s", refusal->message);
    }
    return hd_pyerror_set(error, "SystemError", "%s, %s: %s", heapd_code_name(refusal->code),
                          refusal->reason, refusal->message);
}

void hd_pyerror_last_line(const struct hd_pyerror *error, struct hd_text *out)
{
    hd_text_add_string(out, error->type);
    if (error->message.size > 0) {
        hd_text_add_string(out, ": ");
        hd_text_add(out, hd_text_data(&error->message), error->message.size);
    }
    hd_text_add_char(out, '\n');
}

static void show_place(const struct hd_pyerror *error, struct hd_text *out)
{
    const char *source = hd_text_data(&error->source);
    int indent = 0;

    while (source[indent] == ' ' || source[indent] == '\t' || source[indent] == '\f') {
        indent++;
    }
    hd_text_printf(out, "  File \"<console>\", line %d, column %d\n", error->line,
                   error->column);
    if (source[indent] != '\0') {
        hd_text_printf(out, "    %s\n    ", source + indent);
        for (int i = indent + 1; i < error->column; i++) {
            hd_text_add_char(out, ' ');
        }
        hd_text_add_string(out, "^\n");
    }
}

void hd_pyerror_traceback(const struct hd_pyerror *error, struct hd_text *out)
{
    if (error->line > 0) {
        show_place(error, out);
    } else {
        hd_text_add_string(out, "Traceback (most recent call last):\n"
                                "  File \"<console>\", line 1, in <module>\n");
    }
    hd_pyerror_last_line(error, out);
}
