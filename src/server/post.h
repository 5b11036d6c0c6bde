/* SPDX-License-Identifier: MIT */
/* post.h: how loops hand connections to each other: a box with a lock for each loop, and a
 * handle that wakes it [server.how.move].
 *
 * A loop that drains says when it sends no more.  When all have said so, nothing can come any
 * more, every box is sealed, and a loop may end [server.inv.sealed]. */
#ifndef HD_SERVER_POST_H
#define HD_SERVER_POST_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "base/list.h"

struct hd_post;

/* Shared by all loops; does not change once they run, but for the count. */
struct hd_post_office {
    struct hd_post **posts; /* borrowed, by number of the loop */
    uint32_t count;
    _Atomic uint32_t senders; /* loops that may still send */
};

struct hd_post {
    struct hd_post_office *office;
    uv_async_t wake;
    void (*woken)(void *ctx);
    void *ctx;
    bool says_no_more; /* of the loop's own thread, as these: */
    bool sealed;
    bool drain_asked;

    pthread_mutex_t lock; /* of what follows */
    struct hd_list letters;
    bool no_more_come;
    bool drain;
};

/* woken runs in the loop when something has come; it takes.  False: the system refuses. */
bool hd_post_init(struct hd_post *post, struct hd_post_office *office, uv_loop_t *loop,
                  void (*woken)(void *ctx), void *ctx);

/* The loop may end then.  The memory is needed until it has; then fini. */
void hd_post_close(struct hd_post *post);
void hd_post_fini(struct hd_post *post);

/* Not the sender's any more from here on. */
void hd_post_send(const struct hd_post *from, uint32_t loop, struct hd_list *letter);

/* What has come, in order; sealed and drain_asked say what they say from here on. */
void hd_post_take(struct hd_post *post, struct hd_list *ret_letters);

/* From any thread, before the loop drains. */
void hd_post_ask_to_drain(struct hd_post *post);

/* Of a loop: often is no matter. */
void hd_post_say_no_more(struct hd_post *post);

#endif
