/* SPDX-License-Identifier: MIT */
/* ttrpc.c: heapd's protocol: frames, and as much of an answer as must be known. */
#include "ttrpc.h"

#include <stdio.h>
#include <stdlib.h>

#include "framing.h"
#include "scan.h"
#include "ttrpc/envelope.pb-c.h"
#include "ttrpc_messages.h"

/* The methods and payloads of a round, packed. */
struct packed {
    enum hdc_method_id *methods;
    uint8_t **payloads;
    size_t *sizes;
    size_t count;
};

static void packed_fini(struct packed *packed)
{
    for (size_t i = 0; packed->payloads != NULL && i < packed->count; i++) {
        free(packed->payloads[i]);
    }
    free(packed->methods);
    free(packed->payloads);
    free(packed->sizes);
}

static bool pack_batch(const struct bench_options *options, const enum bench_step *steps,
                       size_t count, uint8_t **ret_bytes, size_t *ret_size)
{
    struct packed packed = {
        .methods = calloc(count, sizeof(enum hdc_method_id)),
        .payloads = calloc(count, sizeof(uint8_t *)),
        .sizes = calloc(count, sizeof(size_t)),
        .count = count,
    };
    bool good = packed.methods != NULL && packed.payloads != NULL && packed.sizes != NULL;
    int created = -1;

    for (size_t i = 0; good && i < count; i++) {
        if (steps[i] == BENCH_CREATE) {
            created = (int)i;
        }
        good = bench_pack_step(steps[i], options, created, &packed.methods[i],
                               &packed.payloads[i], &packed.sizes[i]);
    }
    good = good && bench_pack_batch(packed.methods, packed.payloads, packed.sizes, count,
                                    ret_bytes, ret_size);
    packed_fini(&packed);
    return good;
}

static bool build(const struct bench_options *options, const enum bench_step *steps,
                  size_t count, bool batch, struct bench_request *ret_request)
{
    enum hdc_method_id method = HDC_EXECUTE;
    uint8_t *payload = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;

    *ret_request = (struct bench_request){
        .operations = (uint32_t)count,
        .replies = 1,
        .creates = !batch && (steps[0] == BENCH_CREATE || steps[0] == BENCH_MAKE_OBJECT ||
                              steps[0] == BENCH_MAKE_LIST),
        .takes = !batch && steps[0] == BENCH_CREATE,
        .draws = !batch && steps[0] == BENCH_BULK_HOLD,
        .gives_back = !batch && steps[0] == BENCH_RELEASE_CREATED,
        .batch = batch,
    };
    if (!batch && bench_redis(steps[0])->key == BENCH_BULK) {
        ret_request->operations = options->batch > 0 ? options->batch : 1;
    }
    if (batch ? !pack_batch(options, steps, count, &payload, &size)
              : !bench_pack_step(steps[0], options, -1, &method, &payload, &size)) {
        return false;
    }
    if (method == HDC_METHOD_COUNT) {
        return true;
    }
    (void)snprintf(ret_request->name, sizeof(ret_request->name), "%s",
                   hdc_method(method)->method);
    return bench_pack_frame(options, method, payload, size, &bytes, &size) &&
           bench_template_init(&ret_request->template, bytes, size);
}

static uint32_t get_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static void stamp(uint8_t *bytes, uint32_t number)
{
    uint32_t stream = 2 * number + 1;

    bytes[4] = (uint8_t)(stream >> 24);
    bytes[5] = (uint8_t)(stream >> 16);
    bytes[6] = (uint8_t)(stream >> 8);
    bytes[7] = (uint8_t)stream;
}

static enum bench_found find(const uint8_t *bytes, size_t size, struct bench_reply *ret_reply)
{
    uint32_t body;

