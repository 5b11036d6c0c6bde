/* SPDX-License-Identifier: MIT */
/* trace.c: the recording allocator, and what the heap does on it. */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "heap/heap.h"

/* In front of each block: its number. */
#define HEAD 16u

struct recorder {
    struct hd_allocator iface;
    struct trace trace;
    size_t room;
    uint32_t *free;
    uint32_t free_count;
    uint32_t free_room;
};

static void note(struct recorder *r, enum trace_what what, uint32_t number, size_t size)
{
    if (r->trace.count == r->room) {
        r->room = r->room == 0 ? 1 << 20 : r->room * 2;
        r->trace.events = realloc(r->trace.events, r->room * sizeof *r->trace.events);
        must(r->trace.events != NULL, "no memory");
    }
    r->trace.events[r->trace.count++] =
        (struct trace_event){number & 0x3FFFFFFF, (unsigned)what & 3, (uint32_t)size};
}

static void *record_alloc(void *ctx, size_t size)
{
    struct recorder *r = ctx;
    char *block = malloc(size + HEAD);
    uint32_t number = r->free_count > 0 ? r->free[--r->free_count] : r->trace.blocks++;

    must(block != NULL, "no memory");
    memcpy(block, &number, sizeof number);
    note(r, TRACE_ALLOC, number, size);
    return block + HEAD;
}

static void *record_resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    char *moved = realloc((char *)block - HEAD, new_size + HEAD);
    uint32_t number;

    (void)old_size;
    must(moved != NULL, "no memory");
    memcpy(&number, moved, sizeof number);
    note(ctx, TRACE_RESIZE, number, new_size);
    return moved + HEAD;
}

static void record_free(void *ctx, void *block, size_t size)
{
    struct recorder *r = ctx;
    char *base = (char *)block - HEAD;
    uint32_t number;

    memcpy(&number, base, sizeof number);
    note(r, TRACE_FREE, number, size);
    free(base);
    if (r->free_count == r->free_room) {
        r->free_room = r->free_room == 0 ? 1024 : r->free_room * 2;
        r->free = realloc(r->free, r->free_room * sizeof *r->free);
        must(r->free != NULL, "no memory");
    }
    r->free[r->free_count++] = number;
}

struct run {
    struct hd_heap *heap;
    struct hd_session *session;
    uint64_t random;
};

static uint64_t draw(struct run *run, uint64_t below)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return run->random % below;
}

static void perform(struct run *run, struct hd_op *op)
{
    if (hd_heap_do(run->heap, op) == HD_MORE) {
        while (hd_heap_work(run->heap, 1000)) {
        }
    }
    must(op->error.status == HD_OK, op->error.text);
}

static uint64_t create(struct run *run, const struct hd_new *object)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_CREATE, run->session);
    op.in.create.object = *object;
    perform(run, &op);
    return op.out.id;
}

static uint64_t create_text(struct run *run, enum hd_kind kind, size_t size)
{
    static char text[1 << 16];

    memset(text, 'a' + (int)(draw(run, 26)), size);
    return create(run, &(struct hd_new){.kind = kind, .bytes = {text, size}});
}

static void release(struct run *run, uint64_t id)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_RELEASE, run->session);
    op.in.hold.objects = (struct hd_operands){.count = 1, .ids = &id};
    perform(run, &op);
}

static void item_op(struct run *run, enum hd_op_code code, uint64_t container, uint64_t item)
{
    struct hd_op op;

    hd_op_init(&op, code, run->session);
    op.in.item.container = (struct hd_operand){.by = HD_BY_ID, .id = container};
    op.in.item.item = (struct hd_operand){.by = HD_BY_ID, .id = item};
    perform(run, &op);
}

static void place_op(struct run *run, enum hd_op_code code, uint64_t container, uint64_t key,
                     uint64_t item)
{
    struct hd_op op;

    hd_op_init(&op, code, run->session);
    op.in.item.container = (struct hd_operand){.by = HD_BY_ID, .id = container};
    op.in.item.at.at = HD_AT_KEY;
    op.in.item.at.key = (struct hd_operand){.by = HD_BY_ID, .id = key};
    op.in.item.item = (struct hd_operand){.by = HD_BY_ID, .id = item};
    perform(run, &op);
}

