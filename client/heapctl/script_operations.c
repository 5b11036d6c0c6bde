/* SPDX-License-Identifier: MIT */
/* script_operations.c: what a line can say.  The names are the verbs' where there is one, else
 * libheapd's: what is heapd_batch_append there is append here. */
#include <string.h>

#include "objects.h"
#include "script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct script_word word_t;

/* ------------------------------------------------------------ one object, or two */

#define WITH_OBJECT(operation, call)                                                           \
    static bool add_##operation(struct script *script, const word_t *words, size_t count)      \
    {                                                                                          \
        struct heapd_ref object;                                                               \
        bool good = script_object(script, &words[0], &object);                                 \
                                                                                               \
        (void)count;                                                                           \
        if (good) {                                                                            \
            (void)call;                                                                        \
        }                                                                                      \
        return good;                                                                           \
    }
WITH_OBJECT(clear, heapd_batch_clear(script->batch, object))
WITH_OBJECT(length, heapd_batch_length(script->batch, object))
WITH_OBJECT(intern, heapd_batch_intern(script->batch, object, 0))
WITH_OBJECT(deref, heapd_batch_deref(script->batch, object, 0))
WITH_OBJECT(weakref_count, heapd_batch_weakref_count(script->batch, object))
WITH_OBJECT(is_tracked, heapd_batch_is_tracked(script->batch, object))
WITH_OBJECT(referents, heapd_batch_referents(script->batch, object))

#define WITH_OBJECTS(operation)                                                                \
    static bool add_##operation(struct script *script, const word_t *words, size_t count)      \
    {                                                                                          \
        struct heapd_ref objects[2];                                                           \
        bool good = script_object(script, &words[0], &objects[0]) &&                           \
                    script_object(script, &words[1], &objects[1]);                             \
                                                                                               \
        (void)count;                                                                           \
        if (good) {                                                                            \
            (void)heapd_batch_##operation(script->batch, objects[0], objects[1]);              \
        }                                                                                      \
        return good;                                                                           \
    }
WITH_OBJECTS(append)
WITH_OBJECTS(remove)
WITH_OBJECTS(extend_from)
WITH_OBJECTS(add)
WITH_OBJECTS(discard)
WITH_OBJECTS(contains)
WITH_OBJECTS(equals)

/* ------------------------------------------------------------ containers */

static bool add_insert(struct script *script, const word_t *words, size_t count)
{
    struct heapd_ref list;
    struct heapd_ref item;
    int64_t index;

    (void)count;
    if (!script_object(script, &words[0], &list) || !script_index(script, &words[1], &index) ||
        !script_object(script, &words[2], &item)) {
        return false;
    }
    (void)heapd_batch_insert(script->batch, list, index, item);
    return true;
}

static bool add_extend(struct script *script, const word_t *words, size_t count)
{
    struct heapd_ref *refs;

    if (!script_objects(script, words, count, &refs)) {
        return false;
    }
    (void)heapd_batch_extend(script->batch, refs[0], refs + 1, count - 1);
    return true;
}

static bool add_set_item(struct script *script, const word_t *words, size_t count)
{
    struct heapd_ref container;
    struct heapd_ref item;
    struct heapd_at at;

    (void)count;
    if (!script_object(script, &words[0], &container) || !script_at(script, &words[1], &at) ||
        !script_object(script, &words[2], &item)) {
        return false;
    }
    (void)heapd_batch_set_item(script->batch, container, at, item);
    return true;
}

#define WITH_PLACE(operation, call)                                                            \
    static bool add_##operation(struct script *script, const word_t *words, size_t count)      \
    {                                                                                          \
        struct heapd_ref container;                                                            \
        struct heapd_at at = heapd_at_nothing();                                               \
        bool good = script_object(script, &words[0], &container) &&                            \
                    (count == 1 || script_at(script, &words[1], &at));                         \
                                                                                               \
        if (good) {                                                                            \
            (void)call;                                                                        \
        }                                                                                      \
        return good;                                                                           \
    }
WITH_PLACE(get_item, heapd_batch_get_item(script->batch, container, at, 0))
WITH_PLACE(del_item, heapd_batch_del_item(script->batch, container, at))
WITH_PLACE(pop, heapd_batch_pop(script->batch, container, at, 0))

/* OBJECT [SLICE], as often as there are. */
static bool add_copy(struct script *script, const word_t *words, size_t count)
{
    struct heapd_part *parts = hd_zone_alloc(&script->zone, count * sizeof(*parts));
    size_t part_count = 0;

    for (size_t i = 0; i < count; i++) {
        struct heapd_part *part = &parts[part_count++];

        if (!script_object(script, &words[i], &part->source)) {
            return false;
        }
        part->sliced = i + 1 < count && script_is_slice(&words[i + 1]);
        if (part->sliced && !script_slice(script, &words[++i], &part->slice)) {
            return false;
        }
    }
    (void)heapd_batch_copy(script->batch, parts, part_count, 0, HEAPD_KIND_UNSPECIFIED, 0);
    return true;
}

