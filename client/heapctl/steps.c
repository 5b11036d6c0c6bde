/* SPDX-License-Identifier: MIT */
/* steps.c: see steps.h. */
#include "steps.h"

#include <inttypes.h>
#include <stdio.h>

const char *steps_kind(const struct heapd_step *step)
{
    return step->kind == HEAPD_KIND_INSTANCE && step->class_name[0] != '\0'
               ? step->class_name
               : heapd_kind_name((int)step->kind);
}

/* "list #12[3]", "dict #5['k']", "Node #7.next". */
void steps_say(const struct heapd_step *step, char *to, size_t size)
{
    char who[320];

    if (step->container == 0) {
        (void)snprintf(who, sizeof(who), "a dead %s", steps_kind(step));
    } else {
        (void)snprintf(who, sizeof(who), "%s #%" PRIu64, steps_kind(step), step->container);
    }
    switch (step->where) {
    case HEAPD_STEP_INDEX:
        (void)snprintf(to, size, "%s[%" PRIu64 "]", who, step->index);
        return;
    case HEAPD_STEP_VALUE:
        (void)snprintf(to, size, "%s[%s]", who, step->text);
        return;
    case HEAPD_STEP_ATTRIBUTE:
        (void)snprintf(to, size, "%s.%s", who, step->text);
        return;
    case HEAPD_STEP_KEY:
        (void)snprintf(to, size, "%s, a key", who);
        return;
    case HEAPD_STEP_ITEM:
        (void)snprintf(to, size, "%s, an item", who);
        return;
    case HEAPD_STEP_ATTRIBUTE_NAME:
        (void)snprintf(to, size, "%s, the name of an attribute", who);
        return;
    default:
        (void)snprintf(to, size, "%s", who);
    }
}

/* What stands before a step that is shown: how many are not. */
bool steps_say_omitted(const struct heapd_path *path, size_t step, char *to, size_t size)
{
    if (path->omitted == 0 || step != path->omitted_at) {
        return false;
    }
    (void)snprintf(to, size, "... %" PRIu64 " more ...", path->omitted);
    return true;
}
