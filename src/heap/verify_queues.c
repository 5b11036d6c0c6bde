/* SPDX-License-Identifier: MIT */
/* verify_queues.c: queues and notices, summed up anew. */
#include <inttypes.h>

#include "heap/verify_internal.h"

struct sums {
    uint64_t armed;
    uint64_t coming;
    uint64_t waiting;
    uint64_t delivered;
    uint64_t letters;
};

/* The commit of a collection lets states stand (notices.h). */
static enum hd_notice_state state_of(const struct hd_notice *notice)
{
    return notice->state == HD_NOTICE_COMING && !hd_notice_is_coming(notice)
               ? HD_NOTICE_WAITING
               : (enum hd_notice_state)notice->state;
}

static uint64_t length(struct hd_verify *verify, const struct hd_list *list,
                       const struct hd_queue *queue, enum hd_notice_state state)
{
    uint64_t n = 0;

    HD_LIST_FOREACH (element, list) {
        const struct hd_notice *notice = HD_CONTAINER_OF(element, struct hd_notice, link);

        n++;
        if (notice->queue != queue || state_of(notice) != state) {
            hd_verify_tell(verify,
                           "notice %" PRIu32 " of state %u is in a list of queue '%.*s'",
                           notice->number, notice->state, (int)queue->name_size, queue->name);
        }
    }
    return n;
}

static void check_queue(struct hd_verify *verify, const struct hd_queue *queue,
                        struct sums *sums)
{
    uint64_t coming = length(verify, &queue->coming, queue, HD_NOTICE_COMING);
    uint64_t waiting = length(verify, &queue->waiting, queue, HD_NOTICE_WAITING);
    uint64_t letters = length(verify, &queue->letters, queue, HD_NOTICE_LETTER);
    uint64_t delivered = 0;

    HD_LIST_FOREACH (element, &queue->takers) {
        const struct hd_subscription *taker =
            HD_CONTAINER_OF(element, struct hd_subscription, of_queue);

        delivered += length(verify, &taker->delivered, queue, HD_NOTICE_DELIVERED);
    }
    if (coming != queue->coming_count || waiting != queue->waiting_count ||
        letters != queue->letter_count || delivered != queue->delivered_count) {
        hd_verify_tell(verify,
                       "queue '%.*s' has %" PRIu64 " coming, %" PRIu64 " waiting, %" PRIu64
                       " delivered, %" PRIu64 " dead, and says %" PRIu64 ", %" PRIu64
                       ", %" PRIu64 ", %" PRIu64,
                       (int)queue->name_size, queue->name, coming, waiting, delivered, letters,
                       queue->coming_count, queue->waiting_count, queue->delivered_count,
                       queue->letter_count);
    }
    if (hd_list_is_empty(&queue->of_coming) != (coming == 0)) { /* [queue.inv.coming] */
        hd_verify_tell(verify, "queue '%.*s' is %sin the list of those with something coming",
                       (int)queue->name_size, queue->name, coming == 0 ? "" : "not ");
    }
    sums->armed += queue->armed;
    sums->coming += coming;
    sums->waiting += waiting;
    sums->delivered += delivered;
    sums->letters += letters;
}

static bool is_in_ring(const struct hd_verify *verify, const struct hd_notice *notice)
{
    const struct hd_notices *notices = &verify->heap->notices;
    const struct hd_notice *next = hd_notices_at(notices, notice->ring);
    const struct hd_notice *parent = hd_notices_at(notices, notice->set);

    return next != NULL && next->set != 0 && next->back == notice->number && parent != NULL &&
           parent->set != 0 && (parent == notice || parent->is_parent);
}

static void check_notice(struct hd_verify *verify, const struct hd_notice *notice,
                         uint64_t states[])
{
    const struct hd_slots *slots = verify->slots;
    bool armed = notice->state == HD_NOTICE_ARMED;
    bool found = armed || notice->state == HD_NOTICE_COMING;

    states[state_of(notice)]++;
    if (notice->is_judged) {
        hd_verify_tell(verify, "notice %" PRIu32 " is still being judged", notice->number);
    }
    if (found != (notice->state != HD_NOTICE_FREE &&
                  hd_notices_armed(&verify->heap->notices, notice->slot) == notice)) {
        hd_verify_tell(verify, "notice %" PRIu32 " of state %u is %sfound by its slot",
                       notice->number, notice->state, found ? "not " : "");
    }
    if (notice->state != HD_NOTICE_FREE && notice->set != 0 && !is_in_ring(verify, notice)) {
        hd_verify_tell(verify, "notice %" PRIu32 " is not in the ring of its pending set",
                       notice->number);
    }
    if (armed && !notice->is_callback &&
        (hd_slot_at(slots, notice->slot)->flags & HD_SLOT_FINALIZER) == 0) {
        hd_verify_tell(verify, "object %" PRIu64 " has a notice, and no finalizer",
                       hd_slots_id(slots, notice->slot));
    }
}

static uint64_t count_flags(const struct hd_verify *verify)
{
    const struct hd_slots *slots = verify->slots;
    uint64_t n = 0;

    for (uint32_t slot = 1; slot < slots->containers.high; slot++) {
        const struct hd_slot *entry = hd_slot_at(slots, slot);

        n += entry->kind != HD_KIND_FREE && (entry->flags & HD_SLOT_FINALIZER) != 0 &&
             hd_notices_armed(&verify->heap->notices, slot) == NULL;
    }
    return n;
}

void hd_verify_queues(struct hd_verify *verify)
{
    const struct hd_notices *notices = &verify->heap->notices;
    uint64_t states[HD_NOTICE_DONE + 1] = {0};
    struct sums sums = {0};
    uint64_t lost = count_flags(verify);

    HD_LIST_FOREACH (element, &verify->heap->queues) {
        check_queue(verify, HD_CONTAINER_OF(element, struct hd_queue, link), &sums);
    }
    for (uint32_t number = 1; number < notices->high; number++) {
        check_notice(verify, hd_notices_at(notices, number), states);
    }
    if (lost > 0) {
        hd_verify_tell(verify, "%" PRIu64 " objects have a finalizer, and no notice", lost);
    }
    if (sums.armed != states[HD_NOTICE_ARMED] || sums.coming != states[HD_NOTICE_COMING] ||
        sums.waiting != states[HD_NOTICE_WAITING] ||
        sums.delivered != states[HD_NOTICE_DELIVERED] ||
        sums.letters != states[HD_NOTICE_LETTER]) {
        hd_verify_tell(verify,
                       "queues have %" PRIu64 " armed, %" PRIu64 " coming, %" PRIu64
                       " waiting, %" PRIu64 " delivered, %" PRIu64
                       " dead; the notices are others",
                       sums.armed, sums.coming, sums.waiting, sums.delivered, sums.letters);
    }
}
