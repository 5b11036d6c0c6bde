/* SPDX-License-Identifier: MIT */
/* pending.c: the sets that notices keep (contract §6), a union-find among the notices: each
 * leads by `set` to one that counts how many are left, and all of a set are in one ring. */
#include "base/check.h"
#include "heap/internal.h"
#include "object/weak.h"

static struct hd_notice *at(const struct hd_heap *heap, uint32_t number)
{
    struct hd_notice *notice = hd_notices_at(&heap->notices, number);

    return notice != NULL && notice->set != 0 ? notice : NULL;
}

/* Halves the way it goes. */
static struct hd_notice *root_of(const struct hd_heap *heap, struct hd_notice *notice)
{
    while (notice->set != notice->number) {
        struct hd_notice *next = at(heap, notice->set);

        notice->set = next->set;
        notice = next;
    }
    return notice;
}

/* How many sets of the collection there are changes. */
static void count_set(struct hd_heap *heap, const struct hd_notice *notice, bool more,
                      uint64_t collected)
{
    heap->pending.sets += more ? 1 : UINT64_MAX;
    HD_LIST_FOREACH (element, &heap->pending.watches) {
        struct hd_watch *watch = HD_CONTAINER_OF(element, struct hd_watch, waiter.link);

        if (watch->collection == notice->collection) {
            watch->sets += more ? 1 : UINT64_MAX;
            watch->collected += collected;
            if (watch->sets == 0 && watch->waiter.wake != NULL) {
                watch->waiter.wake(watch->waiter.ctx);
            }
        }
    }
}

void hd_heap_watch(struct hd_heap *heap, struct hd_watch *watch)
{
    hd_list_push_back(&heap->pending.watches, &watch->waiter.link);
}

uint32_t hd_pending_add(struct hd_heap *heap, struct hd_notice *notice)
{
    notice->set = notice->number;
    notice->ring = notice->number;
    notice->back = notice->number;
    notice->is_parent = false;
    notice->left = 1;
    notice->collection = heap->pending.collection;
    notice->generation = (uint8_t)heap->pending.generation;
    if (notice->state == HD_NOTICE_COMING) { /* of the one in slices; young ones came since */
        notice->collection = heap->pending.sliced;
        notice->generation = heap->collection.generation;
    }
    count_set(heap, notice, true, 0);
    return notice->number;
}

static void link(const struct hd_heap *heap, uint32_t number, uint32_t next)
{
    hd_notices_at(&heap->notices, number)->ring = next;
    hd_notices_at(&heap->notices, next)->back = number;
}

void hd_pending_join(struct hd_heap *heap, uint32_t number, uint32_t other)
{
    struct hd_notice *a = at(heap, number);
    struct hd_notice *b = at(heap, other);
    uint32_t behind;

    a = a == NULL ? NULL : root_of(heap, a);
    b = b == NULL ? NULL : root_of(heap, b);
    if (a == NULL || b == NULL || a == b || a->collection != b->collection) {
        return;
    }
    if (a->left < b->left) {
        struct hd_notice *swap = a;

        a = b;
        b = swap;
    }
    b->set = a->number;
    a->is_parent = true;
    a->left += b->left;
    behind = a->ring;
    link(heap, a->number, b->ring);
    link(heap, b->number, behind);
    count_set(heap, b, false, 0);
}

/* All lead to this one at once, and to no other. */
static void flatten(const struct hd_heap *heap, struct hd_notice *head, uint32_t left)
{
    struct hd_notice *member = head;

    do {
        member->set = head->number;
        member->is_parent = false;
        member = hd_notices_at(&heap->notices, member->ring);
    } while (member != head);
    head->is_parent = true;
    head->left = left;
}

/* Rare: somebody named what a collection had just found dead.  Then often all of the set
 * leaves, one by one: after the first time nothing leads to most of them. */
void hd_pending_leave(struct hd_heap *heap, struct hd_notice *notice)
{
    struct hd_notice *root = root_of(heap, notice);

    root->left--;
    if (root->left == 0) {
        count_set(heap, notice, false, 0);
    } else {
        link(heap, notice->back, notice->ring);
        if (notice == root || notice->is_parent) {
            flatten(heap, hd_notices_at(&heap->notices, notice->ring), root->left);
        }
    }
    notice->set = 0;
}

