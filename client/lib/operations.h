/* SPDX-License-Identifier: MIT */
/* operations.h: operations on their way, the inside of struct heapd_batch.
 *
 * An operation is packed when it is added; the bytes of all of them stand one
 * behind the other as the `operations` fields of an ExecuteRequest, each
 * wrapping the very bytes that are the operation's own request [client.inv.bytes]. */
#ifndef HEAPD_CLIENT_OPERATIONS_H
#define HEAPD_CLIENT_OPERATIONS_H

#include <heapd/client.h>

#include "buffer.h"
#include "deadline.h"
#include "method.h"
#include "workspace.h"

#define HDC_MAX_FRAME   4194304u /* of a frame's data, both ways */
#define HDC_MAX_PAYLOAD (HDC_MAX_FRAME - 65536u)

enum hdc_batch_state {
    HDC_BUILDING,
    HDC_IN_FLIGHT, /* in the client's table and on its list of sent ones */
    HDC_DUE,       /* answered; on the client's list of callbacks to call */
    HDC_DONE,
};

struct hdc_operation {
    enum hdc_method_id method;
    size_t offset; /* of its own request in `requests` */
    size_t size;
};

struct heapd_batch {
    enum hdc_batch_state state;

    /* what to send */
    struct hdc_buffer requests;
    struct hdc_operation *operations; /* owned */
    uint32_t count;
    uint32_t capacity;
    struct hdc_workspace building; /* of the operation just being added */
    struct heapd_error bad;        /* code != 0: an operation could not be added; the first */
    uint32_t bad_operation;
    bool quiet;
    bool atomic;
    bool only_batched; /* one of them means something else outside a batch */
    uint64_t request;
    uint32_t wait_ms; /* that the daemon was asked to wait, on top of any timeout */
    bool own_timeout; /* else it is the client's */
    int timeout_ms;

    /* in flight */
    struct heapd_client *client;
    uint32_t stream;
    bool unary;       /* sent as its only operation's own request */
    bool waited_for;  /* by heapd_batch_run: nobody to call */
    bool release;     /* it is the `batch` of a struct hdc_gathering (releases.h) */
    uint64_t ends_at; /* the output's number of the byte behind its request's */
    struct hdc_deadline deadline;
    struct heapd_batch *chain; /* in the client's table */
    struct heapd_batch *previous;
    struct heapd_batch *next;
    heapd_batch_cb callback;
    void *ctx;

    /* done */
    struct heapd_error error;
    uint32_t failed;
    struct hdc_workspace answer;
    const ProtobufCMessage **results; /* in `answer`; NULL entries: empty ones */
    uint32_t result_count;
};

void hdc_batch_init(struct heapd_batch *batch);
void hdc_batch_fini(struct heapd_batch *batch);

/* Packs a request and adds it.  Gives back `building`.  Returns its number. */
uint32_t hdc_batch_put(struct heapd_batch *batch, enum hdc_method_id method,
                       const ProtobufCMessage *request);

/* The operation being added cannot be sent. */
void hdc_batch_spoil(struct heapd_batch *batch, int code, const char *reason,
                     const char *message);

/* For the message of an operation being added, zeroed; NULL spoils the batch. */
void *hdc_batch_take(struct heapd_batch *batch, size_t count, size_t size);

/* The response of an operation, or NULL: not done, quiet, of another method. */
const void *hdc_batch_answer(const struct heapd_batch *batch, uint32_t operation,
                             enum hdc_method_id method);

#endif
