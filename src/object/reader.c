/* SPDX-License-Identifier: MIT */
/* reader.c: those who read containers some items at a time [object.inv.watched]. */
#include "object/reader.h"

#include "object/internal.h"

void hd_reader_begin(struct hd_objects *objects, struct hd_reader *reader, uint32_t slot)
{
    *reader = (struct hd_reader){.slot = slot};
    hd_list_init(&reader->link);
    hd_list_push_back(&objects->readers, &reader->link);
    objects->watched[slot % HD_WATCHED]++;
}

void hd_reader_end(struct hd_objects *objects, struct hd_reader *reader)
{
    hd_list_unlink(&reader->link);
    objects->watched[reader->slot % HD_WATCHED]--;
}

void hd_readers_note_change(struct hd_objects *objects, uint32_t slot)
{
    HD_LIST_FOREACH (element, &objects->readers) {
        struct hd_reader *reader = HD_CONTAINER_OF(element, struct hd_reader, link);

        reader->changed = reader->changed || reader->slot == slot;
    }
}
