/* SPDX-License-Identifier: MIT */
#include "framing.h"

#include "operations.h"

static uint32_t get_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static void put_u32(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 24);
    to[1] = (uint8_t)(value >> 16);
    to[2] = (uint8_t)(value >> 8);
    to[3] = (uint8_t)value;
}

enum hdc_frame_result hdc_frame_parse(const uint8_t *bytes, size_t size,
                                      struct hdc_frame *ret_frame)
{
    struct hdc_frame frame = {0};

    if (size > 0 && bytes[0] != 0) {
        return HDC_FRAME_GARBAGE; /* 16 MiB or more: no peer of ours says that */
    }
    if (size < HDC_FRAME_HEADER) {
        return HDC_FRAME_NEED_MORE;
    }
    frame.size = get_u32(bytes);
    frame.stream = get_u32(bytes + 4);
    frame.type = bytes[8];
    frame.flags = bytes[9];
    if (frame.size > HDC_MAX_FRAME) {
        *ret_frame = frame;
        return HDC_FRAME_TOO_BIG;
    }
    if (size - HDC_FRAME_HEADER < frame.size) {
        return HDC_FRAME_NEED_MORE;
    }
    frame.data = bytes + HDC_FRAME_HEADER;
    *ret_frame = frame;
    return HDC_FRAME_READY;
}

void hdc_frame_header(uint8_t to[HDC_FRAME_HEADER], uint32_t size, uint32_t stream,
                      uint8_t type, uint8_t flags)
{
    put_u32(to, size);
    put_u32(to + 4, stream);
    to[8] = type;
    to[9] = flags;
}
