/* SPDX-License-Identifier: MIT */
/* test_atomic.c: heapd_batch_set_atomic on the daemon itself: one operation is refused, and
 * nothing was done.
 *
 * usage: test_atomic HEAPD */
#include <stdlib.h>
#include <string.h>

#include "client/daemon_fixture.h"
#include "lib/testlib.h"

struct batching {
    void *daemon;
    struct heapd_client *client;
    struct heapd_client *other; /* who looks on */
    struct heapd_batch *batch;
    uint64_t list; /* [item], named `list` */
    uint64_t item;
};

static int setup(void **state)
{
    struct batching *b = test_calloc(1, sizeof *b);

    (void)daemon_fixture_setup(&b->daemon);
    b->client = daemon_fixture_open(b->daemon);
    b->other = daemon_fixture_open(b->daemon);
    b->batch = heapd_batch_new();
    assert_int_equal(heapd_create(b->client, heapd_new_list(NULL, 0),
                                  heapd_keep_name("list", HEAPD_SCOPE_HEAP), &b->list, NULL),
                     HEAPD_OK);
    assert_int_equal(heapd_create(b->client, heapd_new_int(100000),
                                  heapd_keep_append(heapd_id(b->list)), &b->item, NULL),
                     HEAPD_OK);
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct batching *b = *state;

    heapd_batch_free(b->batch);
    heapd_client_close(b->client);
    heapd_client_close(b->other);
    (void)daemon_fixture_teardown(&b->daemon);
    test_free(b);
    return 0;
}

static uint64_t objects_now(struct batching *b)
{
    struct heapd_heap_info info;

    assert_int_equal(heapd_heap_info(b->other, &info, NULL), HEAPD_OK);
    return info.objects;
}

/* What other clients see of the heap: names, items, counts. */
static void assert_as_before(struct batching *b, uint64_t objects)
{
    struct heapd_ref refs[2] = {heapd_id(b->list), heapd_id(b->item)};
    struct heapd_info *list;
    struct heapd_named *names;
    uint32_t counts[2];
    size_t count;

    assert_true(objects_now(b) == objects);
    assert_int_equal(heapd_names(b->other, HEAPD_SCOPE_HEAP, &names, &count, NULL), HEAPD_OK);
    assert_int_equal(count, 1);
    assert_string_equal(names[0].name, "list");
    assert_true(names[0].id == b->list);
    heapd_free(names);
    assert_int_equal(heapd_get(b->other, refs[0], NULL, &list, NULL), HEAPD_OK);
    assert_int_equal(list->length, 1);
    assert_true(list->items[0] == b->item);
    heapd_free(list);
    assert_int_equal(heapd_refcounts(b->other, refs, 2, counts, NULL), HEAPD_OK);
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[1], 1);
}

/* Five operations that change something, and a sixth that takes what is not there. */
static void fill(struct batching *b)
{
    struct heapd_ref list = heapd_id(b->list);
    struct heapd_ref made;

    made =
        heapd_result(heapd_batch_create(b->batch, heapd_new_list(NULL, 0), heapd_keep_hold()));
    (void)heapd_batch_append(b->batch, made, list);
    (void)heapd_batch_append(b->batch, list, made);
    (void)heapd_batch_bind(b->batch, "made", made, HEAPD_SCOPE_HEAP, NULL);
    (void)heapd_batch_pop(b->batch, list, heapd_at_index(0), 0);
    (void)heapd_batch_remove(b->batch, list, heapd_id(b->item));
    (void)heapd_batch_delete(b->batch, "list", HEAPD_SCOPE_HEAP, NULL);
}

static void a_refused_operation_undoes_all(void **state)
{
    struct batching *b = *state;
    uint64_t objects = objects_now(b);
    struct heapd_error error;
    uint32_t failed = 0;

    heapd_batch_set_atomic(b->batch, true);
    fill(b);
    assert_int_equal(heapd_batch_run(b->client, b->batch, &error), HEAPD_INVALID_ARGUMENT);
    assert_string_equal(error.reason, "PY_VALUE_ERROR");
    assert_non_null(strstr(error.message, "x not in list"));
    assert_true(heapd_batch_is_done(b->batch));
    assert_int_equal(heapd_batch_status(b->batch, &failed, NULL), HEAPD_INVALID_ARGUMENT);
    assert_int_equal(failed, 5);
    for (uint32_t i = 0; i < heapd_batch_count(b->batch); i++) {
        assert_true(heapd_result_id(b->batch, i) == 0); /* no result stands */
    }
    assert_as_before(b, objects);
}

