/* SPDX-License-Identifier: MIT */
/* big_list.c: leaves and the directory [object.inv.leaves]. */
#include "object/big_list.h"

#include <string.h>

#include "base/check.h"
#include "object/internal.h"

/* Two neighbours with no more than these become one. */
#define MERGED (HD_LEAF_ITEMS * 3 / 4)

static size_t own_bytes(uint32_t room)
{
    return sizeof(struct hd_big_list) + room * sizeof(struct hd_leaf);
}

size_t hd_big_list_own_bytes(const struct hd_big_list *list)
{
    return own_bytes(list->room);
}

size_t hd_big_list_bytes(const struct hd_big_list *list)
{
    return own_bytes(list->room) + (list->leaves + list->spares) * HD_LEAF_BYTES;
}

enum hd_status hd_big_list_new(struct hd_objects *objects, uint16_t account, uint32_t room,
                               struct hd_big_list **ret_list, struct hd_error *error)
{
    struct hd_big_list *list;
    enum hd_status status = hd_body_take(objects, account, own_bytes(room), &list, error);

    if (status == HD_OK) {
        *list = (struct hd_big_list){.mark = HD_BODY_BIG, .room = room};
        *ret_list = list;
    }
    return status;
}

bool hd_big_list_shed(struct hd_objects *objects, uint16_t account, struct hd_big_list *list,
                      uint32_t *blocks)
{
    while (list->leaves + list->spares > 0) {
        if (*blocks == 0) {
            return false;
        }
        (*blocks)--;
        hd_body_give(objects, account, list->leaf[list->leaves + list->spares - 1].items,
                     HD_LEAF_BYTES);
        if (list->spares > 0) {
            list->spares--;
        } else {
            list->leaves--;
            list->length = list->leaf[list->leaves].start;
        }
    }
    return true;
}

void hd_big_list_free(struct hd_objects *objects, uint16_t account, struct hd_big_list *list)
{
    uint32_t all = UINT32_MAX;

    (void)hd_big_list_shed(objects, account, list, &all);
    hd_body_give(objects, account, list, own_bytes(list->room));
}

static void drop_spares(struct hd_objects *objects, uint16_t account, struct hd_big_list *list,
                        uint32_t keep)
{
    while (list->spares > keep) {
        list->spares--;
        hd_body_give(objects, account, list->leaf[list->leaves + list->spares].items,
                     HD_LEAF_BYTES);
    }
}

static enum hd_status set_room(struct hd_objects *objects, uint16_t account,
                               struct hd_big_list **list, uint32_t room, struct hd_error *error)
{
    enum hd_status status = hd_body_resize(objects, account, *list, own_bytes((*list)->room),
                                           own_bytes(room), list, error);

    if (status == HD_OK) {
        (*list)->room = room;
    }
    return status;
}

enum hd_status hd_big_list_reserve_leaves(struct hd_objects *objects, uint16_t account,
                                          struct hd_big_list **list, uint32_t leaves,
                                          struct hd_error *error)
{
    uint32_t needed = (*list)->leaves + (*list)->spares + leaves;

    return needed <= (*list)->room
               ? HD_OK
               : set_room(objects, account, list, needed + needed / 2, error);
}

static enum hd_status reserve_spares(struct hd_objects *objects, uint16_t account,
                                     struct hd_big_list **list, uint32_t spares,
                                     struct hd_error *error)
{
    uint32_t before = (*list)->spares;
    enum hd_status status;

    if (spares <= before) {
        return HD_OK;
    }
    status = hd_big_list_reserve_leaves(objects, account, list, spares - before, error);
    while (status == HD_OK && (*list)->spares < spares) {
        struct hd_leaf *leaf = &(*list)->leaf[(*list)->leaves + (*list)->spares];

        *leaf = (struct hd_leaf){0};
        status = hd_body_take(objects, account, HD_LEAF_BYTES, &leaf->items, error);
        (*list)->spares += status == HD_OK;
    }
    if (status != HD_OK) {
        drop_spares(objects, account, *list, before);
    }
    return status;
}

enum hd_status hd_big_list_reserve(struct hd_objects *objects, uint16_t account,
                                   struct hd_big_list **list, size_t items,
                                   struct hd_error *error)
{
    uint32_t leaves = (*list)->leaves;
    size_t tail = leaves == 0 ? 0 : HD_LEAF_ITEMS - (*list)->leaf[leaves - 1].length;

    if (items <= tail) {
        return HD_OK;
    }
    return reserve_spares(objects, account, list,
                          (uint32_t)((items - tail + HD_LEAF_ITEMS - 1) / HD_LEAF_ITEMS),
                          error);
}

