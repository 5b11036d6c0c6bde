/* SPDX-License-Identifier: MIT */
/* names.h: the names of one scope in the order they were bound.
 *
 * Rows (rows.h) from texts to slot numbers.  Names listed by Call keep their
 * place without a value.  Binding claims a place first, which may fail, and
 * sets it then, which cannot; unbinding never allocates.  It counts nothing
 * itself: the caller takes and drops references. */
#ifndef HD_HEAP_NAMES_H
#define HD_HEAP_NAMES_H

#include "base/bytes.h"
#include "base/hash.h"
#include "heap/rows.h"

struct hd_name {
    struct hd_row row; /* its tag: of the text's hash */
    char *text;        /* owned; NULL: a hole */
    uint32_t size;
    uint32_t slot; /* 0: no value (yet) */
    bool listed;   /* keeps its place */
};

struct hd_names {
    struct hd_rows rows;
    const struct hd_hash_key *key; /* borrowed */
    uint32_t bound;                /* rows with a value */
};

void hd_names_init(struct hd_names *names, const struct hd_allocator *allocator,
                   const struct hd_hash_key *key);
void hd_names_fini(struct hd_names *names);

/* Bytes asked for, texts included. */
size_t hd_names_bytes(const struct hd_names *names);

/* Number `number` of those used, in the order bound; or a hole. */
static inline struct hd_name *hd_names_at(const struct hd_names *names, uint32_t number)
{
    return (struct hd_name *)(void *)hd_rows_at(&names->rows, number, sizeof(struct hd_name));
}

/* The entry of this text, which may have no value; valid until the next claim. */
struct hd_name *hd_names_find(const struct hd_names *names, struct hd_bytes text);

/* The same, made if there is none.  NULL: no memory. */
struct hd_name *hd_names_claim(struct hd_names *names, struct hd_bytes text);

/* Undoes a claim: an entry that has neither value nor place goes. */
void hd_names_unclaim(struct hd_names *names, struct hd_name *name);

/* Returns the slot it had, or 0. */
uint32_t hd_names_set(struct hd_names *names, struct hd_name *name, uint32_t slot);
uint32_t hd_names_unset(struct hd_names *names, struct hd_name *name);

/* While there are pins every entry has a number that stays, also when it has gone.  Unbinds as
 * hd_names_unset does, but gives the entry out, its text included if it goes: to be put back,
 * or its text to be given to hd_names_forget. */
uint32_t hd_names_number(const struct hd_names *names, const struct hd_name *name);
struct hd_name hd_names_set_aside(struct hd_names *names, struct hd_name *name);
void hd_names_put_back(struct hd_names *names, uint32_t number, const struct hd_name *name);
void hd_names_forget(struct hd_names *names, const struct hd_name *name);

/* Takes the first entry with a value out, and all before it; or the first of these, or passes
 * over holes, with a slot of 0.  False: none has a value.  Once an entry has been taken out
 * none may be claimed. */
bool hd_names_take_first(struct hd_names *names, uint32_t *ret_slot);

/* The end, in steps, when none has a value.  False: nothing is left but what fini gives back.
 */
bool hd_names_shed(struct hd_names *names);

/* The invariants of rows; and all that are bound have been counted. */
bool hd_names_check(const struct hd_names *names);

#endif