/* ------------------------------------------------------------ attributes */

#define WITH_ATTRIBUTE(operation, call)                                                        \
    static bool add_##operation(struct script *script, const word_t *words, size_t count)      \
    {                                                                                          \
        struct heapd_ref object;                                                               \
        struct heapd_ref value = heapd_nothing();                                              \
        const char *name;                                                                      \
        bool good = script_object(script, &words[0], &object) &&                               \
                    script_name(script, &words[1], &name) &&                                   \
                    (count == 2 || script_object(script, &words[2], &value));                  \
                                                                                               \
        if (good) {                                                                            \
            (void)call;                                                                        \
        }                                                                                      \
        return good;                                                                           \
    }
WITH_ATTRIBUTE(set_attr, heapd_batch_set_attr(script->batch, object, name, value))
WITH_ATTRIBUTE(get_attr, heapd_batch_get_attr(script->batch, object, name, 0))
WITH_ATTRIBUTE(del_attr, heapd_batch_del_attr(script->batch, object, name))

/* ------------------------------------------------------------ names: the heap's */

/* was ID, or absent if that makes sense */
static bool take_expect(struct script *script, const word_t *words, size_t count, bool absent,
                        struct heapd_expect *expect)
{
    struct heapd_ref was;

    *expect = (struct heapd_expect){0};
    if (absent && count == 1 && strcmp(words[0].text, "absent") == 0) {
        expect->absent = true;
        return true;
    }
    if (count != 2 || strcmp(words[0].text, "was") != 0 ||
        !heapctl_operand(words[1].text, &was) || was.by != HEAPD_BY_ID) {
        return script_fail(script, "expected %swas ID behind the rest",
                           absent ? "absent or " : "");
    }
    expect->id = was.id;
    return true;
}

static bool add_bind(struct script *script, const word_t *words, size_t count)
{
    struct heapd_expect expect;
    struct heapd_ref object;
    const char *name;

    if (!script_name(script, &words[0], &name) || !script_object(script, &words[1], &object) ||
        (count > 2 && !take_expect(script, words + 2, count - 2, true, &expect))) {
        return false;
    }
    (void)heapd_batch_bind(script->batch, name, object, HEAPD_SCOPE_HEAP,
                           count > 2 ? &expect : NULL);
    return true;
}

static bool add_delete(struct script *script, const word_t *words, size_t count)
{
    struct heapd_expect expect;
    const char *name;

    if (!script_name(script, &words[0], &name) ||
        (count > 1 && !take_expect(script, words + 1, count - 1, false, &expect))) {
        return false;
    }
    (void)heapd_batch_delete(script->batch, name, HEAPD_SCOPE_HEAP, count > 1 ? &expect : NULL);
    return true;
}

static bool add_lookup(struct script *script, const word_t *words, size_t count)
{
    const char *name;

    (void)count;
    if (!script_name(script, &words[0], &name)) {
        return false;
    }
    (void)heapd_batch_lookup(script->batch, name, HEAPD_SCOPE_HEAP, 0);
    return true;
}

/* ------------------------------------------------------------ finalizers and weak references
 */

static bool add_weakref(struct script *script, const word_t *words, size_t count)
{
    struct heapd_ref object;
    const char *queue = NULL;

    if (!script_object(script, &words[0], &object) ||
        (count > 1 && !script_name(script, &words[1], &queue))) {
        return false;
    }
    if (queue != NULL) {
        (void)heapd_batch_weakref_callback(script->batch, object, queue, 0);
    } else {
        (void)heapd_batch_weakref(script->batch, object, 0);
    }
    return true;
}

/* set OBJECT QUEUE, or unset OBJECT */
static bool add_finalizer(struct script *script, const word_t *words, size_t count)
{
    bool set = strcmp(words[0].text, "set") == 0;
    struct heapd_ref object;
    const char *queue = NULL;

    if ((!set && strcmp(words[0].text, "unset") != 0) || count != (set ? 3 : 2)) {
        return script_fail(script, "expected finalizer set OBJECT QUEUE, or unset OBJECT");
    }
    if (!script_object(script, &words[1], &object) ||
        (set && !script_name(script, &words[2], &queue))) {
        return false;
    }
    (void)heapd_batch_set_finalizer(script->batch, object, queue);
    return true;
}

static bool add_ack(struct script *script, const word_t *words, size_t count)
{
    uint64_t *deliveries = hd_zone_alloc(&script->zone, count * sizeof(*deliveries));

    for (size_t i = 0; i < count; i++) {
        if (!heapctl_number(words[i].text, UINT64_MAX, &deliveries[i])) {
            return script_fail(script, "no delivery: %s", words[i].text);
        }
    }
    (void)heapd_batch_acknowledge(script->batch, deliveries, count);
    return true;
}

