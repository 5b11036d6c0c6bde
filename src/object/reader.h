/* SPDX-License-Identifier: MIT */
/* reader.h: somebody reads a container some items at a time, and is told that it changed.
 *
 * That it lives is the reader's own business, as in a comparison; see [object.inv.watched]. */
#ifndef HD_OBJECT_READER_H
#define HD_OBJECT_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

struct hd_objects;

struct hd_reader {
    struct hd_list link; /* among the objects' */
    uint32_t slot;
    bool changed; /* since it began */
};

void hd_reader_begin(struct hd_objects *objects, struct hd_reader *reader, uint32_t slot);
void hd_reader_end(struct hd_objects *objects, struct hd_reader *reader);

/* A container has changed; for those that read it. */
void hd_readers_note_change(struct hd_objects *objects, uint32_t slot);

#endif
