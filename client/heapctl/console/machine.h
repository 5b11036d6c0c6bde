/* SPDX-License-Identifier: MIT */
/* machine.h: the evaluator: a stack machine whose objects live in the daemon.
 *
 * Instructions become operations of an open batch.  It is sent when an answer
 * is needed (a branch, arithmetic, something to show), or, without waiting,
 * when the statement is over; what a later answer decides (a failure, a number
 * to show) finds its place in the statement's output when it comes.
 *
 * References.  While a batch runs it keeps what its operations gave, and its
 * own references are in no count.  So a value on the stack needs no hold of its
 * own until somebody looks at counts, or the batch ends while the value is
 * still there: then hd_link_keep() takes a hold for each value on the stack and
 * each constant of the running unit, in the call frame they belong to.  At the
 * module level that is a frame of the statement's own, so that whatever happens
 * a Return gives everything back. */
#ifndef HEAPD_CONSOLE_MACHINE_H
#define HEAPD_CONSOLE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heapd/client.h>

#include "code.h"
#include "native.h"
#include "pyerror.h"
#include "text.h"
#include "value.h"

/* A batch of more operations or bytes is sent before the next instruction. */
#define HD_BATCH_OPERATIONS 4000
#define HD_BATCH_BYTES      ((size_t)1 << 20)
/* Instructions of one statement. */
#define HD_STEPS_MAX 20000000u
/* Call frames, as Python's recursion limit. */
#define HD_FRAMES_MAX 990

#define HD_LAST_NAME "builtins._"

/* What will be known of a value when an answer is there. */
enum hd_extract {
    HD_EXTRACT_REFCOUNT,
    HD_EXTRACT_NUMBER,
    HD_EXTRACT_BOOL,
    HD_EXTRACT_NOT_BOOL,
    HD_EXTRACT_SAME, /* whether two operands are one object */
    HD_EXTRACT_NOT_SAME,
    HD_EXTRACT_ID,
    HD_EXTRACT_COLLECTED,
};

/* builtins._: the value displayed last. */
struct hd_last {
    enum { HD_LAST_NOTHING, HD_LAST_BOUND, HD_LAST_LAZY } state;
    struct hd_value value; /* LAZY: native, immortal or pending */
};

struct hd_pending {
    int references;
    struct hd_pending *next_in_flight;
    struct hd_pending *next_in_statement;
    struct hd_flight *flight; /* NULL once the answer is there */
    enum hd_extract extract;
    uint32_t operation;
    struct hd_value sides[2]; /* SAME, NOT_SAME, ID */
    bool failed;              /* it was never carried out */
    struct hd_value value;    /* the answer */
    struct hd_last previous;  /* what `_` was, should this have been displayed in vain */
};

/* What is remembered of an operation under way, for when it fails. */
struct hd_note {
    const char *name; /* for a NameError */
    size_t written;   /* bytes of output before it */
    unsigned depth;   /* call frames before it */
    /* For the lookup of an argument: the method that is to be called, of an object that may
     * not have it; Python would have looked first.  Or NULL. */
    const struct hd_method *method;
    enum hd_value_where where; /* of the object: a result of the same batch, or an id */
    uint32_t result;
    uint64_t id;
};

/* A batch on its way. */
struct hd_flight {
    struct hd_flight *next_free;
    struct hd_console *console;
    struct hd_statement *statement;
    struct heapd_batch *batch; /* owned */
    struct hd_note *notes;     /* owned; one for each operation */
    size_t note_capacity;
    struct hd_pending *pendings; /* whose answers it brings */
    bool unsettled;              /* something may be dead but for the batch */
    bool fallible;               /* an operation that may be refused was added */
    bool risky; /* an operation that may be refused was added while a frame was open */
};

/* Output whose text an answer decides. */
struct hd_piece {
    size_t at; /* behind so many bytes of output */
    struct hd_pending *pending;
};

