/* SPDX-License-Identifier: MIT */
/* path.c: back along the trail; where in each container; who has the first; and all of it once
 * more, when it is given. */
#include "heap/path.h"

#include <string.h>

#include "heap/search.h"

#define STEPS_BACK 8 /* to one that was met before */
#define RING       (HD_PATH_END + 1)

/* The object that the owner itself has. */
static uint32_t first_of(const struct hd_search *search, const struct hd_path *path)
{
    return path->shown > 0 ? path->steps[0].slot : search->target;
}

/* The far end, nearest to the owner, is what the ring has of it, backwards; the near end lies
 * at the end of the steps. */
static void arrange(const struct hd_search *search, struct hd_path *path)
{
    uint32_t near = path->length < HD_PATH_END ? (uint32_t)path->length : HD_PATH_END;
    uint64_t rest = path->length - near;
    uint32_t far = rest < HD_PATH_END ? (uint32_t)rest : HD_PATH_END;

    for (uint32_t i = 0; i < far; i++) {
        path->steps[i].slot = search->ring[(rest - 1 - i) % RING];
    }
    memmove(&path->steps[far], &path->steps[HD_PATH_STEPS - near],
            near * sizeof(struct hd_step));
    path->shown = far + near;
    path->gap = rest > far ? far : path->shown;
    for (uint32_t i = 0; i < path->shown; i++) {
        path->steps[i].target = i + 1 < path->shown ? path->steps[i + 1].slot : search->target;
    }
    if (rest > far) {
        path->steps[far - 1].target = search->ring[(rest - 1 - far) % RING];
    }
}

bool hd_path_trace(struct hd_search *search, uint64_t *steps)
{
    struct hd_path *path = &search->paths[search->found];

    while (search->next != HD_TRAIL_NONE) {
        struct hd_met met;

        if (*steps == 0) {
            return false;
        }
        hd_pay_steps(steps, STEPS_BACK);
        met = hd_trail_at(&search->trail, search->next);
        if (path->length < HD_PATH_END) {
            path->steps[HD_PATH_STEPS - 1 - path->length].slot = met.slot;
        } else {
            search->ring[(path->length - HD_PATH_END) % RING] = met.slot;
        }
        path->length++;
        search->next = met.from;
    }
    arrange(search, path);
    return true;
}

bool hd_path_places(struct hd_search *search, uint64_t *steps)
{
    const struct hd_slots *slots = hd_objects_slots_const(search->heap->objects);
    struct hd_path *path = &search->paths[search->found];

    for (; search->next < path->shown; search->next++) {
        struct hd_step *step = &path->steps[search->next];
        const struct hd_slot *entry = hd_slot_at(slots, step->slot);

        search->lost = !hd_search_may_pass(search, step->slot, search->next == 0);
        if (search->lost) {
            return true;
        }
        if (!hd_find_reference(entry, step->target, &search->end, steps, &step->position)) {
            search->lost = search->end == 0;
            return search->lost;
        }
        search->end = UINT32_MAX;
    }
    return true;
}

bool hd_path_owner(struct hd_search *search, uint64_t *steps)
{
    uint32_t first = first_of(search, &search->paths[search->found]);
    struct hd_roots *place = &search->owners[search->found];
    struct hd_owner owner;
    uint32_t slot;
    uint32_t n;

    *place = (struct hd_roots){.heap = NULL};
    if (hd_search_presence(search, first) == HD_DEAD) {
        return true; /* it is owner and first container in one */
    }
    hd_roots_resume(&search->roots);
    while (hd_roots_next(&search->roots, steps, &owner, &slot, &n)) {
        if (slot == first) {
            *place = search->roots;
            place->index--;
            return true;
        }
    }
    search->lost = search->roots.stage == HD_ROOTS_END;
    return search->lost;
}

static bool check_owner(const struct hd_search *search, struct hd_roots place,
                        struct hd_path *path)
{
    uint64_t one = 1;
    uint32_t slot;
    uint32_t n;

    path->owner = (struct hd_owner){.what = HD_OWNER_WORK};
    if (place.heap == NULL) {
        return true;
    }
    hd_roots_resume(&place);
    return hd_roots_next(&place, &one, &path->owner, &slot, &n) &&
           slot == first_of(search, path);
}

static bool check_step(const struct hd_search *search, struct hd_step *step, bool dead)
{
    const struct hd_objects *objects = search->heap->objects;
    const struct hd_slots *slots = hd_objects_slots_const(objects);
    const struct hd_slot *entry = hd_slot_at(slots, step->slot);

    if (hd_search_presence(search, step->slot) != (dead ? HD_DEAD : HD_ALIVE) ||
        !hd_has_reference(entry, step->position, step->target)) {
        return false;
    }
    step->id = dead ? 0 : hd_slots_id(slots, step->slot);
    step->kind = (enum hd_kind)entry->kind;
    step->where = HD_STEP_ITEM;
    step->key = 0;
    if (hd_kind_is_table((enum hd_kind)entry->kind)) {
        bool is_value = hd_table_value(objects, step->slot, step->position) == step->target;

        step->where = is_value ? HD_STEP_VALUE : HD_STEP_KEY;
        step->key = is_value ? hd_table_key(objects, step->slot, step->position) : 0;
    }
    return true;
}

bool hd_path_check_steps(struct hd_search *search, struct hd_path *path, bool dead)
{
    for (uint32_t k = 0; k < path->shown; k++) {
        if (!check_step(search, &path->steps[k], dead && k == 0)) {
            return false;
        }
    }
    return true;
}

bool hd_path_check(struct hd_search *search)
{
    for (uint32_t i = 0; i < search->found; i++) {
        struct hd_path *path = &search->paths[i];
        bool dead = search->owners[i].heap == NULL;

        if (!check_owner(search, search->owners[i], path) ||
            !hd_path_check_steps(search, path, dead)) {
            return false;
        }
    }
    return true;
}
