/* SPDX-License-Identifier: MIT */
/* fake_peer.h: the daemon's end of a socketpair, in the hands of a test.
 *
 * Answers may be written before the question is asked: stream numbers are
 * known (1, 3, 5, ...), so that no second thread is needed. */
#ifndef HEAPD_TESTS_FAKE_PEER_H
#define HEAPD_TESTS_FAKE_PEER_H

#include <heapd/client.h>
#include <protobuf-c/protobuf-c.h>
#include <sys/types.h>

#include "lib/testlib.h"
#include "ttrpc/envelope.pb-c.h"

struct fake_peer {
    int fd;
    struct heapd_client *client;
};

int fake_peer_setup(void **state);
int fake_peer_teardown(void **state);

/* A frame; all of it is written or the test fails. */
void fake_peer_frame(struct fake_peer *peer, uint32_t stream, int type, const void *data,
                     size_t size);
/* An OK response with this payload. */
void fake_peer_answer(struct fake_peer *peer, uint32_t stream, const ProtobufCMessage *payload);
/* The same, and so many finalizers wait. */
void fake_peer_answer_waiting(struct fake_peer *peer, uint32_t stream,
                              const ProtobufCMessage *payload, uint64_t waiting);
/* An error; reason NULL: without ErrorInfo. */
void fake_peer_refuse(struct fake_peer *peer, uint32_t stream, int code, const char *reason,
                      const char *message);
/* The bytes of such an OK response, header and all. */
size_t fake_peer_answer_bytes(uint32_t stream, const ProtobufCMessage *payload, uint8_t *to,
                              size_t room);
void fake_peer_write(struct fake_peer *peer, const void *data, size_t size);

/* A message of a stream; payload NULL: flags alone. */
void fake_peer_data(struct fake_peer *peer, uint32_t stream, int flags,
                    const ProtobufCMessage *payload);

/* The next request that the client wrote; to be freed with ttrpc__request__free_unpacked. */
Ttrpc__Request *fake_peer_request(struct fake_peer *peer, uint32_t *ret_stream);
/* The payload of the next request, which must be of this method; to be freed with
 * protobuf_c_message_free_unpacked.  ret_timeout_nano may be NULL. */
void *fake_peer_payload(struct fake_peer *peer, const char *method,
                        const ProtobufCMessageDescriptor *type, int64_t *ret_timeout_nano);

/* The request of a page follows the page before it, so another process answers.  tokens[i] is
 * contained in the i-th request; NULL: anything is. */
pid_t fake_peer_answer_pages(struct fake_peer *peer, const ProtobufCMessage *const *pages,
                             const char *const *tokens, size_t count);
/* It found in each what it should. */
void fake_peer_assert_ended(pid_t child);
/* The same of one that opens a stream. */
Ttrpc__Request *fake_peer_stream_request(struct fake_peer *peer, uint32_t *ret_stream);
/* The next frame that the client wrote closes this stream. */
void fake_peer_expect_end(struct fake_peer *peer, uint32_t stream);

#endif
