/* SPDX-License-Identifier: MIT */
/* classes.c: an array of names, found through short chains; heaps have few classes. */
#include "object/classes.h"

#include <string.h>

#include "base/check.h"

void hd_classes_init(struct hd_classes *classes, const struct hd_allocator *allocator,
                     const struct hd_hash_key *key)
{
    *classes = (struct hd_classes){.allocator = allocator, .key = *key, .high = 1};
}

void hd_classes_fini(struct hd_classes *classes)
{
    for (uint32_t i = 1; i < classes->high; i++) {
        hd_free(classes->allocator, classes->items[i].name, classes->items[i].size);
    }
    hd_free(classes->allocator, classes->items, classes->capacity * sizeof *classes->items);
    *classes = (struct hd_classes){0};
}

static uint32_t *bucket_of(struct hd_classes *classes, struct hd_bytes name)
{
    return &classes->buckets[hd_hash_bytes(&classes->key, name.data, name.size) % 64];
}

static enum hd_status add(struct hd_classes *classes, struct hd_bytes name, uint32_t *bucket,
                          uint32_t *ret_number)
{
    char *copy;
    uint32_t number;

    if (classes->free == 0) {
        struct hd_class *items = hd_grow(classes->allocator, classes->items, &classes->capacity,
                                         (size_t)classes->high + 1, sizeof *items);

        if (items == NULL) {
            return HD_RESOURCE_EXHAUSTED;
        }
        classes->items = items;
    }
    copy = hd_alloc(classes->allocator, name.size);
    if (copy == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    memcpy(copy, name.data, name.size);
    number = classes->free != 0 ? classes->free : classes->high++;
    if (number == classes->free) {
        classes->free = classes->items[number].instances;
    }
    classes->items[number] = (struct hd_class){copy, (uint32_t)name.size, 1, *bucket};
    *bucket = number;
    *ret_number = number;
    return HD_OK;
}

enum hd_status hd_classes_take(struct hd_classes *classes, struct hd_bytes name,
                               uint32_t *ret_number)
{
    uint32_t *bucket = bucket_of(classes, name);

    HD_CHECK(name.size > 0);
    for (uint32_t n = *bucket; n != 0; n = classes->items[n].next) {
        if (hd_bytes_equal(hd_classes_name(classes, n), name)) {
            classes->items[n].instances++;
            *ret_number = n;
            return HD_OK;
        }
    }
    return add(classes, name, bucket, ret_number);
}

void hd_classes_drop(struct hd_classes *classes, uint32_t number)
{
    struct hd_class *class = &classes->items[number];
    uint32_t *link;

    HD_CHECK(class->instances > 0);
    class->instances--;
    if (class->instances > 0) {
        return;
    }
    link = bucket_of(classes, hd_classes_name(classes, number));
    while (*link != number) {
        link = &classes->items[*link].next;
    }
    *link = class->next;
    hd_free(classes->allocator, class->name, class->size);
    *class = (struct hd_class){.instances = classes->free};
    classes->free = number;
}

struct hd_bytes hd_classes_name(const struct hd_classes *classes, uint32_t number)
{
    return (struct hd_bytes){classes->items[number].name, classes->items[number].size};
}
