/* SPDX-License-Identifier: MIT */
/* hash.c: the keyed hash of what can be a key: equal objects have equal ones.  Depth and work
 * are bounded, for a tuple of few objects may be walked through in very many ways. */
#include <math.h>
#include <string.h>

#include "object/internal.h"

static enum hd_status refuse_work(const struct hd_objects *objects, struct hd_error *error)
{
    return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_WORK,
                   "hashing takes more than %llu steps",
                   (unsigned long long)objects->compare_work);
}

static uint64_t hash_real(const struct hd_objects *objects, uint32_t slot)
{
    double real = hd_object_real(objects, slot);
    uint64_t bits;

    if (real >= -9223372036854775808.0 && real < 9223372036854775808.0 &&
        (double)(int64_t)real == real) {
        return hd_hash_word(&objects->hash_key, (uint64_t)(int64_t)real); /* as the equal int */
    }
    if (isnan(real)) {
        return hd_hash_word(&objects->hash_key, slot); /* equal to itself only */
    }
    memcpy(&bits, &real, sizeof bits);
    return hd_hash_word(&objects->hash_key, bits);
}

static enum hd_status hash_at(struct hd_objects *objects, uint32_t slot, unsigned depth,
                              uint64_t *work, uint64_t *ret_hash, struct hd_error *error);

static enum hd_status hash_tuple(struct hd_objects *objects, uint32_t slot, unsigned depth,
                                 uint64_t *work, uint64_t *ret_hash, struct hd_error *error)
{
    uint32_t length = hd_seq_length(objects, slot);
    uint64_t hash = hd_hash_word(&objects->hash_key, UINT64_C(1) << 32 | length);

    for (uint32_t i = 0; i < length; i++) {
        uint64_t item;
        enum hd_status status =
            hash_at(objects, hd_seq_item(objects, slot, i), depth + 1, work, &item, error);

        if (status != HD_OK) {
            return status;
        }
        hash = hd_hash_word(&objects->hash_key, hash * 31 + item);
    }
    *ret_hash = hash;
    return HD_OK;
}

/* The order of items does not matter: the sum of their stirred hashes. */
static enum hd_status hash_frozenset(const struct hd_objects *objects, uint32_t slot,
                                     uint64_t *work, uint64_t *ret_hash, struct hd_error *error)
{
    const struct hd_table *table = hd_slot_body(hd_slot_at(&objects->slots, slot));
    uint64_t sum = hd_table_length(objects, slot);

    if (table != NULL && table->span > *work) {
        return refuse_work(objects, error);
    }
    *work -= table == NULL ? 0 : table->span;
    for (uint32_t i = 0; table != NULL && i < table->span; i++) {
        const uint32_t *entry = hd_table_entry(table, HD_KIND_FROZENSET, i);

        if (entry[1] != 0) {
            sum += hd_hash_word(&objects->hash_key, UINT64_C(2) << 32 | entry[0]);
        }
    }
    *ret_hash = hd_hash_word(&objects->hash_key, sum);
    return HD_OK;
}

static uint64_t hash_text(struct hd_objects *objects, uint32_t slot)
{
    struct hd_text *text = hd_slot_body(hd_slot_at(&objects->slots, slot));

    if (text->hash == 0) {
        text->hash = hd_text_hash(objects, hd_object_bytes(objects, slot));
    }
    return text->hash;
}

static enum hd_status hash_at(struct hd_objects *objects, uint32_t slot, unsigned depth,
                              uint64_t *work, uint64_t *ret_hash, struct hd_error *error)
{
    enum hd_kind kind = hd_object_kind(objects, slot);

    if (depth >= HD_DEPTH_MAX) {
        return hd_fail(error, HD_ABORTED, HD_REASON_PY_RECURSION_ERROR,
                       "maximum recursion depth exceeded");
    }
    if (*work == 0) {
        return refuse_work(objects, error);
    }
    (*work)--;
    switch (kind) {
    case HD_KIND_NONE:
    case HD_KIND_INSTANCE:
        *ret_hash = hd_hash_word(&objects->hash_key, hd_slots_id(&objects->slots, slot));
        return HD_OK;
    case HD_KIND_BOOL:
    case HD_KIND_INT:
        *ret_hash =
            hd_hash_word(&objects->hash_key, (uint64_t)hd_object_integer(objects, slot));
        return HD_OK;
    case HD_KIND_FLOAT:
        *ret_hash = hash_real(objects, slot);
        return HD_OK;
    case HD_KIND_STR:
    case HD_KIND_BYTES:
        *ret_hash = hash_text(objects, slot);
        return HD_OK;
    case HD_KIND_TUPLE:
        return hash_tuple(objects, slot, depth, work, ret_hash, error);
    case HD_KIND_FROZENSET:
        return hash_frozenset(objects, slot, work, ret_hash, error);
    default:
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                       "unhashable type: '%s'", hd_kind_name(kind));
    }
}

/* 0 is kept for what has none. */
static uint32_t shorten(uint64_t hash)
{
    return (uint32_t)hash != 0 ? (uint32_t)hash : 1;
}

enum hd_status hd_object_hash_sought(struct hd_objects *objects, uint32_t slot,
                                     uint32_t *ret_hash, struct hd_error *error)
{
    uint64_t work = objects->compare_work;
    uint64_t hash;
    enum hd_status status;

    if (hd_object_kind(objects, slot) != HD_KIND_SET) {
        return hd_object_hash(objects, slot, ret_hash, error);
    }
    status = hash_frozenset(objects, slot, &work, &hash, error);
    if (status == HD_OK) {
        *ret_hash = shorten(hash);
    }
    return status;
}

enum hd_status hd_object_hash(struct hd_objects *objects, uint32_t slot, uint32_t *ret_hash,
                              struct hd_error *error)
{
    uint64_t work = objects->compare_work;
    uint64_t hash;
    enum hd_status status = hash_at(objects, slot, 0, &work, &hash, error);

    if (status == HD_OK) {
        *ret_hash = shorten(hash);
    }
    return status;
}
