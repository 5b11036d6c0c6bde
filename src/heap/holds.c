/* SPDX-License-Identifier: MIT */
/* holds.c: rows with counts. */
#include "heap/holds.h"

#include "base/fetch.h"

#define STRIDE sizeof(struct hd_hold)

void hd_holds_init(struct hd_holds *holds, const struct hd_allocator *allocator)
{
    *holds = (struct hd_holds){.rows = {.allocator = allocator}};
}

void hd_holds_fini(struct hd_holds *holds)
{
    hd_rows_fini(&holds->rows, STRIDE);
}

size_t hd_holds_bytes(const struct hd_holds *holds)
{
    return hd_rows_bytes(&holds->rows, STRIDE);
}

enum hd_status hd_holds_reserve(struct hd_holds *holds)
{
    return hd_rows_reserve(&holds->rows, 1, STRIDE);
}

enum hd_status hd_holds_reserve_many(struct hd_holds *holds, uint32_t n)
{
    return hd_rows_reserve(&holds->rows, n, STRIDE);
}

struct hd_hold *hd_holds_find(const struct hd_holds *holds, uint32_t slot)
{
    uint32_t next;

    if (holds->rows.live == 0) {
        return NULL;
    }
    next = *hd_rows_bucket(&holds->rows, slot, STRIDE);
    while (next != 0) {
        struct hd_hold *hold = hd_holds_at(holds, next - 1);

        if (hold->slot == slot) {
            return hold;
        }
        next = hold->row.next;
    }
    return NULL;
}

/* What is in one block is in the cache as well. */
static bool is_far(const struct hd_holds *holds)
{
    return holds->rows.far != NULL && holds->rows.live > 0;
}

static struct hd_hold *first_of_chain(const struct hd_holds *holds, uint32_t slot)
{
    uint32_t next = *hd_rows_bucket(&holds->rows, slot, STRIDE);

    return next == 0 ? NULL : hd_holds_at(holds, next - 1);
}

void hd_holds_fetch(const struct hd_holds *holds, uint32_t slot)
{
    if (is_far(holds)) {
        hd_fetch(hd_rows_bucket(&holds->rows, slot, STRIDE));
    }
}

void hd_holds_fetch_entry(const struct hd_holds *holds, uint32_t slot)
{
    if (is_far(holds)) {
        hd_fetch(first_of_chain(holds, slot));
    }
}

void hd_holds_fetch_second(const struct hd_holds *holds, uint32_t slot)
{
    const struct hd_hold *hold = is_far(holds) ? first_of_chain(holds, slot) : NULL;

    if (hold != NULL && hold->slot != slot && hold->row.next != 0) {
        hd_fetch(hd_holds_at(holds, hold->row.next - 1));
    }
}

bool hd_holds_add(struct hd_holds *holds, uint32_t slot, uint32_t n)
{
    struct hd_hold *hold = hd_holds_find(holds, slot);

    if (hold != NULL) {
        if (n > UINT32_MAX - hold->count) {
            return false;
        }
        hold->count += n;
        return true;
    }
    hold = (struct hd_hold *)(void *)hd_rows_append(&holds->rows, slot, STRIDE);
    hold->count = n;
    hold->leaving = 0;
    return true;
}

void hd_holds_remove(struct hd_holds *holds, struct hd_hold *hold, uint32_t n)
{
    HD_CHECK(hold->slot != 0 && n <= hold->count);
    hold->count -= n;
    hold->leaving = 0;
    if (hold->count == 0) {
        hd_rows_drop(&holds->rows, &hold->row, STRIDE);
    }
}

uint32_t hd_holds_number(const struct hd_holds *holds, const struct hd_hold *hold)
{
    return hd_rows_number(&holds->rows, &hold->row, STRIDE);
}

void hd_holds_put_back(struct hd_holds *holds, uint32_t number, uint32_t slot, uint32_t n)
{
    struct hd_hold *hold = hd_holds_at(holds, number);

    HD_CHECK(number < holds->rows.used && (hold->slot == 0 || hold->slot == slot));
    if (hold->slot == 0) {
        hd_rows_fill(&holds->rows, number, slot, STRIDE);
        hold->count = 0;
    }
    hold->count += n;
}

bool hd_holds_take_first(struct hd_holds *holds, uint32_t *ret_slot, uint32_t *ret_count)
{
    struct hd_hold *hold;

    if (holds->rows.live == 0) {
        return false;
    }
    hold = (struct hd_hold *)(void *)hd_rows_first(&holds->rows, STRIDE);
    *ret_slot = hold == NULL ? 0 : hold->slot;
    *ret_count = hold == NULL ? 0 : hold->count;
    if (hold != NULL) {
        hold->slot = 0;
        holds->rows.live--;
    }
    return true;
}

bool hd_holds_shed(struct hd_holds *holds)
{
    return hd_rows_shed(&holds->rows, STRIDE);
}
