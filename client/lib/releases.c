/* SPDX-License-Identifier: MIT */
#include "releases.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "error.h"
#include "reply.h"

static struct hdc_gathering *gathering_of(struct heapd_batch *batch)
{
    return (struct hdc_gathering *)batch; /* it is the first member */
}

static struct hdc_gathering *new_gathering(struct heapd_client *client)
{
    struct hdc_gathering *gathering = client->releases.spare;

    client->releases.spare = NULL;
    if (gathering == NULL) {
        gathering = malloc(sizeof(*gathering));
        if (gathering == NULL) {
            return NULL;
        }
        hdc_batch_init(&gathering->batch);
    }
    gathering->batch.release = true;
    gathering->count = 0;
    memset(gathering->table, 0, sizeof(gathering->table));
    return gathering;
}

void hdc_gathering_free(struct heapd_batch *batch)
{
    hdc_batch_fini(batch);
    free(gathering_of(batch));
}

static void put_away(struct heapd_client *client, struct hdc_gathering *gathering)
{
    if (client->releases.spare == NULL) {
        client->releases.spare = gathering;
    } else {
        hdc_gathering_free(&gathering->batch);
    }
}

/* The entry of table for id: its own, or an empty one. */
static uint16_t *entry_of(struct hdc_gathering *gathering, uint64_t id)
{
    size_t at = (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 54);

    while (gathering->table[at] != 0 && gathering->ids[gathering->table[at] - 1] != id) {
        at = (at + 1) % HDC_RELEASE_TABLE;
    }
    return &gathering->table[at];
}

/* There is room. */
static void gather(struct hdc_gathering *gathering, uint64_t id, uint32_t count)
{
    uint16_t *entry = entry_of(gathering, id);

    if (*entry == 0) {
        gathering->ids[gathering->count] = id;
        gathering->counts[gathering->count] = 0;
        *entry = (uint16_t)++gathering->count;
    }
    gathering->counts[*entry - 1] += count;
}

static bool has_room(struct hdc_gathering *gathering, uint64_t id)
{
    const uint16_t *entry = entry_of(gathering, id);

    return *entry == 0 ? gathering->count < HDC_RELEASE_IDS
                       : gathering->counts[*entry - 1] < UINT32_MAX;
}

/* Of a gathering, so many from the first on. */
static void report(struct heapd_client *client, const struct hdc_gathering *gathering,
                   uint32_t first, uint32_t count, const struct heapd_error *error)
{
    if (client->releases.callback != NULL) {
        client->releases.callback(client, gathering->ids + first, gathering->counts + first,
                                  count, error, client->releases.ctx);
    }
}

static void on_failed(struct heapd_batch *batch, void *ctx);

static int send_gathering(struct heapd_client *client, struct hdc_gathering *gathering,
                          struct heapd_error *error)
{
    struct heapd_ref refs[HDC_RELEASE_IDS];

    for (uint32_t i = 0; i < gathering->count; i++) {
        refs[i] = heapd_id(gathering->ids[i]);
    }
    heapd_batch_reset(&gathering->batch);
    heapd_batch_set_timeout(&gathering->batch, -1); /* late is better than never */
    (void)heapd_batch_release(&gathering->batch, refs, gathering->counts, gathering->count);
    return heapd_batch_send(client, &gathering->batch, on_failed, client, error);
}

/* On its way, or reported. */
static void send_part(struct heapd_client *client, const struct hdc_gathering *whole,
                      uint32_t first, uint32_t count)
{
    struct hdc_gathering *part = new_gathering(client);
    struct heapd_error error;

    if (part == NULL) {
        (void)hdc_fail_memory(&error);
        report(client, whole, first, count, &error);
        return;
    }
    for (uint32_t i = first; i < first + count; i++) {
        gather(part, whole->ids[i], whole->counts[i]);
    }
    if (send_gathering(client, part, &error) != HEAPD_OK) {
        hdc_gathering_free(&part->batch);
        report(client, whole, first, count, &error);
    }
}

/* A release is all or nothing, and one bad id must not keep the others: the halves are tried,
 * until the bad ones stand alone. */
