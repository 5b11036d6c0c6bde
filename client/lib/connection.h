/* SPDX-License-Identifier: MIT */
/* connection.h: the inside of struct heapd_client: who waits for which answer.
 *
 * A batch that was sent is in the table (by stream number) and on the list
 * `sent`; answered, it moves to `due`, from where only hdc_client_call_due takes
 * it: that is how callbacks never run in the call that started the request.
 *   open.c     making and ending a client
 *   send.c     batches to bytes
 *   receive.c  bytes to answered batches, and to streams
 *   expire.c   those that end before their answer
 *   wait.c     the public calls that wait, and those that call back */
#ifndef HEAPD_CLIENT_CONNECTION_H
#define HEAPD_CLIENT_CONNECTION_H

#include <heapd/client.h>

#include "operations.h"
#include "reconnect.h"
#include "releases.h"
#include "stream.h"

#define HDC_GATHER     ((size_t)64 << 10) /* unsent bytes worth a system call */
#define HDC_HIGH_WATER ((size_t)1 << 20)  /* above: no more until they are read */

struct hdc_batch_list {
    struct heapd_batch *first;
    struct heapd_batch *last;
    size_t count;
};

/* A heapd_client_wait for one batch; on the stack of that call. */
struct hdc_waiter {
    struct heapd_batch *batch; /* NULL once its callback has been called */
    struct hdc_waiter *outer;
};

struct heapd_client {
    struct hdc_stream stream;
    int timeout_ms;
    char heap[256];
    uint64_t next_stream;

    struct heapd_batch **table; /* owned; table_size is a power of two */
    size_t table_size;
    struct hdc_batch_list sent; /* in the order of sending */
    struct hdc_batch_list due;  /* in the order of answers */
    struct hdc_waiter *waiters;
    struct hdc_deadline expiry; /* no batch in `sent` is out of time before */

    struct heapd_stream *streams; /* open ones; message_stream.h */

    uint64_t waiting; /* finalizers and callbacks, as the last answer said */

    struct hdc_releases releases;
    struct hdc_reconnect again;

    struct heapd_batch single; /* of the blocking calls */
    struct heapd_error lost;   /* code != 0: the connection is gone, and why */
};

/* send.c: the batch is in flight afterwards, or nothing has changed. */
int hdc_client_send(struct heapd_client *client, struct heapd_batch *batch,
                    struct heapd_error *error);

/* The longest that this batch takes, in milliseconds; below 0: as long as it does. */
int hdc_client_patience(const struct heapd_client *client, const struct heapd_batch *batch);

/* A request as it leaves. */
struct hdc_outgoing {
    enum hdc_method_id method;
    ProtobufCBinaryData payload;
    int timeout_ms;  /* below 0: none */
    uint64_t number; /* heapd-request; 0: none */
    uint8_t flags;   /* of the frame */
};

/* Whether another request can be sent.  Waits, and reads what the daemon says meanwhile, if it
 * does not read. */
int hdc_client_make_room(struct heapd_client *client, struct heapd_error *error);
/* Appends it to the output, on the next stream.  False: no memory. */
bool hdc_client_append(struct heapd_client *client, const struct hdc_outgoing *request,
                       uint32_t *ret_stream);

/* receive.c: waits once for the socket, writes and reads what goes, settles what
 * was answered.  DEADLINE_EXCEEDED, or UNAVAILABLE once the connection is lost. */
int hdc_client_turn(struct heapd_client *client, const struct hdc_deadline *deadline,
                    struct heapd_error *error);
/* expire.c: a batch that is about to be sent; and what is out of time, to `due`. */
void hdc_client_expect(struct heapd_client *client, const struct heapd_batch *batch);
void hdc_client_expire(struct heapd_client *client);

/* As hdc_client_turn, without waiting. */
int hdc_client_exchange(struct heapd_client *client, struct heapd_error *error);
void hdc_client_lose(struct heapd_client *client, const char *reason, const char *message);

/* table.c */
bool hdc_client_table_init(struct heapd_client *client);
void hdc_client_insert(struct heapd_client *client, struct heapd_batch *batch);
struct heapd_batch *hdc_client_find(struct heapd_client *client, uint32_t stream);
/* Answered: leaves the table, and gets on the list of callbacks to call. */
void hdc_client_settle(struct heapd_client *client, struct heapd_batch *batch);
/* One that is not in the table is to be called back. */
void hdc_client_put_due(struct heapd_client *client, struct heapd_batch *batch);
/* The next one to call back; NULL: none. */
struct heapd_batch *hdc_client_take_due(struct heapd_client *client);
/* Takes the batch out of its client's table and lists, if it is there. */
void hdc_client_forget(struct heapd_batch *batch);

/* call.c: a blocking call is a batch of one. */
struct heapd_batch *hdc_single(struct heapd_client *client);
int hdc_single_run(struct heapd_client *client, struct heapd_error *error);
/* The same, for the id it gives; ret_id may be NULL. */
int hdc_single_run_for_id(struct heapd_client *client, uint64_t *ret_id,
                          struct heapd_error *error);
/* Sends one request of the method; *ret_answer is borrowed until the next call. */
int hdc_call(struct heapd_client *client, enum hdc_method_id method,
             const ProtobufCMessage *request, const void **ret_answer,
             struct heapd_error *error);

/* Of lists that come in pages: the next one's token as an answer has it, "" at the end. */
#define HDC_TOKEN_BYTES 256
int hdc_next_token(const char *next, char token[HDC_TOKEN_BYTES], struct heapd_error *error);

#endif
