/* SPDX-License-Identifier: MIT */
/* describe.c: first what every object needs, then pages of references in what room is left. */
#include "rpc/describe.h"

#include <string.h>

#include "base/utf8.h"
#include "heap/inspect.h"
#include "heapd/v1/object.pb-c.h"
#include "rpc/convert.h"
#include "rpc/value.h"

#define OBJECTS_MAX   65536u
#define ITEMS_DEFAULT 1000u
#define ID_BYTES      8u
/* At most: the heads of an ObjectInfo in the reply, and of items and values in it. */
#define HEAD_BYTES 18u
/* At most: an ObjectInfo without class, text and items. */
#define PLAIN_BYTES 128u

/* The request, the objects as slots, and what room is left for how many. */
struct page {
    struct hd_call *call;
    const Heapd__V1__GetRequest *get;
    uint32_t slot;
    uint64_t room;
    size_t left;
};

static enum hd_status too_big(struct hd_call *call)
{
    return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                   "these objects take more than %zu bytes to describe: ask for fewer, or set "
                   "value_limit",
                   HD_REPLY_BYTES);
}

/* What a reply shows of a str or bytes: whole characters. */
static size_t shown_bytes(const struct hd_object_info *info, uint32_t limit)
{
    size_t size = info->bytes.size;

    if (limit == 0 || size <= limit) {
        return size;
    }
    return info->kind == HD_KIND_STR ? hd_utf8_prefix(info->bytes.data, limit) : limit;
}

/* Inside a batch later operations may free what the bytes are borrowed from. */
static enum hd_status show_bytes(struct page *page, const struct hd_object_info *info,
                                 size_t size, ProtobufCBinaryData *ret_data)
{
    ret_data->len = size;
    ret_data->data = (uint8_t *)(uintptr_t)info->bytes.data; /* only read from */
    if (page->call->op.batch != NULL && size > 0) {
        ret_data->data = hd_call_take_array(page->call, size, 1);
        if (ret_data->data == NULL) {
            return page->call->op.error.status;
        }
        memcpy(ret_data->data, info->bytes.data, size);
    }
    return HD_OK;
}

static enum hd_status show_scalar(struct page *page, const struct hd_object_info *info,
                                  size_t shown, Heapd__V1__ObjectInfo *ret)
{
    switch (info->kind) {
    case HD_KIND_BOOL:
        ret->scalar_case = HEAPD__V1__OBJECT_INFO__SCALAR_BOOL_VALUE;
        ret->bool_value = info->flag;
        return HD_OK;
    case HD_KIND_INT:
        ret->scalar_case = HEAPD__V1__OBJECT_INFO__SCALAR_INT_VALUE;
        ret->int_value = info->integer;
        return HD_OK;
    case HD_KIND_FLOAT:
        ret->scalar_case = HEAPD__V1__OBJECT_INFO__SCALAR_FLOAT_VALUE;
        ret->float_value = info->real;
        return HD_OK;
    case HD_KIND_STR:
        ret->scalar_case = HEAPD__V1__OBJECT_INFO__SCALAR_STR_VALUE;
        return show_bytes(page, info, shown, &ret->str_value);
    case HD_KIND_BYTES:
        ret->scalar_case = HEAPD__V1__OBJECT_INFO__SCALAR_BYTES_VALUE;
        return show_bytes(page, info, shown, &ret->bytes_value);
    default:
        return HD_OK;
    }
}

static enum hd_status show_place(struct hd_call *call, const struct hd_object_info *info,
                                 Heapd__V1__ObjectInfo *ret)
{
    if (!info->has_body) {
        return HD_OK;
    }
    ret->place = hd_call_take_array(call, 1, sizeof *ret->place);
    if (ret->place == NULL) {
        return call->op.error.status;
    }
    heapd__v1__block_place__init(ret->place);
    ret->place->in_pool = info->place.in_pool;
    if (info->place.in_pool) {
        ret->place->arena = info->place.arena;
        ret->place->pool = info->place.pool;
        ret->place->block = info->place.block;
        ret->place->block_size = info->place.block_size;
    }
    return HD_OK;
}

/* How it is kept: its count, age, size and place. */
static enum hd_status show_keeping(struct hd_call *call, const struct hd_object_info *info,
                                   Heapd__V1__ObjectInfo *ret)
{
    ret->refcount = info->refcount;
    ret->tracked = info->tracked;
    ret->generation = info->tracked ? info->generation : 0;
    ret->finalized = info->finalized;
    ret->interned = info->interned;
    ret->size_bytes = info->size_bytes;
    return show_place(call, info, ret);
}

/* Its bytes are at most so many; they are counted only if that matters. */
static enum hd_status take_room(struct page *page, const struct hd_object_info *info,
                                size_t shown, const ProtobufCMessage *message)
{
    uint64_t size = PLAIN_BYTES + HEAD_BYTES + shown + info->class_name.size;

    if (size * page->left > page->room) {
        size = hd_encode_size(message) + HEAD_BYTES;
    }
    if (size > page->room) {
        return too_big(page->call);
    }
    page->room -= size;
    page->left--;
    return HD_OK;
}

