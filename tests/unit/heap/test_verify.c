/* SPDX-License-Identifier: MIT */
/* test_verify.c: what is broken on purpose is noticed, and the owners are named. */
#include "unit/heap/fixture.h"

#include "heap/internal.h"

struct heard {
    unsigned defects;
    char text[1024];
};

static void hear(void *ctx, const char *sentence)
{
    struct heard *heard = ctx;

    heard->defects++;
    (void)snprintf(heard->text, sizeof heard->text, "%s", sentence);
}

static uint64_t verify(struct fixture *f, struct heard *heard)
{
    struct hd_verify_result result;

    *heard = (struct heard){0};
    assert_int_equal(hd_heap_verify(f->heap, hear, heard, &result), HD_OK);
    return result.defects;
}

static struct hd_slot *entry_of(struct fixture *f, uint64_t id)
{
    return hd_slot_at(hd_objects_slots(f->heap->objects), slot_of(f, id));
}

static void a_sound_heap_has_none(void **state)
{
    struct fixture f;
    struct hd_verify_result result;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    assert_int_equal(append(&f, list, list), HD_OK);
    assert_int_equal(bind(&f, "x", list), HD_OK);
    assert_int_equal(hd_heap_verify(f.heap, NULL, NULL, &result), HD_OK);
    assert_int_equal(result.defects, 0);
    assert_int_equal(result.objects, 1);
    assert_int_equal(result.references, 3);
    fixture_down(&f);
}

static void a_wrong_count_is_noticed_with_its_owners(void **state)
{
    struct fixture f;
    struct heard heard;
    uint64_t list;

    (void)state;
    fixture_up(&f);
    list = new_list(&f);
    assert_int_equal(append(&f, list, list), HD_OK);
    assert_int_equal(bind(&f, "x", list), HD_OK);
    entry_of(&f, list)->count++;
    assert_int_equal(verify(&f, &heard), 1);
    assert_non_null(strstr(heard.text, "has the count 4, its owners hold 3"));
    assert_non_null(strstr(heard.text, "name 'x' of frame 0 of session 1"));
    assert_non_null(strstr(heard.text, "a hold of frame 0 of session 1"));
    assert_non_null(strstr(heard.text, "list "));
    entry_of(&f, list)->count--;
    fixture_down(&f);
}

static void what_nobody_holds_is_noticed(void **state)
{
    struct fixture f;
    struct heard heard;
    uint64_t x;
    struct hd_holds *holds;

    (void)state;
    fixture_up(&f);
    x = new_float(&f, 1);
    holds = &f.session->top->holds;
    hd_holds_remove(holds, hd_holds_find(holds, slot_of(&f, x)), 1);
    assert_int_equal(verify(&f, &heard), 1);
    assert_non_null(strstr(heard.text, "nobody"));
    assert_int_equal(hd_holds_reserve(holds), HD_OK);
    assert_true(hd_holds_add(holds, slot_of(&f, x), 1));
    fixture_down(&f);
}

static void a_reference_to_the_dead_is_noticed(void **state)
{
    struct fixture f;
    struct heard heard;
    uint64_t x;
    uint32_t slot;
    struct hd_holds *holds;

    (void)state;
    fixture_up(&f);
    x = new_list(&f);
    slot = slot_of(&f, x);
    assert_int_equal(release(&f, x), HD_OK);
    holds = &f.session->top->holds;
    assert_int_equal(hd_holds_reserve(holds), HD_OK);
    assert_true(hd_holds_add(holds, slot, 1));
    assert_int_equal(verify(&f, &heard), 1);
    assert_non_null(strstr(heard.text, "whose object is dead"));
    hd_holds_remove(holds, hd_holds_find(holds, slot), 1);
    fixture_down(&f);
}

