/* SPDX-License-Identifier: MIT */
/* path.h: how an owner reaches an object: what the operation WHY gives.
 *
 * A path begins with an owner that is no container.  It holds the object itself (length 0), or
 * the first of `length` containers, each of which refers to the next, and the last to the
 * object.  Of a long one the first and the last steps are shown. */
#ifndef HD_HEAP_PATH_H
#define HD_HEAP_PATH_H

#include <stdint.h>

#include "heap/roots.h"
#include "object/kind.h"

#define HD_PATH_END   32u /* steps shown of either end */
#define HD_PATH_STEPS (2 * HD_PATH_END)
#define HD_PATHS      (HD_OWNER_KINDS - 1) /* one for each kind but containers */

/* One reference of a container. */
struct hd_step {
    uint64_t id; /* of the container; 0: it is dead, and not worked off yet */
    enum hd_kind kind;
    uint32_t slot; /* of the container; this and the next valid until the next operation */
    uint32_t target;
    uint32_t key; /* VALUE: the key beside it, or the attribute's name */
    enum {
        HD_STEP_ITEM,  /* of a list or tuple, at position */
        HD_STEP_KEY,   /* a key of a dict, an item of a set, the name of an attribute */
        HD_STEP_VALUE, /* of a dict, or of an attribute */
    } where;
    uint32_t position;
};

struct hd_path {
    struct hd_owner owner; /* its name is borrowed until the next operation */
    uint64_t length;
    uint32_t shown; /* steps */
    uint32_t gap;   /* those left out would stand before this one; shown: none is */
    struct hd_step steps[HD_PATH_STEPS];
};

#endif
