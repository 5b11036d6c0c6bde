/* SPDX-License-Identifier: MIT */
#include "info.h"

#include <stdlib.h>
#include <string.h>

static void read_place(const Heapd__V1__BlockPlace *place, struct heapd_info *info)
{
    if (place == NULL) {
        return;
    }
    info->has_block = true;
    info->in_pool = place->in_pool;
    info->arena = place->arena;
    info->pool = place->pool;
    info->block = place->block;
    info->block_size = place->block_size;
}

/* Decoded bytes have a NUL behind them (workspace.c); empty ones have no memory at all. */
static void read_data(const ProtobufCBinaryData *data, struct heapd_info *info)
{
    info->data = data->data != NULL ? (const char *)data->data : "";
    info->size = data->len;
}

static void read_scalar(const Heapd__V1__ObjectInfo *message, struct heapd_info *info)
{
    switch (message->scalar_case) {
    case HEAPD__V1__OBJECT_INFO__SCALAR_BOOL_VALUE:
        info->bool_value = message->bool_value;
        break;
    case HEAPD__V1__OBJECT_INFO__SCALAR_INT_VALUE:
        info->int_value = message->int_value;
        break;
    case HEAPD__V1__OBJECT_INFO__SCALAR_FLOAT_VALUE:
        info->float_value = message->float_value;
        break;
    case HEAPD__V1__OBJECT_INFO__SCALAR_STR_VALUE:
        read_data(&message->str_value, info);
        break;
    case HEAPD__V1__OBJECT_INFO__SCALAR_BYTES_VALUE:
        read_data(&message->bytes_value, info);
        break;
    default:
        break;
    }
    if (info->data == NULL &&
        (info->kind == HEAPD_KIND_STR || info->kind == HEAPD_KIND_BYTES)) {
        info->data = "";
    }
}

void hdc_info_read(const Heapd__V1__ObjectInfo *message, struct heapd_info *ret_info)
{
    struct heapd_info info = {
        .id = message->id,
        .kind = (enum heapd_kind)message->kind,
        .refcount = message->refcount,
        .tracked = message->tracked,
        .finalized = message->finalized,
        .interned = message->interned,
        .generation = message->generation,
        .size_bytes = message->size_bytes,
        .length = message->length,
        .item_count = message->n_items,
        .items = message->items,
    };

    read_place(message->place, &info);
    read_scalar(message, &info);
    if (info.kind == HEAPD_KIND_INSTANCE) {
        info.class_name = message->class_name;
    }
    if (message->n_values == message->n_items && message->n_values > 0) {
        info.values = message->values;
    }
    *ret_info = info;
}

/* Copies size bytes to *at and moves it on. */
static const void *copy_to(char **at, const void *from, size_t size)
{
    void *to = *at;

    if (from == NULL) {
        return NULL;
    }
    if (size > 0) {
        memcpy(to, from, size);
    }
    *at += size;
    return to;
}

struct heapd_info *hdc_info_copy(const struct heapd_info *info)
{
    size_t ids = info->item_count * sizeof(uint64_t);
    size_t class_size = info->class_name != NULL ? strlen(info->class_name) + 1 : 0;
    size_t data_size = info->data != NULL ? info->size + 1 : 0;
    struct heapd_info *copy = malloc(sizeof(*copy) + 2 * ids + class_size + data_size);
    char *at;

    if (copy == NULL) {
        return NULL;
    }
    *copy = *info;
    at = (char *)(copy + 1);
    copy->items = copy_to(&at, info->items, ids);
    copy->values = copy_to(&at, info->values, ids);
    copy->class_name = copy_to(&at, info->class_name, class_size);
    copy->data = copy_to(&at, info->data, data_size);
    return copy;
}
