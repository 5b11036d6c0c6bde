/* SPDX-License-Identifier: MIT */
/* objects.h: objects as rows of a table, and as operands of verbs. */
#ifndef HEAPCTL_OBJECTS_H
#define HEAPCTL_OBJECTS_H

#include "heapctl.h"

#define OBJECTS_VALUE_BYTES 200 /* of a str or bytes worth asking for */

/* A table of objects, and a row of it. */
struct output_table *objects_table(void);
void objects_row(struct output_table *table, const char *name, const char *scope,
                 const struct heapd_info *info);
void objects_cell_refcount(struct output_table *table, uint32_t refcount);
void objects_cell_generation(struct output_table *table, const struct heapd_info *info);

/* Adds a row for each of the named; one that died meanwhile is left out. */
int objects_put(struct heapctl *ctl, struct output_table *table, const char *scope,
                const struct heapd_named *named, size_t count, struct heapd_error *error);
/* A part of the output of rows for ids. */
int objects_put_ids(struct heapctl *ctl, struct output *out, const char *name,
                    const uint64_t *ids, size_t count, struct heapd_error *error);

/* Whether all words name an object; and of a verb with one operand, which connects. */
int objects_check(const char *verb, int count, char **words);
int objects_operand(struct heapctl *ctl, int argc, char **argv, struct heapd_ref *ret_ref);

#endif
