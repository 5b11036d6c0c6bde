/* SPDX-License-Identifier: MIT */
/* verify.c: what must always hold, derived from nothing and compared. */
#include "heap/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "heap/internal.h"
#include "heap/verify_internal.h"

#define SENTENCE 1024

void hd_verify_tell(struct hd_verify *verify, const char *format, ...)
{
    char sentence[SENTENCE];
    va_list arguments;

    verify->result->defects++;
    if (verify->result->defects > HD_DEFECTS_TOLD || verify->defect == NULL) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    verify->defect(verify->ctx, sentence);
}

static bool is_in_table(const struct hd_slots *slots, uint32_t slot)
{
    return hd_slot_is_atom(slot)
               ? slot > HD_ATOM_BASE && slot - HD_ATOM_BASE < slots->atoms.high
               : slot > 0 && slot < slots->containers.high;
}

static uint32_t *count_of(const struct hd_verify *verify, uint32_t slot)
{
    return &verify->counts[hd_slot_is_atom(slot)
                               ? verify->slots->containers.high + (slot - HD_ATOM_BASE)
                               : slot];
}

/* [heap.inv.slots], and the sums for [heap.inv.counts]. */
static void count_reference(void *ctx, const struct hd_owner *owner, uint32_t slot, uint32_t n)
{
    struct hd_verify *verify = ctx;
    char who[256];

    verify->result->references += n;
    if (!is_in_table(verify->slots, slot)) {
        hd_owner_describe(verify->heap, owner, who, sizeof who);
        hd_verify_tell(verify, "%s refers to slot %" PRIu32 ", which never had an object", who,
                       slot);
        return;
    }
    if (!hd_slots_is_alive(verify->slots, slot)) {
        hd_owner_describe(verify->heap, owner, who, sizeof who);
        hd_verify_tell(verify, "%s refers to slot %" PRIu32 ", whose object is dead", who,
                       slot);
        return;
    }
    *count_of(verify, slot) += n;
}

/* The owners of one object, in words. */
struct naming {
    const struct hd_verify *verify;
    uint32_t slot;
    char text[640];
    size_t used;
    unsigned left_out;
};

static void name_owner(void *ctx, const struct hd_owner *owner, uint32_t slot, uint32_t n)
{
    struct naming *naming = ctx;
    char who[256];
    int length;

    if (slot != naming->slot) {
        return;
    }
    hd_owner_describe(naming->verify->heap, owner, who, sizeof who);
    length = snprintf(naming->text + naming->used, sizeof naming->text - naming->used,
                      "%s%s (%" PRIu32 ")", naming->used > 0 ? ", " : "", who, n);
    if (length < 0 || (size_t)length >= sizeof naming->text - naming->used) {
        naming->text[naming->used] = '\0';
        naming->left_out++;
        return;
    }
    naming->used += (size_t)length;
}

static void tell_count(struct hd_verify *verify, uint32_t slot, uint32_t count, uint32_t found)
{
    struct naming naming = {.verify = verify, .slot = slot};

    if (verify->result->defects < HD_DEFECTS_TOLD) {
        hd_owners_each(verify->heap, name_owner, &naming);
    }
    hd_verify_tell(
        verify, "%s %" PRIu64 " has the count %" PRIu32 ", its owners hold %" PRIu32 ": %s%s",
        hd_kind_name(hd_object_kind(verify->heap->objects, slot)),
        hd_slots_id(verify->slots, slot), count, found,
        naming.used > 0 ? naming.text : "nobody", naming.left_out > 0 ? ", and more" : "");
}

/* Which kinds may go untracked (contract §3). */
static bool may_be_untracked(enum hd_kind kind)
{
    return kind == HD_KIND_TUPLE || kind == HD_KIND_DICT;
}