/* One statement: its unit while it runs, its output, how it ended. */
struct hd_statement {
    struct hd_unit *unit; /* owned */
    struct hd_text out;
    struct hd_piece *pieces; /* owned */
    size_t piece_count;
    size_t piece_capacity;
    struct hd_pyerror error;
    struct hd_text ignored;      /* what finalizers and callbacks raised: for stderr */
    struct hd_pending *pendings; /* owned */
    unsigned in_air;             /* flights not landed yet */
    bool finished;               /* nothing more will be sent for it */
};

struct hd_frame {
    struct hd_code *code;
    size_t at;               /* the next instruction */
    size_t base;             /* of its stack */
    struct hd_value *locals; /* owned; NULL at the module level */
    struct hd_native *function;
};

/* A name of the module scope. */
struct hd_binding {
    char *name;             /* owned; NULL: a free place of the table */
    bool maybe;             /* it may be bound in the session */
    struct hd_value native; /* what of the console's own it is bound to; or nothing */
};

/* An object whose finalizer, or a weak reference whose callback, is this console's. */
struct hd_watch {
    uint64_t id;                    /* 0: a free place */
    const struct hd_native *native; /* the class, or the callback: one of its references */
};

/* An immortal: its id means the same for as long as the heap lives. */
struct hd_known_id {
    uint64_t id;
    struct hd_value value;
};

#define HD_KNOWN_IDS 1024

struct hd_console {
    struct heapd_client *client;    /* borrowed */
    struct hd_statement *statement; /* the one running */
    struct hd_pyerror *error;       /* its error */

    struct hd_value *stack; /* owned */
    size_t stack_count;
    size_t stack_capacity;
    struct hd_frame *frames; /* owned */
    size_t frame_count;
    size_t frame_capacity;

    struct hd_flight *open;   /* NULL: nothing noted yet */
    struct hd_flight *landed; /* the last one waited for: its results can be read */
    struct hd_flight *free;
    struct hd_flight **all; /* owned */
    size_t flight_count;
    size_t flight_capacity;
    unsigned depth;       /* call frames in the daemon after the open batch; 1 the module */
    bool statement_frame; /* the statement has one of its own */
    unsigned
        left_behind; /* frames of statements that failed while a later one ran, below its own */
    bool wait_at_end; /* what is to be freed must not be in flight */

    struct hd_binding *bindings; /* owned; a power of two */
    size_t binding_count;
    size_t binding_capacity;
    struct hd_last last;
    uint64_t none_id; /* immortals */
    uint64_t bool_ids[2];
    uint64_t int_ids[262];         /* -5 to 256 */
    struct hd_known_id *known_ids; /* owned; HD_KNOWN_IDS, by hash */
    uint32_t serial;               /* of functions */
    struct hd_native **dead; /* owned: functions and classes to be freed after the statement */
    size_t dead_count;
    unsigned steps;
    bool lost; /* the connection */

    char queue[64];           /* of finalizers and callbacks; "": there is none yet */
    struct hd_watch *watches; /* owned: a power of two, by id */
    size_t watch_count;
    size_t watch_capacity;
    const struct hd_native **callbacks; /* owned: gc.callbacks, one of their references each */
    size_t callback_count;
    bool collecting; /* gc.collect() is under way */
    bool winding_up; /* the statement is over, but for finalizers and callbacks */
};

/* ------------------------------------------------------------ console.c */

/* Fails if the daemon does not answer. */
bool hd_console_open(struct heapd_client *client, struct hd_console **ret_console,
                     struct hd_pyerror *error);
void hd_console_close(struct hd_console *console);

/* Whether it is the id of None, True, False or a small int; and which. */
bool hd_console_knows(const struct hd_console *console, uint64_t id,
                      struct hd_value *ret_value);

void hd_statement_init(struct hd_statement *statement);
void hd_statement_fini(struct hd_statement *statement);

/* Starts the statement in source.  It need not be complete when this returns:
 * see hd_statement_is_complete and hd_console_wait. */
