/* SPDX-License-Identifier: MIT */
/* resp.c: Redis's protocol, as much of it as the workloads meet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol.h"

static size_t encode(enum bench_step step, uint32_t payload, char *to)
{
    const struct bench_redis *redis = bench_redis(step);
    size_t size = (size_t)sprintf(to, "*%d\r\n$%zu\r\n%s\r\n$%d\r\n", redis->payload ? 3 : 2,
                                  strlen(redis->command), redis->command, BENCH_HEX_DIGITS);
    uint8_t key[BENCH_HEX_DIGITS];

    bench_put_hex(key, bench_mark(redis->key));
    memcpy(to + size, key, sizeof(key));
    size += sizeof(key);
    size += (size_t)sprintf(to + size, "\r\n");
    if (redis->payload) {
        size += (size_t)sprintf(to + size, "$%u\r\n", payload);
        memset(to + size, 'x', payload);
        size += payload;
        size += (size_t)sprintf(to + size, "\r\n");
    }
    return size;
}

static bool build(const struct bench_options *options, const enum bench_step *steps,
                  size_t count, bool batch, struct bench_request *ret_request)
{
    char *bytes = malloc(count * (128 + (size_t)options->payload));
    size_t size = 0;

    *ret_request = (struct bench_request){
        .operations = (uint32_t)count,
        .replies = (uint32_t)count,
        .takes = !batch && steps[0] == BENCH_CREATE,
        .gives_back = !batch && steps[0] == BENCH_RELEASE_CREATED,
        .batch = batch,
        .expected = malloc(count * sizeof(const char *)),
    };
    (void)snprintf(ret_request->name, sizeof(ret_request->name), "%s",
                   batch ? "a pipeline" : bench_redis(steps[0])->command);
    if (bytes == NULL || ret_request->expected == NULL) {
        free(bytes);
        bench_request_fini(ret_request);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        enum bench_step step = steps[i];

        ret_request->expected[i] = bench_redis(step)->answer;
        size += encode(step, options->payload, bytes + size);
    }
    if (!bench_template_init(&ret_request->template, (uint8_t *)bytes, size)) {
        bench_request_fini(ret_request);
        return false;
    }
    return true;
}

static void stamp(uint8_t *bytes, uint32_t number)
{
    (void)bytes;
    (void)number; /* answers come in order */
}

static enum bench_found find(const uint8_t *bytes, size_t size, struct bench_reply *ret_reply)
{
    const uint8_t *end = memchr(bytes, '\n', size);
    long length = 0;
    size_t used;

    if (end == NULL) {
        return size > 65536 ? BENCH_NONSENSE : BENCH_PART;
    }
    used = (size_t)(end - bytes) + 1;
    if (bytes[0] == '$') {
        length = strtol((const char *)bytes + 1, NULL, 10); /* ends at \r\n at the latest */
        if (length > 1 << 29) {
            return BENCH_NONSENSE;
        }
        used += length >= 0 ? (size_t)length + 2 : 0;
    } else if (bytes[0] != '+' && bytes[0] != ':' && bytes[0] != '-') {
        return BENCH_NONSENSE;
    }
    if (used > size) {
        return BENCH_PART;
    }
    *ret_reply = (struct bench_reply){used, BENCH_OLDEST, bytes, used};
    return BENCH_WHOLE;
}

static bool check(const struct bench_request *request, uint32_t which,
                  const struct bench_reply *reply, uint64_t *ret_id, char *message, size_t room)
{
    const char *expected = request->expected[which];

    (void)ret_id; /* keys are counted by the client */
    if (reply->body[0] != (uint8_t)expected[0] ||
        (expected[1] != '\0' && reply->body[1] != (uint8_t)expected[1]) ||
        (expected[0] == '$' && reply->body[1] == '-')) {
        (void)snprintf(message, room, "%s: Redis answered %.*s", request->name,
                       (int)strcspn((const char *)reply->body, "\r\n"),
                       (const char *)reply->body);
        return false;
    }
    return true;
}

const struct bench_protocol *bench_resp(void)
{
    static const struct bench_protocol protocol = {"resp", build, stamp, find, check};

    return &protocol;
}
