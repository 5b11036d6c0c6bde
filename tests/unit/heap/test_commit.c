/* SPDX-License-Identifier: MIT */
/* test_commit.c: what becomes visible of a collection becomes so at one point, which costs the
 * same whatever died: of a million objects with finalizers it writes no more than of a
 * thousand [contract §5, Commit].  Work is counted as words that are written. */
#include "unit/heap/death_fixture.h"

#include <stdlib.h>

#include "collector/internal.h"

#define FEW   1000u
#define MANY  1000000u
#define WORDS 64u /* a few heads of lists */

struct image {
    void *entries;
    void *age;
    void *notices;
    size_t slots;
    size_t count;
};

static struct hd_slots *slots_of(struct fixture *f)
{
    return hd_objects_slots(f->heap->objects);
}

static void copy_notices(struct fixture *f, struct image *image)
{
    for (uint32_t i = 1; i < image->count; i++) {
        memcpy((char *)image->notices + i * sizeof(struct hd_notice),
               hd_notices_at(&f->heap->notices, i), sizeof(struct hd_notice));
    }
}

static struct image take_image(struct fixture *f)
{
    struct image image = {.slots = slots_of(f)->containers.high,
                          .count = f->heap->notices.high};

    image.entries = malloc(image.slots * sizeof(struct hd_slot));
    image.age = malloc(image.slots);
    image.notices = calloc(image.count, sizeof(struct hd_notice));
    assert_true(image.entries != NULL && image.age != NULL && image.notices != NULL);
    memcpy(image.entries, slots_of(f)->containers.entries,
           image.slots * sizeof(struct hd_slot));
    memcpy(image.age, slots_of(f)->age, image.slots);
    copy_notices(f, &image);
    return image;
}

static void free_image(struct image *image)
{
    free(image->entries);
    free(image->age);
    free(image->notices);
}

static size_t differing(const void *a, const void *b, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i + 4 <= size; i += 4) {
        n += memcmp((const char *)a + i, (const char *)b + i, 4) != 0;
    }
    return n;
}

/* Words of the tables that have been written since. */
static size_t written_since(struct fixture *f, const struct image *image)
{
    struct image now = take_image(f);
    size_t n;

    assert_int_equal(now.count, image->count);
    assert_int_equal(now.slots, image->slots);
    n = differing(now.entries, image->entries, now.slots * sizeof(struct hd_slot)) +
        differing(now.age, image->age, now.slots) +
        differing(now.notices, image->notices, now.count * sizeof(struct hd_notice));
    free_image(&now);
    return n;
}

/* Loops with finalizers that nobody holds. */
static void make_garbage(struct fixture *f, size_t count)
{
    begin(f, HD_OP_DISABLE);
    assert_int_equal(finish(f), HD_OK);
    new_queue(f, "q");
    for (size_t i = 0; i < count; i++) {
        uint64_t list = new_list(f);

        assert_int_equal(append(f, list, list), HD_OK);
        assert_int_equal(set_finalizer(f, list, "q"), HD_OK);
        assert_int_equal(release(f, list), HD_OK);
    }
}

/* The next unit may be the commit. */
static bool is_near(struct fixture *f)
{
    const struct hd_full *full = &f->heap->collector->full;

    return full->stage == HD_STAGE_FINALIZERS && full->cursor >= slots_of(f)->containers.high;
}

static void commit_writes_little(size_t count)
{
    struct fixture f;
    struct hd_op op;
    uint64_t events;
    size_t written = 0;

    fixture_options(&f);
    f.options.max_slots = 1u << 21;
    f.options.memory.reserve_bytes = (size_t)1 << 30;
    f.options.slice_units = 1;
    fixture_open(&f);
    make_garbage(&f, count);
    hd_op_init(&op, HD_OP_COLLECT, f.other);
    op.in.collect.generation = 2;
    assert_int_equal(hd_heap_do(f.heap, &op), HD_MORE);
    while (!is_near(&f)) {
        assert_int_equal(queue_info(&f, "q").waiting, 0);
        (void)hd_heap_work(f.heap, 1);
    }
    while (queue_info(&f, "q").waiting == 0) {
        struct image image = take_image(&f);

        events = f.heap->events.last;
        (void)hd_heap_work(f.heap, 1);
        written = written_since(&f, &image);
        free_image(&image);
    }
    assert_int_equal(queue_info(&f, "q").waiting, count); /* all at once */
    assert_true(written <= WORDS);
    assert_int_equal(f.heap->events.last, events + 1); /* one event tells of all */
    while (hd_heap_work(f.heap, 100000)) {
    }
    assert_int_equal(op.out.collect.collected, 0);
    fixture_down(&f);
}

static void of_few(void **state)
{
    (void)state;
    commit_writes_little(FEW);
}

static void of_many(void **state)
{
    (void)state;
    commit_writes_little(MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_few),
        cmocka_unit_test(of_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
