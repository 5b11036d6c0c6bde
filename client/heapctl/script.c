/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console/text.h"

void script_init(struct script *script)
{
    memset(script, 0, sizeof(*script));
    script->batch = heapd_batch_new();
    hd_zone_init(&script->zone);
}

void script_fini(struct script *script)
{
    heapd_batch_free(script->batch);
    hd_zone_fini(&script->zone);
    free(script->steps);
    free(script->labels);
}

bool script_fail(struct script *script, const char *format, ...)
{
    va_list arguments;
    int used;

    if (!script->failed) {
        used = snprintf(script->message, sizeof(script->message), "line %zu: ", script->line);
        va_start(arguments, format);
        (void)vsnprintf(script->message + used, sizeof(script->message) - (size_t)used, format,
                        arguments);
        va_end(arguments);
    }
    script->failed = true;
    return false;
}

/* As many as a batch carries out, and as many bytes as a request may have. */
#define MOST_OPERATIONS 10000
#define MOST_MIB        4

static void add_step(struct script *script, const struct script_operation *operation)
{
    if (script->step_count == script->step_capacity) {
        script->step_capacity = script->step_capacity * 2 + 64;
        script->steps =
            hd_must_realloc(script->steps, script->step_capacity * sizeof(script->steps[0]));
    }
    script->steps[script->step_count++] =
        (struct script_step){operation, script->line, heapd_batch_count(script->batch) - 1};
}

static struct script_label *find_label(const struct script *script, const char *name)
{
    for (size_t i = 0; i < script->label_count; i++) {
        if (strcmp(script->labels[i].name, name) == 0) {
            return &script->labels[i];
        }
    }
    return NULL;
}

/* Given again it means the newer one from then on. */
static void set_label(struct script *script, const char *name)
{
    uint32_t number = heapd_batch_count(script->batch) - 1;
    struct script_label *label = find_label(script, name);

    if (label != NULL) {
        label->number = number;
        return;
    }
    if (script->label_count == script->label_capacity) {
        script->label_capacity = script->label_capacity * 2 + 16;
        script->labels =
            hd_must_realloc(script->labels, script->label_capacity * sizeof(script->labels[0]));
    }
    script->labels[script->label_count++] = (struct script_label){name, number};
}

bool script_label(struct script *script, const char *name, struct heapd_ref *ret_ref)
{
    const struct script_label *label = find_label(script, name);

    if (label == NULL) {
        return script_fail(script, "no line above gives %s", name);
    }
    *ret_ref = heapd_result(label->number);
    return true;
}

/* OPERATION OPERAND... */
static bool read_operation(struct script *script, const char *label,
                           const struct script_word *words, size_t count)
{
    const struct script_operation *operation = count > 0 ? script_operation(&words[0]) : NULL;

    if (count == 0) {
        return script_fail(script, "expected an operation behind %s =", label);
    }
    if (operation == NULL) {
        return script_fail(script, "no such operation: %s", words[0].text);
    }
    if (label != NULL && operation->gives != SCRIPT_ID) {
        return script_fail(script, "%s gives no object for %s", operation->name, label);
    }
    if (count - 1 < operation->least || count - 1 > operation->most) {
        return script_fail(script, "expected %s %s", operation->name, operation->operands);
    }
    if (!operation->add(script, words + 1, count - 1)) {
        return false;
    }
    if (heapd_batch_count(script->batch) > MOST_OPERATIONS) {
        return script_fail(script, "a batch has at most %d operations, literals included",
                           MOST_OPERATIONS);
    }
    if (heapd_batch_bytes(script->batch) > (size_t)MOST_MIB << 20) {
        return script_fail(script, "a batch has at most %d MiB", MOST_MIB);
    }
    add_step(script, operation);
    if (label != NULL) {
        set_label(script, label);
    }
    return true;
}

/* [$LABEL =] OPERATION OPERAND... */
static bool read_line(struct script *script, const char *line, size_t size)
{
    struct script_word *words;
    size_t count;

    if (!script_split(script, line, size, &words, &count)) {
        return false;
    }
    if (count == 0) {
        return true;
    }
    if (count > 1 && !words[1].quoted && strcmp(words[1].text, "=") == 0) {
        if (words[0].quoted || words[0].text[0] != '$' || words[0].size < 2) {
            return script_fail(script, "no label: %s (a $ and a name)", words[0].text);
        }
        return read_operation(script, words[0].text, words + 2, count - 2);
    }
    return read_operation(script, NULL, words, count);
}

bool script_read(struct script *script, const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end && !script->failed) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline == NULL ? end : newline) - text);

        script->line++;
        (void)read_line(script, text, length);
        text += length + 1;
    }
    return !script->failed;
}

const struct script_step *script_step_of(const struct script *script, uint32_t number)
{
    for (size_t i = 0; i < script->step_count; i++) {
        if (script->steps[i].number >= number) {
            return &script->steps[i];
        }
    }
    return NULL;
}
