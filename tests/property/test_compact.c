/* SPDX-License-Identifier: MIT */
/* test_compact.c: objects come, grow and go between slices of compaction, of every size;
 * beside them stands what each must contain. */
#include "unit/heap/fixture.h"

#include "lib/fake_os.h"
#include "lib/random.h"
#include "pool/evacuate.h"

#define OBJECTS 3000
#define STEPS   20000

struct thing {
    uint64_t id; /* 0: free */
    enum hd_kind kind;
    uint64_t seed;   /* of a bytes' contents */
    uint32_t length; /* bytes, items or entries */
};

struct model {
    struct fixture f;
    struct fake_os os;
    struct random rng;
    struct thing things[OBJECTS];
    uint64_t none;
};

static void fill(uint64_t seed, char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (char)(seed >> 56);
    }
}

static void setup(struct model *m, const char *why, uint64_t seed)
{
    const struct hd_heap_world world = {&m->os.iface, &m->f.memory.iface, &m->f.clock.iface};

    print_message("%s\n", why);
    memset(m->things, 0, sizeof m->things);
    (void)random_init(&m->rng, seed);
    fixture_options(&m->f);
    m->f.options.memory.reserve_bytes = (size_t)512 << 20;
    m->f.options.max_slots = 1 << 22;
    fake_os_init(&m->os, FAKE_OS_NEVER);
    assert_int_equal(hd_heap_new(&m->f.options, &world, &m->f.heap), HD_OK);
    assert_int_equal(hd_heap_open_session(m->f.heap, &m->f.session, NULL), HD_OK);
    assert_int_equal(hd_heap_open_session(m->f.heap, &m->f.other, NULL), HD_OK);
    struct hd_op *op = begin(&m->f, HD_OP_CREATE);
    op->in.create.object.kind = HD_KIND_NONE;
    m->none = created(&m->f);
}

/* To 32 KiB, small ones and some sizes more often; now and then one above all pools. */
static uint32_t some_length(struct model *m)
{
    unsigned bits = (unsigned)random_between(&m->rng, 4, 15);

    if (random_chance(&m->rng, 70)) {
        return UINT32_C(1500) << random_below(&m->rng, 5);
    }
    return random_chance(&m->rng, 1)
               ? 300000
               : (uint32_t)random_between(&m->rng, 1, UINT64_C(1) << bits);
}

static void make_bytes(struct model *m, struct thing *thing)
{
    static char bytes[400000];
    struct hd_op *op = begin(&m->f, HD_OP_CREATE);

    thing->kind = HD_KIND_BYTES;
    thing->seed = random_next(&m->rng);
    thing->length = some_length(m) + 1;
    fill(thing->seed, bytes, thing->length);
    op->in.create.object.kind = HD_KIND_BYTES;
    op->in.create.object.bytes = (struct hd_bytes){bytes, thing->length};
    thing->id = created(&m->f);
}

/* Item i of a list is None or the list itself; key i of a dict is i. */
static void make_container(struct model *m, struct thing *thing)
{
    thing->kind = random_chance(&m->rng, 50) ? HD_KIND_LIST : HD_KIND_DICT;
    thing->id = thing->kind == HD_KIND_LIST ? new_list(&m->f) : new_dict(&m->f);
    thing->length = 0;
}

static void grow_list(struct model *m, struct thing *thing, uint32_t more)
{
    static uint64_t items[40000];
    struct hd_op *op = begin(&m->f, HD_OP_EXTEND);

    for (uint32_t i = 0; i < more; i++) {
        items[i] = (thing->length + i) % 3 == 0 ? thing->id : m->none;
    }
    op->in.extend.container = by_id(thing->id);
    op->in.extend.items = ids_of(items, more);
    assert_int_equal(finish(&m->f), HD_OK);
    thing->length += more;
}

static void grow_dict(struct model *m, struct thing *thing, uint32_t more)
{
    for (uint32_t i = 0; i < more; i++) {
        uint64_t key = new_int(&m->f, thing->length);

        assert_int_equal(place_op(&m->f, HD_OP_SET_ITEM, thing->id, at_key(key), m->none),
                         HD_OK);
        assert_int_equal(release(&m->f, key), HD_OK);
        thing->length++;
    }
}

static void compare(struct model *m, const struct thing *thing)
{
    static char bytes[400000];
    struct hd_object_info info;
    uint32_t slot = slot_of(&m->f, thing->id);

    assert_int_not_equal(slot, 0);
    hd_inspect_object(m->f.heap, NULL, slot, &info);
    assert_int_equal(info.id, thing->id);
    assert_int_equal(info.kind, thing->kind);
    if (thing->kind == HD_KIND_BYTES) {
        fill(thing->seed, bytes, thing->length);
        assert_int_equal(info.bytes.size, thing->length);
        assert_memory_equal(info.bytes.data, bytes, thing->length);
        return;
    }
    assert_int_equal(info.length, thing->length);
    for (uint32_t i = 0; i < thing->length; i += 1 + thing->length / 40) {
        uint64_t item, value;

        assert_int_equal(hd_inspect_items(m->f.heap, slot, i, 1, &item, &value), 1);
        if (thing->kind == HD_KIND_LIST) {
            assert_int_equal(item, i % 3 == 0 ? thing->id : m->none);
        } else {
            hd_inspect_object(m->f.heap, NULL, slot_of(&m->f, item), &info);
            assert_int_equal(info.integer, i);
            assert_int_equal(value, m->none);
        }
    }
}

