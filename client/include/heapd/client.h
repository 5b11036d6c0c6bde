/* SPDX-License-Identifier: MIT */
/* heapd/client.h: objects in a heapd daemon, from C.
 *
 * heapd owns a managed heap and keeps objects alive exactly as long as
 * something holds them: it counts references and finds dead cycles as CPython
 * 3.11 does.  This header is all a C program needs to use one.
 *
 *   struct heapd_client *client;
 *   struct heapd_error error;
 *   uint64_t list, item;
 *
 *   if (heapd_client_open(NULL, -1, &client, &error) != HEAPD_OK) {
 *       (void)fprintf(stderr, "%s\n", error.message);
 *       return 1;
 *   }
 *   heapd_create(client, heapd_new_list(NULL, 0), heapd_keep_hold(), &list, &error);
 *   heapd_create(client, heapd_new_int(1000), heapd_keep_append(heapd_id(list)), &item,
 * &error); heapd_bind(client, "mine", heapd_id(list), HEAPD_SCOPE_HEAP, NULL, NULL, &error);
 *   heapd_client_close(client);     (the list lives on: a global name holds it)
 *
 * WORDS
 *   id       an object's 64-bit name.  It never names a second object; a stale
 *            one is always HEAPD_NOT_FOUND, STALE_ID.  0 is never issued and
 *            means "none" here.
 *   hold     a counted reference that this session took.  It belongs to the
 *            call frame that was on top, and ends with that at the latest.
 *   borrowed an id without a hold: the object may be gone by the next call
 *            unless something else refers to it.
 *   session  who owns holds, frames and local names.  It opens with the
 *            connection and ends with it: everything it held is released.
 *   frame    a scope of a session: local names, arguments, holds.  The bottom
 *            one is the module scope.
 *
 * TWO WAYS OF WORKING
 *   Blocking: heapd_append(client, ...) sends one request, waits for its
 *   answer and returns.
 *   Pipelined: heapd_batch_append(batch, ...) notes an operation in a batch;
 *   a batch goes to the daemon as one request with heapd_batch_run (waits) or
 *   heapd_batch_send (does not wait; many batches may be in flight, and a
 *   callback tells when one is done).  Every blocking call on objects and
 *   names has a heapd_batch_ twin with the same arguments.
 *   Streamed: heapd_events_open(client, ...) and heapd_deliveries_open open a
 *   stream, on which the daemon says what happens until the stream is closed.
 *
 * CONVENTIONS
 *   Calls that can fail return 0 (HEAPD_OK) or a code of google.rpc (enum
 *   heapd_code), and fill *error if error is not NULL (it is left alone on
 *   success).  What is returned goes through `ret_` parameters, each of which
 *   may be NULL, but for those of a client, a stream, and what a stream gives;
 *   they are written only on success.  A refused call has changed nothing.
 *   Everything passed in is copied or sent before the call returns; the caller
 *   keeps what is its own.  Blocks the library returns are freed by heapd_free.
 *   Strings are UTF-8 and end in NUL; names are 1 to 255 bytes long.
 *   No signal is raised when the daemon goes away.
 *
 * MEMORY
 *   What the library cannot get memory for fails with HEAPD_RESOURCE_EXHAUSTED; the client can
 *   be used as before, when there is memory again.  LIMIT_MEMORY: what was asked for was not
 *   carried out, or changes nothing.  LIMIT_ANSWER: there was none for a long answer (of a
 *   batch, or of more than 2 KiB), and whether it was carried out is not known.  Without memory
 *   for the bytes that come in, the connection is lost: UNAVAILABLE, CONNECTION_LOST, "Cannot
 *   allocate memory".  How a stream has ended may then lack its reason.
 *
 * THREADS
 *   There is no global and no thread-local state.  A client, its batches and its
 *   streams belong to one thread at a time: whoever hands them on sees to it that
 *   the other thread sees what was done before (a lock, a queue, pthread_join).
 *   Different clients are independent, and need no lock.  Functions that take no
 *   client, batch or stream may be called by any thread at any time.
 */
#ifndef HEAPD_CLIENT_H
#define HEAPD_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HEAPD_API __attribute__((visibility("default")))

/* ---------------------------------------------------------------- errors */

/* The codes of google.rpc.Code. */
enum heapd_code {
    HEAPD_OK = 0,
    HEAPD_CANCELLED = 1, /* heapd_batch_cancel, or the client was closed */
    HEAPD_UNKNOWN = 2,
    HEAPD_INVALID_ARGUMENT = 3,  /* PY_TYPE_ERROR, PY_VALUE_ERROR, BAD_..., ... */
    HEAPD_DEADLINE_EXCEEDED = 4, /* whether the call was carried out is not known */
    HEAPD_NOT_FOUND = 5,         /* STALE_ID, NO_SUCH_NAME, PY_KEY_ERROR, ... */
    HEAPD_ALREADY_EXISTS = 6,
    HEAPD_PERMISSION_DENIED = 7,
    HEAPD_RESOURCE_EXHAUSTED = 8,  /* LIMIT_...: a limit, or memory, the client's own too (see
                                      MEMORY above) */
    HEAPD_FAILED_PRECONDITION = 9, /* NOT_HELD, EXPECTATION, NO_FRAME, ... */
    HEAPD_ABORTED = 10,            /* PY_RECURSION_ERROR, ... */
    HEAPD_OUT_OF_RANGE = 11,       /* PY_INDEX_ERROR, ... */
    HEAPD_UNIMPLEMENTED = 12,      /* the daemon is older than this, or has it not built yet */
    HEAPD_INTERNAL = 13,           /* BAD_REPLY: the daemon answered what no daemon may */
    HEAPD_UNAVAILABLE = 14, /* NO_DAEMON, CONNECTION_LOST, NOT_SENT: nobody there, or no more */
    HEAPD_DATA_LOSS = 15,
    HEAPD_UNAUTHENTICATED = 16
};

struct heapd_error {
    int code;        /* enum heapd_code */
    char reason[48]; /* for programs: "STALE_ID", "PY_VALUE_ERROR", ...; "" if none was given */
    char message[512]; /* for people: one sentence naming what was wrong; longer ones are cut */
};

/* "NOT_FOUND" for HEAPD_NOT_FOUND and so on; "CODE_99" is "UNKNOWN".  Never NULL. */
HEAPD_API const char *heapd_code_name(int code);

/* The library's own version, as "0.1.0". */
HEAPD_API const char *heapd_version(void);

/* Frees a block this library returned.  NULL is allowed. */
HEAPD_API void heapd_free(void *block);

/* ---------------------------------------------------------------- connection */

struct heapd_client;
struct heapd_batch;

/* Connects.
 *   url         "unix:PATH" (at most 107 bytes; a leading @ means an abstract
 *               name) or "tcp://HOST:PORT" ("tcp://[::1]:7300" for IPv6).
 *               NULL: the environment variable HEAPD_URL if it is set and not
 *               empty, else unix:/run/heapd/heapd.sock, else
 *               unix:$XDG_RUNTIME_DIR/heapd/heapd.sock.
 *   timeout_ms  for connecting, and for each blocking call and wait later (see
 *               heapd_client_set_timeout); below 0: none.
 *   ret_client  must not be NULL.  To be closed with heapd_client_close.
 * Errors: INVALID_ARGUMENT, BAD_URL; UNAVAILABLE, NO_DAEMON; DEADLINE_EXCEEDED. */
HEAPD_API int heapd_client_open(const char *url, int timeout_ms,
                                struct heapd_client **ret_client, struct heapd_error *error);

/* Takes over a connected stream socket: from here on it is the client's, who
 * closes it.  On failure it stays the caller's. */
HEAPD_API int heapd_client_from_fd(int fd, struct heapd_client **ret_client,
                                   struct heapd_error *error);

/* Ends the session and frees the client.  Batches in flight end as CANCELLED
 * without their callbacks being called, and stay the caller's.  NULL is allowed.
 * Must not be called from a completion callback of this client. */
HEAPD_API void heapd_client_close(struct heapd_client *client);

/* The longest that each request, call and wait from now on takes, in milliseconds; below 0
 * (the start value of heapd_client_from_fd): as long as it takes.  The daemon is told it, too,
 * and does not begin a request that is out of time.  What ran out of time is DEADLINE_EXCEEDED,
 * a batch in flight as soon as the client is processed or waited for; its answer, should it
 * come, is thrown away, the connection lives on. */
HEAPD_API void heapd_client_set_timeout(struct heapd_client *client, int timeout_ms);

/* What went with a connection.  All holds, frames and local names of its session are gone, and
 * its queues that were of_session: the daemon releases them as soon as it finds the connection
 * ended.  Ids stay what they are without a hold, weak references: take a new one of what must
 * live; STALE_ID says what has died (all have if it is another daemon now). */
struct heapd_lost {
    struct heapd_error error; /* how it was lost */
    size_t requests;   /* in flight: whether they were carried out is not known.  Each batch was
                          UNAVAILABLE, CONNECTION_LOST */
    size_t unsent;     /* not carried out, safe to send again: UNAVAILABLE, NOT_SENT */
    uint64_t releases; /* holds given to heapd_release_later and not known to be released */
    size_t streams;    /* that ended with it.  One of events is resumed by opening it again
                          behind the last event that was seen: nothing is missed that the
                          daemon still has */
};

/* Connects once more, to the same address, and waits for it as heapd_client_open.  A connection
 * that still lives is given up.  The client has a new session then, which is empty, and is
 * otherwise as it was: timeout, heap, callbacks.  Batches that were in flight are called back
 * by the next process or wait.  *ret_lost: since the connection was made.  On failure the
 * client has no connection, and this may be called again.  Errors: as heapd_client_open;
 * FAILED_PRECONDITION, NO_ADDRESS: the client is of heapd_client_from_fd. */
HEAPD_API int heapd_client_reconnect(struct heapd_client *client, struct heapd_lost *ret_lost,
                                     struct heapd_error *error);

/* How long to wait before each attempt: first_ms (0: 100), then twice as long each time, up to
 * most_ms (0: 10000); half of it is left to chance.  tries: so many attempts; 0: no limit. */
struct heapd_backoff {
    uint32_t first_ms;
    uint32_t most_ms;
    uint32_t tries;
};

/* Connected again (failure NULL), or given up.  Called by heapd_client_process, after the
 * batches that were lost; may do anything but close the client. */
typedef void (*heapd_reconnected_cb)(struct heapd_client *client, const struct heapd_lost *lost,
                                     const struct heapd_error *failure, void *ctx);

/* For clients in a poll loop: from now on heapd_client_process connects again by itself when
 * the connection is lost, without waiting: heapd_client_fd, _events and _timeout say what for.
 * The fd is another one then, and -1 between attempts.  What is sent meanwhile fails,
 * UNAVAILABLE. callback NULL: not any more.  backoff NULL: all 0.  Errors: FAILED_PRECONDITION,
 * NO_ADDRESS. */