static void a_wrong_generation_is_noticed(void **state)
{
    struct fixture f;
    struct heard heard;
    struct hd_slots *slots;
    uint32_t slot;

    (void)state;
    fixture_up(&f);
    slot = slot_of(&f, new_list(&f));
    slots = hd_objects_slots(f.heap->objects);
    slots->age[slot] ^= 1;
    assert_true(verify(&f, &heard) >= 2);
    slots->age[slot] ^= 1;
    hd_slots_untrack(slots, slot);
    assert_int_equal(verify(&f, &heard), 1);
    assert_non_null(strstr(heard.text, "is not tracked"));
    hd_slots_track(slots, slot);
    slots->members[2]++;
    assert_int_equal(verify(&f, &heard), 1);
    assert_non_null(strstr(heard.text, "generation 2 has 1 members by count, 0 in fact"));
    slots->members[2]--;
    fixture_down(&f);
}

static void lost_bytes_are_noticed(void **state)
{
    struct fixture f;
    struct heard heard;
    const struct hd_allocator *bodies;
    void *lost;

    (void)state;
    fixture_up(&f);
    lost = hd_alloc(&f.heap->books.iface, 24);
    assert_int_equal(verify(&f, &heard), 1);
    assert_non_null(strstr(heard.text, "account for"));
    hd_free(&f.heap->books.iface, lost, 24);
    bodies = hd_memory_allocator(f.heap->memory, HD_MEMORY_OBJECTS);
    lost = hd_alloc(bodies, 24);
    assert_int_equal(verify(&f, &heard), 2);
    assert_non_null(strstr(heard.text, "the heap is booked")); /* the last; and for objects */
    hd_free(bodies, lost, 24);
    fixture_down(&f);
}

static void a_wrong_account_is_noticed(void **state)
{
    struct fixture f;
    struct heard heard;
    uint64_t x;

    (void)state;
    fixture_up(&f);
    assert_int_equal(hd_session_set_account(f.session, 3, NULL), HD_OK);
    x = new_str(&f, "of account 3");
    assert_int_equal(verify(&f, &heard), 0);
    entry_of(&f, x)->account = 2;
    assert_int_equal(verify(&f, &heard), 2); /* two accounts are wrong, the heap is right */
    assert_non_null(strstr(heard.text, "account 3 is booked 40 bytes and 1 objects"));
    entry_of(&f, x)->account = 4;
    assert_int_equal(verify(&f, &heard), 3);
    entry_of(&f, x)->account = 3;
    f.heap->quota.heap.used.bytes++;
    f.heap->quota.heap.used.objects++;
    assert_int_equal(verify(&f, &heard), 2);
    assert_non_null(strstr(heard.text, "the heap is booked 2 objects, and has 1"));
    f.heap->quota.heap.used.bytes--;
    f.heap->quota.heap.used.objects--;
    fixture_down(&f);
}

static void only_the_first_hundred_are_told(void **state)
{
    struct fixture f;
    struct heard heard;
    uint64_t ids[150];

    (void)state;
    fixture_up(&f);
    for (int i = 0; i < 150; i++) {
        ids[i] = new_float(&f, i);
        entry_of(&f, ids[i])->count = 7;
    }
    assert_int_equal(verify(&f, &heard), 150);
    assert_int_equal(heard.defects, 100);
    for (int i = 0; i < 150; i++) {
        entry_of(&f, ids[i])->count = 1;
    }
    fixture_down(&f);
}

static void without_memory_it_says_so(void **state)
{
    struct fixture f;
    struct hd_verify_result result;

    (void)state;
    fixture_up(&f);
    fault_alloc_rearm(&f.memory, 0, false);
    assert_int_equal(hd_heap_verify(f.heap, NULL, NULL, &result), HD_RESOURCE_EXHAUSTED);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_heap_has_none),
        cmocka_unit_test(a_wrong_count_is_noticed_with_its_owners),
        cmocka_unit_test(what_nobody_holds_is_noticed),
        cmocka_unit_test(a_reference_to_the_dead_is_noticed),
        cmocka_unit_test(a_wrong_generation_is_noticed),
        cmocka_unit_test(lost_bytes_are_noticed),
        cmocka_unit_test(a_wrong_account_is_noticed),
        cmocka_unit_test(only_the_first_hundred_are_told),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
