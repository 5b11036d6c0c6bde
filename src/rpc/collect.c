/* SPDX-License-Identifier: MIT */
/* collect.c: a collection, and what became of its pending sets; or the dry run of one. */
#include "rpc/collect.h"

#include "heap/dry_report.h"
#include "heapd/v1/collector.pb-c.h"
#include "rpc/why.h"

#define OLDEST 2

static enum hd_status refuse(struct hd_call *call, const char *sentence)
{
    return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, "%s",
                   sentence);
}

static enum hd_status fill_dry_run(struct hd_call *call,
                                   const Heapd__V1__CollectRequest *collect, int64_t generation)
{
    if (collect->wait_ms > 0) {
        return refuse(call, "a dry run frees nothing: there is nothing to wait for");
    }
    if (collect->cycles > HD_DRY_LARGEST) {
        return hd_fail(&call->op.error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "cycles %u is more than %u", collect->cycles, HD_DRY_LARGEST);
    }
    call->op.code = HD_OP_DRY_RUN;
    call->op.in.dry_run.generation = generation;
    call->op.in.dry_run.cycles = collect->cycles;
    call->op.in.dry_run.ret_report = hd_call_take_array(call, 1, sizeof(struct hd_dry_report));
    return call->op.error.status;
}

enum hd_status hd_collect_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__CollectRequest *collect = request;
    bool given = collect->which_case == HEAPD__V1__COLLECT_REQUEST__WHICH_GENERATION;
    int64_t generation = given ? collect->generation : OLDEST;
    struct hd_watch *watch;

    if (collect->dry_run) {
        return fill_dry_run(call, collect, generation);
    }
    if (collect->cycles > 0) {
        return refuse(call, "cycles are told of by dry runs only");
    }
    call->op.in.collect.generation = generation;
    if (collect->wait_ms == 0) {
        return HD_OK;
    }
    watch = hd_call_take_array(call, 1, sizeof *watch);
    if (watch == NULL) {
        return call->op.error.status;
    }
    call->op.in.collect.watch = watch;
    return hd_wait_afterwards(call, collect->wait_ms, &watch->waiter);
}

static enum hd_status put_classes(struct hd_call *call, const struct hd_dry_report *report,
                                  Heapd__V1__DryRun *ret)
{
    Heapd__V1__DryRunClass *classes =
        hd_call_take_array(call, report->row_count, sizeof *classes);

    ret->classes =
        hd_call_take_array(call, report->row_count, sizeof(Heapd__V1__DryRunClass *));
    for (uint32_t i = 0; call->op.error.status == HD_OK && i < report->row_count; i++) {
        const struct hd_dry_row *row = &report->rows[i];

        heapd__v1__dry_run_class__init(&classes[i]);
        classes[i].kind = (Heapd__V1__Kind)row->kind;
        classes[i].objects = row->objects;
        classes[i].bytes = row->bytes;
        classes[i].kept = row->kept;
        if (row->class_name.size > 0) {
            classes[i].class_name = hd_call_copy_text(call, row->class_name);
        }
        ret->classes[ret->n_classes++] = &classes[i];
    }
    return call->op.error.status;
}

static enum hd_status put_cycles(struct hd_call *call, const struct hd_dry_report *report,
                                 Heapd__V1__DryRun *ret)
{
    Heapd__V1__DeadCycle *cycles =
        hd_call_take_array(call, report->cycle_count, sizeof *cycles);

    ret->cycles = hd_call_take_array(call, report->cycle_count, sizeof(Heapd__V1__DeadCycle *));
    for (uint32_t i = 0; call->op.error.status == HD_OK && i < report->cycle_count; i++) {
        const struct hd_path *path = &report->cycle[i].path;

        heapd__v1__dead_cycle__init(&cycles[i]);
        cycles[i].objects = report->cycle[i].objects;
        cycles[i].kept = report->cycle[i].kept;
        cycles[i].length = path->length;
        cycles[i].omitted = path->length - path->shown;
        cycles[i].omitted_at = cycles[i].omitted > 0 ? path->gap : 0;
        cycles[i].steps = hd_steps_to_wire(call, path);
        cycles[i].n_steps = cycles[i].steps == NULL ? 0 : path->shown;
        ret->cycles[ret->n_cycles++] = &cycles[i];
    }
    return call->op.error.status;
}

static enum hd_status answer_dry_run(struct hd_call *call, Heapd__V1__CollectResponse *reply)
{
    const struct hd_dry_report *report = call->op.in.dry_run.ret_report;
    Heapd__V1__DryRun *dry_run = hd_call_take_array(call, 1, sizeof *dry_run);

    if (dry_run == NULL) {
        return call->op.error.status;
    }
    heapd__v1__dry_run__init(dry_run);
    dry_run->exact = call->op.out.dry_run.exact;
    dry_run->kept = report->kept;
    dry_run->objects = report->objects;
    dry_run->bytes = report->bytes;
    dry_run->cycle_count = report->cycles;
    reply->collected = report->collected;
    reply->candidates = report->candidates;
    reply->dry_run = dry_run;
    (void)put_classes(call, report, dry_run);
    return call->op.error.status == HD_OK ? put_cycles(call, report, dry_run)
                                          : call->op.error.status;
}

enum hd_status hd_collect_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__CollectResponse *reply = response;
    struct hd_watch *watch;

    (void)request;
    if (call->op.code == HD_OP_DRY_RUN) {
        return answer_dry_run(call, reply);
    }
    watch = call->op.in.collect.watch;
    reply->collected = call->op.out.collect.collected;
    reply->uncollectable = call->op.out.collect.uncollectable;
    reply->candidates = call->op.out.collect.candidates;
    if (watch != NULL) {
        reply->collected += watch->collected;
        reply->pending = watch->sets;
    }
    if (watch != NULL && watch->sets > 0) {
        hd_wait_for(call, &watch->waiter);
        hd_heap_watch(call->heap, watch);
    }
    return HD_OK;
}
