/* SPDX-License-Identifier: MIT */
/* roots.c: table after table, entry after entry. */
#include "heap/roots.h"

#include "heap/internal.h"

#define PLACE_STAGE 61 /* bits from here on: the stage; then whether of holds, depth, index */
#define PLACE_HOLDS 60
#define PLACE_DEPTH 32
#define DEPTH_MAX   ((UINT64_C(1) << (PLACE_HOLDS - PLACE_DEPTH)) - 1)

/* The table a walk stands at: one of them, or none. */
struct table {
    const struct hd_names *names;
    const struct hd_holds *holds;
    const struct hd_notices *notices;
    const struct hd_bitset *garbage;
};

enum hd_owner_kind hd_owner_kind(const struct hd_owner *owner)
{
    return owner->leaving ? HD_OWNER_WORK : owner->what;
}

/* The one behind this element of the heap's list; NULL: none. */
static const struct hd_session *session_behind(const struct hd_heap *heap,
                                               const struct hd_list *element)
{
    struct hd_list *next = element->next;

    return next == &heap->sessions ? NULL : HD_CONTAINER_OF(next, struct hd_session, link);
}

static void enter_session(struct hd_roots *roots, const struct hd_session *session)
{
    roots->session = session;
    roots->stage = session == NULL ? HD_ROOTS_END : HD_ROOTS_FRAMES;
    roots->frame = session == NULL ? NULL : session->top;
    roots->depth = roots->frame == NULL ? 0 : roots->frame->depth;
    roots->of_holds = false;
    roots->index = 0;
}

static const struct hd_session *next_session(const struct hd_roots *roots)
{
    return roots->only ? NULL : session_behind(roots->heap, &roots->session->link);
}

void hd_roots_begin(struct hd_roots *roots, const struct hd_heap *heap, unsigned kinds)
{
    *roots = (struct hd_roots){.heap = heap, .kinds = kinds, .stage = HD_ROOTS_HEAP};
}

void hd_roots_begin_session(struct hd_roots *roots, const struct hd_session *session)
{
    *roots = (struct hd_roots){.heap = session->heap, .kinds = HD_ROOTS_ALL, .only = true};
    enter_session(roots, session);
}

static void enter_frame(struct hd_roots *roots, const struct hd_frame *frame)
{
    roots->frame = frame;
    roots->depth = frame == NULL ? 0 : frame->depth;
    roots->of_holds = false;
    roots->index = 0;
}

/* The next table: which may be none, and is not the end for that. */
static void next_table(struct hd_roots *roots)
{
    bool in_frame = roots->stage == HD_ROOTS_FRAMES || roots->stage == HD_ROOTS_LEAVING;

    roots->index = 0;
    if (roots->stage == HD_ROOTS_HEAP || roots->stage == HD_ROOTS_GARBAGE) {
        roots->stage++;
    } else if (roots->stage == HD_ROOTS_QUEUES) {
        enter_session(roots, session_behind(roots->heap, &roots->heap->sessions));
    } else if (in_frame && roots->frame != NULL && !roots->of_holds) {
        roots->of_holds = true;
    } else if (in_frame && roots->frame != NULL) {
        enter_frame(roots, roots->frame->next);
    } else if (roots->stage == HD_ROOTS_FRAMES) {
        roots->stage = HD_ROOTS_LEAVING;
        enter_frame(roots, roots->session->leaving);
    } else if (roots->stage == HD_ROOTS_LEAVING || roots->stage == HD_ROOTS_BATCH) {
        roots->stage++;
    } else {
        enter_session(roots, next_session(roots));
    }
}

static struct hd_owner owner_of(const struct hd_roots *roots)
{
    bool leaving = roots->stage == HD_ROOTS_LEAVING;

