/* SPDX-License-Identifier: MIT */
/* steps.c: see steps.h. */
#include "steps.h"

#include <string.h>

static struct heapd_step read_step(const Heapd__V1__PathStep *from)
{
    struct heapd_step step = {.container = from->container,
                              .kind = (enum heapd_kind)from->kind,
                              .class_name = from->class_name,
                              .text = ""};

    switch (from->place_case) {
    case HEAPD__V1__PATH_STEP__PLACE_INDEX:
        step.where = HEAPD_STEP_INDEX;
        step.index = from->index;
        break;
    case HEAPD__V1__PATH_STEP__PLACE_VALUE:
        step.where = HEAPD_STEP_VALUE;
        step.key = from->value->id;
        step.text = from->value->text;
        break;
    case HEAPD__V1__PATH_STEP__PLACE_KEY:
        step.where = HEAPD_STEP_KEY;
        break;
    case HEAPD__V1__PATH_STEP__PLACE_ITEM:
        step.where = HEAPD_STEP_ITEM;
        break;
    case HEAPD__V1__PATH_STEP__PLACE_ATTRIBUTE:
        step.where = HEAPD_STEP_ATTRIBUTE;
        step.text = from->attribute;
        break;
    case HEAPD__V1__PATH_STEP__PLACE_ATTRIBUTE_NAME:
        step.where = HEAPD_STEP_ATTRIBUTE_NAME;
        break;
    default:
        break;
    }
    return step;
}

size_t hdc_steps_bytes(Heapd__V1__PathStep *const *from, size_t count)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        struct heapd_step step = read_step(from[i]);

        bytes += sizeof step + strlen(step.class_name) + 1 + strlen(step.text) + 1;
    }
    return bytes;
}

const char *hdc_copy_text(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = *at;

    memcpy(copy, text, size);
    *at += size;
    return copy;
}

void hdc_steps_copy(Heapd__V1__PathStep *const *from, size_t count, struct heapd_step *to,
                    char **texts)
{
    for (size_t i = 0; i < count; i++) {
        to[i] = read_step(from[i]);
        to[i].class_name = hdc_copy_text(texts, to[i].class_name);
        to[i].text = hdc_copy_text(texts, to[i].text);
    }
}
