/* SPDX-License-Identifier: MIT */
/* item.h: handlers shared by all methods that differ only in where their fields are.
 *
 * A method's hd_layout says where in its request the container, the item, the
 * place and the flags are, and where in its response the result goes. */
#ifndef HD_RPC_ITEM_H
#define HD_RPC_ITEM_H

#include "rpc/call.h"

/* Rows of a table of methods. */
#define HD_MESSAGES(type)                                                                      \
    &heapd__v1__##type##_request__descriptor, &heapd__v1__##type##_response__descriptor
#define HD_METHOD_NOT_BUILT(name, type)                                                        \
    {                                                                                          \
        name, HD_MESSAGES(type), HD_OP_COUNT, false, NULL, NULL,                               \
        {                                                                                      \
            0                                                                                  \
        }                                                                                      \
    }
#define HD_FIELD_AT(message, member) ((uint16_t)offsetof(Heapd__V1__##message, member))

/* Fills op.in.item from container, item, at, index, hold and missing_ok.  An
 * item that is not set is refused, but for RETURN. */
enum hd_status hd_item_fill(struct hd_call *call, const void *request);

/* Puts op.out.id, op.out.changed or op.out.truth where the layout says. */
enum hd_status hd_item_answer_id(struct hd_call *call, const void *request, void *response);
enum hd_status hd_item_answer_changed(struct hd_call *call, const void *request,
                                      void *response);
enum hd_status hd_item_answer_truth(struct hd_call *call, const void *request, void *response);

/* The object that the layout's container (or item) names, as a slot. */
enum hd_status hd_item_resolve(struct hd_call *call, const void *request, uint32_t *ret_slot);

/* What the method's request of this layout names by ids is asked for soon: at most a few. */
void hd_item_expect(const struct hd_heap *heap, const struct hd_layout *at,
                    const void *request);

/* Whether the flag hold is set. */
bool hd_item_hold(const struct hd_call *call, const void *request);

#endif