/* [heap.inv.tracked] of one container. */
static void check_age(struct hd_verify *verify, uint32_t slot, bool alive, uint64_t members[4])
{
    const struct hd_slots *slots = verify->slots;
    bool tracked = hd_slots_is_tracked(slots, slot);
    unsigned generation = hd_slots_generation(slots, slot);
    enum hd_kind kind = (enum hd_kind)hd_slot_at(slots, slot)->kind;

    if (tracked && !alive) {
        hd_verify_tell(verify, "slot %" PRIu32 " is tracked, and its object is dead", slot);
    }
    if (alive && !tracked && !may_be_untracked(kind)) {
        hd_verify_tell(verify, "%s %" PRIu64 " is not tracked", hd_kind_name(kind),
                       hd_slots_id(slots, slot));
    }
    if ((slots->age[slot] & HD_AGE_MARK) != 0) {
        hd_verify_tell(verify, "slot %" PRIu32 " has the collector's mark outside a collection",
                       slot);
    }
    for (unsigned young = 0; young < 2; young++) {
        if (hd_bitset_has(&slots->young[young], slot) +
                hd_bitset_has(&slots->held[young], slot) !=
            (tracked && generation == young)) {
            hd_verify_tell(verify, "slot %" PRIu32 " is %sin the set of generation %u", slot,
                           tracked && generation == young ? "not " : "", young);
        }
    }
    if (tracked) {
        members[generation]++;
    }
}

struct tally {
    uint64_t kinds[HD_KIND_COUNT];
    uint64_t members[4];
    uint64_t dying;
};

static void check_object(struct hd_verify *verify, uint32_t slot, struct tally *tally)
{
    const struct hd_slot *entry = hd_slot_at(verify->slots, slot);
    bool used = entry->kind != HD_KIND_FREE && !hd_slots_is_husk(verify->slots, slot);
    bool condemned =
        used && verify->slots->condemned && hd_slots_is_condemned(verify->slots, slot);
    bool dying = used && (entry->flags & HD_SLOT_DYING) != 0;
    bool immortal = hd_object_is_immortal(slot);
    uint32_t found = *count_of(verify, slot);

    if (!hd_slot_is_atom(slot)) {
        check_age(verify, slot, used && !dying, tally->members);
    }
    if (!used) {
        return;
    }
    tally->dying += dying && !hd_collector_is_releasing(verify->heap->collector, slot);
    tally->kinds[entry->kind] += !immortal;
    if (immortal && entry->count != HD_COUNT_IMMORTAL) {
        hd_verify_tell(verify, "immortal %s %" PRIu64 " has the count %" PRIu32,
                       hd_kind_name((enum hd_kind)entry->kind),
                       hd_slots_id(verify->slots, slot), entry->count);
    }
    if (dying || immortal || condemned) {
        return;
    }
    verify->result->objects++;
    if (!hd_object_check(verify->heap->objects, slot)) {
        hd_verify_tell(verify, "the body of %s %" PRIu64 " is not as it should be",
                       hd_kind_name((enum hd_kind)entry->kind),
                       hd_slots_id(verify->slots, slot));
    }
    if (entry->count != found || found == 0) {
        tell_count(verify, slot, entry->count, found);
    }
}

struct dying {
    struct hd_verify *verify;
    uint64_t found;
    uint64_t max;
};

static void count_dying(void *ctx, struct hd_cascade *cascade)
{
    struct dying *dying = ctx;
    bool is_placed = cascade->unseen == 0;

    for (uint32_t slot = cascade->top; slot != 0 && dying->found <= dying->max;
         slot = hd_slot_at(dying->verify->slots, slot)->count) {
        dying->found++;
        is_placed = is_placed || slot == cascade->unseen;
    }
    if (!is_placed) {
        hd_verify_tell(dying->verify, "slot %" PRIu32 " is to be seen as dying, and is not",
                       cascade->unseen);
    }
}

static void check_sums(struct hd_verify *verify, const struct tally *tally)
{
    struct dying dying = {.verify = verify, .max = tally->dying};

    for (int kind = 1; kind < HD_KIND_COUNT; kind++) {
        uint64_t said = hd_objects_count(verify->heap->objects, (enum hd_kind)kind);

        if (said != tally->kinds[kind]) {
            hd_verify_tell(verify,
                           "%" PRIu64 " objects of kind %s are counted, %" PRIu64 " are there",
                           said, hd_kind_name((enum hd_kind)kind), tally->kinds[kind]);
        }
    }
    for (unsigned i = 0; i < 4; i++) {
        if (verify->slots->members[i] != tally->members[i]) {
            hd_verify_tell(
                verify, "generation %u has %" PRIu64 " members by count, %" PRIu64 " in fact",
                i, verify->slots->members[i], tally->members[i]);
        }
    }
    hd_cascades_each(verify->heap, count_dying, &dying);
    if (dying.found != tally->dying) {
        hd_verify_tell(verify,
                       "%" PRIu64 " objects are dying, %" PRIu64 " wait to be worked off",
                       tally->dying, dying.found);
    }
}

