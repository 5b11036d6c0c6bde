/* SPDX-License-Identifier: MIT */
/* wire_bytes.h: protobuf and ttrpc written and read by hand, so that tests do not
 * check the generated code with itself.  Out of memory ends the test. */
#ifndef HD_TESTS_WIRE_BYTES_H
#define HD_TESTS_WIRE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire_bytes {
    uint8_t *data; /* owned */
    size_t size;
    size_t capacity;
};

void wire_bytes_free(struct wire_bytes *bytes);
void wire_bytes_clear(struct wire_bytes *bytes);
void wire_bytes_add(struct wire_bytes *bytes, const void *data, size_t size);

/* Fields of a message. */
void wire_put_number(struct wire_bytes *to, unsigned field, uint64_t value);
void wire_put_signed(struct wire_bytes *to, unsigned field, int64_t value); /* sint64 */
void wire_put_fixed64(struct wire_bytes *to, unsigned field, uint64_t value);
void wire_put_bytes(struct wire_bytes *to, unsigned field, const void *data, size_t size);
void wire_put_text(struct wire_bytes *to, unsigned field, const char *text);
/* inner is emptied, for the next one. */
void wire_put_message(struct wire_bytes *to, unsigned field, struct wire_bytes *inner);
/* An ObjectRef that names an object by its id; an Operands of one or many. */
void wire_put_ref(struct wire_bytes *to, unsigned field, uint64_t id);
void wire_put_ids(struct wire_bytes *to, unsigned field, const uint64_t *ids, size_t count);

/* A frame: ten bytes and the data. */
void wire_put_frame(struct wire_bytes *to, uint32_t stream, uint8_t type, uint8_t flags,
                    const void *data, size_t size);

struct wire_request {
    const char *service; /* "ObjectService", of heapd.v1 */
    const char *method;
    const struct wire_bytes *payload; /* or NULL */
    int64_t timeout_nano;
    const char *heap; /* metadata, or NULL */
    const char *session;
    const char *number;
    uint8_t flags; /* of the frame */
};

/* A request in its frame. */
void wire_put_request(struct wire_bytes *to, uint32_t stream,
                      const struct wire_request *request);

struct wire_reply {
    uint32_t stream;
    uint8_t type;  /* 2: a response; 3: data of a stream, whose payload is all of it */
    uint8_t flags; /* of data */
    int code;      /* google.rpc.Code */
    char message[300];
    char reason[64];
    const uint8_t *payload; /* in the bytes given */
    size_t payload_size;
};

/* The frame of a response or of data at the front of data.  Its size, or 0: there is no whole
 * one, or it is not as it should be. */
size_t wire_take_reply(const uint8_t *data, size_t size, struct wire_reply *ret_reply);

/* Occurrence number index of a field in a message.  False: there is none.  A
 * number gives value; bytes and fixed fields give data and size, fixed64 both. */
struct wire_value {
    uint64_t value;
    const uint8_t *data;
    size_t size;
};
bool wire_get(const void *message, size_t size, unsigned field, size_t index,
              struct wire_value *ret_value);

/* The number in a field, 0 if it is not there. */
uint64_t wire_number(const void *message, size_t size, unsigned field);

#endif
