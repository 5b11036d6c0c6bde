/* SPDX-License-Identifier: MIT */
/* call.h: one request on its way: what was asked, the operation it becomes, the reply.
 *
 * Calls are recycled with their scratch, so that a steady state allocates
 * nothing.  A call knows its heap and session but not how bytes travel; the
 * channel that made it answers for it.  Design note: docs/design/rpc.md. */
#ifndef HD_RPC_CALL_H
#define HD_RPC_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/list.h"
#include "base/status.h"
#include "heap/heap.h"
#include "rpc/dispatch.h"
#include "rpc/hub.h"
#include "rpc/wait.h"
#include "wire/message.h"

struct hd_channel;

struct hd_call {
    struct hd_list link; /* among the spare ones, or in a channel: waiting, or outside */
    struct hd_hub *hub;
    struct hd_channel *channel;
    struct hd_heap *heap;       /* NULL: it is for none */
    struct hd_session *session; /* NULL with heap */
    const struct hd_method *method;
    uint32_t stream;
    bool has_number;
    uint64_t number;      /* heapd-request: carried, not remembered yet */
    uint64_t deadline_ns; /* 0: none; looked at by calls that had to wait, or wait */

    struct hd_bytes payload; /* in the read buffer, or in kept */
    char *kept;              /* owned: the payload of a call that waits */
    struct hd_scratch scratch;
    ProtobufCMessage *request;  /* in scratch */
    ProtobufCMessage *response; /* in scratch */
    struct hd_op op;            /* op.error says why the call was refused */
    struct hd_wait wait;        /* wait.h: of calls outside the order of their session */
};

/* A call with nothing in it.  NULL: no memory. */
struct hd_call *hd_call_take(struct hd_hub *hub);

/* Done with: its memory is kept for the next one. */
void hd_call_give(struct hd_call *call);

/* Copies the payload out of the read buffer. */
enum hd_status hd_call_keep(struct hd_call *call);

/* Decodes the request, and carries it out as far as it goes at once.  HD_MORE:
 * the heap calls finished(&call->op, call) later.  HD_DONE: to be answered. */
enum hd_progress hd_call_run(struct hd_call *call,
                             void (*finished)(struct hd_op *op, void *ctx));

/* Appends the reply or the refusal to out.  RESOURCE_EXHAUSTED: no memory for either. */
enum hd_status hd_call_answer(struct hd_call *call, struct hd_buf *out);

/* Its parts, for calls that wait: decodes the request and has it judged; makes a response and
 * has it filled; appends it, or the refusal.  The first two: op.error.status. */
enum hd_status hd_call_prepare(struct hd_call *call);
enum hd_status hd_call_ask(struct hd_call *call);
enum hd_status hd_call_put(struct hd_call *call, struct hd_buf *out);

/* For the hub. */
void hd_call_free_spare(struct hd_hub *hub);

/* For handlers.
 *
 * Memory of the call, zeroed.  NULL: op.error is filled, and to be returned. */
void *hd_call_take_array(struct hd_call *call, size_t count, size_t item_size);

/* The same, not zeroed. */
void *hd_call_take_bytes(struct hd_call *call, size_t size);

/* A copy in the call's scratch that ends with 0, or NULL as above. */
char *hd_call_copy_text(struct hd_call *call, struct hd_bytes text);

#endif
