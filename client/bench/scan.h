/* SPDX-License-Identifier: MIT */
/* scan.h: fields of a message in place, as far as answers need reading. */
#ifndef HEAPD_BENCH_SCAN_H
#define HEAPD_BENCH_SCAN_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bench_scan {
    const uint8_t *at;
    const uint8_t *end;
};

struct bench_field {
    uint32_t number;
    const uint8_t *bytes; /* of a field of given length; else NULL */
    size_t size;
    uint64_t value; /* of a varint or fixed64 */
};

static inline bool bench_scan_varint(struct bench_scan *scan, uint64_t *ret_value)
{
    uint64_t value = 0;

    for (unsigned shift = 0; scan->at < scan->end && shift < 64; shift += 7) {
        uint8_t byte = *scan->at++;

        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

/* false: at the end, where scan->at == scan->end; or at what is no message. */
static inline bool bench_scan_next(struct bench_scan *scan, struct bench_field *ret_field)
{
    const uint8_t *start = scan->at;
    uint64_t tag;
    uint64_t value = 0;
    size_t left;

    if (start == scan->end || !bench_scan_varint(scan, &tag)) {
        return false;
    }
    *ret_field = (struct bench_field){.number = (uint32_t)(tag >> 3)};
    left = (size_t)(scan->end - scan->at);
    if ((tag & 7) == 1 && left >= 8) {
        memcpy(&value, scan->at, 8);
        ret_field->value = le64toh(value);
        scan->at += 8;
        return true;
    }
    if ((tag & 7) == 0 && bench_scan_varint(scan, &ret_field->value)) {
        return true;
    }
    if ((tag & 7) == 2 && bench_scan_varint(scan, &value) &&
        value <= (size_t)(scan->end - scan->at)) {
        ret_field->bytes = scan->at;
        ret_field->size = (size_t)value;
        scan->at += value;
        return true;
    }
    if ((tag & 7) == 5 && left >= 4) {
        scan->at += 4;
        return true;
    }
    scan->at = start; /* none of ours */
    return false;
}

#endif
