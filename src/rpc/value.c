/* SPDX-License-Identifier: MIT */
/* value.c: in the order of the fields' numbers, as protobuf writes them. */
#include "rpc/value.h"

#include <string.h>

#include "heapd/v1/types.pb-c.h"
#include "wire/field.h"

/* At most: all but the bytes of a str or bytes. */
#define HEAD_BYTES 48u

/* Of ObjectInfo. */
enum field { FIELD_ID = 1, FIELD_KIND = 2, FIELD_LENGTH = 16 };

/* A member of a oneof is written also if it is of default value. */
static uint8_t *put_scalar(uint8_t *to, const struct hd_object_info *info, size_t shown)
{
    switch (info->kind) {
    case HD_KIND_BOOL:
        return hd_field_put_number(to, HEAPD__V1__OBJECT_INFO__SCALAR_BOOL_VALUE, info->flag);
    case HD_KIND_INT:
        return hd_field_put_number(to, HEAPD__V1__OBJECT_INFO__SCALAR_INT_VALUE,
                                   hd_zigzag((uint64_t)info->integer));
    case HD_KIND_FLOAT:
        return hd_field_put_fixed64(to, HEAPD__V1__OBJECT_INFO__SCALAR_FLOAT_VALUE,
                                    &info->real);
    case HD_KIND_STR:
        return hd_field_put_bytes(to, HEAPD__V1__OBJECT_INFO__SCALAR_STR_VALUE,
                                  info->bytes.data, shown);
    case HD_KIND_BYTES:
        return hd_field_put_bytes(to, HEAPD__V1__OBJECT_INFO__SCALAR_BYTES_VALUE,
                                  info->bytes.data, shown);
    default:
        return to;
    }
}

struct hd_written *hd_value_write(struct hd_call *call, const struct hd_object_info *info,
                                  size_t shown)
{
    struct hd_written *written = hd_call_take_bytes(call, sizeof *written + HEAD_BYTES + shown);
    uint8_t *start = (uint8_t *)(written + 1);
    uint8_t *to = start;

    if (written == NULL) {
        return NULL;
    }
    to = hd_field_put_fixed64(to, FIELD_ID, &info->id);
    to = hd_field_put_number(to, FIELD_KIND, info->kind);
    to = put_scalar(to, info, shown);
    if (info->length > 0) {
        to = hd_field_put_number(to, FIELD_LENGTH, info->length);
    }
    hd_written_init(written, (struct hd_bytes){(const char *)start, (size_t)(to - start)});
    return written;
}