    if (size < HDC_FRAME_HEADER) {
        return BENCH_PART;
    }
    body = get_u32(bytes);
    if (bytes[8] != HDC_TYPE_RESPONSE || body > 4194304 || (bytes[7] & 1) == 0) {
        return BENCH_NONSENSE;
    }
    if (size - HDC_FRAME_HEADER < body) {
        return BENCH_PART;
    }
    *ret_reply = (struct bench_reply){HDC_FRAME_HEADER + body, get_u32(bytes + 4) >> 1,
                                      bytes + HDC_FRAME_HEADER, body};
    return BENCH_WHOLE;
}

/* The payload of the envelope.  false: a status stands there, or no envelope. */
static bool payload_of(const struct bench_reply *reply, struct bench_field *ret_payload)
{
    struct bench_scan scan = {reply->body, reply->body + reply->size};
    struct bench_field field;

    *ret_payload = (struct bench_field){0};
    while (bench_scan_next(&scan, &field)) {
        if (field.number == 1) {
            return false;
        }
        if (field.number == 2) {
            *ret_payload = field;
        }
    }
    return scan.at == scan.end;
}

/* What a refusal says. */
static bool refused(const struct bench_request *request, const struct bench_reply *reply,
                    char *message, size_t room)
{
    Ttrpc__Response *response = ttrpc__response__unpack(NULL, reply->size, reply->body);

    if (response == NULL || response->status == NULL) {
        (void)snprintf(message, room, "%s: the answer cannot be decoded", request->name);
    } else {
        (void)snprintf(message, room, "%s: %s", request->name, response->status->message);
    }
    if (response != NULL) {
        ttrpc__response__free_unpacked(response, NULL);
    }
    return false;
}

/* A batch's failure is field 2, whose sentence is field 4. */
static bool all_done(const struct bench_field *payload, char *message, size_t room)
{
    struct bench_scan scan = {payload->bytes, payload->bytes + payload->size};
    struct bench_field field;

    while (bench_scan_next(&scan, &field)) {
        if (field.number == 2) {
            scan = (struct bench_scan){field.bytes, field.bytes + field.size};
            (void)snprintf(message, room, "Execute: an operation failed");
            while (bench_scan_next(&scan, &field)) {
                if (field.number == 4) {
                    (void)snprintf(message, room, "Execute: %.*s", (int)field.size,
                                   (const char *)field.bytes);
                }
            }
            return false;
        }
    }
    return scan.at == scan.end;
}

static bool check(const struct bench_request *request, uint32_t which,
                  const struct bench_reply *reply, uint64_t *ret_id, char *message, size_t room)
{
    struct bench_field payload;
    struct bench_field id;
    struct bench_scan scan;

    (void)which;
    if (!payload_of(reply, &payload)) {
        return refused(request, reply, message, room);
    }
    if (request->batch) {
        return all_done(&payload, message, room);
    }
    if (request->creates) {
        scan = (struct bench_scan){payload.bytes, payload.bytes + payload.size};
        if (!bench_scan_next(&scan, &id) || id.number != 1 || id.value == 0) {
            (void)snprintf(message, room, "%s: the answer has no id", request->name);
            return false;
        }
        *ret_id = id.value;
    }
    return true;
}

bool bench_ttrpc_ids(const struct bench_reply *reply, uint64_t *ids, size_t count)
{
    struct bench_field field;
    struct bench_scan results;
    size_t found = 0;

    if (!payload_of(reply, &field)) {
        return false;
    }
    results = (struct bench_scan){field.bytes, field.bytes + field.size};
    while (bench_scan_next(&results, &field)) {
        struct bench_scan scan = {field.bytes, field.bytes + field.size};

        if (field.number == 1 && bench_scan_next(&scan, &field) && field.number == 1) {
            scan = (struct bench_scan){field.bytes, field.bytes + field.size};
            if (!bench_scan_next(&scan, &field) || found == count) {
                return false;
            }
            ids[found++] = field.value;
        }
    }
    return found == count;
}

const struct bench_protocol *bench_ttrpc(void)
{
    static const struct bench_protocol protocol = {"ttrpc", build, stamp, find, check};

    return &protocol;
}

void bench_request_fini(struct bench_request *request)
{
    bench_template_fini(&request->template);
    free(request->expected);
    request->expected = NULL;
}