/* Everything but the items, as a struct. */
static ProtobufCMessage *show_info(struct page *page, const struct hd_object_info *info,
                                   size_t shown)
{
    struct hd_call *call = page->call;
    Heapd__V1__ObjectInfo *ret = hd_call_take_bytes(call, sizeof *ret);

    if (ret == NULL) {
        return NULL;
    }
    heapd__v1__object_info__init(ret);
    ret->id = info->id;
    ret->kind = (Heapd__V1__Kind)info->kind;
    ret->length = info->length;
    if (info->kind == HD_KIND_INSTANCE) {
        ret->class_name = hd_call_copy_text(call, info->class_name);
        if (ret->class_name == NULL) {
            return NULL;
        }
    }
    if ((!page->get->value_only && show_keeping(call, info, ret) != HD_OK) ||
        show_scalar(page, info, shown, ret) != HD_OK) {
        return NULL;
    }
    return &ret->base;
}

static ProtobufCMessage *show_value(struct page *page, const struct hd_object_info *info,
                                    size_t shown)
{
    struct hd_written *written;

    if (!hd_value_is_short(info, shown)) {
        return show_info(page, info, shown);
    }
    written = hd_value_write(page->call, info, shown);
    return written == NULL ? NULL : &written->base;
}

/* Everything but the items. */
static enum hd_status show_object(struct page *page, Heapd__V1__ObjectInfo **ret)
{
    struct hd_call *call = page->call;
    ProtobufCMessage *message;
    struct hd_object_info info;
    size_t shown;

    if (page->get->value_only) {
        hd_inspect_value(call->heap, page->slot, &info);
        shown = shown_bytes(&info, page->get->value_limit);
        message = show_value(page, &info, shown);
    } else {
        hd_inspect_object(call->heap, call->op.batch, page->slot, &info);
        shown = shown_bytes(&info, page->get->value_limit);
        message = show_info(page, &info, shown);
    }
    *ret = (Heapd__V1__ObjectInfo *)(void *)message;
    return message == NULL ? call->op.error.status : take_room(page, &info, shown, message);
}

static bool has_references(enum hd_kind kind)
{
    return kind >= HD_KIND_TUPLE && kind <= HD_KIND_INSTANCE;
}

/* One page of references, as many as fit. */
static enum hd_status show_items(struct page *page, Heapd__V1__ObjectInfo *ret)
{
    struct hd_call *call = page->call;
    enum hd_kind kind = (enum hd_kind)ret->kind;
    bool paired = kind == HD_KIND_DICT || kind == HD_KIND_INSTANCE;
    uint64_t most = page->get->limit == 0 ? ITEMS_DEFAULT : page->get->limit;
    uint64_t fit = page->room / (paired ? 2 * ID_BYTES : ID_BYTES);
    uint64_t left = ret->length > page->get->first ? ret->length - page->get->first : 0;
    uint64_t *values;

    most = most < fit ? most : fit;
    most = most < left ? most : left;
    if (!has_references(kind) || most == 0) {
        return HD_OK;
    }
    ret->items = hd_call_take_array(call, (size_t)most, ID_BYTES);
    values = hd_call_take_array(call, (size_t)most, ID_BYTES);
    if (ret->items == NULL || values == NULL) {
        return call->op.error.status;
    }
    ret->n_items = hd_inspect_items(call->heap, page->slot, page->get->first, (size_t)most,
                                    ret->items, values);
    page->room -= ret->n_items * ID_BYTES;
    if (paired) {
        ret->values = values;
        ret->n_values = ret->n_items;
        page->room -= ret->n_items * ID_BYTES;
    }
    return HD_OK;
}

static enum hd_status show_all(struct page *page, const struct hd_operands *objects,
                               Heapd__V1__ObjectInfo **infos, uint32_t *slots)
{
    struct hd_call *call = page->call;

    for (size_t i = 0; i < objects->count; i++) {
        if (hd_operands_resolve(call->heap, call->session, call->op.batch, objects, i,
                                &slots[i], &call->op.error) != HD_OK) {
            return call->op.error.status;
        }
        page->slot = slots[i];
        if (show_object(page, &infos[i]) != HD_OK) {
            return call->op.error.status;
        }
    }
    for (size_t i = 0; i < objects->count; i++) {
        page->slot = slots[i];
        if (!hd_is_written(&infos[i]->base) && show_items(page, infos[i]) != HD_OK) {
            return call->op.error.status;
        }
    }
    return HD_OK;
}

enum hd_status hd_describe_objects(struct hd_call *call, const void *request, void *response)
{
    const Heapd__V1__GetRequest *get = request;
    Heapd__V1__GetResponse *reply = response;
    struct page page = {.call = call, .get = get, .room = HD_REPLY_BYTES};
    struct hd_operands objects;
    uint32_t *slots;

    if (hd_convert_operands(call, get->objects, &objects) != HD_OK) {
        return call->op.error.status;
    }
    if (objects.count > OBJECTS_MAX) {
        return hd_fail(&call->op.error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "%zu objects are asked for; at most %u are allowed", objects.count,
                       OBJECTS_MAX);
    }
    page.left = objects.count;
    slots = hd_call_take_array(call, objects.count, sizeof *slots);
    reply->objects = hd_call_take_array(call, objects.count, sizeof(Heapd__V1__ObjectInfo *));
    if (slots == NULL || reply->objects == NULL ||
        show_all(&page, &objects, reply->objects, slots) != HD_OK) {
        return call->op.error.status;
    }
    reply->n_objects = objects.count;
    return HD_OK;
}
