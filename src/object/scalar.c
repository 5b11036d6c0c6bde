/* SPDX-License-Identifier: MIT */
/* scalar.c: none, bool, int, float, str, bytes: values in the slot entry, texts in a body. */
#include <string.h>

#include "base/check.h"
#include "base/utf8.h"
#include "object/internal.h"

uint32_t hd_object_none(void)
{
    return HD_ATOM_BASE + ATOM_NONE;
}

uint32_t hd_object_bool(bool flag)
{
    return HD_ATOM_BASE + (flag ? ATOM_TRUE : ATOM_FALSE);
}

static enum hd_status new_value(struct hd_objects *objects, enum hd_kind kind,
                                const void *value, uint32_t *ret_slot, struct hd_error *error)
{
    enum hd_status status = hd_object_make(objects, kind, true, ret_slot, error);

    if (status == HD_OK) {
        memcpy(hd_slot_at(&objects->slots, *ret_slot)->payload, value, 8);
    }
    return status;
}

enum hd_status hd_object_new_int(struct hd_objects *objects, int64_t value, uint32_t *ret_slot,
                                 struct hd_error *error)
{
    if (value >= INT_CACHE_FROM && value <= INT_CACHE_TO) {
        *ret_slot = HD_ATOM_BASE + (uint32_t)(ATOM_INT + value - INT_CACHE_FROM);
        return HD_OK;
    }
    return new_value(objects, HD_KIND_INT, &value, ret_slot, error);
}

enum hd_status hd_object_new_float(struct hd_objects *objects, double value, uint32_t *ret_slot,
                                   struct hd_error *error)
{
    return new_value(objects, HD_KIND_FLOAT, &value, ret_slot, error);
}

uint32_t hd_text_hash(const struct hd_objects *objects, struct hd_bytes text)
{
    uint32_t hash = (uint32_t)hd_hash_bytes(&objects->hash_key, text.data, text.size);

    return hash != 0 ? hash : 1;
}

static enum hd_status new_text(struct hd_objects *objects, enum hd_kind kind,
                               struct hd_bytes bytes, uint32_t *ret_slot,
                               struct hd_error *error)
{
    struct hd_text *text;
    void *body;
    uint32_t slot;
    enum hd_status status;

    if (bytes.size > HD_OBJECT_BYTES_MAX) {
        return hd_fail(error, HD_RESOURCE_EXHAUSTED, HD_REASON_LIMIT_SIZE,
                       "a %s of %zu bytes is more than %u", hd_kind_name(kind), bytes.size,
                       HD_OBJECT_BYTES_MAX);
    }
    status = hd_object_make(objects, kind, true, &slot, error);
    if (status == HD_OK) {
        status = hd_object_give_body(objects, slot, sizeof *text + bytes.size, &body, error);
    }
    if (status == HD_OK) {
        text = body;
        text->size = (uint32_t)bytes.size;
        text->hash = 0;
        memcpy(text->data, bytes.data, bytes.size);
        *ret_slot = slot;
    }
    return status;
}

/* The singleton of this text, or 0. */
static uint32_t cached_text(enum hd_kind kind, struct hd_bytes text)
{
    bool is_str = kind == HD_KIND_STR;

    if (text.size == 0) {
        return HD_ATOM_BASE + (is_str ? ATOM_EMPTY_STR : ATOM_EMPTY_BYTES);
    }
    if (!is_str) {
        return text.size == 1 ? HD_ATOM_BASE + ATOM_BYTE + (unsigned char)text.data[0] : 0;
    }
    if (text.size <= 2 && hd_utf8_length(text.data, text.size) == 1) {
        uint32_t code = hd_utf8_decode(text.data, text.size);

        return code < 256 ? HD_ATOM_BASE + ATOM_CHAR + code : 0;
    }
    return 0;
}

static uint32_t find_interned(const struct hd_objects *objects, struct hd_bytes text,
                              uint32_t hash)
{
    uint32_t at = 0;
    uint32_t slot;

    do {
        slot = hd_intern_next(&objects->intern, hash, &at);
    } while (slot != 0 && !hd_bytes_equal(hd_object_bytes(objects, slot), text));
    return slot;
}

uint32_t hd_object_find_interned(const struct hd_objects *objects, struct hd_bytes text)
{
    uint32_t cached = cached_text(HD_KIND_STR, text);

    return cached != 0 ? cached : find_interned(objects, text, hd_text_hash(objects, text));
}

