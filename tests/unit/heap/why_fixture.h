/* SPDX-License-Identifier: MIT */
/* why_fixture.h: Why, as short calls; every path that is given is walked. */
#ifndef HD_TESTS_HEAP_WHY_FIXTURE_H
#define HD_TESTS_HEAP_WHY_FIXTURE_H

#include "unit/heap/fixture.h"

#include "heap/internal.h"
#include "heap/path.h"
#include "heap/search.h"
#include "lib/heap_digest.h"

struct why {
    struct hd_path paths[HD_PATHS];
    struct hd_op op;
};

static inline struct hd_op *begin_why(struct fixture *f, struct why *why, uint64_t id)
{
    memset(why, 0, sizeof *why);
    hd_op_init(&why->op, HD_OP_WHY, f->session);
    why->op.in.why.object = by_id(id);
    why->op.in.why.ret_paths = why->paths;
    return &why->op;
}

static inline const struct hd_path *path_of(const struct why *why, enum hd_owner_kind kind)
{
    const struct hd_path *found = NULL;

    for (uint32_t i = 0; i < why->op.out.why.paths; i++) {
        if (hd_owner_kind(&why->paths[i].owner) == kind) {
            assert_null(found); /* one of each kind */
            found = &why->paths[i];
        }
    }
    return found;
}

struct owned {
    const struct hd_owner *owner;
    uint32_t slot;
    bool found;
};

static inline void compare_owner(void *ctx, const struct hd_owner *owner, uint32_t slot,
                                 uint32_t n)
{
    struct owned *owned = ctx;

    (void)n;
    owned->found = owned->found || (slot == owned->slot && owner->what == owned->owner->what &&
                                    owner->leaving == owned->owner->leaving &&
                                    owner->session == owned->owner->session &&
                                    owner->depth == owned->owner->depth &&
                                    hd_bytes_equal(owner->name, owned->owner->name));
}

/* Every reference it names is there. */
static inline void walk_path(struct fixture *f, const struct hd_path *path, uint32_t target)
{
    const struct hd_slots *slots = hd_objects_slots_const(f->heap->objects);
    uint32_t first = path->shown > 0 ? path->steps[0].slot : target;
    bool dead = path->shown > 0 && path->steps[0].id == 0;
    struct owned owned = {.owner = &path->owner, .slot = first};

    hd_owners_each(f->heap, compare_owner, &owned);
    assert_true(owned.found != dead);
    assert_int_equal(path->length > HD_PATH_STEPS, path->gap < path->shown);
    assert_int_equal(path->shown, path->length < HD_PATH_STEPS ? path->length : HD_PATH_STEPS);
    for (uint32_t i = 0; i < path->shown; i++) {
        const struct hd_step *step = &path->steps[i];
        bool last = i + 1 == path->shown;

        assert_true(i + 1 == path->gap ||
                    step->target == (last ? target : path->steps[i + 1].slot));
        assert_true(
            hd_has_reference(hd_slot_at(slots, step->slot), step->position, step->target));
        assert_int_equal(step->id, dead && i == 0 ? 0 : hd_slots_id(slots, step->slot));
    }
}

static inline void walk_all(struct fixture *f, const struct why *why)
{
    uint32_t target = slot_of(f, why->op.out.why.id);

    assert_int_not_equal(target, 0);
    for (uint32_t i = 0; i < why->op.out.why.paths; i++) {
        walk_path(f, &why->paths[i], target);
    }
}

/* Asks, while nothing else happens. */
static inline void ask(struct fixture *f, struct why *why, uint64_t id)
{
    uint64_t before = heap_digest(f->heap);

    assert_int_equal(carry_out(f, begin_why(f, why, id)), HD_OK);
    assert_int_equal(why->op.out.why.id, id);
    assert_true(why->op.out.why.exact);
    assert_true(before == heap_digest(f->heap));
    walk_all(f, why);
}

static inline enum hd_status bind_globally(struct fixture *f, const char *name, uint64_t id)
{
    struct hd_op *op = begin(f, HD_OP_BIND);

    op->in.name.name = hd_bytes_of(name);
    op->in.name.object = by_id(id);
    op->in.name.scope = HD_SCOPE_HEAP;
    return finish(f);
}

static inline enum hd_status unbind_globally(struct fixture *f, const char *name)
{
    struct hd_op *op = begin(f, HD_OP_DELETE);

    op->in.name.name = hd_bytes_of(name);
    op->in.name.scope = HD_SCOPE_HEAP;
    return finish(f);
}

#endif
