/* SPDX-License-Identifier: MIT */
/* kind.c: what Python calls each kind. */
#include "object/kind.h"

const char *hd_kind_name(enum hd_kind kind)
{
    static const char *const names[HD_KIND_COUNT] = {
        [HD_KIND_FREE] = "free",       [HD_KIND_NONE] = "NoneType",
        [HD_KIND_BOOL] = "bool",       [HD_KIND_INT] = "int",
        [HD_KIND_FLOAT] = "float",     [HD_KIND_STR] = "str",
        [HD_KIND_BYTES] = "bytes",     [HD_KIND_TUPLE] = "tuple",
        [HD_KIND_LIST] = "list",       [HD_KIND_DICT] = "dict",
        [HD_KIND_SET] = "set",         [HD_KIND_FROZENSET] = "frozenset",
        [HD_KIND_INSTANCE] = "object", [HD_KIND_WEAKREF] = "weakref.ReferenceType",
    };

    return (unsigned)kind < HD_KIND_COUNT ? names[kind] : "unknown";
}