static uint64_t create_package(struct run *run)
{
    static const struct hd_bytes names[3] = {{"name", 4}, {"depends", 7}, {"auto", 4}};
    uint64_t values[3] = {
        create_text(run, HD_KIND_STR, 4 + draw(run, 30)),
        create(run, &(struct hd_new){.kind = HD_KIND_LIST}),
        create(run, &(struct hd_new){.kind = HD_KIND_BOOL, .flag = true}),
    };
    struct hd_new object = {.kind = HD_KIND_INSTANCE};
    uint64_t id;

    object.instance.class_name = (struct hd_bytes){"Package", 7};
    object.instance.names = names;
    object.instance.name_count = 3;
    object.instance.values = (struct hd_operands){.count = 3, .ids = values};
    id = create(run, &object);
    release(run, values[0]);
    release(run, values[2]);
    for (uint64_t i = draw(run, 8); i > 0; i--) { /* alternatives, filled in later */
        uint64_t list = create(run, &(struct hd_new){.kind = HD_KIND_LIST});

        item_op(run, HD_OP_APPEND, values[1], list);
        item_op(run, HD_OP_APPEND, list, values[2]);
        release(run, list);
    }
    release(run, values[1]);
    return id;
}

/* A graph of packages: built; most removed; built again. */
static void packages(struct run *run, long n)
{
    uint64_t *ids = calloc((size_t)n, sizeof *ids);

    must(ids != NULL, "no memory");
    for (int round = 0; round < 3; round++) {
        for (long i = 0; i < n; i++) {
            if (ids[i] == 0) {
                ids[i] = create_package(run);
            }
        }
        for (long i = 0; i < n; i++) {
            if (draw(run, 100) < 70) {
                release(run, ids[i]);
                ids[i] = 0;
            }
        }
    }
    free(ids);
}

/* Entries of 32 bytes to 16 KiB under keys in a dict, replaced at random. */
static void cache(struct run *run, long n)
{
    uint64_t dict = create(run, &(struct hd_new){.kind = HD_KIND_DICT});

    for (long i = 0; i < n; i++) {
        uint64_t key = create(
            run, &(struct hd_new){.kind = HD_KIND_INT,
                                  .integer = 1000 + (int64_t)draw(run, (uint64_t)n / 8)});
        uint64_t bits = draw(run, 10);
        uint64_t value =
            create_text(run, HD_KIND_BYTES, (32u << bits) / (1 + draw(run, 2)) + draw(run, 32));

        place_op(run, HD_OP_SET_ITEM, dict, key, value);
        release(run, key);
        release(run, value);
    }
    release(run, dict);
}

/* Messages with a payload in at one end of a chain, out at the other. */
static void queue(struct run *run, long n)
{
    uint64_t *ring = calloc(1024, sizeof *ring);

    must(ring != NULL, "no memory");
    for (long i = 0; i < n; i++) {
        uint64_t payload = create_text(run, HD_KIND_BYTES, 100 + draw(run, 900));
        uint64_t message = create(run, &(struct hd_new){.kind = HD_KIND_LIST});

        item_op(run, HD_OP_APPEND, message, payload);
        release(run, payload);
        if (ring[i % 1024] != 0) {
            release(run, ring[i % 1024]);
        }
        ring[i % 1024] = message;
    }
    free(ring);
}

struct trace trace_record(long n)
{
    struct recorder r = {.iface = {record_alloc, record_resize, record_free, NULL}};
    const struct hd_heap_world world = {hd_os_system(), &r.iface, hd_monotonic_clock()};
    struct hd_heap_options options = hd_heap_options_default();
    struct run run = {.random = 88172645463325252};

    r.iface.ctx = &r;
    options.memory.kind = HD_ALLOCATOR_MALLOC;
    options.limits.holds = UINT32_MAX / 8;
    must(hd_heap_new(&options, &world, &run.heap) == HD_OK, "no heap");
    must(hd_heap_open_session(run.heap, &run.session, NULL) == HD_OK, "no session");
    packages(&run, n / 10);
    cache(&run, n / 3);
    queue(&run, n / 3);
    return r.trace; /* the heap goes with the process */
}
