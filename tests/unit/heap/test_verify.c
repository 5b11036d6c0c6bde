/* SPDX-License-Identifier: MIT */
/* test_verify.c: what is broken on purpose is noticed, and the owners are named. */
#include "unit/heap/fixture.h"

#include <stdlib.h>

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

/* The names of the module scope, those of the heap, its holds, and what a batch holds, all in
 * more than one block. */
static struct hd_batch *fill_tables(struct fixture *f, uint32_t n)
{
    struct hd_batch *batch;
    uint64_t id = new_float(f, 1);

    assert_int_equal(hold(f, id), HD_OK);
    for (uint32_t i = 0; i < n; i++) {
        char name[16];
        struct hd_op *op;

        (void)snprintf(name, sizeof name, "n%u", i);
        assert_int_equal(bind(f, name, id), HD_OK);
        op = begin(f, HD_OP_BIND);
        op->in.name.name = text_of(name);
        op->in.name.object = by_id(id);
        op->in.name.scope = HD_SCOPE_HEAP;
        assert_int_equal(finish(f), HD_OK);
        (void)new_float(f, i);
    }
    begin(f, HD_OP_BATCH_BEGIN);
    assert_int_equal(finish(f), HD_OK);
    batch = f->op.batch;
    for (uint32_t i = 0; i < n; i++) {
        begin(f, HD_OP_CREATE)->batch = batch;
        f->op.in.create.object.kind = HD_KIND_FLOAT;
        f->op.in.create.object.real = i;
        (void)created(f);
    }
    return batch;
}

/* A row in the last chunk is led astray. */
static void corrupt(struct fixture *f, struct hd_rows *rows, size_t stride,
                    const char *sentence)
{
    struct hd_row *row = hd_rows_at(rows, rows->used - 1, stride);
    struct heard heard;
    uint32_t next = row->next;

    assert_non_null(rows->far);
    row->next = rows->used;
    assert_int_equal(verify(f, &heard), 1);
    assert_string_equal(heard.text, sentence);
    row->next = next;
    assert_int_equal(verify(f, &heard), 0);
}

static void a_corrupted_table_is_named(void **state)
{
    struct fixture f;
    struct hd_batch *batch;
    struct hd_frame *frame;

    (void)state;
    fixture_up(&f);
    batch = fill_tables(&f, HD_ROWS_FLAT + 100);
    frame = f.session->top;
    corrupt(&f, &f.heap->names.rows, sizeof(struct hd_name),
            "the heap's names are not as they should be");
    corrupt(&f, &frame->names.rows, sizeof(struct hd_name),
            "the names of frame 0 of session 1 are not as they should be");
    corrupt(&f, &frame->holds.rows, sizeof(struct hd_hold),
            "the holds of frame 0 of session 1 are not as they should be");
    corrupt(&f, &batch->holds.rows, sizeof(struct hd_hold),
            "the holds of the batch of session 1 are not as they should be");
    begin(&f, HD_OP_BATCH_END)->batch = batch;
    assert_int_equal(finish(&f), HD_OK);
    fixture_down(&f);
}

static void a_wrong_number_of_names_is_noticed(void **state)
{
    struct fixture f;
    struct heard heard;

    (void)state;
    fixture_up(&f);
    assert_int_equal(bind(&f, "x", new_list(&f)), HD_OK);
    f.session->top->names.bound++;
    assert_int_equal(verify(&f, &heard), 1);
    assert_string_equal(heard.text,
                        "the names of frame 0 of session 1 are not as they should be");
    f.session->top->names.bound--;
    fixture_down(&f);
}

/* What is left of a large table whose holds have been released goes back in slices. */
static void a_table_that_ends_is_sound(void **state)
{
    enum { MANY = HD_ROWS_FLAT + 3 * HD_ROWS_CHUNK };
    uint64_t *ids = calloc(MANY, sizeof *ids);
    struct fixture f;
    struct hd_op ending;

    (void)state;
    assert_non_null(ids);
    fixture_up(&f);
    for (uint32_t i = 0; i < MANY; i++) {
        ids[i] = new_float(&f, i);
    }
    for (uint32_t i = 0; i < MANY; i++) {
        assert_int_equal(release(&f, ids[i]), HD_OK);
    }
    assert_non_null(f.session->top->holds.rows.far);
    f.heap->options.slice_units = 1;
    hd_op_init(&ending, HD_OP_SESSION_END, f.session);
    assert_int_equal(hd_heap_do(f.heap, &ending), HD_MORE);
    do {
        assert_sound(&f);
    } while (hd_heap_work(f.heap, 1));
    assert_int_equal(hd_heap_open_session(f.heap, &f.session, NULL), HD_OK);
    fixture_down(&f);
    free(ids);
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
        cmocka_unit_test(a_corrupted_table_is_named),
        cmocka_unit_test(a_wrong_number_of_names_is_noticed),
        cmocka_unit_test(a_table_that_ends_is_sound),
        cmocka_unit_test(lost_bytes_are_noticed),
        cmocka_unit_test(a_wrong_account_is_noticed),
        cmocka_unit_test(only_the_first_hundred_are_told),
        cmocka_unit_test(without_memory_it_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
