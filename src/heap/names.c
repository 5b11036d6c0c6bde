/* SPDX-License-Identifier: MIT */
/* names.c: rows with texts. */
#include "heap/names.h"

#include <string.h>

#define STRIDE sizeof(struct hd_name)

void hd_names_init(struct hd_names *names, const struct hd_allocator *allocator,
                   const struct hd_hash_key *key)
{
    *names = (struct hd_names){.rows = {.allocator = allocator}, .key = key};
}

static void free_text(struct hd_names *names, struct hd_name *name)
{
    hd_free(names->rows.allocator, name->text, name->size);
    name->text = NULL;
}

void hd_names_fini(struct hd_names *names)
{
    for (uint32_t i = names->rows.head; names->rows.live > 0 && i < names->rows.used; i++) {
        struct hd_name *name = hd_names_at(names, i);

        if (name->text != NULL) {
            free_text(names, name);
            names->rows.live--;
        }
    }
    hd_rows_fini(&names->rows, STRIDE);
    names->bound = 0;
}

size_t hd_names_bytes(const struct hd_names *names)
{
    size_t bytes = hd_rows_bytes(&names->rows, STRIDE);

    for (uint32_t i = 0; i < names->rows.used; i++) {
        const struct hd_name *name = hd_names_at(names, i);

        bytes += name->text != NULL ? name->size : 0;
    }
    return bytes;
}

static uint32_t tag_of(const struct hd_names *names, struct hd_bytes text)
{
    uint32_t hash = (uint32_t)hd_hash_bytes(names->key, text.data, text.size);

    return hash == 0 ? 1 : hash;
}

static struct hd_name *find_tagged(const struct hd_names *names, struct hd_bytes text,
                                   uint32_t tag)
{
    uint32_t next;

    if (names->rows.live == 0) {
        return NULL;
    }
    next = *hd_rows_bucket(&names->rows, tag, STRIDE);
    while (next != 0) {
        struct hd_name *name = hd_names_at(names, next - 1);

        if (name->row.tag == tag && name->size == text.size &&
            memcmp(name->text, text.data, text.size) == 0) {
            return name;
        }
        next = name->row.next;
    }
    return NULL;
}

struct hd_name *hd_names_find(const struct hd_names *names, struct hd_bytes text)
{
    return find_tagged(names, text, tag_of(names, text));
}

struct hd_name *hd_names_claim(struct hd_names *names, struct hd_bytes text)
{
    uint32_t tag = tag_of(names, text);
    struct hd_name *name = find_tagged(names, text, tag);
    char *copy;

    if (name != NULL) {
        return name;
    }
    HD_CHECK(text.size > 0 && text.size <= UINT32_MAX);
    copy = hd_alloc(names->rows.allocator, text.size);
    if (copy == NULL || hd_rows_reserve(&names->rows, 1, STRIDE) != HD_OK) {
        hd_free(names->rows.allocator, copy, text.size);
        return NULL;
    }
    memcpy(copy, text.data, text.size);
    name = (struct hd_name *)(void *)hd_rows_append(&names->rows, tag, STRIDE);
    *name = (struct hd_name){.row = name->row, .text = copy, .size = (uint32_t)text.size};
    return name;
}

void hd_names_unclaim(struct hd_names *names, struct hd_name *name)
{
    if (name->slot == 0 && !name->listed) {
        hd_rows_drop(&names->rows, &name->row, STRIDE);
        free_text(names, name);
    }
}

uint32_t hd_names_set(struct hd_names *names, struct hd_name *name, uint32_t slot)
{
    uint32_t old = name->slot;

    HD_CHECK(slot != 0 && name->text != NULL);
    names->bound += old == 0;
    name->slot = slot;
    return old;
}

uint32_t hd_names_unset(struct hd_names *names, struct hd_name *name)
{
    uint32_t old = name->slot;

    names->bound -= old != 0;
    name->slot = 0;
    hd_names_unclaim(names, name);
    return old;
}

uint32_t hd_names_number(const struct hd_names *names, const struct hd_name *name)
{
    return hd_rows_number(&names->rows, &name->row, STRIDE);
}

struct hd_name hd_names_set_aside(struct hd_names *names, struct hd_name *name)
{
    struct hd_name aside = *name;

    names->bound -= name->slot != 0;
    name->slot = 0;
    if (!name->listed) {
        hd_rows_drop(&names->rows, &name->row, STRIDE);
        name->text = NULL; /* it goes out */
    }
    return aside;
}

void hd_names_put_back(struct hd_names *names, uint32_t number, const struct hd_name *name)
{
    struct hd_name *place = hd_names_at(names, number);
    bool was_gone = place->text == NULL;

    HD_CHECK(number < names->rows.used && was_gone == !name->listed);
    if (was_gone) {
        hd_rows_fill(&names->rows, number, name->row.tag, STRIDE);
    }
    *place = (struct hd_name){place->row, name->text, name->size, name->slot, name->listed};
    names->bound += name->slot != 0;
}

void hd_names_forget(struct hd_names *names, const struct hd_name *name)
{
    if (!name->listed) {
        hd_free(names->rows.allocator, name->text, name->size);
    }
}

/* Takes the first entry out, whatever it has. */
static uint32_t take(struct hd_names *names)
{
    struct hd_name *name = (struct hd_name *)(void *)hd_rows_first(&names->rows, STRIDE);
    uint32_t slot = 0;

    if (name != NULL) {
        slot = name->slot;
        names->bound -= slot != 0;
        names->rows.live--;
        name->row.tag = 0;
        name->slot = 0;
        free_text(names, name);
    }
    return slot;
}

bool hd_names_take_first(struct hd_names *names, uint32_t *ret_slot)
{
    if (names->bound == 0) {
        return false;
    }
    *ret_slot = take(names);
    return true;
}

bool hd_names_shed(struct hd_names *names)
{
    if (names->rows.live > 0) {
        (void)take(names);
        return true;
    }
    return hd_rows_shed(&names->rows, STRIDE);
}
