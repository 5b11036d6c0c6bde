/* SPDX-License-Identifier: MIT */
#include "fake_peer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int fake_peer_setup(void **state)
{
    struct fake_peer *peer = malloc(sizeof(*peer));
    int pair[2];

    assert_non_null(peer);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    peer->fd = pair[1];
    assert_int_equal(heapd_client_from_fd(pair[0], &peer->client, NULL), HEAPD_OK);
    *state = peer;
    return 0;
}

int fake_peer_teardown(void **state)
{
    struct fake_peer *peer = *state;

    heapd_client_close(peer->client);
    if (peer->fd >= 0) {
        (void)close(peer->fd);
    }
    free(peer);
    return 0;
}

void fake_peer_write(struct fake_peer *peer, const void *data, size_t size)
{
    const char *at = data;

    while (size > 0) {
        ssize_t n = send(peer->fd, at, size, MSG_NOSIGNAL | MSG_DONTWAIT);

        assert_true(n > 0);
        at += n;
        size -= (size_t)n;
    }
}

static void put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        to[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static void write_frame(struct fake_peer *peer, uint32_t stream, int type, int flags,
                        const void *data, size_t size)
{
    uint8_t header[10] = {0};

    put_u32(header, (uint32_t)size);
    put_u32(header + 4, stream);
    header[8] = (uint8_t)type;
    header[9] = (uint8_t)flags;
    fake_peer_write(peer, header, sizeof(header));
    fake_peer_write(peer, data, size);
}

void fake_peer_frame(struct fake_peer *peer, uint32_t stream, int type, const void *data,
                     size_t size)
{
    write_frame(peer, stream, type, 0, data, size);
}

void fake_peer_data(struct fake_peer *peer, uint32_t stream, int flags,
                    const ProtobufCMessage *payload)
{
    uint8_t packed[4096];
    size_t size = payload == NULL ? 0 : protobuf_c_message_get_packed_size(payload);

    assert_true(size <= sizeof(packed));
    if (payload != NULL) {
        (void)protobuf_c_message_pack(payload, packed);
    }
    write_frame(peer, stream, 3, flags, packed, size);
}

static size_t answer_bytes(uint32_t stream, const ProtobufCMessage *payload, uint64_t waiting,
                           uint8_t *to, size_t room)
{
    Ttrpc__Response response = TTRPC__RESPONSE__INIT;
    uint8_t packed[4096];
    size_t size;

    assert_true(protobuf_c_message_get_packed_size(payload) <= sizeof(packed));
    response.payload.len = protobuf_c_message_pack(payload, packed);
    response.payload.data = packed;
    response.waiting = waiting;
    size = ttrpc__response__get_packed_size(&response);
    assert_true(10 + size <= room);
    memset(to, 0, 10);
    put_u32(to, (uint32_t)size);
    put_u32(to + 4, stream);
    to[8] = 2;
    (void)ttrpc__response__pack(&response, to + 10);
    return 10 + size;
}

size_t fake_peer_answer_bytes(uint32_t stream, const ProtobufCMessage *payload, uint8_t *to,
                              size_t room)
{
    return answer_bytes(stream, payload, 0, to, room);
}

void fake_peer_answer_waiting(struct fake_peer *peer, uint32_t stream,
                              const ProtobufCMessage *payload, uint64_t waiting)
{
    uint8_t bytes[8192];
    size_t size = answer_bytes(stream, payload, waiting, bytes, sizeof(bytes));

    fake_peer_write(peer, bytes, size);
}

void fake_peer_answer(struct fake_peer *peer, uint32_t stream, const ProtobufCMessage *payload)
{
    fake_peer_answer_waiting(peer, stream, payload, 0);
}

void fake_peer_refuse(struct fake_peer *peer, uint32_t stream, int code, const char *reason,
                      const char *message)
{
    static char type_url[] = "type.googleapis.com/google.rpc.ErrorInfo";
    Ttrpc__Response response = TTRPC__RESPONSE__INIT;
    Ttrpc__Status status;
    Ttrpc__ErrorInfo info;
    Ttrpc__Any any;
    Ttrpc__Any *details[] = {&any};
    uint8_t packed_info[256];
    uint8_t packed[2048];
    char *texts[2] = {strdup(reason != NULL ? reason : ""), strdup(message)};

    ttrpc__status__init(&status);
    ttrpc__error_info__init(&info);
    ttrpc__any__init(&any);
    info.reason = texts[0];
    any.type_url = type_url;
    any.value.len = ttrpc__error_info__pack(&info, packed_info);
    any.value.data = packed_info;
    status.code = code;
    status.message = texts[1];
    status.details = details;
    status.n_details = reason != NULL ? 1 : 0;
    response.status = &status;
    fake_peer_frame(peer, stream, 2, packed, ttrpc__response__pack(&response, packed));
    free(texts[0]);
    free(texts[1]);
}

static void read_all(int fd, void *data, size_t size)
{
    char *at = data;

    while (size > 0) {
        ssize_t n = read(fd, at, size);

        assert_true(n > 0);
        at += n;
        size -= (size_t)n;
    }
}

static Ttrpc__Request *read_request(struct fake_peer *peer, int flags, uint32_t *ret_stream)
{
    uint8_t header[10];
    uint32_t size;
    uint8_t *data;
    Ttrpc__Request *request;

    read_all(peer->fd, header, sizeof(header));
    assert_int_equal(header[8], 1);
    assert_int_equal(header[9], flags);
    size = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 |
           header[3];
    if (ret_stream != NULL) {
        *ret_stream = (uint32_t)header[4] << 24 | (uint32_t)header[5] << 16 |
                      (uint32_t)header[6] << 8 | header[7];
    }
    data = malloc(size + 1);
    assert_non_null(data);
    read_all(peer->fd, data, size);
    request = ttrpc__request__unpack(NULL, size, data);
    free(data);
    assert_non_null(request);
    return request;
}

Ttrpc__Request *fake_peer_request(struct fake_peer *peer, uint32_t *ret_stream)
{
    return read_request(peer, 0, ret_stream);
}

Ttrpc__Request *fake_peer_stream_request(struct fake_peer *peer, uint32_t *ret_stream)
{
    return read_request(peer, 2, ret_stream);
}

void fake_peer_expect_end(struct fake_peer *peer, uint32_t stream)
{
    uint8_t expected[10] = {0, 0, 0, 0, 0, 0, 0, 0, 3, 5};
    uint8_t header[10];

    put_u32(expected + 4, stream);
    read_all(peer->fd, header, sizeof(header));
    assert_memory_equal(header, expected, sizeof(header));
}

void *fake_peer_payload(struct fake_peer *peer, const char *method,
                        const ProtobufCMessageDescriptor *type, int64_t *ret_timeout_nano)
{
    Ttrpc__Request *request = fake_peer_request(peer, NULL);
    ProtobufCMessage *payload;

    assert_string_equal(request->method, method);
    payload = protobuf_c_message_unpack(type, NULL, request->payload.len,
                                        request->payload.data != NULL ? request->payload.data
                                                                      : (const uint8_t *)"");
    assert_non_null(payload);
    if (ret_timeout_nano != NULL) {
        *ret_timeout_nano = request->timeout_nano;
    }
    ttrpc__request__free_unpacked(request, NULL);
    return payload;
}

pid_t fake_peer_answer_pages(struct fake_peer *peer, const ProtobufCMessage *const *pages,
                             const char *const *tokens, size_t count)
{
    pid_t child = fork();

    assert_true(child >= 0);
    for (size_t i = 0; child == 0 && i < count; i++) {
        uint32_t stream;
        Ttrpc__Request *request = fake_peer_request(peer, &stream);

        if (tokens[i] != NULL && memmem(request->payload.data, request->payload.len, tokens[i],
                                        strlen(tokens[i])) == NULL) {
            _exit(1);
        }
        ttrpc__request__free_unpacked(request, NULL);
        fake_peer_answer(peer, stream, pages[i]);
    }
    if (child == 0) {
        _exit(0);
    }
    return child;
}

void fake_peer_assert_ended(pid_t child)
{
    int status;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}