/* The number in a sentence. */
static uint64_t id_in(const char *sentence)
{
    return strtoull(sentence + strcspn(sentence, "0123456789"), NULL, 10);
}

/* The refusal names the object that was made inside: by then it is dead, and its id is used up.
 */
static void an_id_given_inside_is_dead_and_not_given_again(void **state)
{
    struct batching *b = *state;
    struct heapd_error error;
    struct heapd_ref made;
    uint64_t inside, next;
    uint32_t failed;

    heapd_batch_set_atomic(b->batch, true);
    made =
        heapd_result(heapd_batch_create(b->batch, heapd_new_list(NULL, 0), heapd_keep_batch()));
    (void)heapd_batch_append(b->batch, heapd_id(b->list), made);
    (void)heapd_batch_release(b->batch, &made, NULL, 1);
    assert_int_equal(heapd_batch_run(b->client, b->batch, &error), HEAPD_FAILED_PRECONDITION);
    assert_string_equal(error.reason, "NOT_HELD");
    (void)heapd_batch_status(b->batch, &failed, NULL);
    assert_int_equal(failed, 2);
    inside = id_in(error.message);
    assert_true(inside > UINT32_MAX); /* slot and version */
    assert_int_equal(heapd_length(b->other, heapd_id(inside), NULL, &error), HEAPD_NOT_FOUND);
    assert_string_equal(error.reason, "STALE_ID");
    for (int i = 0; i < 100; i++) {
        assert_int_equal(
            heapd_create(b->client, heapd_new_list(NULL, 0), heapd_keep_hold(), &next, NULL),
            HEAPD_OK);
        assert_true(next != inside);
        made = heapd_id(next);
        assert_int_equal(heapd_release(b->client, &made, NULL, 1, NULL), HEAPD_OK);
    }
}

/* Without a failure it is a batch as any other, and what it gave stands. */
static void one_that_is_not_refused_stands(void **state)
{
    struct batching *b = *state;
    struct heapd_ref list = heapd_id(b->list);
    uint64_t length;

    heapd_batch_set_atomic(b->batch, true);
    fill(b);
    assert_int_equal(heapd_batch_run(b->client, b->batch, NULL), HEAPD_INVALID_ARGUMENT);
    heapd_batch_reset(b->batch);
    heapd_batch_set_atomic(b->batch, true);
    (void)heapd_batch_append(b->batch, list, heapd_id(b->item));
    (void)heapd_batch_delete(b->batch, "list", HEAPD_SCOPE_HEAP, NULL); /* dead for a while */
    (void)heapd_batch_bind(b->batch, "again", list, HEAPD_SCOPE_HEAP, NULL);
    (void)heapd_batch_length(b->batch, list);
    assert_int_equal(heapd_batch_run(b->client, b->batch, NULL), HEAPD_OK);
    assert_true(heapd_result_number(b->batch, 3) == 2);
    assert_int_equal(heapd_length(b->other, heapd_name("again"), &length, NULL), HEAPD_OK);
    assert_true(length == 2);
}

/* After a reset it is not atomic any more: what was done before the refused one stands. */
static void a_reset_forgets_it(void **state)
{
    struct batching *b = *state;
    uint32_t failed;

    heapd_batch_set_atomic(b->batch, true);
    heapd_batch_reset(b->batch);
    fill(b);
    assert_int_equal(heapd_batch_run(b->client, b->batch, NULL), HEAPD_INVALID_ARGUMENT);
    (void)heapd_batch_status(b->batch, &failed, NULL);
    assert_int_equal(failed, 5);
    assert_int_equal(heapd_lookup(b->other, "made", HEAPD_SCOPE_HEAP, 0, NULL, NULL), HEAPD_OK);
    assert_true(heapd_result_id(b->batch, 0) != 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_refused_operation_undoes_all),
        TEST(an_id_given_inside_is_dead_and_not_given_again),
        TEST(one_that_is_not_refused_stands),
        TEST(a_reset_forgets_it),
    };

    return DAEMON_FIXTURE_RUN(argc, argv, tests);
}