uint32_t hd_big_list_find_leaf(const struct hd_big_list *list, uint32_t index)
{
    uint32_t low = index / HD_LEAF_ITEMS; /* no leaf has more: it is there or further on */
    uint32_t high = list->leaves;

    if (index - list->leaf[low].start < list->leaf[low].length) {
        return low;
    }
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (list->leaf[middle].start <= index) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

enum hd_status hd_big_list_reserve_at(struct hd_objects *objects, uint16_t account,
                                      struct hd_big_list **list, uint32_t index,
                                      struct hd_error *error)
{
    if (index == (*list)->length) {
        return hd_big_list_reserve(objects, account, list, 1, error);
    }
    if ((*list)->leaf[hd_big_list_find_leaf(*list, index)].length < HD_LEAF_ITEMS) {
        return HD_OK;
    }
    return reserve_spares(objects, account, list, 1, error);
}

uint32_t *hd_big_list_at(const struct hd_big_list *list, uint32_t index)
{
    const struct hd_leaf *leaf = &list->leaf[hd_big_list_find_leaf(list, index)];

    return leaf->items + (index - leaf->start);
}

/* A block for a leaf at this place of the directory, from the spares. */
static struct hd_leaf *open_leaf(struct hd_big_list *list, uint32_t at)
{
    uint32_t *items;

    HD_CHECK(list->spares > 0);
    list->spares--;
    items = list->leaf[list->leaves + list->spares].items;
    memmove(&list->leaf[at + 1], &list->leaf[at],
            (list->leaves + list->spares - at) * sizeof list->leaf[0]);
    list->leaf[at] = (struct hd_leaf){.items = items};
    list->leaves++;
    return &list->leaf[at];
}

/* Takes the entry out of the directory; its block is somebody else's now. */
static void close_leaf(struct hd_big_list *list, uint32_t at)
{
    list->leaves--;
    memmove(&list->leaf[at], &list->leaf[at + 1],
            (list->leaves + list->spares - at) * sizeof list->leaf[0]);
}

void hd_big_list_append(struct hd_big_list *list, const uint32_t *items, size_t count)
{
    while (count > 0) {
        struct hd_leaf *last = list->leaves == 0 ? NULL : &list->leaf[list->leaves - 1];
        size_t part;

        if (last == NULL || last->length == HD_LEAF_ITEMS) {
            last = open_leaf(list, list->leaves);
            last->start = list->length;
        }
        part = HD_LEAF_ITEMS - last->length;
        part = part < count ? part : count;
        memcpy(last->items + last->length, items, part * sizeof *items);
        last->length += (uint32_t)part;
        list->length += (uint32_t)part;
        items += part;
        count -= part;
    }
}

static void split_leaf(struct hd_big_list *list, uint32_t at)
{
    struct hd_leaf *right = open_leaf(list, at + 1);
    struct hd_leaf *left = &list->leaf[at];
    uint32_t half = left->length / 2;

    right->length = left->length - half;
    right->start = left->start + half;
    memcpy(right->items, left->items + half, right->length * sizeof *right->items);
    left->length = half;
}

void hd_big_list_insert(struct hd_big_list *list, uint32_t index, uint32_t item)
{
    struct hd_leaf *leaf;
    uint32_t offset;
    uint32_t at;

    if (index == list->length) {
        hd_big_list_append(list, &item, 1);
        return;
    }
    at = hd_big_list_find_leaf(list, index);
    leaf = &list->leaf[at];
    if (leaf->length == HD_LEAF_ITEMS) {
        split_leaf(list, at);
        at += index - list->leaf[at].start >= list->leaf[at].length;
        leaf = &list->leaf[at];
    }
    offset = index - leaf->start;
    memmove(leaf->items + offset + 1, leaf->items + offset,
            (leaf->length - offset) * sizeof item);
    leaf->items[offset] = item;
    leaf->length++;
    list->length++;
    for (uint32_t i = at + 1; i < list->leaves; i++) {
        list->leaf[i].start++;
    }
}

bool hd_big_list_merge_right(struct hd_objects *objects, uint16_t account,
                             struct hd_big_list *list, uint32_t at)
{
    struct hd_leaf *left = &list->leaf[at];
    struct hd_leaf *right = left + 1;

    if (at + 1 >= list->leaves || left->length + right->length > MERGED) {
        return false;
    }
    memcpy(left->items + left->length, right->items, right->length * sizeof *right->items);
    left->length += right->length;
    hd_body_give(objects, account, right->items, HD_LEAF_BYTES);
    close_leaf(list, at + 1);
    return true;
}

uint32_t hd_big_list_remove(struct hd_objects *objects, uint16_t account,
                            struct hd_big_list *list, uint32_t index)
{
    uint32_t at = hd_big_list_find_leaf(list, index);
    struct hd_leaf *leaf = &list->leaf[at];
    uint32_t offset = index - leaf->start;
    uint32_t item = leaf->items[offset];

    memmove(leaf->items + offset, leaf->items + offset + 1,
            (leaf->length - offset - 1) * sizeof item);
    leaf->length--;
    list->length--;
    for (uint32_t i = at + 1; i < list->leaves; i++) {
        list->leaf[i].start--;
    }
    if (leaf->length == 0) {
        hd_body_give(objects, account, leaf->items, HD_LEAF_BYTES);
        close_leaf(list, at);
    } else if (!hd_big_list_merge_right(objects, account, list, at) && at > 0) {
        (void)hd_big_list_merge_right(objects, account, list, at - 1);
    }
    return item;
}

uint32_t hd_big_list_pop(struct hd_objects *objects, uint16_t account, struct hd_big_list *list)
{
    struct hd_leaf *last = &list->leaf[list->leaves - 1];
    uint32_t item = last->items[last->length - 1];

    last->length--;
    list->length--;
    if (last->length == 0) {
        hd_body_give(objects, account, last->items, HD_LEAF_BYTES);
        close_leaf(list, list->leaves - 1);
    }
    return item;
}

bool hd_big_list_check(const struct hd_big_list *list)
{
    uint32_t start = 0;

    for (uint32_t i = 0; i < list->leaves; i++) {
        const struct hd_leaf *leaf = &list->leaf[i];

        if (leaf->items == NULL || leaf->start != start || leaf->length == 0 ||
            leaf->length > HD_LEAF_ITEMS) {
            return false;
        }
        start += leaf->length;
    }
    return start == list->length && list->leaves + list->spares <= list->room;
}

bool hd_big_list_relocate(struct hd_big_list *list, uint32_t part, hd_relocate_cb relocate,
                          void *ctx)
{
    if (part >= list->leaves + list->spares) {
        return false;
    }
    list->leaf[part].items = relocate(ctx, list->leaf[part].items, HD_LEAF_BYTES);
    return true;
}