HEAPD_API int heapd_client_set_reconnect(struct heapd_client *client,
                                         const struct heapd_backoff *backoff,
                                         heapd_reconnected_cb callback, void *ctx,
                                         struct heapd_error *error);

/* The heap that requests from now on are for; NULL or "": the one configured
 * for the socket.  A connection is bound to a heap by its first request that
 * needs one.  Errors: INVALID_ARGUMENT, BAD_NAME (longer than 255 bytes). */
HEAPD_API int heapd_client_set_heap(struct heapd_client *client, const char *heap,
                                    struct heapd_error *error);

/* ---------------------------------------------------------------- operands */

/* An object as an operand, in one of three ways. */
enum heapd_by {
    HEAPD_BY_NOTHING = 0, /* no object; only where said */
    HEAPD_BY_ID,
    HEAPD_BY_NAME,   /* looked up in the top frame, the module scope, the heap's names */
    HEAPD_BY_RESULT, /* what an earlier operation of the same batch gave, by its number */
};

struct heapd_ref {
    enum heapd_by by;
    uint32_t result;
    uint64_t id;
    const char *name; /* borrowed until the call that takes the operand returns */
};

static inline struct heapd_ref heapd_nothing(void)
{
    struct heapd_ref ref = {HEAPD_BY_NOTHING, 0, 0, NULL};

    return ref;
}

static inline struct heapd_ref heapd_id(uint64_t id)
{
    struct heapd_ref ref = {HEAPD_BY_ID, 0, id, NULL};

    return ref;
}

static inline struct heapd_ref heapd_name(const char *name)
{
    struct heapd_ref ref = {HEAPD_BY_NAME, 0, 0, name};

    return ref;
}

/* Only inside a batch; anywhere else INVALID_ARGUMENT, BAD_OPERAND. */
static inline struct heapd_ref heapd_result(uint32_t operation)
{
    struct heapd_ref ref = {HEAPD_BY_RESULT, operation, 0, NULL};

    return ref;
}

/* ---------------------------------------------------------------- making objects */

enum heapd_kind {
    HEAPD_KIND_UNSPECIFIED = 0,
    HEAPD_KIND_NONE = 1,
    HEAPD_KIND_BOOL = 2,
    HEAPD_KIND_INT = 3,
    HEAPD_KIND_FLOAT = 4,
    HEAPD_KIND_STR = 5,
    HEAPD_KIND_BYTES = 6,
    HEAPD_KIND_TUPLE = 7,
    HEAPD_KIND_LIST = 8,
    HEAPD_KIND_DICT = 9,
    HEAPD_KIND_SET = 10,
    HEAPD_KIND_FROZENSET = 11,
    HEAPD_KIND_INSTANCE = 12,
    HEAPD_KIND_WEAKREF = 13,
};

/* "NoneType", "bool", ... "instance", "weakref", as Python's types are called; never NULL. */
HEAPD_API const char *heapd_kind_name(int kind);

/* What to make.  Filled by the functions below, which only note the pointers:
 * they are read by the call that takes the struct. */
struct heapd_new {
    enum heapd_kind kind;
    bool bool_value;
    bool interned;
    int64_t int_value;
    double float_value;
    const void *data; /* str, bytes */
    size_t size;
    const struct heapd_ref *items;  /* items; keys of a dict */
    const struct heapd_ref *values; /* of a dict or an instance */
    size_t count;
    const char *class_name;
    const char *const *names; /* attribute names */
};

HEAPD_API struct heapd_new heapd_new_none(void);
HEAPD_API struct heapd_new heapd_new_bool(bool value);
/* -5 to 256 are immortal singletons. */
HEAPD_API struct heapd_new heapd_new_int(int64_t value);
HEAPD_API struct heapd_new heapd_new_float(double value);
/* size bytes of UTF-8, U+0000 allowed; size (size_t)-1: up to the NUL. */
HEAPD_API struct heapd_new heapd_new_str(const char *text, size_t size);
/* The heap's one interned str of this text, made if there is none. */
HEAPD_API struct heapd_new heapd_new_interned(const char *text, size_t size);
HEAPD_API struct heapd_new heapd_new_bytes(const void *data, size_t size);
HEAPD_API struct heapd_new heapd_new_tuple(const struct heapd_ref *items, size_t count);
HEAPD_API struct heapd_new heapd_new_list(const struct heapd_ref *items, size_t count);
/* Items that are equal to an earlier one are left out. */
HEAPD_API struct heapd_new heapd_new_set(const struct heapd_ref *items, size_t count);
HEAPD_API struct heapd_new heapd_new_frozenset(const struct heapd_ref *items, size_t count);
/* A later key equal to an earlier one replaces its value and keeps its place. */
HEAPD_API struct heapd_new heapd_new_dict(const struct heapd_ref *keys,
                                          const struct heapd_ref *values, size_t count);
/* class_name: 1 to 255 bytes; names: distinct. */
HEAPD_API struct heapd_new heapd_new_instance(const char *class_name, const char *const *names,
                                              const struct heapd_ref *values, size_t count);

/* Where a name lives. */
enum heapd_scope {
    HEAPD_SCOPE_ANY = 0,    /* lookup: frame, module, heap in turn; otherwise: the top frame */
    HEAPD_SCOPE_FRAME = 1,  /* the session's top frame */
    HEAPD_SCOPE_MODULE = 2, /* the session's bottom frame */
    HEAPD_SCOPE_HEAP = 3,   /* shared by all sessions, and outliving them */
};

/* What keeps a new object alive from the start. */
enum heapd_keep_how {
    HEAPD_KEEP_HOLD = 0, /* a hold of the top frame */
    HEAPD_KEEP_BATCH,    /* only the batch, until it ends */
    HEAPD_KEEP_NAME,
    HEAPD_KEEP_APPEND,
    HEAPD_KEEP_ADD,
    HEAPD_KEEP_INDEX,
    HEAPD_KEEP_KEY,
    HEAPD_KEEP_ATTRIBUTE,
};

struct heapd_keep {
    enum heapd_keep_how how;
    enum heapd_scope scope;
    struct heapd_ref container;
    struct heapd_ref key;
    int64_t index;
    const char *name; /* a name, or an attribute's */
};

HEAPD_API struct heapd_keep heapd_keep_hold(void);
/* In a batch only: for parts that a later operation of it puts somewhere. */
HEAPD_API struct heapd_keep heapd_keep_batch(void);
/* Binds it to a name. */
HEAPD_API struct heapd_keep heapd_keep_name(const char *name, enum heapd_scope scope);
/* list.append */
HEAPD_API struct heapd_keep heapd_keep_append(struct heapd_ref list);
/* set.add */
HEAPD_API struct heapd_keep heapd_keep_add(struct heapd_ref set);
/* list[index] = the object */
HEAPD_API struct heapd_keep heapd_keep_index(struct heapd_ref list, int64_t index);
/* dict[key] = the object */
HEAPD_API struct heapd_keep heapd_keep_key(struct heapd_ref dict, struct heapd_ref key);
/* instance.name = the object */
HEAPD_API struct heapd_keep heapd_keep_attribute(struct heapd_ref instance, const char *name);

/* Makes an object of any kind.  *ret_id is a new id, or that of an immortal or
 * interned object.  Errors: those of the operands; INVALID_ARGUMENT,
 * PY_TYPE_ERROR ("unhashable type: 'list'"), BAD_UTF8, BAD_ARGUMENT;
 * RESOURCE_EXHAUSTED, LIMIT_.... */
HEAPD_API int heapd_create(struct heapd_client *client, struct heapd_new object,
                           struct heapd_keep keep, uint64_t *ret_id, struct heapd_error *error);

/* ---------------------------------------------------------------- holds */

/* Takes holds: counts[i] (1 or more) of objects[i]; counts NULL: one of each.
 * All or nothing.  ret_ids, if not NULL, has room for count ids and gets them
 * in the order of objects. */
HEAPD_API int heapd_hold(struct heapd_client *client, const struct heapd_ref *objects,
                         const uint32_t *counts, size_t count, uint64_t *ret_ids,
                         struct heapd_error *error);

/* Gives holds back, those of the top frame first.  All or nothing.  What
 * nothing else refers to is freed before this returns.
 * Errors: FAILED_PRECONDITION, NOT_HELD; NOT_FOUND, STALE_ID. */
HEAPD_API int heapd_release(struct heapd_client *client, const struct heapd_ref *objects,
                            const uint32_t *counts, size_t count, struct heapd_error *error);

/* Gives one hold of an object back some time later: up to 512 objects are gathered and leave
 * in one request, before the next request of the client whatever it is, and at the latest in
 * the next flush, process, wait or close.  So no request sees a hold that was given back before
 * it. Waits only as heapd_batch_send does.  What has left counts as one batch in flight. An
 * object that cannot be released does not keep the others: it is found by halving the request,
 * which is how the others may be released later than requests behind them; and reported.
 * Errors: INVALID_ARGUMENT, BAD_OPERAND: id 0; those of heapd_batch_send; the hold is not given
 * back then. */
HEAPD_API int heapd_release_later(struct heapd_client *client, uint64_t id,
                                  struct heapd_error *error);

/* Called, as a heapd_batch_cb is and with the same limits, with releases of heapd_release_later
 * that failed: counts[i] holds of ids[i].
 *   FAILED_PRECONDITION, NOT_HELD; NOT_FOUND, STALE_ID   one object, not released
 *   UNAVAILABLE, NOT_SENT      the connection was lost before they left
 *   UNAVAILABLE, CONNECTION_LOST   ... while they were under way; the session's holds are gone
 *                              in either case
 *   RESOURCE_EXHAUSTED, LIMIT_MEMORY   the client has none to release them: they are held still
 * The pointers are borrowed until it returns. */
typedef void (*heapd_release_cb)(struct heapd_client *client, const uint64_t *ids,
                                 const uint32_t *counts, size_t count,
                                 const struct heapd_error *error, void *ctx);

/* callback NULL, as at the start: nobody is told. */
HEAPD_API void heapd_client_set_release_callback(struct heapd_client *client,
                                                 heapd_release_cb callback, void *ctx);

/* The true counts of references; 4294967295 for immortals.  (Python's
 * sys.getrefcount shows one more, its own argument.)  ret_counts: room for count. */
HEAPD_API int heapd_refcounts(struct heapd_client *client, const struct heapd_ref *objects,
                              size_t count, uint32_t *ret_counts, struct heapd_error *error);

/* ---------------------------------------------------------------- what an object is */

/* Everything known of one object. */
struct heapd_info {
    uint64_t id;
    enum heapd_kind kind;
    uint32_t refcount; /* as heapd_refcounts */
    bool tracked;      /* the collector looks at it */
    bool finalized;
    bool interned;
    uint32_t generation; /* 0, 1, 2; 3: frozen.  Means nothing unless tracked. */
    uint64_t size_bytes; /* slot entry and block */

