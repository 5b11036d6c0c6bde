/* SPDX-License-Identifier: MIT */
/* why.c: paths on the wire: who has what, each reference by its name. */
#include "rpc/why.h"

#include "heap/inspect.h"
#include "heap/path.h"
#include "heapd/v1/collector.pb-c.h"
#include "rpc/convert.h"

#define REPR_BYTES 84 /* the ending 0 and what a cut takes included */

static const Heapd__V1__OwnerKind owner_kinds[HD_OWNER_KINDS] = {
    [HD_OWNER_CONTAINER] = HEAPD__V1__OWNER_KIND__OWNER_KIND_CONTAINER,
    [HD_OWNER_GLOBAL_NAME] = HEAPD__V1__OWNER_KIND__OWNER_KIND_GLOBAL_NAME,
    [HD_OWNER_NAME] = HEAPD__V1__OWNER_KIND__OWNER_KIND_NAME,
    [HD_OWNER_HOLD] = HEAPD__V1__OWNER_KIND__OWNER_KIND_HOLD,
    [HD_OWNER_QUEUE] = HEAPD__V1__OWNER_KIND__OWNER_KIND_QUEUE,
    [HD_OWNER_GARBAGE] = HEAPD__V1__OWNER_KIND__OWNER_KIND_GARBAGE,
    [HD_OWNER_BATCH] = HEAPD__V1__OWNER_KIND__OWNER_KIND_BATCH,
    [HD_OWNER_WORK] = HEAPD__V1__OWNER_KIND__OWNER_KIND_WORK,
};

Heapd__V1__Owner *hd_owner_to_wire(struct hd_call *call, const struct hd_owner *owner)
{
    Heapd__V1__Owner *ret = hd_call_take_array(call, 1, sizeof *ret);

    if (ret == NULL) {
        return NULL;
    }
    heapd__v1__owner__init(ret);
    ret->kind = owner_kinds[hd_owner_kind(owner)];
    ret->session = owner->session;
    ret->frame = owner->depth > 0 ? owner->depth - 1 : 0;
    if (owner->name.size > 0) {
        ret->name = hd_call_copy_text(call, owner->name);
    }
    return ret->name == NULL ? NULL : ret;
}

char *hd_short_repr(struct hd_call *call, uint32_t slot)
{
    char text[REPR_BYTES];

    hd_inspect_repr(call->heap, slot, text, sizeof text);
    return hd_call_copy_text(call, hd_bytes_of(text));
}

static enum hd_status put_value(struct hd_call *call, const struct hd_step *step,
                                Heapd__V1__PathStep *ret)
{
    Heapd__V1__DictKey *key;

    if (ret->kind == HEAPD__V1__KIND__KIND_INSTANCE) {
        struct hd_object_info info;

        hd_inspect_object(call->heap, NULL, step->key, &info);
        ret->place_case = HEAPD__V1__PATH_STEP__PLACE_ATTRIBUTE;
        ret->attribute = hd_call_copy_text(call, info.bytes);
        return call->op.error.status;
    }
    key = hd_call_take_array(call, 1, sizeof *key);
    if (key == NULL) {
        return call->op.error.status;
    }
    heapd__v1__dict_key__init(key);
    key->id = hd_inspect_id(call->heap, step->key);
    key->text = hd_short_repr(call, step->key);
    ret->place_case = HEAPD__V1__PATH_STEP__PLACE_VALUE;
    ret->value = key;
    return call->op.error.status;
}

static enum hd_status put_place(struct hd_call *call, const struct hd_step *step,
                                Heapd__V1__PathStep *ret)
{
    switch (step->where) {
    case HD_STEP_ITEM:
        ret->place_case = HEAPD__V1__PATH_STEP__PLACE_INDEX;
        ret->index = step->position;
        return HD_OK;
    case HD_STEP_VALUE:
        return put_value(call, step, ret);
    default:
        break;
    }
    if (ret->kind == HEAPD__V1__KIND__KIND_DICT) {
        ret->place_case = HEAPD__V1__PATH_STEP__PLACE_KEY;
        ret->key = true;
    } else if (ret->kind == HEAPD__V1__KIND__KIND_INSTANCE) {
        ret->place_case = HEAPD__V1__PATH_STEP__PLACE_ATTRIBUTE_NAME;
        ret->attribute_name = true;
    } else {
        ret->place_case = HEAPD__V1__PATH_STEP__PLACE_ITEM;
        ret->item = true;
    }
    return HD_OK;
}

static enum hd_status put_step(struct hd_call *call, const struct hd_step *step,
                               Heapd__V1__PathStep *ret)
{
    heapd__v1__path_step__init(ret);
    ret->container = step->id;
    ret->kind = (Heapd__V1__Kind)step->kind;
    if (step->kind == HD_KIND_INSTANCE && step->id != 0) {
        struct hd_object_info info;

        hd_inspect_object(call->heap, NULL, step->slot, &info);
        ret->class_name = hd_call_copy_text(call, info.class_name);
        if (ret->class_name == NULL) {
            return call->op.error.status;
        }
    }
    return put_place(call, step, ret);
}

Heapd__V1__PathStep **hd_steps_to_wire(struct hd_call *call, const struct hd_path *path)
{
    Heapd__V1__PathStep *steps = hd_call_take_array(call, path->shown, sizeof *steps);
    Heapd__V1__PathStep **ret = hd_call_take_array(call, path->shown, sizeof *ret);

    for (uint32_t i = 0; call->op.error.status == HD_OK && i < path->shown; i++) {
        (void)put_step(call, &path->steps[i], &steps[i]);
        ret[i] = &steps[i];
    }
    return call->op.error.status == HD_OK ? ret : NULL;
}

static enum hd_status put_path(struct hd_call *call, const struct hd_path *path,
                               Heapd__V1__OwnerPath *ret)
{
    heapd__v1__owner_path__init(ret);
    ret->owner = hd_owner_to_wire(call, &path->owner);
    ret->length = path->length;
    ret->omitted = path->length - path->shown;
    ret->omitted_at = ret->omitted > 0 ? path->gap : 0;
    ret->steps = hd_steps_to_wire(call, path);
    ret->n_steps = ret->steps == NULL ? 0 : path->shown;
    return call->op.error.status;
}

enum hd_status hd_why_fill(struct hd_call *call, const void *request)
{
    const Heapd__V1__WhyRequest *why = request;

    call->op.in.why.ret_paths = hd_call_take_array(call, HD_PATHS, sizeof(struct hd_path));
    if (call->op.in.why.ret_paths == NULL) {
        return call->op.error.status;
    }
    return hd_convert_operand(call, why->object, "object", &call->op.in.why.object);
}

enum hd_status hd_why_answer(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__WhyResponse *reply = response;
    uint32_t count = call->op.out.why.paths;
    Heapd__V1__OwnerPath *paths = hd_call_take_array(call, count, sizeof *paths);

    (void)request;
    reply->paths = hd_call_take_array(call, count, sizeof(Heapd__V1__OwnerPath *));
    reply->id = call->op.out.why.id;
    reply->immortal = call->op.out.why.immortal;
    reply->exact = call->op.out.why.exact;
    reply->unreachable = !reply->immortal && count == 0;
    for (uint32_t i = 0; call->op.error.status == HD_OK && i < count; i++) {
        (void)put_path(call, &call->op.in.why.ret_paths[i], &paths[i]);
        reply->paths[reply->n_paths++] = &paths[i];
    }
    return call->op.error.status;
}
