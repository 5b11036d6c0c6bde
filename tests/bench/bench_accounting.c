/* SPDX-License-Identifier: MIT */
/* bench_accounting.c: does what the heap says it uses agree with what the process has?
 *
 * usage: bench_accounting SHAPE N    (list2, dict5, str8, mixed: bytes of 64 to 4096)
 *
 * Makes N objects of the shape, appended to one list, collects, and prints what was added:
 * resident bytes, then those the limit counts, those committed, and the two over the resident.
 * Exit status 1: either is off by more than a tenth. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "heap/heap.h"
#include "heap/inspect.h"

struct measure {
    double resident;
    double used;
    double committed;
};

struct bench {
    struct hd_heap *heap;
    struct hd_session *session;
    uint64_t list;
    uint64_t ids[5]; /* None, or small ints */
    uint64_t random;
};

static struct measure measure(const struct bench *b)
{
    struct hd_heap_info info;

    hd_inspect_heap(b->heap, &info);
    return (struct measure){resident_bytes(), (double)info.account.used.bytes,
                            (double)info.committed_bytes};
}

static uint64_t perform(struct bench *b, struct hd_op *op)
{
    if (hd_heap_do(b->heap, op) == HD_MORE) {
        while (hd_heap_work(b->heap, 1000000)) {
        }
    }
    must(op->error.status == HD_OK, op->error.text);
    return op->out.id;
}

static void setup(struct bench *b)
{
    const struct hd_heap_world world = {hd_os_system(), hd_libc_allocator(),
                                        hd_monotonic_clock()};
    struct hd_heap_options options = hd_heap_options_default();
    struct hd_op op;

    must(hd_heap_new(&options, &world, &b->heap) == HD_OK, "no heap");
    must(hd_heap_open_session(b->heap, &b->session, NULL) == HD_OK, "no session");
    hd_op_init(&op, HD_OP_CREATE, b->session);
    op.in.create.object.kind = HD_KIND_LIST;
    b->list = perform(b, &op);
    for (int i = 0; i < 5; i++) {
        hd_op_init(&op, HD_OP_CREATE, b->session);
        op.in.create.object.kind = HD_KIND_INT;
        op.in.create.object.integer = i;
        b->ids[i] = perform(b, &op);
    }
    b->random = 88172645463325252;
}

static size_t random_below(struct bench *b, size_t most)
{
    b->random ^= b->random << 13;
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    return (size_t)(b->random % most);
}

static void add_one(struct bench *b, const char *shape, long number)
{
    static const char zeros[4096];
    char text[32];
    struct hd_op op;
    struct hd_new *object = &op.in.create.object;

    hd_op_init(&op, HD_OP_CREATE, b->session);
    op.in.create.keep = HD_KEEP_STORE;
    op.in.create.store.container = (struct hd_operand){.by = HD_BY_ID, .id = b->list};
    op.in.create.store.to = HD_STORE_APPEND;
    if (strcmp(shape, "list2") == 0) {
        object->kind = HD_KIND_LIST;
        object->items = (struct hd_operands){.count = 2, .ids = b->ids};
    } else if (strcmp(shape, "dict5") == 0) {
        object->kind = HD_KIND_DICT;
        object->pairs.keys = (struct hd_operands){.count = 5, .ids = b->ids};
        object->pairs.values = object->pairs.keys;
    } else if (strcmp(shape, "str8") == 0) {
        (void)snprintf(text, sizeof text, "%08ld", number);
        object->kind = HD_KIND_STR;
        object->bytes = (struct hd_bytes){text, 8};
    } else {
        must(strcmp(shape, "mixed") == 0, "no such shape");
        object->kind = HD_KIND_BYTES;
        object->bytes = (struct hd_bytes){zeros, 64 + random_below(b, sizeof zeros - 63)};
    }
    (void)perform(b, &op);
}

int main(int argc, char **argv)
{
    struct bench b;
    struct measure before;
    struct measure after;
    struct hd_op op;
    double resident;
    double used;
    double committed;

    must(argc == 3 && atol(argv[2]) > 0, "usage: bench_accounting SHAPE N");
    setup(&b);
    before = measure(&b);
    for (long i = 0; i < atol(argv[2]); i++) {
        add_one(&b, argv[1], i);
    }
    hd_op_init(&op, HD_OP_COLLECT, b.session);
    op.in.collect.generation = 2;
    (void)perform(&b, &op);
    after = measure(&b);
    resident = after.resident - before.resident;
    used = after.used - before.used;
    committed = after.committed - before.committed;
    (void)printf("%s resident %.0f used %.0f committed %.0f used/resident %.3f "
                 "committed/resident %.3f\n",
                 argv[1], resident, used, committed, used / resident, committed / resident);
    return used > resident * 0.9 && used < resident * 1.1 ? 0 : 1;
}