    /* The block of its body: what Python's id() shows as an address. */
    bool has_block; /* false: it needs none; the rest is 0 */
    bool in_pool;   /* false: too large for the pools, it came from malloc */
    uint32_t arena;
    uint32_t pool;
    uint32_t block;
    uint32_t block_size; /* bytes: the size class */

    /* The value, according to kind. */
    bool bool_value;
    int64_t int_value;
    double float_value;
    const char *data; /* str, bytes: size bytes and a NUL behind them; else NULL */
    size_t size;      /* less than the whole if value_limit cut it (compare length for bytes) */

    uint64_t length;        /* characters, bytes, items, keys or attributes: all of them */
    const char *class_name; /* of an instance; else NULL */

    /* One page of its references, borrowed ids: items; keys of a dict;
     * attribute names, as str objects, of an instance. */
    size_t item_count;
    const uint64_t *items;
    const uint64_t *values; /* dict, instance: the value beside each of items; else NULL */
};

struct heapd_get_options {
    uint64_t first;       /* number of the first reference wanted, from 0 */
    uint32_t limit;       /* at most so many references; 0: the daemon chooses (1000) */
    uint32_t value_limit; /* at most so many bytes of a str or bytes; 0: all */
};

/* Describes one object.  options NULL: the first page, the whole value.  The
 * daemon may give fewer references than asked: compare first + item_count with
 * length.  *ret_info is one block, to be freed with heapd_free. */
HEAPD_API int heapd_get(struct heapd_client *client, struct heapd_ref object,
                        const struct heapd_get_options *options, struct heapd_info **ret_info,
                        struct heapd_error *error);

/* ---------------------------------------------------------------- containers */

/* Python's start:stop:step; what is not set takes Python's default. */
struct heapd_slice {
    bool has_start;
    bool has_stop;
    int64_t start;
    int64_t stop;
    int64_t step; /* 0 means 1 */
};

enum heapd_at_how { HEAPD_AT_NOTHING = 0, HEAPD_AT_INDEX, HEAPD_AT_KEY, HEAPD_AT_SLICE };

/* A place in a container. */
struct heapd_at {
    enum heapd_at_how how;
    int64_t index; /* of a sequence; below 0: from the end */
    struct heapd_ref key;
    struct heapd_slice slice;
};

HEAPD_API struct heapd_at heapd_at_nothing(void);
HEAPD_API struct heapd_at heapd_at_index(int64_t index);
/* Of a dict: any hashable object.  Of a sequence: an int or bool object. */
HEAPD_API struct heapd_at heapd_at_key(struct heapd_ref key);
/* In heapd_del_item on a list only. */
HEAPD_API struct heapd_at heapd_at_slice(struct heapd_slice slice);

/* Flags of calls that give an object. */
#define HEAPD_HOLD       1u /* take a hold of it; without: the id is borrowed */
#define HEAPD_MISSING_OK 2u /* heapd_get_item: a missing dict key gives id 0 (dict.get) */

/* list.append.  Errors: INVALID_ARGUMENT, PY_ATTRIBUTE_ERROR. */
HEAPD_API int heapd_append(struct heapd_client *client, struct heapd_ref list,
                           struct heapd_ref item, struct heapd_error *error);
/* list.insert: below 0 from the end; outside: at the nearer end. */
HEAPD_API int heapd_insert(struct heapd_client *client, struct heapd_ref list, int64_t index,
                           struct heapd_ref item, struct heapd_error *error);
/* container[at] = item.  Errors: OUT_OF_RANGE, PY_INDEX_ERROR; INVALID_ARGUMENT, PY_TYPE_ERROR.
 */
HEAPD_API int heapd_set_item(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_at at, struct heapd_ref item,
                             struct heapd_error *error);
/* container[at].  Errors: OUT_OF_RANGE, PY_INDEX_ERROR; NOT_FOUND, PY_KEY_ERROR;
 * INVALID_ARGUMENT. */
HEAPD_API int heapd_get_item(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_at at, unsigned flags, uint64_t *ret_id,
                             struct heapd_error *error);
/* del container[at] */
HEAPD_API int heapd_del_item(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_at at, struct heapd_error *error);
/* list.pop (at an index, or nothing: the last), dict.pop (at a key), set.pop (nothing). */
HEAPD_API int heapd_pop(struct heapd_client *client, struct heapd_ref container,
                        struct heapd_at at, unsigned flags, uint64_t *ret_id,
                        struct heapd_error *error);
/* list.remove, set.remove: by value.  Errors: INVALID_ARGUMENT, PY_VALUE_ERROR
 * ("list.remove(x): x not in list"); NOT_FOUND, PY_KEY_ERROR. */
HEAPD_API int heapd_remove(struct heapd_client *client, struct heapd_ref container,
                           struct heapd_ref item, struct heapd_error *error);
/* Adds items to a list or a set. */
HEAPD_API int heapd_extend(struct heapd_client *client, struct heapd_ref container,
                           const struct heapd_ref *items, size_t count,
                           struct heapd_error *error);
/* Adds the items of another container (dict.update: its entries). */
HEAPD_API int heapd_extend_from(struct heapd_client *client, struct heapd_ref container,
                                struct heapd_ref from, struct heapd_error *error);
/* list.clear, dict.clear, set.clear */
HEAPD_API int heapd_clear(struct heapd_client *client, struct heapd_ref container,
                          struct heapd_error *error);
/* set.add; *ret_added false: an equal item was there. */
HEAPD_API int heapd_add(struct heapd_client *client, struct heapd_ref set,
                        struct heapd_ref item, bool *ret_added, struct heapd_error *error);
/* set.discard */
HEAPD_API int heapd_discard(struct heapd_client *client, struct heapd_ref set,
                            struct heapd_ref item, bool *ret_removed,
                            struct heapd_error *error);
/* item in container: items, keys of a dict, a substring of a str or bytes. */
HEAPD_API int heapd_contains(struct heapd_client *client, struct heapd_ref container,
                             struct heapd_ref item, bool *ret_contains,
                             struct heapd_error *error);
/* instance.name = value, instance.name, del instance.name.
 * Errors: INVALID_ARGUMENT or NOT_FOUND, PY_ATTRIBUTE_ERROR. */
HEAPD_API int heapd_set_attr(struct heapd_client *client, struct heapd_ref object,
                             const char *name, struct heapd_ref value,
                             struct heapd_error *error);
HEAPD_API int heapd_get_attr(struct heapd_client *client, struct heapd_ref object,
                             const char *name, unsigned flags, uint64_t *ret_id,
                             struct heapd_error *error);
HEAPD_API int heapd_del_attr(struct heapd_client *client, struct heapd_ref object,
                             const char *name, struct heapd_error *error);
/* len(object).  Errors: INVALID_ARGUMENT, PY_TYPE_ERROR. */
HEAPD_API int heapd_length(struct heapd_client *client, struct heapd_ref object,
                           uint64_t *ret_length, struct heapd_error *error);
/* sys.intern */
HEAPD_API int heapd_intern(struct heapd_client *client, struct heapd_ref object, unsigned flags,
                           uint64_t *ret_id, struct heapd_error *error);
/* left == right, by value: a nan does not equal itself, while identical items of containers
 * are equal.  Errors: ABORTED, PY_RECURSION_ERROR; RESOURCE_EXHAUSTED, LIMIT_WORK. */
HEAPD_API int heapd_equals(struct heapd_client *client, struct heapd_ref left,
                           struct heapd_ref right, bool *ret_equal, struct heapd_error *error);

/* ---------------------------------------------------------------- weak references */

/* weakref.ref(object): an object that knows the other and does not keep it; held
 * by the caller's frame.  It is shared: while it lives, whoever asks again is given
 * the same.  Errors: INVALID_ARGUMENT, PY_TYPE_ERROR: only sets, frozensets and
 * instances can be weakly referred to. */
HEAPD_API int heapd_weakref(struct heapd_client *client, struct heapd_ref object,
                            uint64_t *ret_id, struct heapd_error *error);
/* reference(): the object, or 0 if it is dead.  HEAPD_HOLD: take a hold of it.
 * Errors: INVALID_ARGUMENT, PY_TYPE_ERROR if it is no weak reference. */
HEAPD_API int heapd_deref(struct heapd_client *client, struct heapd_ref weakref, unsigned flags,
                          uint64_t *ret_id, struct heapd_error *error);
/* weakref.ref(object, callback): a weak reference of its own, which goes on the queue when the
 * object is dead, if it lives then itself.  Errors: as above; NOT_FOUND, NO_SUCH_QUEUE. */
HEAPD_API int heapd_weakref_callback(struct heapd_client *client, struct heapd_ref object,
                                     const char *queue, uint64_t *ret_id,
                                     struct heapd_error *error);
/* weakref.getweakrefcount(object); 0 for kinds that can have none. */
HEAPD_API int heapd_weakref_count(struct heapd_client *client, struct heapd_ref object,
                                  uint64_t *ret_count, struct heapd_error *error);

/* ---------------------------------------------------------------- finalizers and queues */

/* Who is told when objects end, and how.  A finalizer names a queue.  When nothing holds its
 * object any more it does not die: it goes on the queue, whole and readable, and the queue
 * holds it until somebody has received and acknowledged it.  Then it dies, unless it is held
 * again by then; it is finalized once.  A callback (heapd_weakref_callback) is told after the
 * death: the weak reference goes on the queue.
 *
 * Delivery is at least once.  What was received and is not acknowledged before the queue's
 * deadline, or before the session that received it ends, is delivered again, to the same
 * session or another; after so many tries it is a dead letter, until it is acknowledged or
 * redriven.  So what is done on a delivery must bear being done twice. */

struct heapd_queue_options {
    uint32_t deadline_ms; /* that a receiver has, up to a week; 0: as it is, 30000 at first */
    uint32_t tries;       /* before it is a dead letter, up to 1000; 0: as it is, 5 at first */
    bool of_session;      /* a new one ends with this session: what is on it is let go, and
                             what is set for it dies untold */
};

/* Makes a queue, or gives one other settings.  queue: 1 to 255 bytes.  options NULL: all 0.
 * *ret_created: it was not there before.
 * Errors: INVALID_ARGUMENT, BAD_NAME, BAD_ARGUMENT; RESOURCE_EXHAUSTED, LIMIT_QUEUES. */
HEAPD_API int heapd_create_queue(struct heapd_client *client, const char *queue,
                                 const struct heapd_queue_options *options, bool *ret_created,
                                 struct heapd_error *error);
/* Does away with a queue that nothing is on and nothing is set for.
 * Errors: NOT_FOUND, NO_SUCH_QUEUE; FAILED_PRECONDITION, QUEUE_IN_USE. */
HEAPD_API int heapd_delete_queue(struct heapd_client *client, const char *queue,
                                 struct heapd_error *error);