/* What this layer's books should come to; [search.inv.books]. */
static size_t book_bytes(const struct hd_heap *heap)
{
    size_t bytes = hd_names_bytes(&heap->names) + hd_notices_bytes(&heap->notices) +
                   hd_events_bytes(&heap->events) +
                   heap->quota.capacity * sizeof *heap->quota.others;

    HD_LIST_FOREACH (element, &heap->sessions) {
        bytes += hd_session_bytes(HD_CONTAINER_OF(element, struct hd_session, link));
    }
    HD_LIST_FOREACH (element, &heap->queues) {
        bytes += hd_queue_bytes(HD_CONTAINER_OF(element, struct hd_queue, link));
    }
    HD_LIST_FOREACH (element, &heap->batches) {
        bytes += hd_batch_bytes(HD_CONTAINER_OF(element, struct hd_batch, link));
    }
    HD_LIST_FOREACH (element, &heap->running) {
        const struct hd_op *op = HD_CONTAINER_OF(element, struct hd_op, running);

        bytes += op->code == HD_OP_WHY ? hd_search_bytes(op->search) : 0;
        bytes += hd_op_copies(op) ? hd_copying_bytes(op->copying) : 0;
        bytes += op->code == HD_OP_DRY_RUN ? hd_dry_run_bytes(op->dry_run) : 0;
    }
    return bytes;
}

/* What the debug allocator finds on this occasion. */
static void tell_finding(void *ctx, const char *sentence)
{
    hd_verify_tell(ctx, "%s", sentence);
}

/* [heap.inv.bytes] */
static void check_bytes(struct hd_verify *verify)
{
    struct hd_heap *heap = verify->heap;
    size_t objects = hd_memory_used_bytes(heap->memory, HD_MEMORY_OBJECTS);
    size_t books = hd_memory_used_bytes(heap->memory, HD_MEMORY_BOOKS);
    size_t bodies = (size_t)hd_objects_body_bytes(heap->objects);
    size_t own = book_bytes(heap);
    bool sound;

    if (objects != bodies) {
        hd_verify_tell(verify, "%zu bytes are in use for objects, their bodies have %zu",
                       objects, bodies);
    }
    if (own != heap->books.bytes) {
        hd_verify_tell(verify, "sessions, names and batches use %zu bytes, and account for %zu",
                       heap->books.bytes, own);
    }
    if (books != heap->books.bytes + heap->object_books.bytes + heap->collector_books.bytes) {
        hd_verify_tell(verify, "%zu bytes are in use for books, which account for %zu", books,
                       heap->books.bytes + heap->object_books.bytes +
                           heap->collector_books.bytes);
    }
    heap->verifier = tell_finding;
    heap->verifier_ctx = verify;
    sound = hd_memory_check(heap->memory);
    heap->verifier = NULL;
    if (!sound) {
        hd_verify_tell(verify, "the pools are not as they should be: see the log");
    }
}

enum hd_status hd_heap_verify(struct hd_heap *heap, hd_defect_cb defect, void *ctx,
                              struct hd_verify_result *ret_result)
{
    const struct hd_slots *slots = hd_objects_slots_const(heap->objects);
    struct hd_verify verify = {
        .heap = heap,
        .slots = slots,
        .count_bytes = ((size_t)slots->containers.high + slots->atoms.high) * sizeof(uint32_t),
        .defect = defect,
        .ctx = ctx,
        .result = ret_result,
    };
    struct tally tally = {0};

    *ret_result = (struct hd_verify_result){0};
    verify.counts = hd_alloc_zeroed(heap->world.allocator, verify.count_bytes);
    if (verify.counts == NULL) {
        return HD_RESOURCE_EXHAUSTED;
    }
    hd_owners_each(heap, count_reference, &verify);
    for (uint32_t i = 1; i < slots->containers.high; i++) {
        check_object(&verify, i, &tally);
    }
    for (uint32_t i = 1; i < slots->atoms.high; i++) {
        check_object(&verify, HD_ATOM_BASE + i, &tally);
    }
    hd_free(heap->world.allocator, verify.counts, verify.count_bytes);
    check_sums(&verify, &tally);
    hd_verify_rows(&verify);
    hd_verify_queues(&verify);
    check_bytes(&verify);
    return hd_verify_accounts(&verify);
}
