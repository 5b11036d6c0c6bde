/* SPDX-License-Identifier: MIT */
/* add_container.c: operations on lists, dicts and sets, added to a batch. */
#include "operand.h"
#include "operations.h"

HEAPD_API uint32_t heapd_batch_append(struct heapd_batch *batch, struct heapd_ref list,
                                      struct heapd_ref item)
{
    Heapd__V1__AppendRequest request = HEAPD__V1__APPEND_REQUEST__INIT;

    request.container = hdc_ref(batch, &list);
    request.item = hdc_ref(batch, &item);
    return hdc_batch_put(batch, HDC_APPEND, &request.base);
}

HEAPD_API uint32_t heapd_batch_insert(struct heapd_batch *batch, struct heapd_ref list,
                                      int64_t index, struct heapd_ref item)
{
    Heapd__V1__InsertRequest request = HEAPD__V1__INSERT_REQUEST__INIT;

    request.container = hdc_ref(batch, &list);
    request.index = index;
    request.item = hdc_ref(batch, &item);
    return hdc_batch_put(batch, HDC_INSERT, &request.base);
}

HEAPD_API uint32_t heapd_batch_set_item(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_at at, struct heapd_ref item)
{
    Heapd__V1__SetItemRequest request = HEAPD__V1__SET_ITEM_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.at = hdc_at(batch, &at);
    request.item = hdc_ref(batch, &item);
    return hdc_batch_put(batch, HDC_SET_ITEM, &request.base);
}

HEAPD_API uint32_t heapd_batch_get_item(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_at at, unsigned flags)
{
    Heapd__V1__GetItemRequest request = HEAPD__V1__GET_ITEM_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.at = hdc_at(batch, &at);
    request.hold = (flags & HEAPD_HOLD) != 0;
    request.missing_ok = (flags & HEAPD_MISSING_OK) != 0;
    return hdc_batch_put(batch, HDC_GET_ITEM, &request.base);
}

HEAPD_API uint32_t heapd_batch_del_item(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_at at)
{
    Heapd__V1__DelItemRequest request = HEAPD__V1__DEL_ITEM_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.at = hdc_at(batch, &at);
    return hdc_batch_put(batch, HDC_DEL_ITEM, &request.base);
}

HEAPD_API uint32_t heapd_batch_pop(struct heapd_batch *batch, struct heapd_ref container,
                                   struct heapd_at at, unsigned flags)
{
    Heapd__V1__PopRequest request = HEAPD__V1__POP_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.at = hdc_at(batch, &at);
    request.hold = (flags & HEAPD_HOLD) != 0;
    return hdc_batch_put(batch, HDC_POP, &request.base);
}

HEAPD_API uint32_t heapd_batch_remove(struct heapd_batch *batch, struct heapd_ref container,
                                      struct heapd_ref item)
{
    Heapd__V1__RemoveRequest request = HEAPD__V1__REMOVE_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.item = hdc_ref(batch, &item);
    return hdc_batch_put(batch, HDC_REMOVE, &request.base);
}

HEAPD_API uint32_t heapd_batch_extend(struct heapd_batch *batch, struct heapd_ref container,
                                      const struct heapd_ref *items, size_t count)
{
    Heapd__V1__ExtendRequest request = HEAPD__V1__EXTEND_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.source_case = HEAPD__V1__EXTEND_REQUEST__SOURCE_ITEMS;
    request.items = hdc_refs(batch, items, count);
    return hdc_batch_put(batch, HDC_EXTEND, &request.base);
}

HEAPD_API uint32_t heapd_batch_extend_from(struct heapd_batch *batch,
                                           struct heapd_ref container, struct heapd_ref from)
{
    Heapd__V1__ExtendRequest request = HEAPD__V1__EXTEND_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.source_case = HEAPD__V1__EXTEND_REQUEST__SOURCE_FROM;
    request.from = hdc_ref(batch, &from);
    return hdc_batch_put(batch, HDC_EXTEND, &request.base);
}

HEAPD_API uint32_t heapd_batch_clear(struct heapd_batch *batch, struct heapd_ref container)
{
    Heapd__V1__ClearRequest request = HEAPD__V1__CLEAR_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    return hdc_batch_put(batch, HDC_CLEAR, &request.base);
}

HEAPD_API uint32_t heapd_batch_add(struct heapd_batch *batch, struct heapd_ref set,
                                   struct heapd_ref item)
{
    Heapd__V1__AddRequest request = HEAPD__V1__ADD_REQUEST__INIT;

    request.container = hdc_ref(batch, &set);
    request.item = hdc_ref(batch, &item);
    return hdc_batch_put(batch, HDC_ADD, &request.base);
}

HEAPD_API uint32_t heapd_batch_discard(struct heapd_batch *batch, struct heapd_ref set,
                                       struct heapd_ref item)
{
    Heapd__V1__DiscardRequest request = HEAPD__V1__DISCARD_REQUEST__INIT;

    request.container = hdc_ref(batch, &set);
    request.item = hdc_ref(batch, &item);
    return hdc_batch_put(batch, HDC_DISCARD, &request.base);
}

HEAPD_API uint32_t heapd_batch_contains(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_ref item)
{
    Heapd__V1__ContainsRequest request = HEAPD__V1__CONTAINS_REQUEST__INIT;

    request.container = hdc_ref(batch, &container);
    request.item = hdc_ref(batch, &item);
    return hdc_batch_put(batch, HDC_CONTAINS, &request.base);
}