struct heapd_queue {
    const char *name;
    uint32_t deadline_ms;
    uint32_t tries;
    uint64_t session;   /* it ends with this one; 0: with none */
    uint64_t armed;     /* finalizers and callbacks set for it whose objects live */
    uint64_t waiting;   /* to be received */
    uint64_t delivered; /* received, and not acknowledged */
    uint64_t dead;      /* letters */
    uint32_t receivers; /* sessions that have received from it */
};

/* All queues in the order of their creation.  *ret_queues is one block of *ret_count entries,
 * to be freed with heapd_free; never NULL on success. */
HEAPD_API int heapd_list_queues(struct heapd_client *client, struct heapd_queue **ret_queues,
                                size_t *ret_count, struct heapd_error *error);

/* Sets the finalizer of an object, in place of another one; queue NULL or "": it has none any
 * more.  Errors: INVALID_ARGUMENT, PY_TYPE_ERROR: atoms and weak references have none;
 * FAILED_PRECONDITION, FINALIZED: it had its finalizer already; NOT_FOUND, NO_SUCH_QUEUE. */
HEAPD_API int heapd_set_finalizer(struct heapd_client *client, struct heapd_ref object,
                                  const char *queue, struct heapd_error *error);

struct heapd_delivery {
    uint64_t delivery; /* its number, for heapd_acknowledge; each try has another */
    uint64_t id;       /* the object, or the weak reference: held by the queue */
    bool callback;     /* it is the weak reference of a dead object */
    uint32_t tries;    /* which try this is, from 1 */
};

/* Takes what waits on a queue, at most max (0: 1000, which is also the most).  If nothing does,
 * waits wait_ms milliseconds for the first (0: not at all; at most 3600000), on top of the
 * client's timeout; then *ret_count is 0.  *ret_deliveries is one block, to be freed with
 * heapd_free; never NULL on success.  After a failure what was taken, if anything was, comes
 * again.  Errors: NOT_FOUND, NO_SUCH_QUEUE; INVALID_ARGUMENT, BAD_ARGUMENT;
 * RESOURCE_EXHAUSTED, LIMIT_CALLS: too many of this connection wait already. */
HEAPD_API int heapd_receive(struct heapd_client *client, const char *queue, uint32_t max,
                            uint32_t wait_ms, struct heapd_delivery **ret_deliveries,
                            size_t *ret_count, struct heapd_error *error);

/* They are done with: all of them, or none.  Dead letters can be, too, and what another
 * session has received.  What nothing else holds is freed before this returns.
 * Errors: NOT_FOUND, NO_SUCH_DELIVERY: never made, acknowledged already, taken back since, or
 * named twice. */
HEAPD_API int heapd_acknowledge(struct heapd_client *client, const uint64_t *deliveries,
                                size_t count, struct heapd_error *error);

/* All dead letters of a queue, the oldest first.  *ret_letters: as heapd_receive's. */
HEAPD_API int heapd_list_dead(struct heapd_client *client, const char *queue,
                              struct heapd_delivery **ret_letters, size_t *ret_count,
                              struct heapd_error *error);

/* Puts dead letters back on their queues, with all their tries before them: those that are
 * named, whatever their queue, or (deliveries NULL) all of this one.  *ret_redriven: how many.
 * Errors: NOT_FOUND, NO_SUCH_QUEUE, NO_SUCH_DELIVERY; INVALID_ARGUMENT, BAD_ARGUMENT: a count
 * of 0. */
HEAPD_API int heapd_redrive(struct heapd_client *client, const char *queue,
                            const uint64_t *deliveries, size_t count, uint64_t *ret_redriven,
                            struct heapd_error *error);

/* How many finalizers and callbacks waited on the queues that this session has received from,
 * when the daemon last answered it.  Asks nobody. */
HEAPD_API uint64_t heapd_waiting(const struct heapd_client *client);

/* ---------------------------------------------------------------- copies */

/* One of the sources of a copy: all of it, or a slice. */
struct heapd_part {
    struct heapd_ref source;
    bool sliced;
    struct heapd_slice slice;
};

/* Makes a new list, tuple, str or bytes of the parts one after the other, the
 * whole of them `repeat` times (0 means once; below 0: none).  kind: of the
 * result when it is not that of the first part, HEAPD_KIND_LIST or _TUPLE
 * (list(x), tuple(x)); else HEAPD_KIND_UNSPECIFIED.  A whole tuple, str or bytes
 * alone and once gives the object itself.  Outside a batch flags must have
 * HEAPD_HOLD. */
HEAPD_API int heapd_copy(struct heapd_client *client, const struct heapd_part *parts,
                         size_t count, int64_t repeat, enum heapd_kind kind, unsigned flags,
                         uint64_t *ret_id, struct heapd_error *error);

/* ---------------------------------------------------------------- names and frames */

/* What a name must be bound to for a bind or delete to be carried out; else
 * FAILED_PRECONDITION, EXPECTATION. */
struct heapd_expect {
    bool absent; /* not bound in that scope */
    uint64_t id; /* unless absent: bound to this object */
};

/* name = object.  expect NULL: whatever it was.  *ret_id is the object's, borrowed. */
HEAPD_API int heapd_bind(struct heapd_client *client, const char *name, struct heapd_ref object,
                         enum heapd_scope scope, const struct heapd_expect *expect,
                         uint64_t *ret_id, struct heapd_error *error);
/* del name.  Errors: NOT_FOUND, NO_SUCH_NAME. */
HEAPD_API int heapd_delete(struct heapd_client *client, const char *name,
                           enum heapd_scope scope, const struct heapd_expect *expect,
                           struct heapd_error *error);

struct heapd_found {
    uint64_t id;
    enum heapd_kind kind;
    enum heapd_scope scope; /* where it was found */
};

/* What a name is bound to.  Errors: NOT_FOUND, NO_SUCH_NAME. */
HEAPD_API int heapd_lookup(struct heapd_client *client, const char *name,
                           enum heapd_scope scope, unsigned flags,
                           struct heapd_found *ret_found, struct heapd_error *error);

struct heapd_named {
    const char *name;
    uint64_t id;
};

/* All names of a scope in the order they were bound.  *ret_names is one block
 * of *ret_count entries, to be freed with heapd_free; never NULL on success. */
HEAPD_API int heapd_names(struct heapd_client *client, enum heapd_scope scope,
                          struct heapd_named **ret_names, size_t *ret_count,
                          struct heapd_error *error);

struct heapd_argument {
    const char *name;
    struct heapd_ref value; /* heapd_nothing(): a local name without a value yet */
};

/* Enters a function: pushes a frame that holds each argument under its name.
 * function, for people who list frames, may be NULL.  *ret_depth: frames now,
 * the module scope being 1.  Errors: RESOURCE_EXHAUSTED, LIMIT_DEPTH. */
HEAPD_API int heapd_call(struct heapd_client *client, const char *function,
                         const struct heapd_argument *arguments, size_t count,
                         uint32_t *ret_depth, struct heapd_error *error);

/* Leaves it: pops the frame with its arguments, locals and holds.  object,
 * unless heapd_nothing(), is handed to the caller's frame as a hold; *ret_id is
 * its id, else 0.  Errors: FAILED_PRECONDITION, NO_FRAME in the module scope. */
HEAPD_API int heapd_return(struct heapd_client *client, struct heapd_ref object,
                           uint64_t *ret_id, uint32_t *ret_depth, struct heapd_error *error);

/* ---------------------------------------------------------------- the collector */

struct heapd_collected {
    uint64_t collected; /* objects freed: what gc.collect() returns, with uncollectable */
    uint64_t uncollectable;
    uint64_t candidates; /* objects looked at */
};

/* gc.collect(generation): 0, 1 or 2 (the full one), also while disabled.
 * Errors: INVALID_ARGUMENT, PY_VALUE_ERROR ("invalid generation"). */
HEAPD_API int heapd_collect(struct heapd_client *client, int generation,
                            struct heapd_collected *ret_collected, struct heapd_error *error);
/* The same; then it waits, so many milliseconds at most (3600000), until all who were told of
 * finalizers have acknowledged and what these kept has been looked at again; what was freed by
 * that, or by count before because only garbage had had it, is included.  *ret_pending: sets
 * that are pending still.  Other calls may be sent meanwhile by other clients only, for this
 * one blocks. Errors also: INVALID_ARGUMENT, BAD_ARGUMENT; RESOURCE_EXHAUSTED, LIMIT_CALLS. */
HEAPD_API int heapd_collect_wait(struct heapd_client *client, int generation, uint32_t wait_ms,
                                 struct heapd_collected *ret_collected, uint64_t *ret_pending,
                                 struct heapd_error *error);
/* gc.enable, gc.disable, gc.isenabled: automatic collection. */
HEAPD_API int heapd_gc_enable(struct heapd_client *client, struct heapd_error *error);
HEAPD_API int heapd_gc_disable(struct heapd_client *client, struct heapd_error *error);
HEAPD_API int heapd_gc_is_enabled(struct heapd_client *client, bool *ret_enabled,
                                  struct heapd_error *error);
/* gc.get_threshold; (700, 10, 10) at the start. */
HEAPD_API int heapd_gc_get_threshold(struct heapd_client *client, uint32_t ret_thresholds[3],
                                     struct heapd_error *error);
/* gc.set_threshold: one to three values, those not given stay; the first 0
 * turns automatic collection off.  Errors: INVALID_ARGUMENT, PY_VALUE_ERROR. */
HEAPD_API int heapd_gc_set_threshold(struct heapd_client *client, const int64_t *thresholds,
                                     size_t count, struct heapd_error *error);
/* gc.get_count */
HEAPD_API int heapd_gc_get_count(struct heapd_client *client, uint64_t ret_counts[3],
                                 struct heapd_error *error);

struct heapd_generation_stats {
    uint64_t collections;
    uint64_t collected;
    uint64_t uncollectable;
    uint64_t candidates;  /* objects looked at */
    uint64_t duration_ns; /* of all its collections together */
    uint64_t objects;     /* in it now */
};

/* gc.get_stats, from the youngest. */
HEAPD_API int heapd_gc_get_stats(struct heapd_client *client,
                                 struct heapd_generation_stats ret_stats[3],
                                 struct heapd_error *error);
/* What a pause of the heap was: a piece of work during which nobody else was served. */
enum heapd_pause_kind {
    HEAPD_PAUSE_UNSPECIFIED = 0,
    HEAPD_PAUSE_SLICE = 1,   /* of a collection that is carried out in slices */
    HEAPD_PAUSE_YOUNG = 2,   /* a collection of generation 0 or 1, carried out at once */
    HEAPD_PAUSE_CASCADE = 3, /* deaths by count, and what else an operation left to do */
    HEAPD_PAUSE_RELIEF = 4,  /* a limit was met and room was made */
};

