/* SPDX-License-Identifier: MIT */
/* call_why.c: why an object is there. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "heapd/v1/collector.pb-c.h"
#include "operand.h"
#include "owner.h"
#include "steps.h"

#define KIND_COUNT (HEAPD_OWNER_WORK + 1)

static const char *const kind_names[KIND_COUNT] = {
    [HEAPD_OWNER_UNSPECIFIED] = "unspecified",
    [HEAPD_OWNER_CONTAINER] = "container",
    [HEAPD_OWNER_GLOBAL_NAME] = "global name",
    [HEAPD_OWNER_NAME] = "name",
    [HEAPD_OWNER_HOLD] = "hold",
    [HEAPD_OWNER_QUEUE] = "queue",
    [HEAPD_OWNER_GARBAGE] = "garbage",
    [HEAPD_OWNER_BATCH] = "batch",
    [HEAPD_OWNER_WORK] = "work",
};

HEAPD_API const char *heapd_owner_kind_name(int kind)
{
    return kind_names[kind < 0 || kind >= KIND_COUNT ? 0 : kind];
}

struct heapd_owner hdc_owner_read(const Heapd__V1__Owner *owner)
{
    if (owner == NULL) {
        return (struct heapd_owner){.name = ""};
    }
    return (struct heapd_owner){
        .kind = owner->kind < KIND_COUNT ? (enum heapd_owner_kind)owner->kind : 0,
        .session = owner->session,
        .frame = owner->frame,
        .name = owner->name,
    };
}

/* What the whole takes: paths, steps, and the texts of both. */
static size_t bytes_of(const Heapd__V1__WhyResponse *from, size_t *ret_steps)
{
    size_t bytes = sizeof(struct heapd_why) + from->n_paths * sizeof(struct heapd_path);

    *ret_steps = 0;
    for (size_t i = 0; i < from->n_paths; i++) {
        const Heapd__V1__OwnerPath *path = from->paths[i];

        bytes += strlen(hdc_owner_read(path->owner).name) + 1;
        *ret_steps += path->n_steps;
        bytes += hdc_steps_bytes(path->steps, path->n_steps);
    }
    return bytes;
}

static struct heapd_path copy_path(const Heapd__V1__OwnerPath *from, struct heapd_step *steps,
                                   char **texts)
{
    struct heapd_path path = {
        .owner = hdc_owner_read(from->owner),
        .length = from->length,
        .step_count = from->n_steps,
        .steps = steps,
        .omitted = from->omitted,
        .omitted_at = from->omitted_at,
    };

    path.owner.name = hdc_copy_text(texts, path.owner.name);
    hdc_steps_copy(from->steps, from->n_steps, steps, texts);
    return path;
}

/* One block: the head, the paths, the steps of all, then what they point to. */
static struct heapd_why *copy_why(const Heapd__V1__WhyResponse *from)
{
    size_t step_count;
    struct heapd_why *why = malloc(bytes_of(from, &step_count));
    struct heapd_path *paths;
    struct heapd_step *steps;
    char *texts;

    if (why == NULL) {
        return NULL;
    }
    paths = (struct heapd_path *)(void *)(why + 1);
    steps = (struct heapd_step *)(void *)(paths + from->n_paths);
    texts = (char *)(steps + step_count);
    *why = (struct heapd_why){from->id,    from->immortal, from->unreachable,
                              from->exact, from->n_paths,  paths};
    for (size_t i = 0; i < from->n_paths; i++) {
        paths[i] = copy_path(from->paths[i], steps, &texts);
        steps += from->paths[i]->n_steps;
    }
    return why;
}

HEAPD_API int heapd_why(struct heapd_client *client, struct heapd_ref object,
                        struct heapd_why **ret_why, struct heapd_error *error)
{
    Heapd__V1__WhyRequest request = HEAPD__V1__WHY_REQUEST__INIT;
    struct heapd_batch *one = hdc_single(client);
    struct heapd_why *why;
    int code;

    request.object = hdc_ref(one, &object);
    (void)hdc_batch_put(one, HDC_WHY, &request.base);
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK || ret_why == NULL) {
        return code;
    }
    why = copy_why(hdc_batch_answer(one, 0, HDC_WHY));
    if (why == NULL) {
        return hdc_fail_memory(error);
    }
    *ret_why = why;
    return HEAPD_OK;
}
