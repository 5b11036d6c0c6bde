/* SPDX-License-Identifier: MIT */
/* test_findings.c: a body written to where it should not be: found, and with whose id. */
#include "fixture.h"
#include "heap/internal.h"

struct told {
    struct fixture f;
    unsigned count;
    char sentence[256];
};

static void note(void *ctx, const char *sentence)
{
    struct told *told = ctx;

    told->count++;
    (void)snprintf(told->sentence, sizeof told->sentence, "%s", sentence);
}

static int setup(void **state)
{
    static struct told told;

    memset(&told, 0, sizeof told);
    fixture_options(&told.f);
    told.f.options.memory.kind = HD_ALLOCATOR_DEBUG;
    told.f.options.report = note;
    told.f.options.report_ctx = &told;
    fixture_open(&told.f);
    *state = &told;
    return 0;
}

static int teardown(void **state)
{
    struct told *told = *state;

    fixture_down(&told->f);
    return 0;
}

static char *bytes_of(struct told *told, uint64_t id)
{
    struct hd_object_info info;

    hd_inspect_object(told->f.heap, NULL, slot_of(&told->f, id), &info);
    return (char *)(uintptr_t)info.bytes.data;
}

static void assert_sentence(const char *sentence, uint64_t id, const char *whose,
                            const char *what)
{
    char expected[200];

    (void)snprintf(expected, sizeof expected, "%s object %" PRIu64 ", %s", whose, id, what);
    if (strstr(sentence, expected) == NULL) {
        fail_msg("'%s' does not say '%s'", sentence, expected);
    }
}

static void an_overrun_is_told_when_the_object_dies(void **state)
{
    struct told *told = *state;
    uint64_t id = new_bytes(&told->f, "sixteen bytes...");

    bytes_of(told, id)[16] = 1;
    assert_int_equal(release(&told->f, id), HD_OK);
    assert_int_equal(told->count, 1);
    assert_sentence(told->sentence, id, "of", "was written to behind its end");
}

static void verify_finds_an_overrun(void **state)
{
    struct told *told = *state;
    uint64_t id = new_bytes(&told->f, "sixteen bytes...");
    struct hd_verify_result result;

    bytes_of(told, id)[17] = 1;
    assert_int_equal(hd_heap_verify(told->f.heap, note, told, &result), HD_OK);
    assert_int_equal(result.defects,
                     2); /* this, and that the pools are not as they should be */
    bytes_of(told, id)[17] = (char)0xFD;
    assert_int_equal(told->count, 2);
}

/* Of a block beside the body's own, too: a leaf of a long list. */
static void the_list_of_a_leaf_is_named(void **state)
{
    enum { ITEMS = 20000 };
    struct told *told = *state;
    uint64_t item = new_bytes(&told->f, "an item");
    uint64_t *items = test_calloc(ITEMS, sizeof *items);
    struct hd_span span;
    uint32_t part = 0;
    uint32_t *behind;
    uint64_t list;

    for (size_t i = 0; i < ITEMS; i++) {
        items[i] = item;
    }
    list = new_of(&told->f, HD_KIND_LIST, items, ITEMS);
    test_free(items);
    span = hd_object_span(
        hd_slot_at(hd_objects_slots(told->f.heap->objects), slot_of(&told->f, list)), &part);
    assert_int_equal(part, 1); /* there are more */
    behind = (uint32_t *)(uintptr_t)(span.first + span.count);
    *behind ^= 1;
    assert_false(hd_memory_check(hd_heap_memory(told->f.heap)));
    assert_sentence(told->sentence, list, "of", "was written to behind its end");
    *behind ^= 1;
}

static void verify_finds_a_write_to_a_dead_object(void **state)
{
    struct told *told = *state;
    uint64_t id = new_bytes(&told->f, "sixteen bytes...");
    char *bytes = bytes_of(told, id);
    struct hd_verify_result result;

    assert_int_equal(release(&told->f, id), HD_OK);
    bytes[3] = 1;
    assert_int_equal(hd_heap_verify(told->f.heap, NULL, NULL, &result), HD_OK);
    assert_true(result.defects > 0);
    bytes[3] = (char)0xDD;
}

static void the_dead_object_is_named(void **state)
{
    struct told *told = *state;
    uint64_t id = new_bytes(&told->f, "sixteen bytes...");
    char *bytes = bytes_of(told, id);

    assert_int_equal(release(&told->f, id), HD_OK);
    bytes[3] = 1;
    assert_false(hd_memory_check(hd_heap_memory(told->f.heap)));
    assert_int_equal(told->count, 1);
    assert_sentence(told->sentence, id, "last of", "was written to after it was freed");
    bytes[3] = (char)0xDD;
}

static void bodies_move_in_this_one_too(void **state)
{
    struct told *told = *state;
    uint64_t ids[3000];
    struct hd_op *op;

    for (size_t i = 0; i < 3000; i++) {
        ids[i] = new_bytes(&told->f, "some bytes, more than a few of them, to fill pools with");
    }
    for (size_t i = 0; i < 3000; i++) {
        if (i % 10 != 0) {
            assert_int_equal(release(&told->f, ids[i]), HD_OK);
        }
    }
    op = begin(&told->f, HD_OP_TRIM);
    op->in.trim.compact = HD_COMPACT_NOW;
    assert_int_equal(finish(&told->f), HD_OK);
    assert_int_equal(told->count, 0);
    assert_memory_equal(bytes_of(told, ids[10]), "some bytes", 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_overrun_is_told_when_the_object_dies),
        TEST(verify_finds_an_overrun),
        TEST(the_list_of_a_leaf_is_named),
        TEST(verify_finds_a_write_to_a_dead_object),
        TEST(the_dead_object_is_named),
        TEST(bodies_move_in_this_one_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
