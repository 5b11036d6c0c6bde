/* SPDX-License-Identifier: MIT */
/* status.h: how everything in heapd says that it failed.
 *
 * A function that can fail returns enum hd_status and writes its results only
 * with HD_OK.  Where a person will read the reason, it also fills an
 * hd_error: the status, a machine-readable reason and one sentence that names
 * the operand at fault.  The codes are those of google.rpc.Code. */
#ifndef HD_BASE_STATUS_H
#define HD_BASE_STATUS_H

enum hd_status {
    HD_OK = 0,
    HD_CANCELLED = 1,
    HD_UNKNOWN = 2,
    HD_INVALID_ARGUMENT = 3,
    HD_DEADLINE_EXCEEDED = 4,
    HD_NOT_FOUND = 5,
    HD_ALREADY_EXISTS = 6,
    HD_PERMISSION_DENIED = 7,
    HD_RESOURCE_EXHAUSTED = 8,
    HD_FAILED_PRECONDITION = 9,
    HD_ABORTED = 10,
    HD_OUT_OF_RANGE = 11,
    HD_UNIMPLEMENTED = 12,
    HD_INTERNAL = 13,
    HD_UNAVAILABLE = 14,
    HD_DATA_LOSS = 15,
    HD_UNAUTHENTICATED = 16,
};

/* Every reason there is; the wire carries the name after the prefix. */
#define HD_REASONS(X)                                                                          \
    X(NONE)                                                                                    \
    X(STALE_ID)            /* an id whose object is dead, or that was never issued */          \
    X(NOT_HELD)            /* this session does not hold it that often */                      \
    X(NO_SUCH_NAME)        /* a name that is not bound in the scopes looked at */              \
    X(BAD_NAME)            /* empty, too long, or not text */                                  \
    X(BAD_OPERAND)         /* an operand is missing, or names nothing that can be used here */ \
    X(BAD_ARGUMENT)        /* any other argument outside its range */                          \
    X(BAD_UTF8)            /* text that is not UTF-8 */                                        \
    X(EXPECTATION)         /* a name is not bound as the call expected */                      \
    X(NO_FRAME)            /* Return from the module scope */                                  \
    X(CHANGED)             /* the heap changed under a search, three times */                  \
    X(PY_TYPE_ERROR)       /* Python would raise TypeError */                                  \
    X(PY_VALUE_ERROR)      /* ... ValueError */                                                \
    X(PY_INDEX_ERROR)      /* ... IndexError */                                                \
    X(PY_KEY_ERROR)        /* ... KeyError */                                                  \
    X(PY_ATTRIBUTE_ERROR)  /* ... AttributeError */                                            \
    X(PY_RECURSION_ERROR)  /* ... RecursionError */                                            \
    X(PY_OVERFLOW_ERROR)   /* ... OverflowError, or an int beyond 64 bits */                   \
    X(LIMIT_REFCOUNT)      /* a count would overflow */                                        \
    X(LIMIT_SLOTS)         /* the heap has no slot number left */                              \
    X(LIMIT_MEMORY)        /* the system or the allocator refused memory */                    \
    X(LIMIT_HEAP_BYTES)    /* the heap's own limit of bytes */                                 \
    X(LIMIT_HEAP_OBJECTS)  /* the heap's own limit of objects */                               \
    X(LIMIT_ACCOUNT_BYTES) /* an account's limit of bytes */                                   \
    X(LIMIT_ACCOUNT_OBJECTS) /* an account's limit of objects */                               \
    X(LIMIT_SIZE)            /* one thing is too big: a string, a container, a message */      \
    X(LIMIT_DEPTH)           /* too many call frames */                                        \
    X(LIMIT_NAMES)           /* too many names in one scope */                                 \
    X(LIMIT_HOLDS)           /* too many objects held by one frame */                          \
    X(LIMIT_BATCH)           /* too much in one batch */                                       \
    X(BATCH_FAILED)          /* an operation of an atomic batch was refused before */          \
    X(LIMIT_WORK)            /* a comparison that would take too long */                       \
    X(LIMIT_CHANNELS)        /* too many connections */                                        \
    X(LIMIT_CALLS)           /* too many requests in flight on one connection */               \
    X(NO_SUCH_SERVICE)                                                                         \
    X(NO_SUCH_METHOD)                                                                          \
    X(NOT_BUILT)  /* part of the protocol, not of this version */                              \
    X(MALFORMED)  /* bytes that are not the message they should be */                          \
    X(BAD_STREAM) /* a stream id out of order, or no longer active */                          \
    X(OTHER_HEAP) /* the connection belongs to another heap */                                 \
    X(NO_SUCH_HEAP)                                                                            \
    X(NO_SUCH_SESSION)                                                                         \
    X(NO_SUCH_QUEUE)    /* a queue that was not created, or is gone */                         \
    X(NO_SUCH_DELIVERY) /* never made, acknowledged already, or taken back since */            \
    X(QUEUE_IN_USE)     /* something is on it, or will be */                                   \
    X(LIMIT_QUEUES)     /* too many queues */                                                  \
    X(FINALIZED)        /* an object had its finalizer already */                              \
    X(DRAINING)         /* the daemon is shutting down */                                      \
    X(DEADLINE)         /* the deadline had passed before the call was begun */                \
    X(BROKEN)           /* the daemon found itself inconsistent: a defect */

enum hd_reason {
#define X(name) HD_REASON_##name,
    HD_REASONS(X)
#undef X
};

#define HD_ERROR_TEXT_BYTES 256

/* Plain data, no owner.  text is UTF-8, ends with 0, and is cut at a character. */
struct hd_error {
    enum hd_status status;
    enum hd_reason reason;
    char text[HD_ERROR_TEXT_BYTES];
};

/* Fills *error (which may be NULL) and returns status, so that callers can
 * `return hd_fail(error, ...)`.  Bytes of the text that are not UTF-8 are
 * replaced: an error can quote what a peer sent. */
enum hd_status hd_fail(struct hd_error *error, enum hd_status status, enum hd_reason reason,
                       const char *format, ...) __attribute__((format(printf, 4, 5)));

void hd_error_clear(struct hd_error *error);

/* "STALE_ID" for HD_REASON_STALE_ID.  Static storage. */
const char *hd_reason_name(enum hd_reason reason);

/* "NOT_FOUND" for HD_NOT_FOUND.  Static storage. */
const char *hd_status_name(enum hd_status status);

#endif
