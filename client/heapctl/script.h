/* SPDX-License-Identifier: MIT */
/* script.h: files of heapctl batch: lines of operations, noted in one batch.
 *
 *   script            reads lines, knows labels and which line an operation is of
 *   script_words      a line into words
 *   script_operands   words into objects, places and literals
 *   script_create     what create makes
 *   script_operations the operations: their names, operands and what they give */
#ifndef HEAPCTL_SCRIPT_H
#define HEAPCTL_SCRIPT_H

#include <heapd/client.h>
#include <stdbool.h>
#include <stddef.h>

#include "console/zone.h"

/* As it stands, or what its quotes enclose.  KIND:VALUE is a literal: text is the value. */
struct script_word {
    const char *text; /* in the zone, NUL-terminated */
    size_t size;
    enum heapd_kind literal; /* int, float, str, bytes; UNSPECIFIED: it is none */
    bool quoted;
};

/* What there is to say of an operation when it is done. */
enum script_gives {
    SCRIPT_NOTHING,
    SCRIPT_ID, /* and only these can have a label */
    SCRIPT_TRUTH,
    SCRIPT_NUMBER,
    SCRIPT_COUNTS,
    SCRIPT_IDS,
    SCRIPT_INFO,
};

struct script;

struct script_operation {
    const char *name;
    const char *operands; /* for people */
    size_t least;         /* words behind the name */
    size_t most;
    enum script_gives gives;
    /* Notes it in the batch; false: script_fail has been called. */
    bool (*add)(struct script *script, const struct script_word *words, size_t count);
};

#define SCRIPT_ANY_NUMBER ((size_t)-1)

struct script_step {
    const struct script_operation *operation;
    size_t line;
    uint32_t number; /* in the batch: literals among its operands are operations before it */
};

struct script_label {
    const char *name;
    uint32_t number;
};

struct script {
    struct heapd_batch *batch; /* owned; NULL: no memory */
    struct hd_zone zone;
    struct script_step *steps; /* owned; a line each, those without an operation left out */
    size_t step_count;
    size_t step_capacity;
    struct script_label *labels; /* owned */
    size_t label_count;
    size_t label_capacity;
    size_t line; /* the one being read */
    bool failed;
    char message[512]; /* why: "line 3: no such operation: foo" */
};

void script_init(struct script *script);
void script_fini(struct script *script);
/* All lines of a file.  False: one is wrong, and message says which and why. */
bool script_read(struct script *script, const char *text, size_t size);
/* The step that operation `number` of the batch belongs to; NULL: none. */
const struct script_step *script_step_of(const struct script *script, uint32_t number);
/* What $LABEL means from here on. */
bool script_label(struct script *script, const char *name, struct heapd_ref *ret_ref);
/* Notes why the line being read is wrong.  The first one stays.  False. */
bool script_fail(struct script *script, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* script_words.c: the words of a line, in the zone. */
bool script_split(struct script *script, const char *line, size_t size,
                  struct script_word **ret_words, size_t *ret_count);

/* script_operands.c.  Each is false after script_fail. */
/* $LABEL, an id, a name or a literal, which is made by an operation of its own. */
bool script_object(struct script *script, const struct script_word *word,
                   struct heapd_ref *ret_ref);
bool script_objects(struct script *script, const struct script_word *words, size_t count,
                    struct heapd_ref **ret_refs);
/* Whether the word is a literal, and what it makes; *ret_is false: no literal. */
bool script_literal(struct script *script, const struct script_word *word, bool *ret_is,
                    struct heapd_new *ret_new);
/* A name, of a variable, an attribute, a class or a queue. */
bool script_name(struct script *script, const struct script_word *word, const char **ret_name);
/* [N] */
bool script_index(struct script *script, const struct script_word *word, int64_t *ret_index);
/* [START:STOP:STEP] */
bool script_slice(struct script *script, const struct script_word *word,
                  struct heapd_slice *ret_slice);
bool script_is_slice(const struct script_word *word);
/* [N], a slice, or the object that is the key. */
bool script_at(struct script *script, const struct script_word *word, struct heapd_at *ret_at);

/* script_create.c: an operation of the table, of which the kind is the first word. */
bool script_create(struct script *script, const struct script_word *words, size_t count);

/* script_operations.c: by its name; NULL: there is none. */
const struct script_operation *script_operation(const struct script_word *word);

#endif
