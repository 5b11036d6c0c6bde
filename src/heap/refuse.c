/* SPDX-License-Identifier: MIT */
/* refuse.c: refusals in Python's words. */
#include <inttypes.h>

#include "heap/internal.h"

#define QUOTED(bytes) (int)((bytes).size < 96 ? (bytes).size : 96), (bytes).data
#define KEY_TEXT      240

enum hd_status hd_refuse_memory(struct hd_error *error, const char *what)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_MEMORY, "no memory for %s",
                   what);
}

enum hd_status hd_refuse_count(const struct hd_heap *heap, uint32_t slot,
                               struct hd_error *error)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_REFCOUNT,
                   "object %" PRIu64 " cannot be referred to so often",
                   hd_slots_id(hd_objects_slots_const(heap->objects), slot));
}

enum hd_status hd_refuse_argument(struct hd_error *error, const char *sentence)
{
    return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_BAD_ARGUMENT, "%s", sentence);
}

enum hd_status hd_refuse_attribute(const struct hd_heap *heap, enum hd_status status,
                                   uint32_t slot, struct hd_bytes name, struct hd_error *error)
{
    struct hd_bytes type = hd_object_type_name(heap->objects, slot);

    return hd_fail(error, status, HD_REASON_PY_ATTRIBUTE_ERROR,
                   "'%.*s' object has no attribute '%.*s'", QUOTED(type), QUOTED(name));
}

enum hd_status hd_refuse_type(const struct hd_heap *heap, const char *before, uint32_t slot,
                              const char *after, struct hd_error *error)
{
    struct hd_bytes type = hd_object_type_name(heap->objects, slot);

    return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR, "%s%.*s%s", before,
                   QUOTED(type), after);
}

enum hd_status hd_refuse_key(const struct hd_heap *heap, uint32_t key, struct hd_error *error)
{
    char text[KEY_TEXT];

    hd_repr(heap->objects, key, text, sizeof text);
    return hd_fail(error, HD_NOT_FOUND, HD_REASON_PY_KEY_ERROR, "%s", text);
}
