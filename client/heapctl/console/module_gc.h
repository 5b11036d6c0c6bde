/* SPDX-License-Identifier: MIT */
/* module_gc.h: what the parts of the gc module share. */
#ifndef HEAPD_CONSOLE_MODULE_GC_H
#define HEAPD_CONSOLE_MODULE_GC_H

#include "methods.h"

/* What comes before a blocking call: everything sent, and all of it well.  And behind it: what
 * it was refused with is raised. */
bool hd_gc_before(struct hd_console *console);
bool hd_gc_after(struct hd_console *console, int code, const struct heapd_error *refusal);
/* What blocking calls need: the object's id. */
bool hd_gc_argument_id(struct hd_console *console, const struct hd_call *call, int number,
                       uint64_t *ret_id);

/* Pushes a list of what the ids name, made in requests of a bounded size. */
bool hd_gc_push_list(struct hd_console *console, const uint64_t *ids, size_t count);

/* gc_views.c */
hd_load_fn hd_gc_load_garbage;
hd_load_fn hd_gc_load_callbacks;
/* Calls what is in gc.callbacks. */
bool hd_gc_call_back(struct hd_console *console, const char *phase, unsigned generation,
                     const struct heapd_collected *collected);
void hd_gc_fini(struct hd_console *console);

/* gc_collect.c: a collection whose finalizers and callbacks run before it returns. */
bool hd_gc_collect(struct hd_console *console, unsigned generation,
                   struct hd_value *ret_collected);

/* gc_lists.c */
hd_builtin_fn hd_gc_get_objects;
hd_builtin_fn hd_gc_get_referents;
hd_builtin_fn hd_gc_get_referrers;

#endif
