/* SPDX-License-Identifier: MIT */
/* channel_fixture.h: a heap, a hub and a channel, driven by bytes: no socket, no loop, no time.
 *
 * Whoever uses it links hd_rpc.  The end of every test verifies the heap and
 * proves that nothing is left allocated. */
#ifndef HD_TESTS_CHANNEL_FIXTURE_H
#define HD_TESTS_CHANNEL_FIXTURE_H

#include "lib/fake_clock.h"
#include "lib/fault_alloc.h"
#include "lib/wire_bytes.h"
#include "rpc/channel.h"

struct channel_fixture {
    struct fault_alloc alloc; /* of hub and channels */
    struct fault_alloc heap_alloc;
    struct fake_clock clock;
    struct hd_heap *heap;
    struct hd_heap *other; /* named "other" */
    struct hd_hub *hub;
    struct hd_channel *channel; /* NULL once a test has closed it */
    uint32_t stream;            /* of the last request */
    unsigned woken;
    struct wire_bytes out; /* scratch of the functions below */
    struct wire_bytes reply_bytes;
};

/* cmocka's setup and teardown; *state is the fixture. */
int channel_fixture_setup(void **state);
/* The same without pools: heap_alloc sees every request of the heaps. */
int channel_fixture_setup_malloc(void **state);
int channel_fixture_teardown(void **state);

/* A second channel to the same hub, for the test to close. */
struct hd_channel *channel_fixture_open(struct channel_fixture *f);

void channel_fixture_feed(struct channel_fixture *f, const void *data, size_t size);

/* Turns until the channel wants none, and nothing is owed by the heaps. */
void channel_fixture_settle(struct channel_fixture *f);

/* The next reply in the output, which it leaves.  False: there is none. */
bool channel_fixture_reply(struct channel_fixture *f, struct wire_reply *ret_reply);

/* Sends a request on the next stream. */
void channel_fixture_send(struct channel_fixture *f, const char *service, const char *method,
                          struct wire_bytes *payload);

/* The same, with flags and a timeout: as a stream is opened. */
void channel_fixture_open_stream(struct channel_fixture *f, const char *service,
                                 const char *method, struct wire_bytes *payload, uint8_t flags,
                                 int64_t timeout_nano);

/* Sends a frame of data. */
void channel_fixture_send_data(struct channel_fixture *f, uint32_t stream, uint8_t flags,
                               const char *data);

/* Sends, settles and takes the reply, which must be the only one; payload (may
 * be NULL) is emptied.  What the reply points to is valid until the next call. */
struct wire_reply channel_fixture_call(struct channel_fixture *f, const char *service,
                                       const char *method, struct wire_bytes *payload);

/* The same, and it must be OK. */
struct wire_reply channel_fixture_must(struct channel_fixture *f, const char *service,
                                       const char *method, struct wire_bytes *payload);

/* The same, and it must be refused so; message NULL: any. */
void channel_fixture_refused(struct channel_fixture *f, const char *service, const char *method,
                             struct wire_bytes *payload, int code, const char *reason,
                             const char *message);

/* Makes and holds: an int, a list of objects. */
uint64_t channel_fixture_int(struct channel_fixture *f, int64_t value);
uint64_t channel_fixture_list(struct channel_fixture *f, const uint64_t *ids, size_t count);

/* As GetRefcounts says. */
uint32_t channel_fixture_refcount(struct channel_fixture *f, uint64_t id);

/* Every invariant of the heap holds. */
void channel_fixture_verify(struct hd_heap *heap);

#endif