void hd_console_execute(struct hd_console *console, const char *source, size_t size,
                        struct hd_statement *statement);
/* Everything is known: output and error are final. */
bool hd_statement_is_complete(const struct hd_statement *statement);
void hd_console_wait(struct hd_console *console, struct hd_statement *statement);

/* ------------------------------------------------------------ link.c */

/* The open batch, with a note of the operation that comes next: one that only
 * asks or makes something.  name: for a NameError, or NULL. */
struct heapd_batch *hd_link_add(struct hd_console *console, const char *name);
/* One that changes what was there. */
struct heapd_batch *hd_link_change(struct hd_console *console, const char *name);
/* One that cannot be refused. */
struct heapd_batch *hd_link_add_safe(struct hd_console *console);

/* A call frame of the statement's own, unless it has one. */
void hd_link_open_frame(struct hd_console *console);
/* Takes a hold for each value on the stack and each constant that has none. */
void hd_link_keep(struct hd_console *console);
/* Sends what is open and waits; results can then be read from console->landed
 * until the next sync.  Values on the stack and in locals become ids. */
bool hd_link_sync(struct hd_console *console);
/* Sends what is open without waiting, if that is safe; else waits. */
bool hd_link_pass(struct hd_console *console);
/* Before counts are looked at: nothing that is dead is kept by the open batch,
 * and everything on the stack is held. */
bool hd_link_settle(struct hd_console *console);
/* Sends a batch that stands alone, behind what is open. */
bool hd_link_collect(struct hd_console *console, int generation, struct hd_value *ret_value);

/* A value that operation `operation` of the open batch will tell. */
struct hd_value hd_link_pending(struct hd_console *console, enum hd_extract extract,
                                uint32_t operation);
/* Waits until its flight has landed, well or badly. */
bool hd_link_await(struct hd_console *console, struct hd_pending *pending);
/* Waits for it and replaces it by what it is. */
bool hd_link_resolve(struct hd_console *console, struct hd_value *value);

void hd_pending_retain(struct hd_pending *pending);
void hd_pending_release(struct hd_pending *pending);

/* Makes the value an object: true for what is one already. */
bool hd_link_make(struct hd_console *console, struct hd_value *value);
struct heapd_ref hd_link_ref(const struct hd_value *value);

/* Gives back the value's hold, if it has one; it is gone from the stack. */
void hd_link_drop(struct hd_console *console, struct hd_value *value);
void hd_link_drop_many(struct hd_console *console, struct hd_value *values, size_t count);
/* Gives up the frames a failed statement left. */
void hd_link_unwind(struct hd_console *console);
/* Gives up those that failed statements left behind; the running one has none any more. */
void hd_link_tidy(struct hd_console *console);
/* A batch of nothing but questions: to be filled, asked, read and given back.
 * Nothing may be open. */
struct hd_flight *hd_link_take(struct hd_console *console);
bool hd_link_ask(struct hd_console *console, struct hd_flight *flight);
void hd_link_give(struct hd_console *console, struct hd_flight *flight);
/* The daemon answered a blocking call with this. */
bool hd_link_refused(struct hd_console *console, const struct heapd_error *refusal);
/* Waits for flights until at least one has landed. */
void hd_link_wait_any(struct hd_console *console);

/* ------------------------------------------------------------ machine.c */

/* start:stop:step under way, and what a for loop runs through.  Their values
 * count as lying on the stack. */
struct hd_slice_value {
    struct hd_value parts[3];
};

struct hd_iterator {
    struct hd_value source; /* an object, or a range */
    uint64_t next;
    uint64_t end;     /* of what cannot change: its length */
    const char *data; /* of a str or bytes */
    size_t at;
};

bool hd_machine_run(struct hd_console *console, struct hd_unit *unit);
/* Calls it in the middle of a statement, with arguments that are not to be made, or ids that
 * something else holds.  Nothing may be open.  What it raises is noted as ignored. */