    switch (roots->stage) {
    case HD_ROOTS_HEAP:
        return (struct hd_owner){.what = HD_OWNER_GLOBAL_NAME};
    case HD_ROOTS_GARBAGE:
        return (struct hd_owner){.what = HD_OWNER_GARBAGE};
    case HD_ROOTS_QUEUES:
        return (struct hd_owner){.what = HD_OWNER_QUEUE};
    case HD_ROOTS_BATCH:
    case HD_ROOTS_KEPT:
        return (struct hd_owner){.what = HD_OWNER_BATCH, .session = roots->session->number};
    default:
        return (struct hd_owner){.what = roots->of_holds ? HD_OWNER_HOLD : HD_OWNER_NAME,
                                 .leaving = leaving,
                                 .session = roots->session->number,
                                 .depth = roots->depth};
    }
}

static struct table table_of(const struct hd_roots *roots)
{
    const struct hd_frame *frame = roots->frame;
    const struct hd_batch *batch = roots->session == NULL ? NULL : roots->session->batch;

    switch (roots->stage) {
    case HD_ROOTS_HEAP:
        return (struct table){.names = &roots->heap->names};
    case HD_ROOTS_GARBAGE:
        return (struct table){.garbage = &roots->heap->garbage};
    case HD_ROOTS_QUEUES:
        return (struct table){.notices = &roots->heap->notices};
    case HD_ROOTS_BATCH:
        return (struct table){.holds = batch == NULL ? NULL : &batch->holds};
    case HD_ROOTS_KEPT:
        return (struct table){
            .holds = batch == NULL || batch->undo == NULL ? NULL : &batch->undo->kept};
    default:
        return (struct table){.names = frame == NULL || roots->of_holds ? NULL : &frame->names,
                              .holds =
                                  frame == NULL || !roots->of_holds ? NULL : &frame->holds};
    }
}

/* NULL: it has none that move. */
static const struct hd_rows *rows_of(struct table table)
{
    return table.names != NULL   ? &table.names->rows
           : table.holds != NULL ? &table.holds->rows
                                 : NULL;
}

/* What has to be known of the table when operations have passed. */
static void note_rows(struct hd_roots *roots)
{
    const struct hd_rows *rows = roots->stage == HD_ROOTS_END ? NULL : rows_of(table_of(roots));

    roots->remade = rows == NULL ? 0 : rows->remade;
    roots->floor = rows == NULL ? 0 : hd_rows_floor(rows, roots->index);
}

static bool next_notice(struct hd_roots *roots, const struct hd_notices *notices,
                        uint64_t *steps, struct hd_owner *owner, uint32_t *ret_slot)
{
    while (roots->index<notices->high && * steps> 0) {
        const struct hd_notice *notice = hd_notices_at(notices, roots->index++);

        (*steps)--;
        if (notice != NULL && hd_notice_is_held(notice)) {
            owner->name = (struct hd_bytes){notice->queue->name, notice->queue->name_size};
            *ret_slot = notice->slot;
            return true;
        }
    }
    return false;
}

static bool next_garbage(struct hd_roots *roots, const struct hd_bitset *garbage,
                         uint64_t *steps, uint32_t *ret_slot)
{
    uint32_t slot = hd_bitset_next(garbage, roots->index);

    (*steps)--;
    if (slot == HD_BITSET_END) {
        return false;
    }
    roots->index = slot + 1;
    *ret_slot = slot;
    return true;
}

static bool next_of_frame(struct hd_roots *roots, struct table table, uint64_t *steps,
                          struct hd_owner *owner, uint32_t *ret_slot, uint32_t *ret_n)
{
    uint32_t used = rows_of(table)->used;
    uint32_t head = rows_of(table)->head;

    roots->index = roots->index < head ? head : roots->index;
    while (roots->index<used && * steps> 0) {
        uint32_t index = roots->index++;
        const struct hd_name *name =
            table.names == NULL ? NULL : hd_names_at(table.names, index);
        const struct hd_hold *hold =
            table.holds == NULL ? NULL : hd_holds_at(table.holds, index);

        (*steps)--;
        if (name != NULL && name->text != NULL && name->slot != 0) {
            owner->name = (struct hd_bytes){name->text, name->size};
            *ret_slot = name->slot;
            *ret_n = 1;
            return true;
        }
        if (hold != NULL && hold->slot != 0) {
            *ret_slot = hold->slot;
            *ret_n = hold->count;
            return true;
        }
    }
    return false;
}

