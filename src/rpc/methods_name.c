/* SPDX-License-Identifier: MIT */
/* methods_name.c: NameService: names of a scope, and call frames. */
#include "heap/inspect.h"
#include "heapd/v1/name.pb-c.h"
#include "rpc/convert.h"
#include "rpc/item.h"
#include "rpc/page.h"

#define NAMES_MAX 1000u

static enum hd_status fill_name(struct hd_call *call, const char *name, Heapd__V1__Scope scope,
                                const Heapd__V1__Expectation *expect)
{
    call->op.in.name.name = hd_bytes_of(name);
    call->op.in.name.expect = hd_convert_expectation(expect);
    return hd_convert_scope(call, scope, &call->op.in.name.scope);
}

static enum hd_status fill_bind(struct hd_call *call, const void *request)
{
    const Heapd__V1__BindRequest *bind = request;

    if (fill_name(call, bind->name, bind->scope, bind->expect) != HD_OK) {
        return call->op.error.status;
    }
    return hd_convert_operand(call, bind->object, "object", &call->op.in.name.object);
}

static enum hd_status fill_delete(struct hd_call *call, const void *request)
{
    const Heapd__V1__DeleteRequest *delete = request;

    return fill_name(call, delete->name, delete->scope, delete->expect);
}

static enum hd_status fill_lookup(struct hd_call *call, const void *request)
{
    const Heapd__V1__LookupRequest *lookup = request;

    call->op.in.name.hold = lookup->hold;
    return fill_name(call, lookup->name, lookup->scope, NULL);
}

static enum hd_status answer_lookup(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__LookupResponse *reply = response;

    (void)request;
    reply->id = call->op.out.lookup.id;
    reply->kind = (Heapd__V1__Kind)call->op.out.lookup.kind;
    reply->scope = (Heapd__V1__Scope)call->op.out.lookup.scope;
    return HD_OK;
}

static enum hd_status fill_call(struct hd_call *call, const void *request)
{
    const Heapd__V1__CallRequest *from = request;
    struct hd_argument *arguments =
        hd_call_take_array(call, from->n_arguments, sizeof *arguments);

    if (arguments == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < from->n_arguments; i++) {
        arguments[i].name = hd_bytes_of(from->arguments[i]->name);
        if (hd_convert_optional(call, from->arguments[i]->object, "Argument.object",
                                &arguments[i].object) != HD_OK) {
            return call->op.error.status;
        }
    }
    call->op.in.call.function = hd_bytes_of(from->function);
    call->op.in.call.arguments = arguments;
    call->op.in.call.count = from->n_arguments;
    return HD_OK;
}

static enum hd_status answer_call(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__CallResponse *reply = response;

    (void)request;
    reply->depth = hd_session_depth(call->session);
    return HD_OK;
}

static enum hd_status answer_return(struct hd_call *call, const void *request, void *response)
{
    Heapd__V1__ReturnResponse *reply = response;

    (void)request;
    reply->id = call->op.out.id;
    reply->depth = hd_session_depth(call->session);
    return HD_OK;
}

/* Names borrowed from the heap, as messages of their own. */
static enum hd_status copy_names(struct hd_call *call, const struct hd_named *names,
                                 size_t count, Heapd__V1__ListResponse *reply)
{
    Heapd__V1__NamedObject *objects = hd_call_take_array(call, count, sizeof *objects);

    reply->names = hd_call_take_array(call, count, sizeof(Heapd__V1__NamedObject *));
    if (objects == NULL || reply->names == NULL) {
        return call->op.error.status;
    }
    for (size_t i = 0; i < count; i++) {
        heapd__v1__named_object__init(&objects[i]);
        objects[i].id = names[i].id;
        objects[i].name = hd_call_copy_text(call, names[i].name);
        if (objects[i].name == NULL) {
            return call->op.error.status;
        }
        reply->names[i] = &objects[i];
    }
    reply->n_names = count;
    return HD_OK;
}

static enum hd_status answer_list(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__ListRequest *list = request;
    Heapd__V1__ListResponse *reply = response;
    struct hd_named *names;
    enum hd_scope scope;
    struct hd_page page;
    size_t count;

    if (hd_convert_scope(call, list->scope, &scope) != HD_OK ||
        hd_page_open(call, list->page_size, NAMES_MAX, list->page_token, &page) != HD_OK) {
        return call->op.error.status;
    }
    names = hd_call_take_array(call, page.max, sizeof *names);
    if (names == NULL) {
        return call->op.error.status;
    }
    count = hd_inspect_names(call->heap, call->session, scope, &page.cursor, page.max, names);
    if (copy_names(call, names, count, reply) != HD_OK) {
        return call->op.error.status;
    }
    return hd_page_close(call, &page, &reply->next_page_token);
}

static const struct hd_method methods[] = {
    {"Bind",
     HD_MESSAGES(bind),
     HD_OP_BIND,
     true,
     fill_bind,
     hd_item_answer_id,
     {.result = HD_FIELD_AT(BindResponse, id)}},
    {"Delete", HD_MESSAGES(delete), HD_OP_DELETE, true, fill_delete, NULL, {0}},
    {"Lookup", HD_MESSAGES(lookup), HD_OP_LOOKUP, true, fill_lookup, answer_lookup, {0}},
    {"List", HD_MESSAGES(list), HD_OP_COUNT, true, NULL, answer_list, {0}},
    {"Call", HD_MESSAGES(call), HD_OP_CALL, true, fill_call, answer_call, {0}},
    {"Return",
     HD_MESSAGES(return ),
     HD_OP_RETURN,
     true,
     hd_item_fill,
     answer_return,
     {.item = HD_FIELD_AT(ReturnRequest, object)}},
};

const struct hd_service hd_service_name = {"heapd.v1.NameService", true, methods,
                                           sizeof methods / sizeof methods[0]};