/* A list that refers to itself is a cycle: it is emptied before it goes. */
static void end_thing(struct model *m, struct thing *thing)
{
    compare(m, thing);
    if (thing->kind == HD_KIND_LIST) {
        assert_int_equal(item_op(&m->f, HD_OP_CLEAR, thing->id, 0), HD_OK);
    }
    assert_int_equal(release(&m->f, thing->id), HD_OK);
    thing->id = 0;
}

static struct thing *pick(struct model *m, bool alive)
{
    for (;;) {
        struct thing *thing = &m->things[random_below(&m->rng, OBJECTS)];

        if ((thing->id != 0) == alive) {
            return thing;
        }
    }
}

static bool slice(struct model *m, uint32_t units)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_TRIM, NULL);
    op.in.trim.compact = random_chance(&m->rng, 10) ? HD_COMPACT_NOW : HD_COMPACT_IF_WORTH;
    op.in.trim.units = units;
    assert_int_equal(hd_heap_do(m->f.heap, &op), HD_DONE);
    assert_int_equal(op.error.status, HD_OK);
    return op.out.trim.more;
}

static void step(struct model *m, unsigned alive)
{
    struct thing *thing;

    if (alive < OBJECTS / 2 && random_chance(&m->rng, 45)) {
        thing = pick(m, false);
        if (random_chance(&m->rng, 80)) {
            make_bytes(m, thing);
        } else {
            make_container(m, thing);
        }
    } else if (alive > 0 && random_chance(&m->rng, 80)) {
        thing = pick(m, true);
        if (thing->kind == HD_KIND_LIST && thing->length < 20000 &&
            random_chance(&m->rng, 70)) {
            grow_list(m, thing, random_chance(&m->rng, 3) ? 20000 : 1 + thing->length);
        } else if (thing->kind == HD_KIND_DICT && thing->length < 20000) {
            grow_dict(m, thing, random_chance(&m->rng, 2) ? 9000 : 1 + thing->length / 8);
        } else {
            end_thing(m, thing);
        }
    }
}

static unsigned count(const struct model *m)
{
    unsigned alive = 0;

    for (size_t i = 0; i < OBJECTS; i++) {
        alive += m->things[i].id != 0;
    }
    return alive;
}

static void teardown(struct model *m)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        if (m->things[i].id != 0) {
            compare(m, &m->things[i]);
        }
    }
    fixture_down(&m->f);
    assert_int_equal(m->os.live_reservations, 0);
}

static void contents_and_ids_stay(void **state)
{
    static struct model m;
    uint32_t sizes[] = {1, 2, 7, 64, 300, 5000};
    struct hd_memory_stats stats;

    (void)state;
    setup(&m, "random operations between slices", 411);
    m.f.options.compact.floor_bytes = 0;
    for (int i = 0; i < STEPS; i++) {
        step(&m, count(&m));
        if (i % 4 == 0) {
            (void)slice(&m, sizes[random_below(&m.rng, 6)]);
        }
        if (i % 1000 == 0) {
            assert_sound(&m.f);
        }
        if (i % 3000 == 2999) { /* most go at once: pools become sparse */
            for (size_t k = 0; k < OBJECTS; k++) {
                if (m.things[k].id != 0 && random_chance(&m.rng, 85)) {
                    end_thing(&m, &m.things[k]);
                }
            }
        }
    }
    hd_memory_stats(hd_heap_memory(m.f.heap), &stats);
    print_message("%lu pools chosen, %lu blocks moved\n", (unsigned long)stats.chosen_pools,
                  (unsigned long)stats.moved_blocks);
    assert_true(stats.moved_blocks > 200);
    teardown(&m);
}

/* 6000 bodies, a random 90 % released; then slices of one size until nothing is left. */
static void sparse(struct model *m)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        make_bytes(m, &m->things[i]);
    }
    for (size_t i = 0; i < OBJECTS; i++) {
        if (random_chance(&m->rng, 90)) {
            end_thing(m, &m->things[i]);
        }
    }
}