/* With the queue's reference it would die by count, before its set is looked at: what it alone
 * leads to would be found no more.  A full collection does not wait, and takes no notice of
 * this reference. */
static bool is_last_of_pending(const struct hd_heap *heap, const struct hd_notice *notice)
{
    return hd_collector_is_pending(heap->collector, notice->slot) &&
           hd_slot_at(hd_objects_slots_const(heap->objects), notice->slot)->count == 1;
}

void hd_notice_conclude(struct hd_heap *heap, struct hd_notice *notice,
                        struct hd_cascade *cascade)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    struct hd_notice *root = notice->set == 0 ? NULL : root_of(heap, notice);
    uint32_t slot = notice->slot;

    hd_queue_remove(notice);
    if (notice->is_callback) { /* of what nobody has received: see hd_op_receive */
        hd_weak_part(heap->objects, slot);
    }
    hd_notices_disarm(&heap->notices, notice);
    notice->version = hd_slot_at(slots, slot)->version;
    notice->keeps = root != NULL && is_last_of_pending(heap, notice);
    if (!notice->keeps) {
        hd_refs_drop(heap->objects, cascade, slot);
    }
    if (root == NULL) {
        hd_notices_free(&heap->notices, notice);
    } else if (--root->left == 0) {
        hd_list_push_back(&heap->pending.complete, &root->link);
    }
}

static bool is_alive(const struct hd_heap *heap, const struct hd_notice *notice)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);

    return hd_slots_is_alive(slots, notice->slot) &&
           hd_slot_at(slots, notice->slot)->version == notice->version;
}

bool hd_notice_keeps(const struct hd_heap *heap, const struct hd_notice *notice)
{
    return notice->state == HD_NOTICE_DONE && notice->keeps && is_alive(heap, notice);
}

/* Of a candidate that only the dead had the trial decides, and it is booked with the set; what
 * its own finalizer cut off goes by count. */
static void let_go(struct hd_heap *heap, struct hd_notice *notice, struct hd_cascade *cascade)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);

    if (!hd_notice_keeps(heap, notice)) {
        return;
    }
    notice->keeps = false;
    if (hd_collector_is_gathered(heap->collector, notice->slot) &&
        (hd_slot_at(slots, notice->slot)->flags & HD_SLOT_STRANDED) != 0) {
        hd_refs_forgo(heap->objects, notice->slot);
    } else {
        hd_refs_drop(heap->objects, cascade, notice->slot);
    }
}

/* All that the set reaches is found before any of it dies. */
static void gather(const struct hd_heap *heap, const struct hd_notice *root)
{
    const struct hd_notice *notice = root;

    do {
        notice = hd_notices_at(&heap->notices, notice->ring);
        if (is_alive(heap, notice)) {
            hd_collector_gather(heap->collector, notice->slot);
        }
    } while (notice != root);
    if (heap->pending.sets == 1) {
        hd_collector_gather_rest(heap->collector);
    }
}

bool hd_pending_look(struct hd_heap *heap, struct hd_cascade *cascade)
{
    struct hd_list *first = hd_list_first(&heap->pending.complete);
    struct hd_notice *root;
    struct hd_collection result;
    struct hd_notice *notice;
    uint32_t number;

    if (first == NULL) {
        return false;
    }
    root = HD_CONTAINER_OF(first, struct hd_notice, link);
    hd_list_unlink(&root->link);
    heap->pending.collection++;
    heap->pending.generation = root->generation;
    gather(heap, root);
    number = root->ring;
    do {
        notice = hd_notices_at(&heap->notices, number);
        number = notice->ring;
        let_go(heap, notice, cascade);
        notice->set = 0;
        if (notice != root) {
            hd_notices_free(&heap->notices, notice);
        }
    } while (notice != root);
    hd_collector_look_again(heap->collector, root->generation, cascade, &result);
    count_set(heap, root, false, result.collected);
    hd_notices_free(&heap->notices, root);
    return true;
}