/* How far a collection in slices has got; of a pause: what it was doing at first. */
enum heapd_collection_stage {
    HEAPD_STAGE_UNSPECIFIED = 0,
    HEAPD_STAGE_UNCOLLECTED = 1, /* what is not collected is reached */
    HEAPD_STAGE_ROOTS = 2,       /* what the owners have is reached */
    HEAPD_STAGE_MARK = 3,        /* all that these lead to is reached */
    HEAPD_STAGE_CALLBACKS = 4,
    HEAPD_STAGE_FINALIZERS = 5,
    HEAPD_STAGE_SAVE = 6, /* SAVEALL */
    HEAPD_STAGE_RELEASE = 7,
    HEAPD_STAGE_PROMOTE = 8,
    HEAPD_STAGE_FINISH = 9,
    HEAPD_STAGE_COMMIT = 10, /* of a pause: the commit was in it */
};

/* "slice" for HEAPD_PAUSE_SLICE, "mark" for HEAPD_STAGE_MARK and so on; "none" for the
 * unspecified ones, "unknown" for others. */
HEAPD_API const char *heapd_pause_kind_name(int kind);
HEAPD_API const char *heapd_collection_stage_name(int stage);

#define HEAPD_PAUSE_BUCKETS 24
#define HEAPD_PAUSE_SERIES  7

struct heapd_pause_stats {
    enum heapd_pause_kind kind;
    uint32_t generation; /* 0 for cascades and relief */
    uint64_t count;
    uint64_t total_ns; /* by the daemon's monotonic clock */
    uint64_t longest_ns;
    /* [0]: less than 1024 ns; [i]: from 2^(9+i) ns on to twice that, the last without end. */
    uint64_t histogram[HEAPD_PAUSE_BUCKETS];
};

struct heapd_gc_pauses {
    /* The young of generations 0 and 1, slices of 0, 1 and 2, cascades, relief. */
    struct heapd_pause_stats series[HEAPD_PAUSE_SERIES];
    struct {
        enum heapd_pause_kind kind; /* HEAPD_PAUSE_UNSPECIFIED: there was none yet */
        uint32_t generation;
        enum heapd_collection_stage stage; /* of slices */
        uint64_t duration_ns;
        uint64_t time_ns; /* when it ended, by the daemon's monotonic clock */
        uint64_t units;   /* of work; 0 for the young */
        uint64_t objects; /* looked at, of the young */
    } longest;
    struct {
        enum heapd_collection_stage stage; /* of the collection in progress */
        uint32_t generation;
        uint64_t slice_units; /* of work that slices of collections have done */
        uint64_t cascade_units;
        uint64_t owed_units; /* an estimate; 0 if and only if nothing is to be done */
        uint64_t operations; /* that have more to do */
    } work;
    /* What is not held and still there, as far as it is known. */
    struct {
        uint64_t dying_objects; /* dead, and being worked off */
        uint64_t pending_sets;
        uint64_t found_objects; /* dead, by the last complete full collection; and freed */
        uint64_t found_bytes;
        uint64_t grown_objects; /* since then: if what lives is as large, at most so */
        uint64_t grown_bytes;   /* much is garbage in cycles */
    } floating;
};

/* How long the heap paused and for what, what the collector has to do, what floats. */
HEAPD_API int heapd_gc_get_pauses(struct heapd_client *client,
                                  struct heapd_gc_pauses *ret_pauses,
                                  struct heapd_error *error);
/* gc.freeze, gc.unfreeze, gc.get_freeze_count */
HEAPD_API int heapd_gc_freeze(struct heapd_client *client, struct heapd_error *error);
HEAPD_API int heapd_gc_unfreeze(struct heapd_client *client, struct heapd_error *error);
HEAPD_API int heapd_gc_get_freeze_count(struct heapd_client *client, uint64_t *ret_count,
                                        struct heapd_error *error);
/* gc.is_tracked, gc.is_finalized */
HEAPD_API int heapd_gc_is_tracked(struct heapd_client *client, struct heapd_ref object,
                                  bool *ret_tracked, struct heapd_error *error);
HEAPD_API int heapd_gc_is_finalized(struct heapd_client *client, struct heapd_ref object,
                                    bool *ret_finalized, struct heapd_error *error);
/* gc.get_referents: one for each reference, in slot order.
 * gc.get_referrers: the tracked containers that refer to it, each once.
 * Borrowed ids, all pages; *ret_ids is to be freed with heapd_free. */
HEAPD_API int heapd_gc_get_referents(struct heapd_client *client, struct heapd_ref object,
                                     uint64_t **ret_ids, size_t *ret_count,
                                     struct heapd_error *error);
HEAPD_API int heapd_gc_get_referrers(struct heapd_client *client, struct heapd_ref object,
                                     uint64_t **ret_ids, size_t *ret_count,
                                     struct heapd_error *error);
/* gc.get_objects: the tracked objects of a generation, or all that are not frozen; as above.
 * Errors: INVALID_ARGUMENT, PY_VALUE_ERROR for a generation that there is not. */
#define HEAPD_ALL_GENERATIONS (-1)
HEAPD_API int heapd_gc_get_objects(struct heapd_client *client, int generation,
                                   uint64_t **ret_ids, size_t *ret_count,
                                   struct heapd_error *error);

/* ---------------------------------------------------------------- who holds what */

enum heapd_owner_kind {
    HEAPD_OWNER_UNSPECIFIED = 0,
    HEAPD_OWNER_CONTAINER = 1,   /* another object */
    HEAPD_OWNER_GLOBAL_NAME = 2, /* of the heap */
    HEAPD_OWNER_NAME = 3,        /* of a call frame */
    HEAPD_OWNER_HOLD = 4,        /* of a call frame */
    HEAPD_OWNER_QUEUE = 5,       /* of finalizers or callbacks */
    HEAPD_OWNER_GARBAGE = 6,     /* gc.garbage */
    HEAPD_OWNER_BATCH = 7,       /* that is running */
    HEAPD_OWNER_WORK = 8,        /* what the daemon has not worked off yet */
};

/* "global name", "name", "hold", "queue", ...; never NULL. */
HEAPD_API const char *heapd_owner_kind_name(int kind);

struct heapd_owner {
    enum heapd_owner_kind kind;
    uint64_t session; /* its number; 0: of none */
    uint32_t frame;   /* of a name or a hold: 0 is the module scope */
    const char *name; /* of the name, or the queue; else "" */
};

enum heapd_step_where {
    HEAPD_STEP_UNSPECIFIED = 0,
    HEAPD_STEP_INDEX,          /* an item of a list or tuple */
    HEAPD_STEP_VALUE,          /* the value under a key of a dict */
    HEAPD_STEP_KEY,            /* a key of a dict */
    HEAPD_STEP_ITEM,           /* an item of a set or frozenset */
    HEAPD_STEP_ATTRIBUTE,      /* the value of an attribute */
    HEAPD_STEP_ATTRIBUTE_NAME, /* the name of one */
};

/* One reference of a container. */
struct heapd_step {
    uint64_t container; /* 0: it is dead, and not worked off yet */
    enum heapd_kind kind;
    const char *class_name; /* of an instance; else "" */
    enum heapd_step_where where;
    uint64_t index;   /* INDEX */
    uint64_t key;     /* VALUE */
    const char *text; /* VALUE: Python's repr of the key, cut; ATTRIBUTE: its name; else "" */
};

/* How an owner reaches an object: it has the first of `length` containers, each has
 * the next, and the last has the object. */
struct heapd_path {
    struct heapd_owner owner;
    uint64_t length; /* 0: the owner has the object itself */
    size_t step_count;
    const struct heapd_step *steps;
    uint64_t omitted; /* containers of a long path that stand before steps[omitted_at] */
    uint32_t omitted_at;
};

struct heapd_why {
    uint64_t id;
    bool immortal;    /* it needs no owner */
    bool unreachable; /* no owner reaches it: garbage that waits for a collection */
    bool exact; /* the heap stood still: paths are shortest, and kinds without one have none */
    size_t path_count;
    const struct heapd_path *paths; /* one for each kind of owner that reaches it */
};

/* Why an object is there: a shortest path to it from each kind of owner.  It takes
 * no reference.  *ret_why is one block, to be freed with heapd_free.
 * Errors: NOT_FOUND, STALE_ID, also if it dies meanwhile; RESOURCE_EXHAUSTED,
 * LIMIT_MEMORY, LIMIT_HEAP_BYTES; ABORTED, CHANGED: the heap changed too much. */
HEAPD_API int heapd_why(struct heapd_client *client, struct heapd_ref object,
                        struct heapd_why **ret_why, struct heapd_error *error);

/* Objects of a class that a collection would free, and those it would keep for a finalizer. */
struct heapd_dry_class {
    enum heapd_kind kind;   /* 0: of all classes that have no entry */
    const char *class_name; /* of instances; else "" */
    uint64_t objects;
    uint64_t bytes;
    uint64_t kept;
};

/* Dead objects each of which leads to each other. */
struct heapd_dead_cycle {
    uint64_t objects;
    bool kept;              /* they would be */
    struct heapd_path path; /* from one of them back to it; it has no owner */
};

struct heapd_dry_run {
    bool exact;          /* the heap stood still: there is no other garbage */
    uint64_t collected;  /* tracked objects: what gc.collect() would return */
    uint64_t kept;       /* tracked ones, for their finalizers */
    uint64_t candidates; /* objects looked at */
    uint64_t objects;    /* that would be freed, with what only these have; and their bytes */
    uint64_t bytes;
    uint64_t cycles; /* how many there are */
    size_t class_count;
    const struct heapd_dry_class *classes; /* the most bytes first */
    size_t cycle_count;
    const struct heapd_dead_cycle *cycle; /* the largest */
};

/* What heapd_collect would free now, and at most so many (0 to 16) of the cycles that it would
 * find; nothing is changed.  *ret_dry_run is one block, to be freed with heapd_free.
 * Errors: as heapd_collect; INVALID_ARGUMENT, BAD_ARGUMENT; RESOURCE_EXHAUSTED, LIMIT_MEMORY,
 * LIMIT_HEAP_BYTES; ABORTED, CHANGED: the heap changed too much. */
HEAPD_API int heapd_dry_run(struct heapd_client *client, int generation, uint32_t cycles,
                            struct heapd_dry_run **ret_dry_run, struct heapd_error *error);

/* ---------------------------------------------------------------- sessions */

struct heapd_session {
    uint64_t number;
    bool own;         /* this client's */
    bool leased;      /* it outlives its connection */
    bool ending;      /* its connection is gone */
    uint32_t account; /* of what it makes */
    uint32_t frames;  /* the module scope included */
    uint64_t names;
    uint64_t holds;     /* objects held, summed over its frames */
    char busy_with[32]; /* the operation that is worked off in slices, "COLLECT"; "": none */
};

/* The sessions of the heap by number, this client's included.  *ret_sessions is to be
 * freed with heapd_free. */
HEAPD_API int heapd_sessions(struct heapd_client *client, struct heapd_session **ret_sessions,
                             size_t *ret_count, struct heapd_error *error);