static void every_size_of_slice_comes_to_an_end(void **state)
{
    static struct model m;
    uint64_t committed = 0;

    (void)state;
    for (uint32_t units = 1; units < 3000; units = units * 5 + 1) {
        struct hd_memory_stats before, after;
        unsigned alive;

        setup(&m, "slices of one size", 77);
        m.f.options.compact.floor_bytes = 0;
        sparse(&m);
        alive = count(&m);
        hd_memory_stats(hd_heap_memory(m.f.heap), &before);
        while (slice(&m, units)) {
        }
        hd_memory_stats(hd_heap_memory(m.f.heap), &after);
        assert_true(after.committed_bytes < before.committed_bytes / 2);
        assert_int_equal(after.empty_bytes, 0);
        assert_int_equal(after.evacuating_pools, 0);
        assert_int_equal(count(&m), alive);
        assert_true(committed == 0 || committed == after.committed_bytes); /* repeats */
        committed = 0;
        assert_true(m.os.decommitted_bytes >= before.committed_bytes - after.committed_bytes);
        teardown(&m);
    }
}

/* Every request for memory during a pass has its turn to fail: the pass ends all the same. */
static void a_pass_needs_no_memory(void **state)
{
    static struct model m;

    (void)state;
    setup(&m, "no memory", 5);
    m.f.options.compact.floor_bytes = 0;
    sparse(&m);
    fault_alloc_rearm(&m.f.memory, 0, true);
    fake_os_rearm(&m.os, 0, true);
    for (int i = 0; i < 100000 && slice(&m, 50); i++) {
    }
    assert_true(hd_memory_moved(hd_heap_memory(m.f.heap)).blocks > 0);
    assert_int_equal(hd_memory_evacuating_pools(hd_heap_memory(m.f.heap)), 0);
    assert_true(hd_memory_trimmable_bytes(hd_heap_memory(m.f.heap)) > 0); /* it was refused */
    fake_os_rearm(&m.os, FAKE_OS_NEVER, false);
    fault_alloc_rearm(&m.f.memory, FAULT_NEVER, false);
    teardown(&m);
}

/* Leaves of a list, chunks and pages of a dict between blocks of their sizes that go. */
static void blocks_of_big_containers_move(void **state)
{
    static struct model m;
    struct thing *list = &m.things[0];
    struct thing *dict = &m.things[1];
    uint64_t moved;

    (void)state;
    setup(&m, "big containers", 8);
    *list = (struct thing){.id = new_list(&m.f), .kind = HD_KIND_LIST};
    *dict = (struct thing){.id = new_dict(&m.f), .kind = HD_KIND_DICT};
    for (size_t i = 2; i < 1000; i++) {
        struct hd_op *op;
        static char bytes[16376];
        uint32_t sizes[] = {16376, 12280, 4080};

        grow_list(&m, list, 200);
        grow_dict(&m, dict, 30);
        op = begin(&m.f, HD_OP_CREATE);
        op->in.create.object.kind = HD_KIND_BYTES;
        op->in.create.object.bytes = (struct hd_bytes){bytes, sizes[i % 3]};
        m.things[i].id = created(&m.f);
    }
    for (size_t i = 2; i < 1000; i++) {
        assert_int_equal(release(&m.f, m.things[i].id), HD_OK);
        m.things[i].id = 0;
    }
    assert_int_equal(item_op(&m.f, HD_OP_CLEAR, dict->id, 0), HD_OK);
    dict->length = 0;
    grow_dict(&m, dict, 20000);
    begin(&m.f, HD_OP_TRIM)->in.trim.compact = HD_COMPACT_NOW;
    assert_int_equal(finish(&m.f), HD_OK);
    moved = hd_memory_moved(hd_heap_memory(m.f.heap)).blocks;
    assert_true(moved > 20);
    compare(&m, list);
    compare(&m, dict);
    grow_list(&m, list, 3000);
    grow_dict(&m, dict, 3000);
    assert_sound(&m.f);
    end_thing(&m, list);
    teardown(&m);
}

/* Asked for by a session: in slices, and answered when all is done. */
static void a_session_asks_and_is_told(void **state)
{
    static struct model m;
    struct hd_op *op;

    (void)state;
    setup(&m, "asked for", 6);
    m.f.options.compact.enabled = false;
    sparse(&m);
    op = begin(&m.f, HD_OP_TRIM);
    op->in.trim.compact = HD_COMPACT_NOW;
    assert_int_equal(hd_heap_do(m.f.heap, op), HD_MORE);
    while (hd_heap_work(m.f.heap, 1000)) {
        assert_true(hd_session_is_busy(m.f.session));
    }
    assert_true(op->out.trim.moved_bytes > 0);
    assert_int_equal(op->out.trim.returned_bytes, m.os.decommitted_bytes);
    assert_int_equal(hd_memory_trimmable_bytes(hd_heap_memory(m.f.heap)), 0);
    teardown(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents_and_ids_stay),
        cmocka_unit_test(every_size_of_slice_comes_to_an_end),
        cmocka_unit_test(a_pass_needs_no_memory),
        cmocka_unit_test(blocks_of_big_containers_move),
        cmocka_unit_test(a_session_asks_and_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
