/* SPDX-License-Identifier: MIT */
/* test_turns.c: containers of ten million slots through the public door.  No turn does more
 * than its share (contract §5), by what can be counted: units of release work and of a
 * collection, items copied, references looked at, and bytes that are taken more than given
 * back. */
#include "unit/heap/budget_fixture.h"

#include "heap/internal.h"
#include "object/draft.h"

#ifdef __SANITIZE_ADDRESS__
#define WIDE 1000000u
#else
#define WIDE 10000000u
#endif
#define KEYS (WIDE / 20)

/* A collection goes beyond what it was given by one piece. */
#define LOOK_UNITS (SLICE + 1 + HD_PIECE / HD_REFERENCES_PER_UNIT)
#define COPIED     (4 * SLICE)
#define REFERENCES (LOOK_UNITS * HD_REFERENCES_PER_UNIT)
/* A segment of the slot table is the most; and the block of a wide tuple. */
#define BYTES       ((uint64_t)2 << 20)
#define TUPLE_BYTES ((uint64_t)5 * WIDE)

struct gauge {
    uint64_t collector_units;
    uint64_t cascade_units;
    uint64_t bytes;
    uint32_t copied;
    uint32_t marking; /* references below this are still to be looked at */
    uint32_t untracking;
};

static struct gauge gauge_of(const struct fixture *f, const struct hd_op *op)
{
    const struct hd_pauses *pauses = hd_inspect_pauses(f->heap);
    const struct hd_barrier *barrier = f->heap->collector->full.marker.barrier;
    const struct hd_inert_look *inert = &f->heap->collector->full.inert;
    const struct hd_cascade *draft = hd_copying_draft(op);

    return (struct gauge){
        .collector_units = pauses->slice_units,
        .cascade_units = pauses->cascade_units,
        .bytes = f->heap->quota.heap.used.bytes,
        .copied =
            draft == NULL || draft->top == 0 ? 0 : hd_draft_length(f->heap->objects, draft),
        .marking = barrier == NULL || barrier->partial == 0 ? 0 : barrier->partial_end,
        .untracking = inert->reader.slot == 0 ? 0 : inert->end,
    };
}

/* How far a place went down, but for where it begins and ends. */
static uint32_t passed(uint32_t before, uint32_t now)
{
    return now == 0 || before == UINT32_MAX || before < now ? 0 : before - now;
}

static void assert_turn(const struct gauge *before, const struct gauge *now, uint64_t bytes)
{
    assert_true(now->collector_units - before->collector_units <= LOOK_UNITS);
    assert_true(now->cascade_units - before->cascade_units <= SLICE);
    assert_true(now->bytes <= before->bytes + bytes);
    assert_true(now->copied <= before->copied + COPIED);
    assert_true(passed(before->marking, now->marking) <= REFERENCES);
    assert_true(passed(before->untracking, now->untracking) <= REFERENCES);
}

/* Gives how many turns it took, none of which took so many bytes more than it gave back. */
static unsigned take_turns(struct fixture *f, struct hd_op *op, uint64_t bytes)
{
    struct gauge before = gauge_of(f, op);
    unsigned turns = 1;
    struct gauge now;

    (void)hd_heap_do(f->heap, op);
    now = gauge_of(f, op);
    assert_turn(&before, &now, bytes);
    for (; hd_heap_has_work(f->heap); turns++) {
        before = now;
        (void)hd_heap_work(f->heap, SLICE);
        now = gauge_of(f, op);
        assert_turn(&before, &now, bytes);
    }
    assert_int_equal(op->error.status, HD_OK);
    return turns;
}

static uint64_t copy_of(struct fixture *f, uint64_t id, enum hd_kind kind, int64_t repeat)
{
    const struct hd_copy_part part = {.source = by_id(id)};
    struct hd_op *op = begin(f, HD_OP_COPY);

    op->in.copy.parts = &part;
    op->in.copy.count = 1;
    op->in.copy.kind = kind;
    op->in.copy.repeat = repeat;
    op->in.copy.hold = true;
    assert_true(take_turns(f, op, kind == HD_KIND_TUPLE ? TUPLE_BYTES : BYTES) >=
                WIDE / COPIED);
    return op->out.id;
}

static unsigned item_turns(struct fixture *f, enum hd_op_code code, uint64_t container,
                           uint64_t item)
{
    struct hd_op *op = begin(f, code);

    op->in.item.container = by_id(container);
    op->in.item.item = by_id(item);
    return take_turns(f, op, BYTES);
}

