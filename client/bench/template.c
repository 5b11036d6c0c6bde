/* SPDX-License-Identifier: MIT */
#include "template.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define MARK UINT64_C(0x5be7a1c0de8f9300)

uint64_t bench_mark(enum bench_source source)
{
    return MARK | (uint64_t)source;
}

void bench_put_hex(uint8_t to[BENCH_HEX_DIGITS], uint64_t value)
{
    for (int i = BENCH_HEX_DIGITS - 1; i >= 0; i--) {
        to[i] = (uint8_t) "0123456789abcdef"[value & 15];
        value >>= 4;
    }
}

/* The mark that begins here, if one does. */
static bool find_mark(const uint8_t *at, size_t left, struct bench_patch *ret_patch)
{
    uint64_t fixed;
    uint8_t hex[BENCH_HEX_DIGITS];

    if (left < sizeof(fixed)) {
        return false;
    }
    memcpy(&fixed, at, sizeof(fixed));
    fixed = le64toh(fixed);
    if ((fixed & ~UINT64_C(0xff)) == MARK && (fixed & 0xff) < BENCH_SOURCES) {
        *ret_patch = (struct bench_patch){.count = 1, .source = (uint8_t)fixed};
        return true;
    }
    if (left < sizeof(hex)) {
        return false;
    }
    for (unsigned source = 0; source < BENCH_SOURCES; source++) {
        bench_put_hex(hex, MARK | source);
        if (memcmp(hex, at, sizeof(hex)) == 0) {
            *ret_patch =
                (struct bench_patch){.count = 1, .source = (uint8_t)source, .hex = true};
            return true;
        }
    }
    return false;
}

static bool add_patch(struct bench_template *template, const struct bench_patch *patch,
                      size_t *capacity)
{
    struct bench_patch *last = &template->patches[template->patch_count];

    if (template->patch_count > 0) {
        last--;
        if (patch->source == BENCH_BULK && last->source == BENCH_BULK &&
            last->offset + 8 * last->count == patch->offset) {
            last->count++;
            return true;
        }
    }
    if (template->patch_count == *capacity) {
        size_t more = *capacity == 0 ? 8 : *capacity * 2;
        struct bench_patch *grown = realloc(template->patches, more * sizeof(*grown));

        if (grown == NULL) {
            return false;
        }
        template->patches = grown;
        *capacity = more;
    }
    template->patches[template->patch_count++] = *patch;
    return true;
}

bool bench_template_init(struct bench_template *template, uint8_t *bytes, size_t size)
{
    size_t capacity = 0;
    struct bench_patch patch;

    *template = (struct bench_template){.bytes = bytes, .size = size};
    for (size_t at = 0; at < size;) {
        if (!find_mark(bytes + at, size - at, &patch)) {
            at++;
            continue;
        }
        patch.offset = (uint32_t)at;
        if (!add_patch(template, &patch, &capacity)) {
            bench_template_fini(template);
            return false;
        }
        at += patch.hex ? BENCH_HEX_DIGITS : sizeof(uint64_t);
    }
    return true;
}

void bench_template_fini(struct bench_template *template)
{
    free(template->bytes);
    free(template->patches);
    *template = (struct bench_template){0};
}

void bench_template_write(const struct bench_template *template,
                          const struct bench_values *values, uint8_t *to)
{
    const uint8_t *bulk = values->bulk;

    memcpy(to, template->bytes, template->size);
    for (size_t i = 0; i < template->patch_count; i++) {
        const struct bench_patch *patch = &template->patches[i];
        uint64_t value;

        if (patch->source == BENCH_BULK) {
            memcpy(to + patch->offset, bulk, (size_t)patch->count * 8);
            bulk += (size_t)patch->count * 8;
        } else if (patch->hex) {
            bench_put_hex(to + patch->offset, values->of[patch->source]);
        } else {
            value = htole64(values->of[patch->source]);
            memcpy(to + patch->offset, &value, sizeof(value));
        }
    }
}
