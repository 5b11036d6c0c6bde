/* SPDX-License-Identifier: MIT */
/* quota.c: sums, compared before they grow. */
#include "object/quota.h"

#include <inttypes.h>

#include "base/check.h"
#include "pool/allocator.h"

/* Beyond a limit, for what gives back: a segment of slots, and some books. */
#define RESERVE_BYTES ((uint64_t)2 << 20)

static struct hd_account empty_account(void)
{
    return (struct hd_account){.limit = {HD_UNLIMITED, HD_UNLIMITED}};
}

void hd_quota_init(struct hd_quota *quota)
{
    *quota = (struct hd_quota){.heap = empty_account(), .own = empty_account(), .count = 1};
}

void hd_quota_fini(struct hd_quota *quota)
{
    struct hd_account *others = quota->others;

    quota->others = NULL;
    quota->count = 1;
    if (others != NULL) {
        hd_free(quota->books, others, quota->capacity * sizeof *others);
    }
}

enum hd_status hd_quota_open(struct hd_quota *quota, uint16_t account)
{
    struct hd_account *others = quota->others;

    if (account < quota->count) {
        return HD_OK;
    }
    others = hd_grow(quota->books, quota->others, &quota->capacity, account, sizeof *others);
    if (others == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    quota->others = others;
    while (quota->count <= account) {
        others[quota->count - 1] = empty_account();
        quota->count++;
    }
    return HD_OK;
}

const struct hd_account *hd_quota_account_const(const struct hd_quota *quota, uint16_t account)
{
    HD_CHECK(account < quota->count);
    return account == 0 ? &quota->own : &quota->others[account - 1];
}

struct hd_account *hd_quota_account(struct hd_quota *quota, uint16_t account)
{
    HD_CHECK(account < quota->count);
    return account == 0 ? &quota->own : &quota->others[account - 1];
}

uint64_t hd_quota_block(const struct hd_quota *quota, size_t size)
{
    return quota->memory == NULL ? size : hd_memory_block_bytes(quota->memory, size);
}

void hd_quota_limit_heap(struct hd_quota *quota, struct hd_amount limit)
{
    quota->heap.limit = limit;
    quota->reserve_from = quota->heap.used.bytes;
}

/* What gives back answers to the heap only: an account has no reserve, and needs none. */
static uint64_t allowed_bytes(const struct hd_quota *quota, const struct hd_account *of)
{
    uint64_t limit = of->limit.bytes;

    if (!quota->giving) {
        return limit;
    }
    limit = limit < quota->reserve_from ? quota->reserve_from : limit;
    return of != &quota->heap || limit > HD_UNLIMITED - RESERVE_BYTES ? HD_UNLIMITED
                                                                      : limit + RESERVE_BYTES;
}

static bool fits(struct hd_quota *quota, const struct hd_account *of, uint16_t account,
                 uint64_t bytes)
{
    uint64_t allowed = allowed_bytes(quota, of);

    if (of->used.bytes <= allowed && bytes <= allowed - of->used.bytes) {
        return true;
    }
    quota->refusal = (struct hd_refusal){
        .reason =
            of == &quota->heap ? HD_REASON_LIMIT_HEAP_BYTES : HD_REASON_LIMIT_ACCOUNT_BYTES,
        .account = account,
        .asked = bytes,
        .used = of->used.bytes,
        .allowed = of->limit.bytes,
    };
    return false;
}

static bool has_room_for_object(struct hd_quota *quota, const struct hd_account *of,
                                uint16_t account)
{
    if (of->used.objects < of->limit.objects) {
        return true;
    }
    quota->refusal = (struct hd_refusal){
        .reason =
            of == &quota->heap ? HD_REASON_LIMIT_HEAP_OBJECTS : HD_REASON_LIMIT_ACCOUNT_OBJECTS,
        .account = account,
        .asked = 1,
        .used = of->used.objects,
        .allowed = of->limit.objects,
    };
    return false;
}

static void add(struct hd_quota *quota, uint16_t account, uint64_t bytes)
{
    quota->heap.used.bytes += bytes;
    hd_quota_account(quota, account)->used.bytes += bytes;
    quota->change += bytes;
}

static void take_off(struct hd_quota *quota, uint16_t account, uint64_t bytes)
{
    struct hd_account *of = hd_quota_account(quota, account);

    HD_CHECK(of->used.bytes >= bytes && quota->heap.used.bytes >= bytes);
    quota->heap.used.bytes -= bytes;
    of->used.bytes -= bytes;
    quota->change += bytes;
}

/* In the heap and in the account. */
static inline __attribute__((always_inline)) bool fit_both(struct hd_quota *quota,
                                                           uint16_t account, uint64_t bytes)
{
    return fits(quota, &quota->heap, account, bytes) &&
           fits(quota, hd_quota_account(quota, account), account, bytes);
}

bool hd_quota_take_body(struct hd_quota *quota, uint16_t account, size_t size)
{
    uint64_t bytes = hd_quota_block(quota, size);

    if (!fit_both(quota, account, bytes)) {
        return false;
    }
    add(quota, account, bytes);
    return true;
}

bool hd_quota_has_room(struct hd_quota *quota, uint16_t account, size_t size, uint32_t count)
{
    return fit_both(quota, account, hd_quota_block(quota, size) * count);
}

void hd_quota_give_body(struct hd_quota *quota, uint16_t account, size_t size)
{
    take_off(quota, account, hd_quota_block(quota, size));
}

bool hd_quota_resize_body(struct hd_quota *quota, uint16_t account, size_t old_size,
                          size_t new_size)
{
    uint64_t before = hd_quota_block(quota, old_size);
    uint64_t after = hd_quota_block(quota, new_size);

    if (after <= before) {
        take_off(quota, account, before - after);
        return true;
    }
    if (!fit_both(quota, account, after - before)) {
        return false;
    }
    add(quota, account, after - before);
    return true;
}

void hd_quota_restore_body(struct hd_quota *quota, uint16_t account, size_t old_size,
                           size_t new_size)
{
    add(quota, account, hd_quota_block(quota, old_size));
    take_off(quota, account, hd_quota_block(quota, new_size));
}

bool hd_quota_take_object(struct hd_quota *quota, uint16_t account, uint32_t share)
{
    const struct hd_account *of = hd_quota_account(quota, account);

    if (!has_room_for_object(quota, &quota->heap, account) ||
        !has_room_for_object(quota, of, account) || !fits(quota, of, account, share)) {
        return false;
    }
    hd_quota_add_object(quota, account, share);
    return true;
}

void hd_quota_add_object(struct hd_quota *quota, uint16_t account, uint32_t share)
{
    struct hd_account *of = hd_quota_account(quota, account);

    quota->heap.used.objects++;
    of->used.objects++;
    of->used.bytes += share;
    quota->change += share;
}

void hd_quota_give_object(struct hd_quota *quota, uint16_t account, uint32_t share, size_t body)
{
    struct hd_account *of = hd_quota_account(quota, account);
    uint64_t block = body > 0 ? hd_quota_block(quota, body) : 0;

    HD_CHECK(of->used.objects > 0 && of->used.bytes >= share + block &&
             quota->heap.used.bytes >= block);
    quota->heap.used.objects--;
    quota->heap.used.bytes -= block;
    of->used.objects--;
    of->used.bytes -= share + block;
    quota->change += share + block;
}

bool hd_quota_take_shared(struct hd_quota *quota, uint64_t bytes)
{
    if (!fits(quota, &quota->heap, 0, bytes)) {
        return false;
    }
    quota->heap.used.bytes += bytes;
    quota->change += bytes;
    return true;
}

void hd_quota_give_shared(struct hd_quota *quota, uint64_t bytes)
{
    HD_CHECK(quota->heap.used.bytes >= bytes);
    quota->heap.used.bytes -= bytes;
    quota->change += bytes;
}

void hd_quota_begin(struct hd_quota *quota, bool giving)
{
    quota->giving = giving;
    quota->refusal.reason = HD_REASON_NONE;
}

enum hd_status hd_quota_explain(const struct hd_quota *quota, struct hd_error *error)
{
    const struct hd_refusal *refusal = &quota->refusal;
    bool heap = refusal->reason == HD_REASON_LIMIT_HEAP_BYTES ||
                refusal->reason == HD_REASON_LIMIT_HEAP_OBJECTS;
    bool bytes = refusal->reason == HD_REASON_LIMIT_HEAP_BYTES ||
                 refusal->reason == HD_REASON_LIMIT_ACCOUNT_BYTES;
    const char *what = bytes ? "bytes" : "objects";

    HD_CHECK(refusal->reason != HD_REASON_NONE);
    if (heap) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, refusal->reason,
                       "%" PRIu64 " %s were asked for; the heap uses %" PRIu64
                       " and is allowed %" PRIu64,
                       refusal->asked, what, refusal->used, refusal->allowed);
    }
    return hd_fail(
        error, HD_RESOURCE_EXHAUSTED, refusal->reason,
        "%" PRIu64 " %s were asked for; account %u uses %" PRIu64 " and is allowed %" PRIu64,
        refusal->asked, what, (unsigned)refusal->account, refusal->used, refusal->allowed);
}