/* References that one owner has to one object. */
struct heapd_holding {
    struct heapd_owner owner;
    const char *function; /* what heapd_call named the frame; "": nothing */
    uint64_t id;
    enum heapd_kind kind;
    const char *class_name; /* of an instance; else "" */
    uint32_t count;
    const char *text; /* Python's repr, cut */
};

/* What a session has: frame by frame from the top, names before holds.  *ret_holdings
 * is one block, to be freed with heapd_free.  Errors: NOT_FOUND, NO_SUCH_SESSION. */
HEAPD_API int heapd_holdings(struct heapd_client *client, uint64_t session,
                             struct heapd_holding **ret_holdings, size_t *ret_count,
                             struct heapd_error *error);

/* Ends another session: its connection is broken off, and all it held released, if that is
 * much a moment after this returns.  Errors: NOT_FOUND, NO_SUCH_SESSION;
 * INVALID_ARGUMENT, BAD_ARGUMENT: this client's own. */
HEAPD_API int heapd_kill(struct heapd_client *client, uint64_t session,
                         struct heapd_error *error);

/* Flags of heapd_gc_set_debug: Python's numbers. */
#define HEAPD_DEBUG_STATS         1u /* each collection writes to the daemon's log */
#define HEAPD_DEBUG_COLLECTABLE   2u /* kept, and without effect, as the next one */
#define HEAPD_DEBUG_UNCOLLECTABLE 4u
#define HEAPD_DEBUG_SAVEALL       32u /* what a collection finds is kept by gc.garbage */
#define HEAPD_DEBUG_LEAK          38u

/* gc.set_debug, gc.get_debug.  Errors: INVALID_ARGUMENT, BAD_ARGUMENT: other bits. */
HEAPD_API int heapd_gc_set_debug(struct heapd_client *client, uint32_t flags,
                                 struct heapd_error *error);
HEAPD_API int heapd_gc_get_debug(struct heapd_client *client, uint32_t *ret_flags,
                                 struct heapd_error *error);
/* How and when collections run.  For heapd_gc_set_mode: what is 0 stays as it is. */
enum heapd_collector_mode {
    HEAPD_MODE_CLASSIC = 1,     /* as CPython 3.11: whole, the heap standing still */
    HEAPD_MODE_INCREMENTAL = 2, /* in slices */
};

struct heapd_gc_mode {
    enum heapd_collector_mode mode;
    /* Of mode incremental.  A full collection begins when the heap's bytes have grown by so
     * much (1 to 10000), and by floor_bytes at least; the young are collected when they have
     * grown by young_bytes (both 64 KiB to 1 TiB). */
    uint32_t growth_percent;
    uint64_t floor_bytes;
    uint64_t young_bytes;
};

/* Errors: INVALID_ARGUMENT, BAD_ARGUMENT: out of range. */
HEAPD_API int heapd_gc_set_mode(struct heapd_client *client, const struct heapd_gc_mode *mode,
                                struct heapd_error *error);
HEAPD_API int heapd_gc_get_mode(struct heapd_client *client, struct heapd_gc_mode *ret_mode,
                                struct heapd_error *error);
/* gc.garbage, in slot order: ids as those of heapd_gc_get_referents. */
HEAPD_API int heapd_gc_get_garbage(struct heapd_client *client, uint64_t **ret_ids,
                                   size_t *ret_count, struct heapd_error *error);
/* gc.garbage.clear(): what nothing else holds is freed.  *ret_count: how many were in it. */
HEAPD_API int heapd_gc_clear_garbage(struct heapd_client *client, uint64_t *ret_count,
                                     struct heapd_error *error);

/* ---------------------------------------------------------------- heap and daemon */

#define HEAPD_KIND_COUNT 14 /* of enum heapd_kind */

struct heapd_heap_info {
    char name[256];
    uint64_t objects;        /* living, the immortals left out */
    uint64_t generations[4]; /* tracked; the fourth is the permanent one */
    uint64_t sessions;
    uint64_t names;                     /* in the heap's scope */
    uint64_t by_kind[HEAPD_KIND_COUNT]; /* living objects of each kind */
    uint64_t object_bytes;              /* asked for by bodies of objects */
    uint64_t book_bytes;                /* asked for by the heap's own tables */
    uint64_t slot_bytes;                /* slot entries and collector arrays */
    char allocator[16];                 /* "pool" or "malloc" */
    char collector_mode[16];            /* "classic" */
    bool collector_enabled;
    uint64_t used_bytes;      /* what the limit of bytes counts */
    uint64_t committed_bytes; /* memory from the system, what is empty in it included */
    uint64_t limit_bytes;     /* 0: none */
    uint64_t limit_objects;
    uint64_t relief_collections; /* tried because a limit was reached */
};

HEAPD_API int heapd_heap_info(struct heapd_client *client, struct heapd_heap_info *ret_info,
                              struct heapd_error *error);

/* What the heap as a whole, or one account of it, may use from now on. */
struct heapd_new_limits {
    bool of_account;
    uint32_t account;
    bool set_bytes; /* false: that limit stays as it is */
    bool set_objects;
    uint64_t bytes; /* 0: no limit */
    uint64_t objects;
};

struct heapd_usage {
    uint32_t account;
    uint64_t bytes;
    uint64_t objects;
    uint64_t limit_bytes; /* 0: none */
    uint64_t limit_objects;
};

struct heapd_config {
    struct heapd_usage heap;
    size_t account_count; /* with objects or a limit, by number */
    const struct heapd_usage *accounts;
};

/* Sets limits, all or none (count 0: only asks), and says what they are and what is used.
 * *ret_config (may be NULL) is to be freed with heapd_free. */
HEAPD_API int heapd_configure(struct heapd_client *client,
                              const struct heapd_new_limits *limits, size_t count,
                              struct heapd_config **ret_config, struct heapd_error *error);

struct heapd_heaps {
    size_t count;
    const char *const *names; /* in the order of the daemon's command line, the default first */
};

/* The heaps of the daemon; binds the connection to none of them.  *ret_heaps is to be freed
 * with heapd_free. */
HEAPD_API int heapd_list_heaps(struct heapd_client *client, struct heapd_heaps **ret_heaps,
                               struct heapd_error *error);

struct heapd_verified {
    uint64_t objects;
    uint64_t references;
    size_t defect_count; /* 0: everything holds */
    const char *const *defects;
};

/* Re-derives every count and invariant of the heap, which stands still
 * meanwhile.  Succeeds also when there are defects: look at defect_count.
 * *ret_verified is to be freed with heapd_free. */
HEAPD_API int heapd_verify(struct heapd_client *client, struct heapd_verified **ret_verified,
                           struct heapd_error *error);

struct heapd_class_stats {
    uint32_t block_size; /* bytes */
    uint64_t pools;
    uint64_t blocks_used;
    uint64_t blocks_free;
    uint64_t asked_bytes; /* what the users of the used blocks asked for; the rest is waste */
    uint64_t pool_bytes;  /* of its pools */
};

struct heapd_arena_stats {
    uint32_t number;
    uint64_t committed_bytes;
    uint64_t pool_bytes; /* in pools */
    uint64_t used_bytes; /* of these, in blocks that are handed out */
};

/* What sys._debugmallocstats() prints. */
struct heapd_pool_stats {
    char allocator[16];
    uint64_t boundary; /* largest request served from pools, in bytes */
    uint64_t arena_bytes;
    uint64_t unit_bytes;
    uint64_t arenas_now;
    uint64_t arenas_highest;
    uint64_t arenas_ever;
    uint64_t arenas_returned;
    uint64_t committed_bytes;
    uint64_t empty_bytes;
    uint64_t returned_bytes;
    uint64_t pool_used_bytes;
    uint64_t large_count; /* from malloc: too large for the pools */
    uint64_t large_bytes;
    uint64_t sparse_bytes;     /* about what moving bodies together could make free */
    uint64_t evacuating_pools; /* being emptied now */
    uint64_t chosen_pools;     /* to be emptied, so far */
    uint64_t moved_blocks;     /* bodies, so far */
    uint64_t moved_bytes;
    size_t class_count;
    const struct heapd_class_stats *classes; /* by rising block_size */
    size_t arena_count;                      /* only if asked for: those with memory */
    const struct heapd_arena_stats *arenas;
};

/* map: with the arenas.  *ret_stats is to be freed with heapd_free. */
HEAPD_API int heapd_pool_stats(struct heapd_client *client, bool map,
                               struct heapd_pool_stats **ret_stats, struct heapd_error *error);

/* Moves bodies of sparse pools together and gives empty memory back to the system:
 * bytes of it.  Answered when that is done; other sessions are served meanwhile. */
HEAPD_API int heapd_trim(struct heapd_client *client, uint64_t *ret_bytes,
                         struct heapd_error *error);

/* There and back.  *ret_ns: how long it took. */
HEAPD_API int heapd_ping(struct heapd_client *client, uint64_t *ret_ns,
                         struct heapd_error *error);

struct heapd_server_info {
    char version[32];
    char features[256]; /* separated by blanks: "ttrpc classic" */
    uint64_t uptime_seconds;
    uint64_t requests; /* answered since start */
    uint32_t pid;
    uint32_t connections;
    uint32_t limit_frame_bytes; /* of one request or answer */
    uint32_t limit_batch_operations;
    uint32_t limit_frames;
    uint32_t limit_names; /* in one scope */
    uint32_t limit_holds; /* different objects held by one frame */
    uint32_t limit_name_bytes;
    uint32_t limit_connections;
    uint32_t limit_waiting_calls; /* of one connection, streams included */
};

HEAPD_API int heapd_server_info(struct heapd_client *client, struct heapd_server_info *ret_info,
                                struct heapd_error *error);

/* ---------------------------------------------------------------- events */

/* What happens in a heap.  Events are numbered from 1 as they happen, and the heap keeps the
 * last ones (4096, unless the daemon was told otherwise).  They only mirror what happens: a
 * reader holds nobody up, and one that is too slow gets one HEAPD_EVENT_OVERFLOW. */
enum heapd_event_kind {
    HEAPD_EVENT_OVERFLOW = 1,            /* count: events lost; sequence: of the last of them */
    HEAPD_EVENT_SESSION_OPENED = 2,      /* session */
    HEAPD_EVENT_SESSION_CLOSED = 3,      /* session: all it held has been released */
    HEAPD_EVENT_COLLECTION_STARTED = 4,  /* generation, mode, cause */
    HEAPD_EVENT_COLLECTION_FINISHED = 5, /* and: count (objects collected), uncollectable,
                                            candidates, bytes, duration_ns */
    HEAPD_EVENT_FINALIZER_QUEUED = 6,    /* queue, object; count: so many, object the first */
    HEAPD_EVENT_FINALIZER_DELIVERED = 7, /* queue, object, session; count: which try */
    HEAPD_EVENT_FINALIZER_ACKNOWLEDGED = 8, /* queue, object, session */
    HEAPD_EVENT_FINALIZER_RETURNED = 9,     /* queue, object: not acknowledged, waits again */
    HEAPD_EVENT_FINALIZER_DEAD = 10,  /* queue, object: a dead letter, after count tries */
    HEAPD_EVENT_CALLBACK_QUEUED = 11, /* as of finalizers; object: the weak reference */
    HEAPD_EVENT_CALLBACK_DELIVERED = 12,
    HEAPD_EVENT_CALLBACK_ACKNOWLEDGED = 13,
    HEAPD_EVENT_CALLBACK_RETURNED = 14,
    HEAPD_EVENT_CALLBACK_DEAD = 15,
    HEAPD_EVENT_LIMIT_MET = 16,    /* limit, count (asked for), bytes (allowed) */
    HEAPD_EVENT_LIMIT_RELIEF = 17, /* limit, count (objects freed), bytes (freed) */
    HEAPD_EVENT_PAUSE = 18,        /* longer than the budget: duration_ns, pause, stage,
                                      generation, count (units), candidates */
};