static unsigned slice_turns(struct fixture *f, uint64_t list, struct hd_slice slice)
{
    struct hd_op *op = begin(f, HD_OP_DEL_ITEM);

    op->in.item.container = by_id(list);
    op->in.item.at = (struct hd_subscript){.at = HD_AT_SLICE, .slice = slice};
    return take_turns(f, op, BYTES);
}

static unsigned release_turns(struct fixture *f, uint64_t id)
{
    struct hd_op *op = begin(f, HD_OP_RELEASE);

    op->in.hold.objects = ids_of(&id, 1);
    return take_turns(f, op, BYTES);
}

static unsigned collect_turns(struct fixture *f)
{
    struct hd_op *op = begin(f, HD_OP_COLLECT);

    op->in.collect.generation = 2;
    return take_turns(f, op, BYTES);
}

static void no_turn_is_long_for_lists(void **state)
{
    struct fixture f;
    struct hd_op *op;
    uint64_t list;
    uint64_t other;

    (void)state;
    open_roomy(&f);
    list = new_list(&f);
    list = copy_of(&f, new_of(&f, HD_KIND_LIST, &list, 1), HD_KIND_LIST, WIDE);
    other = new_of(&f, HD_KIND_LIST, &list, 1);
    op = begin(&f, HD_OP_EXTEND);
    op->in.extend.container = by_id(other);
    op->in.extend.from = by_id(list);
    assert_true(take_turns(&f, op, BYTES) >= WIDE / COPIED);
    assert_int_equal(length(&f, other), WIDE + 1);
    for (unsigned i = 0; i < 2 * 4096; i++) {
        assert_int_equal(item_turns(&f, HD_OP_APPEND, other, list), 1);
    }
    assert_true(collect_turns(&f) >= 2 * WIDE / REFERENCES);
    assert_true(slice_turns(&f, list, (struct hd_slice){.step = 2}) >= WIDE / 2 / COPIED);
    assert_true(
        slice_turns(&f, other,
                    (struct hd_slice){
                        .has_start = true, .start = 1000, .has_stop = true, .stop = -1000}) >=
        WIDE / SLICE);
    assert_int_equal(length(&f, other), 2000);
    assert_true(item_turns(&f, HD_OP_CLEAR, list, 0) >= WIDE / 2 / SLICE);
    assert_int_equal(length(&f, list), 0);
    fixture_down(&f);
}

/* Made, looked at by the marker and by who untracks it, and released. */
static void no_turn_is_long_for_tuples(void **state)
{
    struct fixture f;
    uint64_t list;
    uint64_t tuple;

    (void)state;
    open_roomy(&f);
    list = new_int(&f, 1000);
    list = copy_of(&f, new_of(&f, HD_KIND_LIST, &list, 1), HD_KIND_LIST, WIDE);
    tuple = copy_of(&f, list, HD_KIND_TUPLE, 1);
    assert_true(hd_inspect_is_tracked(f.heap, slot_of(&f, tuple)));
    /* three looks: at the list, and twice at the tuple */
    assert_true(collect_turns(&f) >= 5 * (WIDE / 2 / (2 * HD_PIECE)));
    assert_false(hd_inspect_is_tracked(f.heap, slot_of(&f, tuple)));
    assert_true(release_turns(&f, list) >= WIDE / SLICE);
    assert_true(release_turns(&f, tuple) >= WIDE / SLICE);
    fixture_down(&f);
}

/* Made one entry at a time. */
static void no_turn_is_long_for_dicts(void **state)
{
    struct fixture f;
    uint64_t dict;
    uint64_t list;

    (void)state;
    open_roomy(&f);
    dict = new_dict(&f);
    list = new_list(&f);
    for (unsigned i = 0; i < KEYS; i++) {
        uint64_t key = new_int(&f, 1000 + i);
        struct hd_op *op = begin(&f, HD_OP_SET_ITEM);

        op->in.item.container = by_id(dict);
        op->in.item.at = at_key(key);
        op->in.item.item = by_id(list);
        assert_int_equal(take_turns(&f, op, BYTES), 1);
        assert_int_equal(release(&f, key), HD_OK);
    }
    assert_true(collect_turns(&f) >= KEYS / REFERENCES);
    assert_true(item_turns(&f, HD_OP_CLEAR, dict, 0) >= 2 * KEYS / SLICE);
    fixture_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_turn_is_long_for_lists),
        cmocka_unit_test(no_turn_is_long_for_tuples),
        cmocka_unit_test(no_turn_is_long_for_dicts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
