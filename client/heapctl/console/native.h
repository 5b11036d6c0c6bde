/* SPDX-License-Identifier: MIT */
/* native.h: what is the console's own: functions, classes, modules, types. */
#ifndef HEAPD_CONSOLE_NATIVE_H
#define HEAPD_CONSOLE_NATIVE_H

#include "code.h"
#include "value.h"

struct hd_call;

typedef bool hd_builtin_fn(struct hd_console *console, struct hd_call *call);

enum hd_native_kind {
    HD_NATIVE_BUILTIN = 0, /* len, gc.collect */
    HD_NATIVE_FUNCTION,    /* def */
    HD_NATIVE_CLASS,       /* class */
    HD_NATIVE_TYPE,        /* list, int: `of` says which */
    HD_NATIVE_MODULE,
    HD_NATIVE_VIEW, /* gc.garbage, gc.callbacks */
};

struct hd_member;

/* Pushes it.  to_change: see hd_load_attribute. */
typedef bool hd_load_fn(struct hd_console *console, bool to_change);

struct hd_native {
    enum hd_native_kind kind;
    const char *name;
    enum heapd_kind of; /* type */

    /* builtin, type */
    const char *qualified; /* "sys.getrefcount", for errors; NULL: as the name */
    hd_builtin_fn *run;
    int least; /* arguments */
    int most;  /* below 0: any number */
    const char *const
        *keywords; /* names that may be given by keyword, NULL at the end; or NULL */
    const struct hd_member *members; /* module, view: ended by a NULL name */
    hd_load_fn *load;                /* view: pushes what is to be seen of it */

    /* function, class */
    int references; /* names, frames and the last value displayed */
    struct hd_code *code;
    uint32_t serial;             /* for its hidden names */
    uint32_t hidden_count;       /* constants and defaults held by hidden names */
    struct hd_value *defaults;   /* owned; as many as the code says */
    struct hd_native *finalizer; /* class: its __del__, or NULL; one of its references */
};

/* What a module has: a function, an int or a list. */
struct hd_member {
    const char *name;
    const struct hd_native *native;
    bool is_int;
    int64_t integer;
    hd_load_fn *load; /* of a list */
};

/* len, list, ...; NULL if there is none of this name. */
const struct hd_native *hd_builtin_find(const char *name);
/* gc, sys, ... */
const struct hd_native *hd_module_find(const char *name);
const struct hd_member *hd_module_member(const struct hd_native *module, const char *name);
/* The type of this name: also those, like NoneType, that no name is bound to. */
const struct hd_native *hd_type_named(const char *name);

extern const struct hd_native hd_weakref_type;
extern const struct hd_native hd_module_gc;
extern const struct hd_native hd_module_sys;
extern const struct hd_native hd_module_weakref;

#endif
