/* SPDX-License-Identifier: MIT */
/* ttrpc.c: containerd/ttrpc PROTOCOL.md: u32 size, u32 stream id, u8 type, u8 flags;
 * big-endian. */
#include "wire/ttrpc.h"

#include <endian.h>
#include <string.h>

static uint32_t get_u32(const uint8_t *from)
{
    uint32_t value;

    memcpy(&value, from, sizeof value);
    return be32toh(value);
}

static void put_u32(uint8_t *to, uint32_t value)
{
    value = htobe32(value);
    memcpy(to, &value, sizeof value);
}

enum hd_frame_result hd_ttrpc_parse(struct hd_bytes bytes, struct hd_ttrpc_frame *ret_frame,
                                    size_t *ret_wanted)
{
    const uint8_t *header = (const uint8_t *)bytes.data;
    uint32_t size;

    if (bytes.size < HD_TTRPC_HEADER_BYTES) {
        *ret_wanted = HD_TTRPC_HEADER_BYTES - bytes.size;
        return HD_FRAME_NEED_MORE;
    }
    size = get_u32(header);
    if (size <= HD_TTRPC_DATA_BYTES && bytes.size - HD_TTRPC_HEADER_BYTES < size) {
        *ret_wanted = size - (bytes.size - HD_TTRPC_HEADER_BYTES);
        return HD_FRAME_NEED_MORE;
    }
    *ret_frame = (struct hd_ttrpc_frame){
        .size = size,
        .stream = get_u32(header + 4),
        .type = header[8],
        .flags = header[9],
    };
    if (header[0] != 0) {
        return HD_FRAME_GARBAGE;
    }
    if (size > HD_TTRPC_DATA_BYTES) {
        return HD_FRAME_TOO_BIG;
    }
    ret_frame->data = (struct hd_bytes){bytes.data + HD_TTRPC_HEADER_BYTES, size};
    return HD_FRAME_READY;
}

void hd_ttrpc_put_header(uint8_t to[HD_TTRPC_HEADER_BYTES], uint32_t size, uint32_t stream,
                         enum hd_ttrpc_type type, unsigned flags)
{
    put_u32(to, size);
    put_u32(to + 4, stream);
    to[8] = (uint8_t)type;
    to[9] = (uint8_t)flags;
}
