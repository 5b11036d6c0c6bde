/* SPDX-License-Identifier: MIT */
/* releases.h: holds that are given back some time later, many in one request.
 *
 * They leave before any other request of the client does, so that no request sees a hold that
 * its client has given back before [client.inv.releases]. */
#ifndef HEAPD_CLIENT_RELEASES_H
#define HEAPD_CLIENT_RELEASES_H

#include <heapd/client.h>

#include "operations.h"

#define HDC_RELEASE_IDS   512u /* different ids in one request */
#define HDC_RELEASE_TABLE 1024u

struct hdc_gathering {
    struct heapd_batch batch; /* the first member; its `release` is set */
    uint32_t count;
    uint64_t ids[HDC_RELEASE_IDS]; /* in the order of their first release */
    uint32_t counts[HDC_RELEASE_IDS];
    uint16_t table[HDC_RELEASE_TABLE]; /* by id: 0, or 1 + where it is in ids */
};

struct hdc_releases {
    struct hdc_gathering *open;  /* owned; not sent yet.  NULL: nothing gathered */
    struct hdc_gathering *spare; /* owned */
    heapd_release_cb callback;
    void *ctx;
};

bool hdc_releases_pending(const struct heapd_client *client);
/* Sends what has gathered, if anything has.  On failure it is still gathered. */
int hdc_releases_send(struct heapd_client *client, struct heapd_error *error);
/* The same unless it had to wait. */
void hdc_releases_try(struct heapd_client *client);
/* What has gathered will not be sent on this connection: it is due, to be reported. */
void hdc_releases_lose(struct heapd_client *client, const struct heapd_error *why);
/* A batch of releases is answered.  True: all went well, it is done with. */
bool hdc_releases_settled(struct heapd_client *client, struct heapd_batch *batch);
/* The holds that a batch of releases gives back. */
uint64_t hdc_releases_holds(const struct heapd_batch *batch);
void hdc_gathering_free(struct heapd_batch *batch);
void hdc_releases_fini(struct heapd_client *client);

#endif