void hd_machine_call(struct hd_console *console, const struct hd_native *callee,
                     const struct hd_value *arguments, uint32_t count);

void hd_push(struct hd_console *console, struct hd_value value);
/* Once more what lies on the stack, without a hold of its own. */
void hd_push_twin(struct hd_console *console, const struct hd_value *value);
/* The value n below the top, 1 being the top.  Valid until the next push. */
struct hd_value *hd_top(struct hd_console *console, size_t n);
/* Takes values off the stack, with their holds. */
void hd_drop(struct hd_console *console, size_t count);
struct hd_zone *hd_zone_of(struct hd_console *console);

/* ------------------------------------------------------------ told.c */

/* From now on finalizers and callbacks can be set. */
bool hd_told_begin(struct hd_console *console);
/* The instance on top, which the open batch made, gets the finalizer of its class. */
bool hd_told_set_finalizer(struct hd_console *console, const struct hd_native *class);
/* The daemon tells of this weak reference when its object is dead. */
void hd_told_watch(struct hd_console *console, uint64_t id, const struct hd_native *callback);
/* Runs the finalizers and callbacks of what is dead. */
bool hd_told_settle(struct hd_console *console);
/* Likewise, and of what died without this session's doing. */
bool hd_told_receive(struct hd_console *console);
void hd_told_fini(struct hd_console *console);

/* ------------------------------------------------------------ learn.c */

/* Makes known the kind, and for scalars the value, of the top `count` values. */
bool hd_learn(struct hd_console *console, size_t count);
/* Python's name of a value's type: "list"; for instances that of the class.
 * The kind must be known. */
const char *hd_type_name(const struct hd_value *value);
/* Truth of the top value. */
bool hd_truth(struct hd_console *console, bool *ret_truth);
/* The page of an object's references, from the daemon. */
struct hd_page {
    size_t count;
    const uint64_t *items;
    const uint64_t *values;
    uint64_t length;
};
/* References of the value n below the top from number `first` on; valid until the next sync. */
bool hd_learn_items(struct hd_console *console, size_t n, uint64_t first, uint32_t limit,
                    struct hd_page *ret_page);

/* ------------------------------------------------------------ names.c */

/* to_change: see hd_load_attribute. */
bool hd_name_load(struct hd_console *console, const char *name, bool to_change);
/* Stores the top value; of what was made to look at a view the view. */
bool hd_name_store(struct hd_console *console, const char *name);
bool hd_name_delete(struct hd_console *console, const char *name);
/* Displays the top value as the prompt does, and remembers it. */
bool hd_last_display(struct hd_console *console);
void hd_names_init(struct hd_console *console);
void hd_names_fini(struct hd_console *console);
void hd_names_free_dead(struct hd_console *console);
void hd_names_forget_last(struct hd_console *console);
struct hd_native *hd_native_new(enum hd_native_kind kind, const char *name);
/* It is freed after the statement unless somebody refers to it then. */
void hd_native_doom(struct hd_console *console, struct hd_native *native);
void hd_native_retain(const struct hd_native *native);
void hd_native_release(struct hd_console *console, const struct hd_native *native);

/* ------------------------------------------------------------ operators.c, compare.c */

/* On the top two values, or the top one, which the result replaces. */
bool hd_binary(struct hd_console *console, enum hd_operator op, bool in_place);
bool hd_unary(struct hd_console *console, enum hd_operator op);
bool hd_compare(struct hd_console *console, enum hd_operator op);
bool hd_is(struct hd_console *console, bool negate);
bool hd_contains(struct hd_console *console, bool negate);

/* ------------------------------------------------------------ containers.c */

