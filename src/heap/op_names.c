/* SPDX-License-Identifier: MIT */
/* op_names.c: bind, delete, look up; enter and leave functions. */
#include <inttypes.h>

#include "base/check.h"
#include "heap/internal.h"

#define QUOTED(bytes) (int)((bytes).size < 64 ? (bytes).size : 64), (bytes).data

/* Is the name, which may have no entry, bound as the request expects? */
static enum hd_status judge_expectation(const struct hd_heap *heap, struct hd_op *op,
                                        const struct hd_name *name)
{
    const struct hd_expectation *expect = &op->in.name.expect;
    uint32_t slot = name == NULL ? 0 : name->slot;
    uint64_t id = slot == 0 ? 0 : hd_slots_id(hd_objects_slots_const(heap->objects), slot);

    if (expect->what == HD_EXPECT_ABSENT && id != 0) {
        return hd_fail(&op->error, HD_FAILED_PRECONDITION, HD_REASON_EXPECTATION,
                       "name '%.*s' is bound to object %" PRIu64, QUOTED(op->in.name.name), id);
    }
    if (expect->what == HD_EXPECT_ID && id != expect->id) {
        return hd_fail(&op->error, HD_FAILED_PRECONDITION, HD_REASON_EXPECTATION,
                       "name '%.*s' is not bound to object %" PRIu64, QUOTED(op->in.name.name),
                       expect->id);
    }
    return HD_OK;
}

static enum hd_status judge_bind(struct hd_heap *heap, struct hd_op *op, struct hd_names *names)
{
    uint32_t max = heap->options.limits.names;
    const struct hd_name *name;
    enum hd_status status;

    if (op->in.name.expect.what == HD_EXPECT_ANYTHING && names->rows.live < max) {
        return HD_OK; /* whatever it is bound to */
    }
    name = hd_names_find(names, op->in.name.name);
    status = judge_expectation(heap, op, name);
    if (status == HD_OK && name == NULL && names->rows.live >= max) {
        return hd_fail(&op->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_NAMES,
                       "the scope has %u names, and may not have more", max);
    }
    return status;
}

enum hd_status hd_op_bind(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_names *names = hd_scope_names(heap, op->session, op->in.name.scope);
    struct hd_name *name;
    uint32_t slot;
    uint32_t old;
    enum hd_status status = hd_judge_name(heap, "name", op->in.name.name, &op->error);

    if (status == HD_OK) {
        status = hd_resolve(heap, op, &op->in.name.object, &slot);
    }
    if (status == HD_OK) {
        status = judge_bind(heap, op, names);
    }
    if (status != HD_OK) {
        return status;
    }
    name = hd_names_claim(names, op->in.name.name);
    if (name == NULL) {
        return hd_refuse_memory(&op->error, "a name");
    }
    if (!hd_refs_take(heap->objects, slot)) {
        hd_names_unclaim(names, name);
        return hd_refuse_count(heap, slot, &op->error);
    }
    status = hd_result_keep(heap, op, NULL, slot);
    if (status != HD_OK) {
        hd_names_unclaim(names, name);
        hd_refs_drop(heap->objects, hd_op_cascade(op), slot);
        return status;
    }
    old = hd_names_set(names, name, slot);
    hd_undo_note_bound(op, names, name, old);
    if (old != 0) {
        hd_refs_drop(heap->objects, hd_op_cascade(op), old);
    }
    return HD_OK;
}

enum hd_status hd_op_delete(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_names *names = hd_scope_names(heap, op->session, op->in.name.scope);
    struct hd_name *name = hd_names_find(names, op->in.name.name);
    enum hd_status status = judge_expectation(heap, op, name);

    if (status != HD_OK) {
        return status;
    }
    if (name == NULL || name->slot == 0) {
        return hd_no_such_name(op->in.name.name, &op->error);
    }
    hd_refs_drop(heap->objects, hd_op_cascade(op), hd_undo_unbind(op, names, name));
    return HD_OK;
}

enum hd_status hd_op_lookup(struct hd_heap *heap, struct hd_op *op)
{
    enum hd_scope scope;
    const struct hd_name *name =
        hd_scope_lookup(heap, op->session, op->in.name.scope, op->in.name.name, &scope);
    enum hd_status status;

