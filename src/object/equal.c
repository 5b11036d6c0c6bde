/* SPDX-License-Identifier: MIT */
/* equal.c: Python's == and hash.  Depth is bounded by Python's own limit of 1000, and
 * so is the C stack; work is bounded by the caller's. */
#include <math.h>
#include <string.h>

#include "object/internal.h"
#include "object/weak.h"

#define DEPTH_MAX 1000

static bool is_number(enum hd_kind kind)
{
    return kind == HD_KIND_BOOL || kind == HD_KIND_INT || kind == HD_KIND_FLOAT;
}

/* Exactly, as Python does: no int is rounded to a double. */
static bool int_equals_real(int64_t integer, double real)
{
    if (!(real >= -9223372036854775808.0 && real < 9223372036854775808.0)) {
        return false; /* out of range, or nan */
    }
    return (double)(int64_t)real == real && (int64_t)real == integer;
}

static bool numbers_equal(const struct hd_objects *objects, uint32_t left, uint32_t right)
{
    bool left_real = hd_object_kind(objects, left) == HD_KIND_FLOAT;
    bool right_real = hd_object_kind(objects, right) == HD_KIND_FLOAT;

    if (left_real && right_real) {
        return hd_object_real(objects, left) == hd_object_real(objects, right);
    }
    if (left_real) {
        return int_equals_real(hd_object_integer(objects, right),
                               hd_object_real(objects, left));
    }
    if (right_real) {
        return int_equals_real(hd_object_integer(objects, left),
                               hd_object_real(objects, right));
    }
    return hd_object_integer(objects, left) == hd_object_integer(objects, right);
}

static bool is_set(enum hd_kind kind)
{
    return kind == HD_KIND_SET || kind == HD_KIND_FROZENSET;
}

static enum hd_status seqs_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                                 unsigned depth, uint64_t *work, bool *ret_equal,
                                 struct hd_error *error)
{
    uint32_t length = hd_seq_length(objects, left);
    enum hd_status status = HD_OK;

    *ret_equal = length == hd_seq_length(objects, right);
    for (uint32_t i = 0; i < length && *ret_equal && status == HD_OK; i++) {
        status = hd_equal_at(objects, hd_seq_item(objects, left, i),
                             hd_seq_item(objects, right, i), depth + 1, work, ret_equal, error);
    }
    return status;
}

/* Every key of the one is in the other; in dicts with an equal value. */
static enum hd_status tables_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                                   unsigned depth, uint64_t *work, bool *ret_equal,
                                   struct hd_error *error)
{
    enum hd_kind left_kind = hd_object_kind(objects, left);
    enum hd_kind right_kind = hd_object_kind(objects, right);
    const struct hd_table *a = hd_slot_body(hd_slot_at(&objects->slots, left));
    const struct hd_table *b = hd_slot_body(hd_slot_at(&objects->slots, right));
    enum hd_status status = HD_OK;

    *ret_equal = hd_table_length(objects, left) == hd_table_length(objects, right);
    for (uint32_t i = 0; a != NULL && i < a->span && *ret_equal && status == HD_OK; i++) {
        const uint32_t *entry = hd_table_entry(a, left_kind, i);
        uint32_t position;

        if (entry[1] == 0) {
            continue;
        }
        status = hd_table_find_hashed(objects, b, right_kind, entry[1], entry[0], depth + 1,
                                      work, &position, error);
        *ret_equal = position != HD_TABLE_MISSING;
        if (status == HD_OK && *ret_equal && left_kind == HD_KIND_DICT) {
            status = hd_equal_at(objects, entry[2], hd_table_entry(b, right_kind, position)[2],
                                 depth + 1, work, ret_equal, error);
        }
    }
    return status;
}

/* What they refer to, as long as both live. */
static enum hd_status weakrefs_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                                     unsigned depth, uint64_t *work, bool *ret_equal,
                                     struct hd_error *error)
{
    uint32_t a = hd_weak_target(objects, left);
    uint32_t b = hd_weak_target(objects, right);

    return a == 0 || b == 0 ? HD_OK
                            : hd_equal_at(objects, a, b, depth + 1, work, ret_equal, error);
}

enum hd_status hd_equal_at(struct hd_objects *objects, uint32_t left, uint32_t right,
                           unsigned depth, uint64_t *work, bool *ret_equal,
                           struct hd_error *error)
{
    enum hd_kind a = hd_object_kind(objects, left);
    enum hd_kind b = hd_object_kind(objects, right);

