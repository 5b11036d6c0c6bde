/* SPDX-License-Identifier: MIT */
/* test_releasing.c: many objects in one Release, some of them twice, held by several frames:
 * all of it or nothing, against a model of the frames' counts. */
#include <stdlib.h>

#include "lib/random.h"
#include "unit/heap/fixture.h"

#define FRAMES  3
#define OBJECTS 40
#define MOST    3000 /* operands of a request: more than are found only once */

struct model {
    struct fixture f;
    struct random random;
    uint64_t ids[OBJECTS];
    uint32_t held[FRAMES][OBJECTS]; /* the last frame is the top */
    uint64_t operands[MOST];
    uint32_t counts[MOST];
    unsigned granted;
    unsigned refused;
};

static uint32_t held_in_all(const struct model *m, unsigned object)
{
    uint32_t sum = 0;

    for (unsigned frame = 0; frame < FRAMES; frame++) {
        sum += m->held[frame][object];
    }
    return sum;
}

static void hold_some(struct model *m, unsigned frame, uint32_t most)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        uint32_t n = 1 + (uint32_t)random_below(&m->random, most);
        struct hd_op *op = begin(&m->f, HD_OP_HOLD);

        if (!is_alive(&m->f, m->ids[i])) {
            continue;
        }
        op->in.hold.objects = ids_of(&m->ids[i], 1);
        op->in.hold.counts = &n;
        assert_int_equal(finish(&m->f), HD_OK);
        m->held[frame][i] += n;
    }
}

static void set_up(struct model *m, uint32_t most)
{
    fixture_up(&m->f);
    for (unsigned i = 0; i < OBJECTS; i++) {
        m->ids[i] = new_float(&m->f, i + 0.5);
        m->held[0][i] = 1;
    }
    for (unsigned frame = 0; frame < FRAMES; frame++) {
        hold_some(m, frame, most);
        if (frame + 1 < FRAMES) {
            (void)begin(&m->f, HD_OP_CALL);
            assert_int_equal(finish(&m->f), HD_OK);
        }
    }
}

/* What a request of n operands leaves of each object; false: it asks for too much of one. */
static bool expect(const struct model *m, const unsigned *drawn, size_t n, uint32_t *ret_left)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        ret_left[i] = held_in_all(m, i);
    }
    for (size_t k = 0; k < n; k++) {
        if (m->counts[k] > ret_left[drawn[k]]) {
            return false;
        }
        ret_left[drawn[k]] -= m->counts[k];
    }
    return true;
}

/* From the top frame first. */
static void take(struct model *m, unsigned object, uint32_t n)
{
    for (unsigned frame = FRAMES; frame-- > 0;) {
        uint32_t here = m->held[frame][object] < n ? m->held[frame][object] : n;

        m->held[frame][object] -= here;
        n -= here;
    }
}

static void release_some(struct model *m, size_t n)
{
    unsigned drawn[MOST];
    uint32_t left[OBJECTS];
    struct hd_op *op = begin(&m->f, HD_OP_RELEASE);
    bool enough;

    for (size_t k = 0; k < n; k++) {
        do {
            drawn[k] = (unsigned)random_below(&m->random, OBJECTS);
        } while (held_in_all(m, drawn[k]) == 0);
        m->operands[k] = m->ids[drawn[k]];
        m->counts[k] = 1 + (uint32_t)random_below(&m->random, 3);
    }
    enough = expect(m, drawn, n, left);
    op->in.hold.objects = ids_of(m->operands, n);
    op->in.hold.counts = m->counts;
    if (finish(&m->f) == HD_OK) {
        assert_true(enough);
        m->granted++;
        for (size_t k = 0; k < n; k++) {
            take(m, drawn[k], m->counts[k]);
        }
    } else {
        assert_refused(&m->f, HD_FAILED_PRECONDITION, HD_REASON_NOT_HELD, NULL);
        assert_false(enough);
        m->refused++;
    }
    for (unsigned i = 0; i < OBJECTS; i++) {
        assert_int_equal(refcount(&m->f, m->ids[i]), held_in_all(m, i));
    }
}

static bool any_held(const struct model *m)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (held_in_all(m, i) > 0) {
            return true;
        }
    }
    return false;
}

static void play(uint32_t most_held, size_t most_operands, unsigned rounds)
{
    struct model *m = calloc(1, sizeof *m);

    assert_non_null(m);
    (void)random_init(&m->random, 20261127);
    set_up(m, most_held);
    for (unsigned i = 0; i < rounds && any_held(m); i++) {
        release_some(m, 1 + random_below(&m->random, most_operands));
        if (random_chance(&m->random, 30)) {
            hold_some(m, FRAMES - 1, most_held);
        }
    }
    assert_true(m->granted > rounds / 20 && m->refused > rounds / 20);
    fixture_down(&m->f);
    free(m);
}

static void some_at_once(void **state)
{
    (void)state;
    play(30, 400, 500);
}

static void more_than_are_found_once(void **state)
{
    (void)state;
    play(400, MOST, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_at_once),
        cmocka_unit_test(more_than_are_found_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