    if (name == NULL) {
        return hd_no_such_name(op->in.name.name, &op->error);
    }
    status = hd_result_keep(heap, op, hd_result_frame(op, op->in.name.hold), name->slot);
    if (status == HD_OK) {
        op->out.lookup.kind = hd_object_kind(heap->objects, name->slot);
        op->out.lookup.scope = scope;
    }
    return status;
}

static enum hd_status bind_argument(struct hd_heap *heap, struct hd_op *op,
                                    struct hd_frame *frame, const struct hd_argument *argument)
{
    struct hd_name *name;
    uint32_t slot = 0;
    enum hd_status status = hd_judge_name(heap, "name", argument->name, &op->error);

    if (status == HD_OK && argument->object.by != HD_BY_NOTHING) {
        status = hd_resolve(heap, op, &argument->object, &slot);
    }
    if (status != HD_OK) {
        return status;
    }
    name = hd_names_claim(&frame->names, argument->name);
    if (name == NULL) {
        return hd_refuse_memory(&op->error, "an argument");
    }
    if (name->listed) {
        return hd_fail(&op->error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT,
                       "the name '%.*s' is given twice", QUOTED(argument->name));
    }
    name->listed = true;
    if (slot != 0 && !hd_refs_take(heap->objects, slot)) {
        return hd_refuse_count(heap, slot, &op->error);
    }
    if (slot != 0) {
        (void)hd_names_set(&frame->names, name, slot);
    }
    return HD_OK;
}

static enum hd_status judge_call(const struct hd_heap *heap, struct hd_op *op)
{
    const struct hd_heap_limits *limits = &heap->options.limits;

    if (hd_session_depth(op->session) >= limits->frames) {
        return hd_fail(&op->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_DEPTH,
                       "the session has %u frames, and may not have more", limits->frames);
    }
    if (op->in.call.count > limits->names) {
        return hd_fail(&op->error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_NAMES,
                       "%zu arguments are more than %u", op->in.call.count, limits->names);
    }
    return op->in.call.function.size == 0
               ? HD_OK
               : hd_judge_name(heap, "function name", op->in.call.function, &op->error);
}

enum hd_status hd_op_call(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_frame *frame;
    enum hd_status status = judge_call(heap, op);

    if (status != HD_OK) {
        return status;
    }
    frame = hd_frame_new(&heap->books.iface, &heap->options.hash_key, op->in.call.function,
                         hd_session_depth(op->session) + 1);
    if (frame == NULL) {
        return hd_refuse_memory(&op->error, "a frame");
    }
    for (size_t i = 0; status == HD_OK && i < op->in.call.count; i++) {
        status = bind_argument(heap, op, frame, &op->in.call.arguments[i]);
    }
    if (status != HD_OK) {
        while (hd_frame_release_next(frame, heap->objects, hd_op_cascade(op))) {
            /* what it refers to was referred to before */
        }
        hd_frame_free(frame);
        return status;
    }
    frame->next = op->session->top;
    op->session->top = frame;
    hd_undo_note_called(op);
    return HD_OK;
}

enum hd_status hd_op_return(struct hd_heap *heap, struct hd_op *op)
{
    struct hd_session *session = op->session;
    uint32_t slot;
    const struct hd_frame *left = session->top;
    enum hd_status status;

    if (session->top->next == NULL) {
        return hd_fail(&op->error, HD_FAILED_PRECONDITION, HD_REASON_NO_FRAME,
                       "the module scope cannot be left");
    }
    status = hd_undo_reserve(op, (uint64_t)left->names.bound + left->holds.rows.live);
    if (status == HD_OK && op->in.item.item.by != HD_BY_NOTHING) {
        status = hd_resolve(heap, op, &op->in.item.item, &slot);
        if (status == HD_OK) {
            status = hd_result_keep(heap, op, session->top->next, slot);
        }
    }
    if (status == HD_OK && hd_op_undo(op) != NULL) {
        hd_undo_leave_frame(heap, op);
    } else if (status == HD_OK) {
        hd_session_leave_frame(session);
    }
    return status;
}
