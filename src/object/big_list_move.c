/* SPDX-License-Identifier: MIT */
/* big_list_move.c: many items of a big list go to another one; leaves change hands as they are.
 */
#include <string.h>

#include "base/check.h"
#include "object/big_list.h"

void hd_big_list_splice(struct hd_big_list *list, struct hd_big_list *from)
{
    struct hd_leaf *to = &list->leaf[list->leaves];

    HD_CHECK(list->leaves + list->spares + from->leaves <= list->room);
    memmove(to + from->leaves, to, list->spares * sizeof *to);
    for (uint32_t i = 0; i < from->leaves; i++) {
        to[i] = from->leaf[i];
        to[i].start += list->length;
    }
    list->leaves += from->leaves;
    list->length += from->length;
    memmove(from->leaf, from->leaf + from->leaves, from->spares * sizeof *to);
    from->leaves = 0;
    from->length = 0;
}

/* The whole leaf changes hands; its entry stays, empty, without a block. */
static void hand_over(struct hd_leaf *leaf, struct hd_big_list *to)
{
    HD_CHECK(to->leaves + to->spares < to->room);
    to->leaf[to->leaves + to->spares] = to->leaf[to->leaves];
    to->leaf[to->leaves] = *leaf;
    to->leaf[to->leaves].start = to->length;
    to->length += leaf->length;
    to->leaves++;
    *leaf = (struct hd_leaf){0};
}

/* Moves what is to go out of one leaf; *next is the index of the next to go. */
static void move_some_out(struct hd_leaf *leaf, uint64_t *next, uint32_t step, uint32_t *count,
                          struct hd_big_list *removed)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < leaf->length; i++) {
        if (*count > 0 && leaf->start + i == *next) {
            hd_big_list_append(removed, &leaf->items[i], 1);
            *next += step;
            (*count)--;
        } else {
            leaf->items[kept++] = leaf->items[i];
        }
    }
    leaf->length = kept;
}

/* Leaves without items go, and all starts are made anew. */
static void tidy(struct hd_objects *objects, uint16_t account, struct hd_big_list *list,
                 uint32_t from)
{
    uint32_t kept = from;
    uint32_t old = list->leaves;
    uint32_t start = from == 0 ? 0 : list->leaf[from - 1].start + list->leaf[from - 1].length;

    for (uint32_t i = from; i < old; i++) {
        struct hd_leaf leaf = list->leaf[i];

        if (leaf.length > 0) {
            leaf.start = start;
            start += leaf.length;
            list->leaf[kept++] = leaf;
        } else {
            hd_body_give(objects, account, leaf.items, HD_LEAF_BYTES);
        }
    }
    memmove(&list->leaf[kept], &list->leaf[old], list->spares * sizeof list->leaf[0]);
    list->leaves = kept;
    list->length = start;
}

void hd_big_list_move_out(struct hd_objects *objects, uint16_t account,
                          struct hd_big_list *list, uint32_t start, uint32_t step,
                          uint32_t count, struct hd_big_list *removed)
{
    uint32_t first = hd_big_list_find_leaf(list, start);
    uint64_t next = start;

    for (uint32_t i = first; i < list->leaves && count > 0; i++) {
        struct hd_leaf *leaf = &list->leaf[i];

        if (step == 1 && leaf->start == next && leaf->length <= count) {
            next += leaf->length;
            count -= leaf->length;
            hand_over(leaf, removed);
        } else {
            move_some_out(leaf, &next, step, &count, removed);
        }
    }
    tidy(objects, account, list, first);
    for (uint32_t i = first > 0 ? first - 1 : 0; i + 1 < list->leaves;) {
        i += !hd_big_list_merge_right(objects, account, list, i);
        if (step == 1 && i > first) {
            break; /* the others were not touched */
        }
    }
}