/* The next entry with a reference; false: there is none, or no step. */
static bool next_entry(struct hd_roots *roots, struct table table, uint64_t *steps,
                       struct hd_owner *owner, uint32_t *ret_slot, uint32_t *ret_n)
{
    if (table.notices != NULL || table.garbage != NULL) {
        *ret_n = 1;
        return table.notices != NULL ? next_notice(roots, table.notices, steps, owner, ret_slot)
                                     : next_garbage(roots, table.garbage, steps, ret_slot);
    }
    return next_of_frame(roots, table, steps, owner, ret_slot, ret_n);
}

static bool next_root(struct hd_roots *roots, uint64_t *steps, struct hd_owner *ret_owner,
                      uint32_t *ret_slot, uint32_t *ret_n)
{
    while (roots->stage != HD_ROOTS_END && *steps > 0) {
        struct hd_owner owner = owner_of(roots);
        struct table table = table_of(roots);
        bool wanted = (roots->kinds >> hd_owner_kind(&owner) & 1) != 0 &&
                      (table.names != NULL || table.holds != NULL || table.notices != NULL ||
                       table.garbage != NULL);

        if (wanted && next_entry(roots, table, steps, &owner, ret_slot, ret_n)) {
            *ret_owner = owner;
            return true;
        }
        if (*steps > 0) {
            (*steps)--;
            next_table(roots);
        }
    }
    return false;
}

bool hd_roots_next(struct hd_roots *roots, uint64_t *steps, struct hd_owner *ret_owner,
                   uint32_t *ret_slot, uint32_t *ret_n)
{
    bool found = next_root(roots, steps, ret_owner, ret_slot, ret_n);

    note_rows(roots);
    return found;
}

static void find_frame(struct hd_roots *roots)
{
    const struct hd_frame *frame;

    if (roots->stage != HD_ROOTS_FRAMES && roots->stage != HD_ROOTS_LEAVING) {
        return;
    }
    frame = roots->stage == HD_ROOTS_FRAMES ? roots->session->top : roots->session->leaving;
    while (frame != NULL && frame->depth > roots->depth) {
        frame = frame->next;
    }
    if (frame == NULL || frame->depth < roots->depth) {
        enter_frame(roots, frame);
    }
    roots->frame = frame;
}

void hd_roots_resume(struct hd_roots *roots)
{
    const struct hd_rows *rows;

    find_frame(roots);
    if (roots->stage == HD_ROOTS_END) {
        return;
    }
    rows = rows_of(table_of(roots));
    if ((rows == NULL ? 0 : rows->remade) != roots->remade) {
        roots->index = 0;
    } else if (rows != NULL) {
        roots->index = hd_rows_resume(rows, roots->index, roots->floor);
    }
    note_rows(roots);
}

void hd_roots_leave_session(struct hd_roots *roots, const struct hd_session *session)
{
    if (roots->session == session) {
        enter_session(roots, next_session(roots));
    }
}

uint64_t hd_roots_place(const struct hd_roots *roots)
{
    return (uint64_t)roots->stage << PLACE_STAGE | (uint64_t)roots->of_holds << PLACE_HOLDS |
           (uint64_t)roots->depth << PLACE_DEPTH | roots->index;
}

void hd_roots_seek(struct hd_roots *roots, uint64_t place)
{
    uint64_t stage = place >> PLACE_STAGE;

    roots->stage =
        stage >= HD_ROOTS_END || stage < HD_ROOTS_FRAMES ? HD_ROOTS_END : (unsigned)stage;
    roots->of_holds = (place >> PLACE_HOLDS & 1) != 0;
    roots->depth = (uint32_t)(place >> PLACE_DEPTH & DEPTH_MAX);
    roots->index = (uint32_t)place;
    find_frame(roots);
    note_rows(roots);
}
