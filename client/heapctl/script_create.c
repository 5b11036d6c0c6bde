/* SPDX-License-Identifier: MIT */
/* script_create.c: create, whose operands depend on what is made. */
#include <string.h>

#include "script.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Two words for each: keys and values, or attributes and values. */
static bool take_pairs(struct script *script, const struct script_word *words, size_t count,
                       bool named, struct heapd_new *made)
{
    struct heapd_ref *keys = hd_zone_alloc(&script->zone, (count + 1) * sizeof(*keys));
    struct heapd_ref *values = hd_zone_alloc(&script->zone, (count + 1) * sizeof(*values));
    const char **names = hd_zone_alloc(&script->zone, (count + 1) * sizeof(*names));

    if (count % 2 != 0) {
        return script_fail(script, "%s has no value", words[count - 1].text);
    }
    for (size_t i = 0; i < count / 2; i++) {
        bool good = named ? script_name(script, &words[2 * i], &names[i])
                          : script_object(script, &words[2 * i], &keys[i]);

        if (!good || !script_object(script, &words[2 * i + 1], &values[i])) {
            return false;
        }
    }
    *made = named ? heapd_new_instance(made->class_name, names, values, count / 2)
                  : heapd_new_dict(keys, values, count / 2);
    return true;
}

static bool take_items(struct script *script, const struct script_word *words, size_t count,
                       struct heapd_new *made)
{
    static const struct {
        const char *word;
        struct heapd_new (*make)(const struct heapd_ref *items, size_t count);
    } kinds[] = {{"list", heapd_new_list},
                 {"tuple", heapd_new_tuple},
                 {"set", heapd_new_set},
                 {"frozenset", heapd_new_frozenset}};
    struct heapd_ref *refs;

    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strcmp(words[0].text, kinds[i].word) == 0) {
            bool good = script_objects(script, words + 1, count - 1, &refs);

            *made = kinds[i].make(refs, count - 1);
            return good;
        }
    }
    return script_fail(script, "no kind of object: %s", words[0].text);
}

/* The batch keeps it: a later line puts it somewhere, or it dies with the batch. */
bool script_create(struct script *script, const struct script_word *words, size_t count)
{
    struct heapd_new made;
    bool is_literal;
    bool good = script_literal(script, &words[0], &is_literal, &made);

    if (is_literal) {
        good = good && (count == 1 ||
                        script_fail(script, "%s: one literal is one object", words[1].text));
    } else if (strcmp(words[0].text, "dict") == 0) {
        good = take_pairs(script, words + 1, count - 1, false, &made);
    } else if (strcmp(words[0].text, "instance") == 0) {
        good = count > 1 ? script_name(script, &words[1], &made.class_name) &&
                               take_pairs(script, words + 2, count - 2, true, &made)
                         : script_fail(script, "expected the class of the instance");
    } else {
        good = take_items(script, words, count, &made);
    }
    if (good) {
        (void)heapd_batch_create(script->batch, made, heapd_keep_batch());
    }
    return good;
}
