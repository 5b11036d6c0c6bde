/* SPDX-License-Identifier: MIT */
/* quota.h: what a heap and each of its accounts use, and may use.
 *
 * Whoever takes memory of a heap, or makes an object, asks here first.  A heap's
 * bytes are all of it: blocks of bodies and books, slot tables as committed.  An
 * account's are the blocks of its objects' bodies and a slot's share for each of
 * them.  Blocks count as large as their size class [heap.inv.accounts].
 *
 * A refusal is noted, so that who sees the operation fail can say why.  What
 * gives memory back may itself need a little: it may use the reserve, which is
 * beyond the heap's limit, or beyond what was used when a lower limit was set. */
#ifndef HD_OBJECT_QUOTA_H
#define HD_OBJECT_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/status.h"

#define HD_UNLIMITED UINT64_MAX

struct hd_memory;

struct hd_amount {
    uint64_t bytes;
    uint64_t objects;
};

struct hd_account {
    struct hd_amount used;
    struct hd_amount limit; /* may be below what is used: then nothing new is let in */
};

struct hd_refusal {
    enum hd_reason reason; /* HD_REASON_NONE: nothing was refused */
    uint16_t account;
    uint64_t asked;
    uint64_t used;
    uint64_t allowed;
};

struct hd_quota {
    const struct hd_memory
        *memory; /* knows size classes; NULL: blocks are what was asked for */
    const struct hd_allocator *books;
    struct hd_account heap;
    struct hd_account own;     /* account 0: the heap's own */
    struct hd_account *others; /* owned: from account 1 on */
    size_t capacity;
    uint32_t count; /* accounts that may be used, 0 included */
    bool giving;    /* what is done now gives back: the reserve is open to it */
    uint64_t reserve_from;
    uint64_t change;           /* bytes taken and given back so far */
    struct hd_refusal refusal; /* the last one */
};

/* Without limits, with account 0.  books may be set later, before hd_quota_open. */
void hd_quota_init(struct hd_quota *quota);
void hd_quota_fini(struct hd_quota *quota);

/* Makes an account usable.  RESOURCE_EXHAUSTED: no memory for the table. */
enum hd_status hd_quota_open(struct hd_quota *quota, uint16_t account);

/* New limits of the heap as a whole. */
void hd_quota_limit_heap(struct hd_quota *quota, struct hd_amount limit);

/* An account below count; 0 to count - 1. */
struct hd_account *hd_quota_account(struct hd_quota *quota, uint16_t account);
const struct hd_account *hd_quota_account_const(const struct hd_quota *quota, uint16_t account);

/* Bytes of the block that serves a request. */
uint64_t hd_quota_block(const struct hd_quota *quota, size_t size);

/* Each take is all or nothing; false: refused, and noted.  No give can fail. */
bool hd_quota_take_body(struct hd_quota *quota, uint16_t account, size_t size);
void hd_quota_give_body(struct hd_quota *quota, uint16_t account, size_t size);
/* Whether so many of them could be taken now: none is.  False: refused, and noted. */
bool hd_quota_has_room(struct hd_quota *quota, uint16_t account, size_t size, uint32_t count);
bool hd_quota_resize_body(struct hd_quota *quota, uint16_t account, size_t old_size,
                          size_t new_size);
/* The resize did not come about after all. */
void hd_quota_restore_body(struct hd_quota *quota, uint16_t account, size_t old_size,
                           size_t new_size);
bool hd_quota_take_object(struct hd_quota *quota, uint16_t account, uint32_t share);
/* What carries the dead to their end is not asked. */
void hd_quota_add_object(struct hd_quota *quota, uint16_t account, uint32_t share);
/* With the block of its body, if `body` is not 0. */
void hd_quota_give_object(struct hd_quota *quota, uint16_t account, uint32_t share,
                          size_t body);
/* Books and tables: the heap's, no account's. */
bool hd_quota_take_shared(struct hd_quota *quota, uint64_t bytes);
void hd_quota_give_shared(struct hd_quota *quota, uint64_t bytes);

/* Before something is tried: nothing has been refused. */
void hd_quota_begin(struct hd_quota *quota, bool giving);

/* RESOURCE_EXHAUSTED with what was asked for, used and allowed. */
enum hd_status hd_quota_explain(const struct hd_quota *quota, struct hd_error *error);

#endif