#define HEAPD_EVENT_KIND_COUNT 19 /* above all kinds */

/* "session_opened" for HEAPD_EVENT_SESSION_OPENED and so on; "unknown" for others. */
HEAPD_API const char *heapd_event_kind_name(int kind);

/* Why a collection ran. */
enum heapd_collection_cause {
    HEAPD_CAUSE_REQUEST = 1,   /* heapd_collect */
    HEAPD_CAUSE_THRESHOLD = 2, /* automatic */
    HEAPD_CAUSE_LIMIT = 3,     /* a limit was met */
};

struct heapd_event {
    uint64_t sequence;
    enum heapd_event_kind kind; /* says which of the others mean something; they are 0 else */
    uint64_t time_ns;           /* of the daemon's monotonic clock */
    uint64_t age_ns;            /* how long ago that was when the daemon sent it */
    uint64_t session;           /* whose operation it was; 0: nobody's */
    uint64_t object;
    uint64_t count;
    uint64_t bytes;
    uint64_t duration_ns;
    uint32_t generation;
    enum heapd_collector_mode mode;
    enum heapd_collection_cause cause;
    uint64_t uncollectable;
    uint64_t candidates;
    enum heapd_pause_kind pause;
    enum heapd_collection_stage stage;
    const char *queue; /* at most 48 bytes of its name; "" if there is none */
    const char *limit; /* "LIMIT_HEAP_BYTES" and the like; "" if there is none */
};

/* What a reader wants; 0 and NULL everywhere: everything.  Each member that is set must agree.
 */
struct heapd_event_filter {
    uint32_t kinds;       /* bits: 1 << kind; HEAPD_EVENT_OVERFLOW comes in any case */
    uint32_t generations; /* bits: 1 << generation; then only collections agree */
    uint64_t session;
    const char *queue; /* compared to 48 bytes */
};

/* For `after`: from now on. */
#define HEAPD_EVENTS_FROM_NOW UINT64_MAX

struct heapd_event_list {
    size_t count;
    const struct heapd_event *events; /* by rising numbers */
    uint64_t next_after;              /* `after` of the next call, to go on */
};

/* Events with numbers above `after` (0: from the first on) that agree with filter (NULL: all),
 * at most limit of them (0: 1000, which is also the most).  If there are none, waits wait_ms
 * milliseconds for one (0: not at all; at most 3600000), on top of the client's timeout; then
 * the list is empty.  *ret_list is one block, to be freed with heapd_free.
 * Errors: OUT_OF_RANGE, BAD_ARGUMENT: there was no event number `after` yet, the heap is not
 * the one it is of; INVALID_ARGUMENT, BAD_ARGUMENT; RESOURCE_EXHAUSTED, LIMIT_CALLS. */
HEAPD_API int heapd_list_events(struct heapd_client *client,
                                const struct heapd_event_filter *filter, uint64_t after,
                                uint32_t limit, uint32_t wait_ms,
                                struct heapd_event_list **ret_list, struct heapd_error *error);

/* A call that is answered again and again, on the client's connection.  It may be read in two
 * ways: by waiting for what comes next, or from somebody else's poll loop: heapd_client_process
 * reads the socket, and _take gives what it has read.
 *
 * What comes while nobody reads is kept, up to 8 MiB; beyond it the stream ends with
 * RESOURCE_EXHAUSTED, LIMIT_MEMORY, behind what was kept.  Who opens a stream and does not
 * attend to it had better give it a client of its own.  Streams are not in flight:
 * heapd_client_wait does not wait for them. */
struct heapd_stream;

/* Streams events, from above `after`, that agree with filter (as heapd_list_events).  Sent at
 * once, and not waited for: a refusal is how the stream ends.  *ret_stream is to be closed. */
HEAPD_API int heapd_events_open(struct heapd_client *client,
                                const struct heapd_event_filter *filter, uint64_t after,
                                struct heapd_stream **ret_stream, struct heapd_error *error);

/* The next event; waits for it.  *ret_event's texts are borrowed until the next call for this
 * stream.  Errors: DEADLINE_EXCEEDED: none came within the client's timeout, the stream goes
 * on; all others are how it ended, see heapd_stream_status. */
HEAPD_API int heapd_events_next(struct heapd_stream *stream, struct heapd_event *ret_event,
                                struct heapd_error *error);

/* The next event, if one has been read; does not wait, nor read the socket. */
HEAPD_API bool heapd_events_take(struct heapd_stream *stream, struct heapd_event *ret_event);

/* Streams what comes to a queue: heapd_receive (see there) that goes on.  What it gives is
 * delivered, also what was not read yet when the stream is closed: that comes again after the
 * queue's deadline, or when the session ends.  window: at most so many are given and not
 * acknowledged at a time, by whatever this session receives from the queue; 0: no such limit,
 * for those who read faster than objects die. */
HEAPD_API int heapd_deliveries_open(struct heapd_client *client, const char *queue,
                                    uint32_t window, struct heapd_stream **ret_stream,
                                    struct heapd_error *error);

/* The next delivery, as heapd_events_next and heapd_events_take. */
HEAPD_API int heapd_deliveries_next(struct heapd_stream *stream,
                                    struct heapd_delivery *ret_delivery,
                                    struct heapd_error *error);
HEAPD_API bool heapd_deliveries_take(struct heapd_stream *stream,
                                     struct heapd_delivery *ret_delivery);

/* HEAPD_OK while something may come or is left to be read; else how the stream ended:
 * UNAVAILABLE, DRAINING or CONNECTION_LOST; CANCELLED: the client was closed, or (STREAM_END)
 * the daemon has ended it well; or what was wrong with the request.  One that was cut off can
 * be opened again, behind the last event that was seen. */
HEAPD_API int heapd_stream_status(const struct heapd_stream *stream, struct heapd_error *error);

/* Ends it, tells the daemon so, and frees it; before or after its client.  NULL is allowed. */
HEAPD_API void heapd_stream_close(struct heapd_stream *stream);

/* ---------------------------------------------------------------- batches: building */

/* An ordered list of operations, its way to the daemon, and its results.
 *
 *   new -> (add operations) -> send or run -> done: read the results -> reset -> ...
 *
 * The daemon carries the operations out in order without another session's in
 * between, stops at the first that fails and says which; what was done before
 * it stands.  The objects that operations give are kept alive until the batch
 * ends and can be operands of later operations (heapd_result).  A batch of one
 * operation is sent as that operation's own request.
 *
 * Adding an operation never fails on the spot: if there is no memory, or an
 * argument cannot be sent, the send or run fails and names it.  Each adding
 * function returns the operation's number, counting from 0. */

/* NULL: no memory. */
HEAPD_API struct heapd_batch *heapd_batch_new(void);

/* A batch in flight is forgotten: its callback will not be called (the daemon
 * carries it out all the same).  NULL is allowed. */
HEAPD_API void heapd_batch_free(struct heapd_batch *batch);

/* Empties it for reuse; keeps its memory.  Also forgets it if it is in flight. */
HEAPD_API void heapd_batch_reset(struct heapd_batch *batch);

/* Operations in it; at most 10000 are carried out in one batch. */
HEAPD_API uint32_t heapd_batch_count(const struct heapd_batch *batch);

/* Bytes of the request so far; at most 4 MiB less 64 KiB can be sent. */
HEAPD_API size_t heapd_batch_bytes(const struct heapd_batch *batch);

/* The results are not wanted: the daemon leaves them out, reading them gives
 * zeros.  Failures are reported all the same.  Until the next reset. */
HEAPD_API void heapd_batch_set_quiet(struct heapd_batch *batch, bool quiet);

/* All or nothing: if an operation is refused, none was done, and no result stands.  Nothing
 * dies before its end.  proto/heapd/v1/batch.proto says what such a batch may have in it. Until
 * the next reset. */
HEAPD_API void heapd_batch_set_atomic(struct heapd_batch *batch, bool atomic);

/* The longest that this batch takes, in place of the client's (heapd_client_set_timeout), in
 * milliseconds; below 0: as long as it takes.  Until the next reset. */
HEAPD_API void heapd_batch_set_timeout(struct heapd_batch *batch, int timeout_ms);

/* A number rising within the session, by which the daemon knows a repeated
 * request.  0: none.  Until the next reset. */
HEAPD_API void heapd_batch_set_request(struct heapd_batch *batch, uint64_t request);

/* As the blocking calls of the same names. */
HEAPD_API uint32_t heapd_batch_create(struct heapd_batch *batch, struct heapd_new object,
                                      struct heapd_keep keep);
HEAPD_API uint32_t heapd_batch_hold(struct heapd_batch *batch, const struct heapd_ref *objects,
                                    const uint32_t *counts, size_t count);
HEAPD_API uint32_t heapd_batch_release(struct heapd_batch *batch,
                                       const struct heapd_ref *objects, const uint32_t *counts,
                                       size_t count);
HEAPD_API uint32_t heapd_batch_refcounts(struct heapd_batch *batch,
                                         const struct heapd_ref *objects, size_t count);
/* Many objects at once: at most 65536. */
HEAPD_API uint32_t heapd_batch_get(struct heapd_batch *batch, const struct heapd_ref *objects,
                                   size_t count, const struct heapd_get_options *options);
HEAPD_API uint32_t heapd_batch_append(struct heapd_batch *batch, struct heapd_ref list,
                                      struct heapd_ref item);
HEAPD_API uint32_t heapd_batch_insert(struct heapd_batch *batch, struct heapd_ref list,
                                      int64_t index, struct heapd_ref item);
HEAPD_API uint32_t heapd_batch_set_item(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_at at, struct heapd_ref item);
HEAPD_API uint32_t heapd_batch_get_item(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_at at, unsigned flags);
HEAPD_API uint32_t heapd_batch_del_item(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_at at);
HEAPD_API uint32_t heapd_batch_pop(struct heapd_batch *batch, struct heapd_ref container,
                                   struct heapd_at at, unsigned flags);