static void on_failed(struct heapd_batch *batch, void *ctx)
{
    struct heapd_client *client = ctx;
    struct hdc_gathering *gathering = gathering_of(batch);
    uint32_t half = gathering->count / 2;
    int code = batch->error.code;
    bool refused = code == HEAPD_NOT_FOUND || code == HEAPD_FAILED_PRECONDITION ||
                   code == HEAPD_INVALID_ARGUMENT;

    if (!refused || half == 0) {
        report(client, gathering, 0, gathering->count, &batch->error);
    } else {
        send_part(client, gathering, half, gathering->count - half);
        send_part(client, gathering, 0, half);
    }
    put_away(client, gathering);
}

HEAPD_API int heapd_release_later(struct heapd_client *client, uint64_t id,
                                  struct heapd_error *error)
{
    struct hdc_releases *releases = &client->releases;
    int code;

    if (id == 0) {
        return hdc_fail(error, HEAPD_INVALID_ARGUMENT, "BAD_OPERAND",
                        "0 is no object that could be released");
    }
    if (client->lost.code != HEAPD_OK) {
        return hdc_fail_text(error, client->lost.code, client->lost.reason,
                             client->lost.message);
    }
    if (releases->open != NULL && !has_room(releases->open, id)) {
        code = hdc_releases_send(client, error);
        if (code != HEAPD_OK) {
            return code;
        }
    }
    if (releases->open == NULL) {
        releases->open = new_gathering(client);
        if (releases->open == NULL) {
            return hdc_fail_memory(error);
        }
    }
    gather(releases->open, id, 1);
    return HEAPD_OK;
}

HEAPD_API void heapd_client_set_release_callback(struct heapd_client *client,
                                                 heapd_release_cb callback, void *ctx)
{
    client->releases.callback = callback;
    client->releases.ctx = ctx;
}

bool hdc_releases_pending(const struct heapd_client *client)
{
    return client->releases.open != NULL;
}

int hdc_releases_send(struct heapd_client *client, struct heapd_error *error)
{
    struct hdc_gathering *gathering = client->releases.open;
    int code;

    if (gathering == NULL) {
        return HEAPD_OK;
    }
    client->releases.open = NULL; /* sending a batch comes here, too */
    code = send_gathering(client, gathering, error);
    if (code != HEAPD_OK && client->lost.code != HEAPD_OK) {
        client->releases.open = gathering;
        hdc_releases_lose(client, &client->lost);
    } else if (code != HEAPD_OK) {
        client->releases.open = gathering;
    }
    return code;
}

void hdc_releases_try(struct heapd_client *client)
{
    if (client->lost.code == HEAPD_OK &&
        hdc_buffer_size(&client->stream.out) <= HDC_HIGH_WATER) {
        (void)hdc_releases_send(client, NULL);
    }
}

void hdc_releases_lose(struct heapd_client *client, const struct heapd_error *why)
{
    struct hdc_gathering *gathering = client->releases.open;

    if (gathering != NULL) {
        client->releases.open = NULL;
        client->again.lost.releases += hdc_releases_holds(&gathering->batch);
        heapd_batch_reset(&gathering->batch);
        hdc_reply_fail(&gathering->batch, why->code, "NOT_SENT", why->message);
        gathering->batch.callback = on_failed;
        gathering->batch.ctx = client;
        hdc_client_put_due(client, &gathering->batch);
    }
}

bool hdc_releases_settled(struct heapd_client *client, struct heapd_batch *batch)
{
    if (batch->error.code != HEAPD_OK) {
        return false;
    }
    batch->state = HDC_DONE;
    batch->client = NULL;
    put_away(client, gathering_of(batch));
    return true;
}

uint64_t hdc_releases_holds(const struct heapd_batch *batch)
{
    const struct hdc_gathering *gathering = (const struct hdc_gathering *)batch;
    uint64_t holds = 0;

    for (uint32_t i = 0; i < gathering->count; i++) {
        holds += gathering->counts[i];
    }
    return holds;
}

void hdc_releases_fini(struct heapd_client *client)
{
    if (client->releases.open != NULL) {
        hdc_gathering_free(&client->releases.open->batch);
    }
    if (client->releases.spare != NULL) {
        hdc_gathering_free(&client->releases.spare->batch);
    }
}
