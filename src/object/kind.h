/* SPDX-License-Identifier: MIT */
/* kind.h: what an object can be.  The numbers are those of the protocol's Kind. */
#ifndef HD_OBJECT_KIND_H
#define HD_OBJECT_KIND_H

#include <stdbool.h>

enum hd_kind {
    HD_KIND_FREE = 0, /* a slot with no object in it */
    HD_KIND_NONE = 1,
    HD_KIND_BOOL = 2,
    HD_KIND_INT = 3,
    HD_KIND_FLOAT = 4,
    HD_KIND_STR = 5,
    HD_KIND_BYTES = 6,
    HD_KIND_TUPLE = 7,
    HD_KIND_LIST = 8,
    HD_KIND_DICT = 9,
    HD_KIND_SET = 10,
    HD_KIND_FROZENSET = 11,
    HD_KIND_INSTANCE = 12,
    HD_KIND_WEAKREF = 13,
    HD_KIND_COUNT
};

/* "list" for HD_KIND_LIST, as Python's messages name types; "object" for an instance. */
const char *hd_kind_name(enum hd_kind kind);

/* DICT, SET, FROZENSET, INSTANCE: what has keys. */
static inline bool hd_kind_is_table(enum hd_kind kind)
{
    return kind >= HD_KIND_DICT && kind <= HD_KIND_INSTANCE;
}

#endif
