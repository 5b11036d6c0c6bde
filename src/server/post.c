/* SPDX-License-Identifier: MIT */
/* post.c: a box is never woken without its lock: who has seen it sealed may close it. */
#include "server/post.h"

#include "base/check.h"

static void on_wake(uv_async_t *wake)
{
    struct hd_post *post = wake->data;

    post->woken(post->ctx);
}

bool hd_post_init(struct hd_post *post, struct hd_post_office *office, uv_loop_t *loop,
                  void (*woken)(void *ctx), void *ctx)
{
    if (pthread_mutex_init(&post->lock, NULL) != 0) {
        return false;
    }
    post->office = office;
    post->woken = woken;
    post->ctx = ctx;
    post->wake.data = post;
    hd_list_init(&post->letters);
    if (uv_async_init(loop, &post->wake, on_wake) != 0) {
        (void)pthread_mutex_destroy(&post->lock);
        return false;
    }
    return true;
}

void hd_post_close(struct hd_post *post)
{
    uv_close((uv_handle_t *)&post->wake, NULL);
}

void hd_post_fini(struct hd_post *post)
{
    HD_CHECK(hd_list_is_empty(&post->letters));
    (void)pthread_mutex_destroy(&post->lock);
}

void hd_post_send(const struct hd_post *from, uint32_t loop, struct hd_list *letter)
{
    struct hd_post *to = from->office->posts[loop];

    HD_CHECK(!from->says_no_more);
    (void)pthread_mutex_lock(&to->lock);
    hd_list_push_back(&to->letters, letter);
    (void)uv_async_send(&to->wake);
    (void)pthread_mutex_unlock(&to->lock);
}

void hd_post_take(struct hd_post *post, struct hd_list *ret_letters)
{
    (void)pthread_mutex_lock(&post->lock);
    hd_list_append(ret_letters, &post->letters);
    post->sealed = post->no_more_come;
    post->drain_asked = post->drain;
    (void)pthread_mutex_unlock(&post->lock);
}

void hd_post_ask_to_drain(struct hd_post *post)
{
    (void)pthread_mutex_lock(&post->lock);
    post->drain = true;
    (void)uv_async_send(&post->wake);
    (void)pthread_mutex_unlock(&post->lock);
}

static void seal(struct hd_post *post)
{
    (void)pthread_mutex_lock(&post->lock);
    post->no_more_come = true;
    (void)uv_async_send(&post->wake);
    (void)pthread_mutex_unlock(&post->lock);
}

void hd_post_say_no_more(struct hd_post *post)
{
    struct hd_post_office *office = post->office;

    if (post->says_no_more) {
        return;
    }
    post->says_no_more = true;
    if (atomic_fetch_sub(&office->senders, 1) == 1) {
        for (uint32_t i = 0; i < office->count; i++) {
            seal(office->posts[i]);
        }
    }
}
