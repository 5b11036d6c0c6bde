/* SPDX-License-Identifier: MIT */
/* table.c: batches by stream number, chained through themselves: nothing to allocate per
 * request [client.inv.table]. */
#include <stdlib.h>

#include "connection.h"

#define FIRST_SIZE 64u

static struct heapd_batch **bucket(const struct heapd_client *client, uint32_t stream)
{
    return &client->table[(stream >> 1) & (client->table_size - 1)];
}

static void list_append(struct hdc_batch_list *list, struct heapd_batch *batch)
{
    batch->next = NULL;
    batch->previous = list->last;
    if (list->last != NULL) {
        list->last->next = batch;
    } else {
        list->first = batch;
    }
    list->last = batch;
    list->count++;
}

static void list_remove(struct hdc_batch_list *list, struct heapd_batch *batch)
{
    if (batch->previous != NULL) {
        batch->previous->next = batch->next;
    } else {
        list->first = batch->next;
    }
    if (batch->next != NULL) {
        batch->next->previous = batch->previous;
    } else {
        list->last = batch->previous;
    }
    list->count--;
}

bool hdc_client_table_init(struct heapd_client *client)
{
    client->table = calloc(FIRST_SIZE, sizeof(struct heapd_batch *));
    client->table_size = client->table != NULL ? FIRST_SIZE : 0;
    return client->table != NULL;
}

/* Without memory the chains just get longer. */
static void grow(struct heapd_client *client)
{
    size_t size = client->table_size * 2;
    struct heapd_batch **table = calloc(size, sizeof(struct heapd_batch *));

    if (table == NULL) {
        return;
    }
    free(client->table);
    client->table = table;
    client->table_size = size;
    for (struct heapd_batch *b = client->sent.first; b != NULL; b = b->next) {
        struct heapd_batch **head = bucket(client, b->stream);

        b->chain = *head;
        *head = b;
    }
}

void hdc_client_insert(struct heapd_client *client, struct heapd_batch *batch)
{
    struct heapd_batch **head;

    if (client->sent.count >= client->table_size) {
        grow(client);
    }
    head = bucket(client, batch->stream);
    batch->chain = *head;
    *head = batch;
    list_append(&client->sent, batch);
    batch->client = client;
    batch->state = HDC_IN_FLIGHT;
}

struct heapd_batch *hdc_client_find(struct heapd_client *client, uint32_t stream)
{
    struct heapd_batch *batch = *bucket(client, stream);

    while (batch != NULL && batch->stream != stream) {
        batch = batch->chain;
    }
    return batch;
}

static void take_out(struct heapd_client *client, struct heapd_batch *batch)
{
    struct heapd_batch **link = bucket(client, batch->stream);

    while (*link != batch) {
        link = &(*link)->chain;
    }
    *link = batch->chain;
    list_remove(&client->sent, batch);
}

void hdc_client_settle(struct heapd_client *client, struct heapd_batch *batch)
{
    take_out(client, batch);
    if (batch->waited_for) {
        batch->state = HDC_DONE;
        batch->client = NULL;
        return;
    }
    if (!batch->release || !hdc_releases_settled(client, batch)) {
        hdc_client_put_due(client, batch);
    }
}

void hdc_client_put_due(struct heapd_client *client, struct heapd_batch *batch)
{
    batch->state = HDC_DUE;
    batch->client = client;
    list_append(&client->due, batch);
}

static void satisfy_waiters(struct heapd_client *client, const struct heapd_batch *batch)
{
    for (struct hdc_waiter *w = client->waiters; w != NULL; w = w->outer) {
        if (w->batch == batch) {
            w->batch = NULL;
        }
    }
}

struct heapd_batch *hdc_client_take_due(struct heapd_client *client)
{
    struct heapd_batch *batch = client->due.first;

    if (batch != NULL) {
        list_remove(&client->due, batch);
        satisfy_waiters(client, batch);
        batch->state = HDC_DONE;
        batch->client = NULL;
    }
    return batch;
}

void hdc_client_forget(struct heapd_batch *batch)
{
    struct heapd_client *client = batch->client;

    if (client == NULL) {
        return;
    }
    if (batch->state == HDC_IN_FLIGHT) {
        take_out(client, batch);
    } else {
        list_remove(&client->due, batch);
    }
    satisfy_waiters(client, batch);
    batch->state = HDC_BUILDING;
    batch->client = NULL;
}