HEAPD_API uint32_t heapd_batch_remove(struct heapd_batch *batch, struct heapd_ref container,
                                      struct heapd_ref item);
HEAPD_API uint32_t heapd_batch_extend(struct heapd_batch *batch, struct heapd_ref container,
                                      const struct heapd_ref *items, size_t count);
HEAPD_API uint32_t heapd_batch_extend_from(struct heapd_batch *batch,
                                           struct heapd_ref container, struct heapd_ref from);
HEAPD_API uint32_t heapd_batch_clear(struct heapd_batch *batch, struct heapd_ref container);
HEAPD_API uint32_t heapd_batch_add(struct heapd_batch *batch, struct heapd_ref set,
                                   struct heapd_ref item);
HEAPD_API uint32_t heapd_batch_discard(struct heapd_batch *batch, struct heapd_ref set,
                                       struct heapd_ref item);
HEAPD_API uint32_t heapd_batch_contains(struct heapd_batch *batch, struct heapd_ref container,
                                        struct heapd_ref item);
HEAPD_API uint32_t heapd_batch_set_attr(struct heapd_batch *batch, struct heapd_ref object,
                                        const char *name, struct heapd_ref value);
HEAPD_API uint32_t heapd_batch_get_attr(struct heapd_batch *batch, struct heapd_ref object,
                                        const char *name, unsigned flags);
HEAPD_API uint32_t heapd_batch_del_attr(struct heapd_batch *batch, struct heapd_ref object,
                                        const char *name);
HEAPD_API uint32_t heapd_batch_length(struct heapd_batch *batch, struct heapd_ref object);
HEAPD_API uint32_t heapd_batch_intern(struct heapd_batch *batch, struct heapd_ref object,
                                      unsigned flags);
HEAPD_API uint32_t heapd_batch_weakref(struct heapd_batch *batch, struct heapd_ref object,
                                       unsigned flags);
HEAPD_API uint32_t heapd_batch_deref(struct heapd_batch *batch, struct heapd_ref weakref,
                                     unsigned flags);
HEAPD_API uint32_t heapd_batch_weakref_count(struct heapd_batch *batch,
                                             struct heapd_ref object);
HEAPD_API uint32_t heapd_batch_weakref_callback(struct heapd_batch *batch,
                                                struct heapd_ref object, const char *queue,
                                                unsigned flags);
HEAPD_API uint32_t heapd_batch_set_finalizer(struct heapd_batch *batch, struct heapd_ref object,
                                             const char *queue);
HEAPD_API uint32_t heapd_batch_acknowledge(struct heapd_batch *batch,
                                           const uint64_t *deliveries, size_t count);
HEAPD_API uint32_t heapd_batch_equals(struct heapd_batch *batch, struct heapd_ref left,
                                      struct heapd_ref right);
HEAPD_API uint32_t heapd_batch_copy(struct heapd_batch *batch, const struct heapd_part *parts,
                                    size_t count, int64_t repeat, enum heapd_kind kind,
                                    unsigned flags);
HEAPD_API uint32_t heapd_batch_bind(struct heapd_batch *batch, const char *name,
                                    struct heapd_ref object, enum heapd_scope scope,
                                    const struct heapd_expect *expect);
HEAPD_API uint32_t heapd_batch_delete(struct heapd_batch *batch, const char *name,
                                      enum heapd_scope scope,
                                      const struct heapd_expect *expect);
HEAPD_API uint32_t heapd_batch_lookup(struct heapd_batch *batch, const char *name,
                                      enum heapd_scope scope, unsigned flags);
HEAPD_API uint32_t heapd_batch_call(struct heapd_batch *batch, const char *function,
                                    const struct heapd_argument *arguments, size_t count);
HEAPD_API uint32_t heapd_batch_return(struct heapd_batch *batch, struct heapd_ref object);
HEAPD_API uint32_t heapd_batch_is_tracked(struct heapd_batch *batch, struct heapd_ref object);
/* The first page: at most 10000 ids. */
HEAPD_API uint32_t heapd_batch_referents(struct heapd_batch *batch, struct heapd_ref object);

/* These stand alone: a batch with one of them and anything else is refused with
 * INVALID_ARGUMENT, BAD_ARGUMENT. */
HEAPD_API uint32_t heapd_batch_collect(struct heapd_batch *batch, int generation);
HEAPD_API uint32_t heapd_batch_ping(struct heapd_batch *batch);
/* While it waits, batches that are sent later are carried out. */
HEAPD_API uint32_t heapd_batch_receive(struct heapd_batch *batch, const char *queue,
                                       uint32_t max, uint32_t wait_ms);

/* ---------------------------------------------------------------- batches: sending */

/* Called once when a batch is done, well or badly: from heapd_client_process,
 * _wait or _wait_any, never from inside the call that sent it, and never from a
 * blocking call.  It may do anything but close the client: read the results,
 * reset, refill and send the batch again, free it, make blocking calls. */
typedef void (*heapd_batch_cb)(struct heapd_batch *batch, void *ctx);

/* Puts the batch in flight.  Batches take effect in the order they were sent;
 * they may be done in another order.  callback may be NULL.  The batch must not
 * be changed until it is done.  The bytes leave when 64 KiB have gathered, and
 * at the latest in the next flush, process, wait or blocking call.  If the
 * daemon does not keep up this waits, reading answers meanwhile, until less
 * than 1 MiB is unsent.
 * On failure the batch is not in flight and its callback is not called.
 * Errors: INVALID_ARGUMENT, BAD_ARGUMENT (empty, in flight already, ...);
 * RESOURCE_EXHAUSTED, LIMIT_SIZE (more than 4 MiB), LIMIT_MEMORY;
 * UNAVAILABLE, CONNECTION_LOST. */
HEAPD_API int heapd_batch_send(struct heapd_client *client, struct heapd_batch *batch,
                               heapd_batch_cb callback, void *ctx, struct heapd_error *error);

/* Sends it and waits until it is done.  Returns what heapd_batch_status then
 * gives.  Callbacks of other batches that are done meanwhile are called by the
 * next process or wait. */
HEAPD_API int heapd_batch_run(struct heapd_client *client, struct heapd_batch *batch,
                              struct heapd_error *error);

/* A batch in flight is done, CANCELLED: its callback is called by the next process or wait.
 * Whether the daemon carries it out, or has, is not known: the answer is dropped when it comes.
 * What a heapd_batch_receive took comes again after the queue's deadline.  False: it was not in
 * flight, and nothing has changed. */
HEAPD_API bool heapd_batch_cancel(struct heapd_batch *batch);

/* Sends all bytes and releases that have gathered; reads answers meanwhile.  Errors: as
 * heapd_batch_send. */
HEAPD_API int heapd_client_flush(struct heapd_client *client, struct heapd_error *error);

/* Until `batch` is done and its callback has returned; NULL: until nothing is in
 * flight any more, what callbacks send included.  Not an error: that batches
 * failed (each knows for itself), unless by the loss of the connection:
 * UNAVAILABLE.  DEADLINE_EXCEEDED leaves in flight what is; RESOURCE_EXHAUSTED, LIMIT_MEMORY:
 * nothing is, but releases that have gathered cannot be sent. */
HEAPD_API int heapd_client_wait(struct heapd_client *client, struct heapd_batch *batch,
                                struct heapd_error *error);

/* Until at least one more batch is done; at once if nothing is in flight. */
HEAPD_API int heapd_client_wait_any(struct heapd_client *client, struct heapd_error *error);

/* Batches sent whose callbacks have not been called yet. */
HEAPD_API size_t heapd_client_in_flight(const struct heapd_client *client);

/* For somebody else's poll loop: the socket, the events (POLLIN, POLLOUT) to wait for now, and
 * the milliseconds until something is to be done without one: a request out of time, a callback
 * due, another attempt to connect (-1: nothing is, 0: now).  When an event comes, or the time
 * is up, call heapd_client_process.  All three may be others after any call of this client. */
HEAPD_API int heapd_client_fd(const struct heapd_client *client);
HEAPD_API int heapd_client_events(const struct heapd_client *client);
HEAPD_API int heapd_client_timeout(const struct heapd_client *client);

/* Reads and writes what goes without waiting, then calls the callbacks of
 * batches that are done.  Returns UNAVAILABLE once the connection is lost. */
HEAPD_API int heapd_client_process(struct heapd_client *client, int events,
                                   struct heapd_error *error);

/* ---------------------------------------------------------------- batches: results */

/* Whether it has been sent and is done. */
HEAPD_API bool heapd_batch_is_done(const struct heapd_batch *batch);

/* How it went: HEAPD_OK, or what went wrong.  *ret_failed: the number of the
 * operation that was refused, those before it having been done; the count of
 * operations if no single one is to blame.  UNKNOWN for one that is not done. */
HEAPD_API int heapd_batch_status(const struct heapd_batch *batch, uint32_t *ret_failed,
                                 struct heapd_error *error);

/* What operation number `operation` gave.  Pointers are borrowed until the
 * batch is reset, sent again or freed.  For an operation that was not done, or
 * gives nothing of the sort: 0, false or NULL. */

/* create, get_item, pop, get_attr, intern, copy, weakref, weakref_callback, deref, bind,
 * lookup, return */
HEAPD_API uint64_t heapd_result_id(const struct heapd_batch *batch, uint32_t operation);
/* add, discard, contains, equals, is_tracked */
HEAPD_API bool heapd_result_bool(const struct heapd_batch *batch, uint32_t operation);
/* length, weakref_count; depth after call and return */
HEAPD_API uint64_t heapd_result_number(const struct heapd_batch *batch, uint32_t operation);
/* hold (only what was not named by ids alone), referents */
HEAPD_API const uint64_t *heapd_result_ids(const struct heapd_batch *batch, uint32_t operation,
                                           size_t *ret_count);
/* refcounts */
HEAPD_API const uint32_t *heapd_result_refcounts(const struct heapd_batch *batch,
                                                 uint32_t operation, size_t *ret_count);
/* get: how many objects, and one of them.  *ret_info's pointers are borrowed. */
HEAPD_API size_t heapd_result_info_count(const struct heapd_batch *batch, uint32_t operation);
HEAPD_API bool heapd_result_info(const struct heapd_batch *batch, uint32_t operation,
                                 size_t index, struct heapd_info *ret_info);
/* lookup */
HEAPD_API bool heapd_result_found(const struct heapd_batch *batch, uint32_t operation,
                                  struct heapd_found *ret_found);
/* collect */
HEAPD_API bool heapd_result_collected(const struct heapd_batch *batch, uint32_t operation,
                                      struct heapd_collected *ret_collected);
/* receive: how many, and one of them */
HEAPD_API size_t heapd_result_delivery_count(const struct heapd_batch *batch,
                                             uint32_t operation);
HEAPD_API bool heapd_result_delivery(const struct heapd_batch *batch, uint32_t operation,
                                     size_t index, struct heapd_delivery *ret_delivery);

#ifdef __cplusplus
}
#endif

#endif