bool hd_build(struct hd_console *console, enum heapd_kind kind, size_t count);
/* The values and, on top, the constant tuple of keys. */
bool hd_build_const_key_map(struct hd_console *console, size_t count);
bool hd_extend_display(struct hd_console *console);
bool hd_unpack(struct hd_console *console, size_t count);
bool hd_subscript(struct hd_console *console);
bool hd_store_subscript(struct hd_console *console);
bool hd_delete_subscript(struct hd_console *console);
bool hd_build_slice(struct hd_console *console, size_t count);

/* ------------------------------------------------------------ attributes.c */

/* to_change: its items are about to be stored or deleted, or a method of it called. */
bool hd_load_attribute(struct hd_console *console, const char *name, bool to_change);
bool hd_store_attribute(struct hd_console *console, const char *name);
bool hd_delete_attribute(struct hd_console *console, const char *name);

/* ------------------------------------------------------------ gc_views.c */

/* gc.garbage or gc.callbacks, to be changed. */
bool hd_is_view(const struct hd_value *value);
/* Says what can be done with it instead. */
bool hd_view_refuse(struct hd_console *console, const struct hd_value *view);
/* del view[slice], both on top. */
bool hd_view_delete(struct hd_console *console);
/* A method of the view on top is called: it stays, or becomes a list for one that only looks.
 */
bool hd_view_method(struct hd_console *console, const char *name);

/* ------------------------------------------------------------ iterate.c */

bool hd_get_iterator(struct hd_console *console);
/* Pushes the next item of the iterator on top; *ret_more false: there is none. */
bool hd_next(struct hd_console *console, bool *ret_more);
/* Whether the value's items can be run through; kind known. */
bool hd_is_iterable(const struct hd_value *value);
/* Makes the iterable n below the top one that the daemon can run through: a str,
 * bytes or range becomes a list of its items. */
bool hd_spread(struct hd_console *console, size_t n);
/* `x in range`, the range on top. */
bool hd_range_contains(struct hd_console *console, bool negate);

/* ------------------------------------------------------------ call.c */

struct hd_call {
    const char *function;     /* for errors: "len" */
    size_t first;             /* of the arguments, from the bottom of the stack */
    int count;                /* positional ones */
    const char *const *names; /* of the keyword ones behind them */
    int name_count;
    struct hd_value result; /* None unless set */
};

struct hd_value *hd_argument(struct hd_console *console, const struct hd_call *call,
                             int number);
/* The positional or keyword argument; NULL if it was not given. */
struct hd_value *hd_argument_named(struct hd_console *console, const struct hd_call *call,
                                   int number, const char *name);
bool hd_load_method(struct hd_console *console, const char *name, bool plain);
bool hd_call(struct hd_console *console, const struct hd_instruction *instruction);
bool hd_return(struct hd_console *console);
bool hd_make_function(struct hd_console *console, const struct hd_instruction *instruction);
bool hd_make_class(struct hd_console *console, const struct hd_instruction *instruction);
bool hd_import(struct hd_console *console, const char *name);
bool hd_import_from(struct hd_console *console, const char *name);

/* ------------------------------------------------------------ methods.c */

/* NULL: objects of no kind have one of this name. */
const struct hd_method *hd_method_find(const char *name);
bool hd_method_applies(const struct hd_method *method, enum heapd_kind kind);
const char *hd_method_name(const struct hd_method *method);
/* The object of a call under way that is not known to have the method; NULL if there is none.
 */
struct hd_value *hd_method_in_doubt(struct hd_console *console);
/* Calls it: the object lies under the arguments. */
bool hd_method_call(struct hd_console *console, const struct hd_method *method,
                    struct hd_call *call);

/* ------------------------------------------------------------ repr.c */

/* Appends repr(value), or str(value).  The value is n below the top. */
bool hd_repr(struct hd_console *console, size_t n, bool as_str, struct hd_text *out);
/* The text of a str too long to be known. */
bool hd_repr_text(struct hd_console *console, size_t n, struct hd_text *out);
/* A scalar's, of a known value. */
void hd_repr_scalar(const struct hd_value *value, struct hd_text *out);

#endif
