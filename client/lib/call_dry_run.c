/* SPDX-License-Identifier: MIT */
/* call_dry_run.c: what a collection would free; and one that waits for its pending sets. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "operand.h"
#include "steps.h"

static size_t bytes_of(const Heapd__V1__DryRun *from, size_t *ret_steps)
{
    size_t bytes = sizeof(struct heapd_dry_run) +
                   from->n_cycles * sizeof(struct heapd_dead_cycle) +
                   from->n_classes * sizeof(struct heapd_dry_class);

    *ret_steps = 0;
    for (size_t i = 0; i < from->n_cycles; i++) {
        *ret_steps += from->cycles[i]->n_steps;
        bytes += hdc_steps_bytes(from->cycles[i]->steps, from->cycles[i]->n_steps);
    }
    for (size_t i = 0; i < from->n_classes; i++) {
        bytes += strlen(from->classes[i]->class_name) + 1;
    }
    return bytes;
}

static struct heapd_dead_cycle copy_cycle(const Heapd__V1__DeadCycle *from,
                                          struct heapd_step *steps, char **texts)
{
    struct heapd_dead_cycle cycle = {
        .objects = from->objects,
        .kept = from->kept,
        .path = {.owner = {.name = ""},
                 .length = from->length,
                 .step_count = from->n_steps,
                 .steps = steps,
                 .omitted = from->omitted,
                 .omitted_at = from->omitted_at},
    };

    hdc_steps_copy(from->steps, from->n_steps, steps, texts);
    return cycle;
}

/* One block: the head, the cycles, the classes, the steps of all, then the texts. */
static struct heapd_dry_run *copy_dry_run(const Heapd__V1__CollectResponse *answer)
{
    const Heapd__V1__DryRun *from = answer->dry_run;
    size_t step_count;
    struct heapd_dry_run *ret = malloc(bytes_of(from, &step_count));
    struct heapd_dead_cycle *cycles;
    struct heapd_dry_class *classes;
    struct heapd_step *steps;
    char *texts;

    if (ret == NULL) {
        return NULL;
    }
    cycles = (struct heapd_dead_cycle *)(void *)(ret + 1);
    classes = (struct heapd_dry_class *)(void *)(cycles + from->n_cycles);
    steps = (struct heapd_step *)(void *)(classes + from->n_classes);
    texts = (char *)(steps + step_count);
    *ret = (struct heapd_dry_run){from->exact,
                                  answer->collected,
                                  from->kept,
                                  answer->candidates,
                                  from->objects,
                                  from->bytes,
                                  from->cycle_count,
                                  from->n_classes,
                                  classes,
                                  from->n_cycles,
                                  cycles};
    for (size_t i = 0; i < from->n_cycles; i++) {
        cycles[i] = copy_cycle(from->cycles[i], steps, &texts);
        steps += from->cycles[i]->n_steps;
    }
    for (size_t i = 0; i < from->n_classes; i++) {
        const Heapd__V1__DryRunClass *row = from->classes[i];

        classes[i] = (struct heapd_dry_class){(enum heapd_kind)row->kind,
                                              hdc_copy_text(&texts, row->class_name),
                                              row->objects, row->bytes, row->kept};
    }
    return ret;
}

static Heapd__V1__CollectRequest request_of(int generation)
{
    Heapd__V1__CollectRequest request = HEAPD__V1__COLLECT_REQUEST__INIT;

    request.which_case = HEAPD__V1__COLLECT_REQUEST__WHICH_GENERATION;
    request.generation = generation;
    return request;
}

HEAPD_API int heapd_dry_run(struct heapd_client *client, int generation, uint32_t cycles,
                            struct heapd_dry_run **ret_dry_run, struct heapd_error *error)
{
    Heapd__V1__CollectRequest request = request_of(generation);
    const Heapd__V1__CollectResponse *response;
    struct heapd_dry_run *dry_run;
    const void *answer;
    int code;

    request.dry_run = true;
    request.cycles = cycles;
    code = hdc_call(client, HDC_COLLECT, &request.base, &answer, error);
    if (code != HEAPD_OK || ret_dry_run == NULL) {
        return code;
    }
    response = answer;
    if (response->dry_run == NULL) {
        return hdc_fail(error, HEAPD_INTERNAL, "BAD_REPLY", "the daemon knows no dry runs");
    }
    dry_run = copy_dry_run(response);
    if (dry_run == NULL) {
        return hdc_fail_memory(error);
    }
    *ret_dry_run = dry_run;
    return HEAPD_OK;
}

HEAPD_API int heapd_collect_wait(struct heapd_client *client, int generation, uint32_t wait_ms,
                                 struct heapd_collected *ret_collected, uint64_t *ret_pending,
                                 struct heapd_error *error)
{
    Heapd__V1__CollectRequest request = request_of(generation);
    struct heapd_batch *one = hdc_single(client);
    const Heapd__V1__CollectResponse *response;
    int code;

    request.wait_ms = wait_ms;
    (void)hdc_batch_put(one, HDC_COLLECT, &request.base);
    one->wait_ms = wait_ms;
    code = hdc_single_run(client, error);
    if (code != HEAPD_OK) {
        return code;
    }
    response = hdc_batch_answer(one, 0, HDC_COLLECT);
    if (ret_collected != NULL) {
        *ret_collected = (struct heapd_collected){response->collected, response->uncollectable,
                                                  response->candidates};
    }
    if (ret_pending != NULL) {
        *ret_pending = response->pending;
    }
    return HEAPD_OK;
}