static enum hd_status new_interned(struct hd_objects *objects, struct hd_bytes text,
                                   uint32_t *ret_slot, struct hd_error *error)
{
    uint32_t hash = hd_text_hash(objects, text);
    uint32_t slot = find_interned(objects, text, hash);
    enum hd_status status;

    if (slot != 0) {
        *ret_slot = slot;
        return HD_OK;
    }
    if (hd_intern_reserve(&objects->intern) != HD_OK) {
        return hd_fail_memory(error, text.size);
    }
    status = new_text(objects, HD_KIND_STR, text, &slot, error);
    if (status == HD_OK) {
        struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
        struct hd_text *body = hd_slot_body(entry);

        body->hash = hash;
        entry->flags |= HD_SLOT_INTERNED;
        hd_intern_add(&objects->intern, hash, slot);
        *ret_slot = slot;
    }
    return status;
}

enum hd_status hd_object_new_str(struct hd_objects *objects, struct hd_bytes text,
                                 bool interned, uint32_t *ret_slot, struct hd_error *error)
{
    uint32_t cached = cached_text(HD_KIND_STR, text);

    if (cached != 0) {
        *ret_slot = cached;
        return HD_OK;
    }
    if (interned) {
        return new_interned(objects, text, ret_slot, error);
    }
    return new_text(objects, HD_KIND_STR, text, ret_slot, error);
}

enum hd_status hd_object_new_bytes(struct hd_objects *objects, struct hd_bytes bytes,
                                   uint32_t *ret_slot, struct hd_error *error)
{
    uint32_t cached = cached_text(HD_KIND_BYTES, bytes);

    if (cached != 0) {
        *ret_slot = cached;
        return HD_OK;
    }
    return new_text(objects, HD_KIND_BYTES, bytes, ret_slot, error);
}

enum hd_status hd_object_intern(struct hd_objects *objects, uint32_t slot, uint32_t *ret_slot,
                                struct hd_error *error)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    struct hd_bytes text = hd_object_bytes(objects, slot);
    uint32_t hash = hd_text_hash(objects, text);
    uint32_t found =
        entry->count == HD_COUNT_IMMORTAL ? slot : find_interned(objects, text, hash);
    struct hd_text *body = hd_slot_body(entry);

    if (found == 0) {
        if (hd_intern_reserve(&objects->intern) != HD_OK) {
            return hd_fail_memory(error, sizeof *objects->intern.entries);
        }
        body->hash = hash;
        entry->flags |= HD_SLOT_INTERNED;
        hd_intern_add(&objects->intern, hash, slot);
        found = slot;
    }
    *ret_slot = found;
    return HD_OK;
}

void hd_object_unintern(struct hd_objects *objects, uint32_t slot)
{
    struct hd_slot *entry = hd_slot_at(&objects->slots, slot);
    const struct hd_text *text = hd_slot_body(entry);

    HD_CHECK((entry->flags & HD_SLOT_INTERNED) != 0);
    hd_intern_remove(&objects->intern, text->hash, slot);
    entry->flags &= (uint8_t)~HD_SLOT_INTERNED;
}

enum hd_kind hd_object_kind(const struct hd_objects *objects, uint32_t slot)
{
    return (enum hd_kind)hd_slot_at(&objects->slots, slot)->kind;
}

int64_t hd_object_integer(const struct hd_objects *objects, uint32_t slot)
{
    int64_t value;

    memcpy(&value, hd_slot_at(&objects->slots, slot)->payload, sizeof value);
    return value;
}

bool hd_object_flag(const struct hd_objects *objects, uint32_t slot)
{
    return hd_object_integer(objects, slot) != 0;
}

double hd_object_real(const struct hd_objects *objects, uint32_t slot)
{
    double value;

    memcpy(&value, hd_slot_at(&objects->slots, slot)->payload, sizeof value);
    return value;
}

struct hd_bytes hd_object_bytes(const struct hd_objects *objects, uint32_t slot)
{
    const struct hd_text *text = hd_slot_body(hd_slot_at(&objects->slots, slot));

    return (struct hd_bytes){text->data, text->size};
}

struct hd_bytes hd_object_type_name(const struct hd_objects *objects, uint32_t slot)
{
    enum hd_kind kind = hd_object_kind(objects, slot);

    return kind == HD_KIND_INSTANCE ? hd_object_class_name(objects, slot)
                                    : hd_bytes_of(hd_kind_name(kind));
}
