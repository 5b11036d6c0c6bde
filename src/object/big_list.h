/* SPDX-License-Identifier: MIT */
/* big_list.h: a list too long for one block: leaves of items, in order, and a directory.
 *
 * Inserting and removing touch one leaf and the starts behind it, so that no
 * single operation pays for the whole list.  An item is found by its index
 * through the starts; in a list that only grew, at once.
 *
 *   [object.inv.leaves]  leaf[0..leaves) have items and stand in order: each starts where
 *                        the one before ends; leaf[leaves..leaves+spares) have a block
 *                        and no items.
 *
 * These functions move references; they do not count them. */
#ifndef HD_OBJECT_BIG_LIST_H
#define HD_OBJECT_BIG_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "object/body.h"

#define HD_LIST_FLAT_MAX UINT32_C(16384) /* items of a list in one block */
#define HD_LEAF_ITEMS    UINT32_C(4096)
#define HD_LEAF_BYTES    (HD_LEAF_ITEMS * sizeof(uint32_t))

struct hd_objects;

struct hd_leaf {
    uint32_t *items;
    uint32_t start; /* index of its first item */
    uint32_t length;
};

struct hd_big_list {
    uint32_t length; /* as in every sequence, first */
    uint32_t mark;   /* HD_BODY_BIG */
    uint32_t leaves;
    uint32_t spares;
    uint32_t room; /* entries of the directory */
    uint32_t reserved;
    struct hd_leaf leaf[];
};

/* Bytes of the directory's block, and of all blocks. */
size_t hd_big_list_own_bytes(const struct hd_big_list *list);
size_t hd_big_list_bytes(const struct hd_big_list *list);

/* An empty one with a directory of so many entries.  Errors here and below:
 * LIMIT_MEMORY; then nothing has changed. */
enum hd_status hd_big_list_new(struct hd_objects *objects, uint16_t account, uint32_t room,
                               struct hd_big_list **ret_list, struct hd_error *error);

/* Gives its blocks back; whoever the items belong to. */
void hd_big_list_free(struct hd_objects *objects, uint16_t account, struct hd_big_list *list);

/* Gives back at most *blocks of the leaves; false: there are more. */
bool hd_big_list_shed(struct hd_objects *objects, uint16_t account, struct hd_big_list *list,
                      uint32_t *blocks);

uint32_t *hd_big_list_at(const struct hd_big_list *list, uint32_t index);

/* Spares for so many items behind the last; for one at this index.  The
 * directory may move. */
enum hd_status hd_big_list_reserve(struct hd_objects *objects, uint16_t account,
                                   struct hd_big_list **list, size_t items,
                                   struct hd_error *error);
enum hd_status hd_big_list_reserve_at(struct hd_objects *objects, uint16_t account,
                                      struct hd_big_list **list, uint32_t index,
                                      struct hd_error *error);

/* Room in the directory for so many leaves more; and the leaves of another one, for which it
 * has room, go behind the last. */
enum hd_status hd_big_list_reserve_leaves(struct hd_objects *objects, uint16_t account,
                                          struct hd_big_list **list, uint32_t leaves,
                                          struct hd_error *error);
void hd_big_list_splice(struct hd_big_list *list, struct hd_big_list *from);

/* Relocates block number part of those beside the directory; false: there are fewer. */
bool hd_big_list_relocate(struct hd_big_list *list, uint32_t part, hd_relocate_cb relocate,
                          void *ctx);

/* What was reserved cannot fail. */
void hd_big_list_append(struct hd_big_list *list, const uint32_t *items, size_t count);
void hd_big_list_insert(struct hd_big_list *list, uint32_t index, uint32_t item);

/* Takes one item out. */
uint32_t hd_big_list_remove(struct hd_objects *objects, uint16_t account,
                            struct hd_big_list *list, uint32_t index);

/* Takes the last one out, giving its leaf back if it was the only one there. */
uint32_t hd_big_list_pop(struct hd_objects *objects, uint16_t account,
                         struct hd_big_list *list);

/* Moves items start, start + step, ... (count of them) to the end of `removed`.
 * It has room reserved for them all; or, with step 1, for two leaves full and in
 * its directory for the list's: leaves within the range change hands as they are. */
void hd_big_list_move_out(struct hd_objects *objects, uint16_t account,
                          struct hd_big_list *list, uint32_t start, uint32_t step,
                          uint32_t count, struct hd_big_list *removed);

/* Parts of these.  The leaf with the item of this index, which there is; and whether the leaf's
 * and its right neighbour's items have become one leaf's, as they were few. */
uint32_t hd_big_list_find_leaf(const struct hd_big_list *list, uint32_t index);
bool hd_big_list_merge_right(struct hd_objects *objects, uint16_t account,
                             struct hd_big_list *list, uint32_t at);

/* [object.inv.leaves] */
bool hd_big_list_check(const struct hd_big_list *list);

#endif
