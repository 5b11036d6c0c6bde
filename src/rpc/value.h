/* SPDX-License-Identifier: MIT */
/* value.h: the ObjectInfo of a short value, written without being a struct first.
 *
 * Most that is asked of a value is its id, kind, scalar and length: four of the twenty fields
 * that an encoder looks at. */
#ifndef HD_RPC_VALUE_H
#define HD_RPC_VALUE_H

#include "heap/inspect.h"
#include "rpc/call.h"
#include "wire/encode.h"

/* Longer ones are not worth a copy. */
#define HD_VALUE_TEXT_MAX 256u

static inline bool hd_value_is_short(const struct hd_object_info *info, size_t shown)
{
    return info->kind <= HD_KIND_BYTES && shown <= HD_VALUE_TEXT_MAX;
}

/* What GetRequest.value_only leaves of a short value, of whose bytes so many are shown; in the
 * call's scratch.  NULL: op.error is filled. */
struct hd_written *hd_value_write(struct hd_call *call, const struct hd_object_info *info,
                                  size_t shown);

#endif