    *ret_equal = left == right;
    if (*ret_equal) {
        return HD_OK;
    }
    if (depth >= DEPTH_MAX) {
        return hd_fail(error, HD_ABORTED, HD_REASON_PY_RECURSION_ERROR,
                       "maximum recursion depth exceeded in comparison");
    }
    if (*work == 0) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_WORK,
                       "the comparison takes more than %llu steps",
                       (unsigned long long)objects->compare_work);
    }
    (*work)--;
    if (is_number(a) && is_number(b)) {
        *ret_equal = numbers_equal(objects, left, right);
        return HD_OK;
    }
    if (is_set(a) && is_set(b)) {
        return tables_equal(objects, left, right, depth, work, ret_equal, error);
    }
    if (a != b) {
        return HD_OK;
    }
    switch (a) {
    case HD_KIND_STR:
    case HD_KIND_BYTES:
        *ret_equal =
            hd_bytes_equal(hd_object_bytes(objects, left), hd_object_bytes(objects, right));
        return HD_OK;
    case HD_KIND_TUPLE:
    case HD_KIND_LIST:
        return seqs_equal(objects, left, right, depth, work, ret_equal, error);
    case HD_KIND_DICT:
        return tables_equal(objects, left, right, depth, work, ret_equal, error);
    case HD_KIND_WEAKREF:
        return weakrefs_equal(objects, left, right, depth, work, ret_equal, error);
    default:
        return HD_OK; /* singletons and instances: identity */
    }
}

enum hd_status hd_object_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                               bool *ret_equal, struct hd_error *error)
{
    uint64_t work = objects->compare_work;

    return hd_equal_at(objects, left, right, 0, &work, ret_equal, error);
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
                              uint64_t *ret_hash, struct hd_error *error);

static enum hd_status hash_tuple(struct hd_objects *objects, uint32_t slot, unsigned depth,
                                 uint64_t *ret_hash, struct hd_error *error)
{
    uint32_t length = hd_seq_length(objects, slot);
    uint64_t hash = hd_hash_word(&objects->hash_key, UINT64_C(1) << 32 | length);

    for (uint32_t i = 0; i < length; i++) {
        uint64_t item;
        enum hd_status status =
            hash_at(objects, hd_seq_item(objects, slot, i), depth + 1, &item, error);

        if (status != HD_OK) {
            return status;
        }
        hash = hd_hash_word(&objects->hash_key, hash * 31 + item);
    }
    *ret_hash = hash;
    return HD_OK;
}

/* The order of items does not matter: the sum of their stirred hashes. */
static uint64_t hash_frozenset(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_table *table = hd_slot_body(hd_slot_at(&objects->slots, slot));
    uint64_t sum = hd_table_length(objects, slot);

    for (uint32_t i = 0; table != NULL && i < table->span; i++) {
        const uint32_t *entry = hd_table_entry(table, HD_KIND_FROZENSET, i);

        if (entry[1] != 0) {
            sum += hd_hash_word(&objects->hash_key, UINT64_C(2) << 32 | entry[0]);
        }
    }
    return hd_hash_word(&objects->hash_key, sum);
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
                              uint64_t *ret_hash, struct hd_error *error)
{
    enum hd_kind kind = hd_object_kind(objects, slot);

    if (depth >= DEPTH_MAX) {
        return hd_fail(error, HD_ABORTED, HD_REASON_PY_RECURSION_ERROR,
                       "maximum recursion depth exceeded");
    }
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
        return hash_tuple(objects, slot, depth, ret_hash, error);
    case HD_KIND_FROZENSET:
        *ret_hash = hash_frozenset(objects, slot);
        return HD_OK;
    default:
        return hd_fail(error, HD_INVALID_ARGUMENT, HD_REASON_PY_TYPE_ERROR,
                       "unhashable type: '%s'", hd_kind_name(kind));
    }
}

enum hd_status hd_object_hash_sought(struct hd_objects *objects, uint32_t slot,
                                     uint32_t *ret_hash, struct hd_error *error)
{
    uint32_t hash;

    if (hd_object_kind(objects, slot) != HD_KIND_SET) {
        return hd_object_hash(objects, slot, ret_hash, error);
    }
    hash = (uint32_t)hash_frozenset(objects, slot);
    *ret_hash = hash != 0 ? hash : 1;
    return HD_OK;
}

enum hd_status hd_object_hash(struct hd_objects *objects, uint32_t slot, uint32_t *ret_hash,
                              struct hd_error *error)
{
    uint64_t hash;
    enum hd_status status = hash_at(objects, slot, 0, &hash, error);

    if (status == HD_OK) {
        *ret_hash = (uint32_t)hash != 0 ? (uint32_t)hash : 1;
    }
    return status;
}
