/* SPDX-License-Identifier: MIT */
/* notices.c: the table of notices, and the column from slots to them. */
#include "heap/notices.h"

#include "base/check.h"

void hd_notices_init(struct hd_notices *notices, const struct hd_allocator *allocator)
{
    hd_pages_init(&notices->entries, allocator, sizeof(struct hd_notice));
    hd_pages_init(&notices->of_slot, allocator, sizeof(uint32_t));
    hd_list_init(&notices->free);
    notices->high = 1;
    notices->live = 0;
}

void hd_notices_fini(struct hd_notices *notices)
{
    hd_pages_fini(&notices->of_slot);
    hd_pages_fini(&notices->entries);
}

size_t hd_notices_bytes(const struct hd_notices *notices)
{
    return hd_pages_bytes(&notices->entries) + hd_pages_bytes(&notices->of_slot);
}

struct hd_notice *hd_notices_at(const struct hd_notices *notices, uint32_t number)
{
    return number == 0 || number >= notices->high ? NULL
                                                  : hd_pages_at(&notices->entries, number);
}

static struct hd_notice *take(struct hd_notices *notices)
{
    struct hd_notice *notice;

    if (!hd_list_is_empty(&notices->free)) {
        notice = HD_CONTAINER_OF(hd_list_first(&notices->free), struct hd_notice, link);
        hd_list_unlink(&notice->link);
        return notice;
    }
    notice =
        notices->high == UINT32_MAX ? NULL : hd_pages_reach(&notices->entries, notices->high);
    if (notice != NULL) {
        notice->number = notices->high++;
        hd_list_init(&notice->link);
    }
    return notice;
}

struct hd_notice *hd_notices_arm(struct hd_notices *notices, uint32_t slot,
                                 struct hd_queue *queue, bool is_callback)
{
    uint32_t *number = hd_pages_reach(&notices->of_slot, slot);
    struct hd_notice *notice = number == NULL ? NULL : take(notices);
    uint32_t serial;
    uint32_t own;

    if (notice == NULL) {
        return NULL;
    }
    HD_CHECK(*number == 0);
    serial = notice->serial;
    own = notice->number;
    *notice = (struct hd_notice){.queue = queue,
                                 .number = own,
                                 .slot = slot,
                                 .serial = serial,
                                 .state = HD_NOTICE_ARMED,
                                 .is_callback = is_callback};
    hd_list_init(&notice->link);
    *number = own;
    notices->live++;
    return notice;
}

struct hd_notice *hd_notices_armed(const struct hd_notices *notices, uint32_t slot)
{
    const uint32_t *number = hd_pages_at(&notices->of_slot, slot);

    return number == NULL ? NULL : hd_notices_at(notices, *number);
}

void hd_notices_disarm(struct hd_notices *notices, struct hd_notice *notice)
{
    uint32_t *number = hd_pages_at(&notices->of_slot, notice->slot);

    if (number != NULL && *number == notice->number) {
        *number = 0;
    }
}

void hd_notices_rearm(struct hd_notices *notices, const struct hd_notice *notice)
{
    uint32_t *number = hd_pages_at(&notices->of_slot, notice->slot);

    HD_CHECK(*number == 0 && notice->state == HD_NOTICE_ARMED);
    *number = notice->number;
}

void hd_notices_free(struct hd_notices *notices, struct hd_notice *notice)
{
    hd_notices_disarm(notices, notice);
    notice->state = HD_NOTICE_FREE;
    notice->queue = NULL;
    hd_list_push_back(&notices->free, &notice->link);
    notices->live--;
}

uint64_t hd_notice_delivery(const struct hd_notice *notice)
{
    return (uint64_t)notice->serial << 32 | notice->number;
}

struct hd_notice *hd_notices_delivered(const struct hd_notices *notices, uint64_t delivery)
{
    struct hd_notice *notice = hd_notices_at(notices, (uint32_t)delivery);

    return notice != NULL && notice->serial == delivery >> 32 &&
                   (notice->state == HD_NOTICE_DELIVERED || notice->state == HD_NOTICE_LETTER)
               ? notice
               : NULL;
}
