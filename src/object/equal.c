/* SPDX-License-Identifier: MIT */
/* equal.c: Python's == in one piece.  Depth is bounded by Python's own limit of 1000, and
 * so is the C stack; work is bounded by the caller's.  In slices: compare.c. */
#include "object/internal.h"
#include "object/weak.h"

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

/* Of the same length. */
static enum hd_status seqs_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                                 unsigned depth, uint64_t *work, bool *ret_equal,
                                 struct hd_error *error)
{
    uint32_t length = hd_seq_length(objects, left);
    enum hd_status status = HD_OK;

    *ret_equal = true;
    for (uint32_t i = 0; i < length && *ret_equal && status == HD_OK; i++) {
        status = hd_equal_at(objects, hd_seq_item(objects, left, i),
                             hd_seq_item(objects, right, i), depth + 1, work, ret_equal, error);
    }
    return status;
}

/* Of the same length: every key of the one is in the other; in dicts with an equal value. */
static enum hd_status tables_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                                   unsigned depth, uint64_t *work, bool *ret_equal,
                                   struct hd_error *error)
{
    enum hd_kind left_kind = hd_object_kind(objects, left);
    enum hd_kind right_kind = hd_object_kind(objects, right);
    const struct hd_table *a = hd_slot_body(hd_slot_at(&objects->slots, left));
    const struct hd_table *b = hd_slot_body(hd_slot_at(&objects->slots, right));
    enum hd_status status = HD_OK;

    *ret_equal = true;
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

enum hd_status hd_refuse_depth(struct hd_error *error)
{
    return hd_fail(error, HD_ABORTED, HD_REASON_PY_RECURSION_ERROR,
                   "maximum recursion depth exceeded in comparison");
}

static enum hd_shallow shallow(bool equal)
{
    return equal ? HD_SHALLOW_EQUAL : HD_SHALLOW_UNEQUAL;
}

static enum hd_shallow deep_if(bool possible)
{
    return possible ? HD_SHALLOW_DEEP : HD_SHALLOW_UNEQUAL;
}

enum hd_shallow hd_equal_shallow(const struct hd_objects *objects, uint32_t left,
                                 uint32_t right)
{
    enum hd_kind a = hd_object_kind(objects, left);
    enum hd_kind b = hd_object_kind(objects, right);

    if (left == right) {
        return HD_SHALLOW_EQUAL;
    }
    if (is_number(a) && is_number(b)) {
        return shallow(numbers_equal(objects, left, right));
    }
    if (a != b && !(is_set(a) && is_set(b))) {
        return HD_SHALLOW_UNEQUAL;
    }
    switch (a) {
    case HD_KIND_STR:
    case HD_KIND_BYTES:
        return shallow(
            hd_bytes_equal(hd_object_bytes(objects, left), hd_object_bytes(objects, right)));
    case HD_KIND_TUPLE:
    case HD_KIND_LIST:
        return deep_if(hd_seq_length(objects, left) == hd_seq_length(objects, right));
    case HD_KIND_DICT:
    case HD_KIND_SET:
    case HD_KIND_FROZENSET:
        return deep_if(hd_table_length(objects, left) == hd_table_length(objects, right));
    case HD_KIND_WEAKREF: /* what they refer to, as long as both live */
        return deep_if(hd_weak_target(objects, left) != 0 &&
                       hd_weak_target(objects, right) != 0);
    default:
        return HD_SHALLOW_UNEQUAL; /* singletons and instances: identity */
    }
}

enum hd_status hd_equal_at(struct hd_objects *objects, uint32_t left, uint32_t right,
                           unsigned depth, uint64_t *work, bool *ret_equal,
                           struct hd_error *error)
{
    enum hd_shallow found;

    *ret_equal = false;
    if (*work == 0) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_WORK,
                       "the comparison takes too many steps");
    }
    (*work)--;
    if (left == right) {
        *ret_equal = true;
        return HD_OK;
    }
    if (depth >= HD_DEPTH_MAX) {
        return hd_refuse_depth(error);
    }
    found = hd_equal_shallow(objects, left, right);
    *ret_equal = found == HD_SHALLOW_EQUAL;
    if (found != HD_SHALLOW_DEEP) {
        return HD_OK;
    }
    switch (hd_object_kind(objects, left)) {
    case HD_KIND_TUPLE:
    case HD_KIND_LIST:
        return seqs_equal(objects, left, right, depth, work, ret_equal, error);
    case HD_KIND_WEAKREF:
        return hd_equal_at(objects, hd_weak_target(objects, left),
                           hd_weak_target(objects, right), depth + 1, work, ret_equal, error);
    default:
        return tables_equal(objects, left, right, depth, work, ret_equal, error);
    }
}

enum hd_status hd_object_equal(struct hd_objects *objects, uint32_t left, uint32_t right,
                               uint64_t max_steps, bool *ret_equal, struct hd_error *error)
{
    return hd_equal_at(objects, left, right, 0, &max_steps, ret_equal, error);
}

enum hd_status hd_object_search(struct hd_objects *objects, uint32_t seq, uint32_t item,
                                uint64_t max_steps, uint32_t *ret_index, struct hd_error *error)
{
    uint32_t length = hd_seq_length(objects, seq);
    enum hd_status status = HD_OK;
    bool equal = false;

    *ret_index = UINT32_MAX;
    for (uint32_t i = 0; i < length && status == HD_OK && !equal; i++) {
        status = hd_equal_at(objects, hd_seq_item(objects, seq, i), item, 0, &max_steps, &equal,
                             error);
        *ret_index = equal ? i : UINT32_MAX;
    }
    return status;
}