/* ------------------------------------------------------------ what objects are */

static bool add_show(struct script *script, const word_t *words, size_t count)
{
    static const struct heapd_get_options options = {.limit = 1,
                                                     .value_limit = OBJECTS_VALUE_BYTES};
    struct heapd_ref object;

    (void)count;
    if (!script_object(script, &words[0], &object)) {
        return false;
    }
    (void)heapd_batch_get(script->batch, &object, 1, &options);
    return true;
}

static bool add_refcounts(struct script *script, const word_t *words, size_t count)
{
    struct heapd_ref *refs;

    if (!script_objects(script, words, count, &refs)) {
        return false;
    }
    (void)heapd_batch_refcounts(script->batch, refs, count);
    return true;
}

static const struct script_operation operations[] = {
    {"create", "KIND [OBJECT...]", 1, SCRIPT_ANY_NUMBER, SCRIPT_ID, script_create},
    {"bind", "NAME OBJECT [absent|was ID]", 2, 4, SCRIPT_NOTHING, add_bind},
    {"delete", "NAME [was ID]", 1, 3, SCRIPT_NOTHING, add_delete},
    {"lookup", "NAME", 1, 1, SCRIPT_ID, add_lookup},
    {"show", "OBJECT", 1, 1, SCRIPT_INFO, add_show},
    {"refcounts", "OBJECT...", 1, SCRIPT_ANY_NUMBER, SCRIPT_COUNTS, add_refcounts},
    {"referents", "OBJECT", 1, 1, SCRIPT_IDS, add_referents},
    {"is_tracked", "OBJECT", 1, 1, SCRIPT_TRUTH, add_is_tracked},
    {"length", "OBJECT", 1, 1, SCRIPT_NUMBER, add_length},
    {"equals", "OBJECT OBJECT", 2, 2, SCRIPT_TRUTH, add_equals},
    {"append", "LIST OBJECT", 2, 2, SCRIPT_NOTHING, add_append},
    {"insert", "LIST [N] OBJECT", 3, 3, SCRIPT_NOTHING, add_insert},
    {"extend", "CONTAINER OBJECT...", 2, SCRIPT_ANY_NUMBER, SCRIPT_NOTHING, add_extend},
    {"extend_from", "CONTAINER CONTAINER", 2, 2, SCRIPT_NOTHING, add_extend_from},
    {"set_item", "CONTAINER AT OBJECT", 3, 3, SCRIPT_NOTHING, add_set_item},
    {"get_item", "CONTAINER AT", 2, 2, SCRIPT_ID, add_get_item},
    {"del_item", "CONTAINER AT", 2, 2, SCRIPT_NOTHING, add_del_item},
    {"pop", "CONTAINER [AT]", 1, 2, SCRIPT_ID, add_pop},
    {"remove", "CONTAINER OBJECT", 2, 2, SCRIPT_NOTHING, add_remove},
    {"clear", "CONTAINER", 1, 1, SCRIPT_NOTHING, add_clear},
    {"add", "SET OBJECT", 2, 2, SCRIPT_TRUTH, add_add},
    {"discard", "SET OBJECT", 2, 2, SCRIPT_TRUTH, add_discard},
    {"contains", "CONTAINER OBJECT", 2, 2, SCRIPT_TRUTH, add_contains},
    {"copy", "OBJECT [SLICE]...", 1, SCRIPT_ANY_NUMBER, SCRIPT_ID, add_copy},
    {"set_attr", "OBJECT NAME OBJECT", 3, 3, SCRIPT_NOTHING, add_set_attr},
    {"get_attr", "OBJECT NAME", 2, 2, SCRIPT_ID, add_get_attr},
    {"del_attr", "OBJECT NAME", 2, 2, SCRIPT_NOTHING, add_del_attr},
    {"intern", "STR", 1, 1, SCRIPT_ID, add_intern},
    {"weakref", "OBJECT [QUEUE]", 1, 2, SCRIPT_ID, add_weakref},
    {"deref", "WEAKREF", 1, 1, SCRIPT_ID, add_deref},
    {"weakref_count", "OBJECT", 1, 1, SCRIPT_NUMBER, add_weakref_count},
    {"finalizer", "set OBJECT QUEUE, or unset OBJECT", 2, 3, SCRIPT_NOTHING, add_finalizer},
    {"ack", "DELIVERY...", 1, SCRIPT_ANY_NUMBER, SCRIPT_NOTHING, add_ack},
};

const struct script_operation *script_operation(const struct script_word *word)
{
    for (size_t i = 0; i < COUNT(operations); i++) {
        if (!word->quoted && strcmp(word->text, operations[i].name) == 0) {
            return &operations[i];
        }
    }
    return NULL;
}
