/* SPDX-License-Identifier: MIT */
/* dispatch.h: services and methods by name, and what carries each of them out.
 *
 * The tables of methods (methods_*.c) are constant; what is built here from
 * them is an index.  Knows nothing of channels. */
#ifndef HD_RPC_DISPATCH_H
#define HD_RPC_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "base/bytes.h"
#include "base/status.h"
#include "heap/op.h"

struct hd_call;

/* Where in its messages a method has what the shared handlers need, and what a batch fetches
 * ahead; 0: it has none.  And, by the last two, that its calls wait for others (wait.h). */
struct hd_layout {
    uint16_t container; /* ObjectRef * */
    uint16_t item;      /* ObjectRef * */
    uint16_t objects;   /* Operands * */
    uint16_t made;      /* NewObject * */
    uint16_t at;        /* Subscript * */
    uint16_t index;     /* int64_t */
    uint16_t hold;      /* bool */
    uint16_t missing_ok;
    uint16_t result; /* of the response: uint64_t id, or bool */
    uint16_t wait;   /* uint32_t, milliseconds: a unary call waits so long for an answer */
    bool streams;    /* it answers with a stream of responses */
    bool anywhere;   /* it is for no heap, though its service is, and binds nothing */
};

struct hd_method {
    const char *name;
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *response;
    enum hd_op_code op; /* HD_OP_COUNT: it changes nothing, and is only answered */
    bool built;
    /* Judges the request and fills call->op.in.  NULL: there is nothing to fill.
     * A refusal fills call->op.error. */
    enum hd_status (*fill)(struct hd_call *call, const void *request);
    /* Fills the response, after the operation if there is one.  NULL: it stays empty.
     * Of a method that waits: as wait.h says. */
    enum hd_status (*answer)(struct hd_call *call, const void *request, void *response);
    struct hd_layout at;
};

struct hd_service {
    const char *name; /* "heapd.v1.ObjectService" */
    bool has_heap;    /* its calls are for a heap and a session */
    const struct hd_method *methods;
    size_t count;
};

extern const struct hd_service hd_service_object;
extern const struct hd_service hd_service_name;
extern const struct hd_service hd_service_collector;
extern const struct hd_service hd_service_heap;
extern const struct hd_service hd_service_batch;
extern const struct hd_service hd_service_finalizer;
extern const struct hd_service hd_service_session;
extern const struct hd_service hd_service_server;
extern const struct hd_service hd_service_event;
extern const struct hd_service hd_service_event_stream;
extern const struct hd_service hd_service_finalizer_stream;

#define HD_DISPATCH_SLOTS                                                                      \
    256                    /* of the index; a power of two, well above the number of methods */
#define HD_BATCH_FIELDS 64 /* above the field numbers of Operation */

struct hd_entry {
    const struct hd_service *service;
    const struct hd_method *method; /* NULL: free */
    struct hd_bytes service_name;
    struct hd_bytes method_name;
};

struct hd_dispatch {
    struct hd_entry slots[HD_DISPATCH_SLOTS];
    /* By field number of heapd.v1.Operation. */
    const struct hd_method *batch[HD_BATCH_FIELDS];
    bool batch_has_result[HD_BATCH_FIELDS];
};

void hd_dispatch_init(struct hd_dispatch *dispatch);

/* The entry of a method that is built.  NULL: there is none. */
const struct hd_entry *hd_dispatch_look_up(const struct hd_dispatch *dispatch,
                                           struct hd_bytes service, struct hd_bytes method);

/* Gives an entry of the dispatch.
 * UNIMPLEMENTED: NO_SUCH_SERVICE "service x.Y", NO_SUCH_METHOD "method Nope", NOT_BUILT. */
enum hd_status hd_dispatch_find(const struct hd_dispatch *dispatch, struct hd_bytes service,
                                struct hd_bytes method, const struct hd_entry **ret_entry,
                                struct hd_error *error);

#endif
