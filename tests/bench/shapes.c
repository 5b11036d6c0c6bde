/* SPDX-License-Identifier: MIT */
#include "shapes.h"

#include <stdlib.h>
#include <string.h>

static uint64_t draw(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

void shape_add_pair(struct bench *b, uint64_t list, uint64_t number)
{
    const uint64_t items[2] = {number, number};
    struct hd_op op;

    hd_op_init(&op, HD_OP_CREATE, b->session);
    op.in.create.object.kind = HD_KIND_LIST;
    op.in.create.object.items = (struct hd_operands){.count = 2, .ids = items};
    op.in.create.keep = HD_KEEP_STORE;
    op.in.create.store.container = by_id(list);
    op.in.create.store.to = HD_STORE_APPEND;
    perform(b, &op);
}

static void pairs_alive(struct bench *b, long n)
{
    uint64_t number = create(b, &(struct hd_new){.kind = HD_KIND_INT, .integer = 1});
    uint64_t holder = create_items(b, HD_KIND_LIST, NULL, 0);

    for (long i = 0; i < n; i++) {
        shape_add_pair(b, holder, number);
    }
}

/* The first and the last of a chain. */
static void chain(struct bench *b, long n, uint64_t ret_ends[2])
{
    uint64_t items[2] = {0, none_of(b)};

    ret_ends[0] = create_items(b, HD_KIND_LIST, NULL, 0);
    items[0] = ret_ends[0];
    for (long i = 1; i < n; i++) {
        ret_ends[1] = create_items(b, HD_KIND_LIST, items, 2);
        if (i > 1) {
            release(b, items, 1);
        }
        items[0] = ret_ends[1];
    }
}

static uint64_t create_node(struct bench *b, uint64_t before, uint64_t none)
{
    static const struct hd_bytes names[2] = {{"before", 6}, {"value", 5}};
    const uint64_t values[2] = {before, none};

    return create(b, &(struct hd_new){.kind = HD_KIND_INSTANCE,
                                      .instance = {.class_name = {"Node", 4},
                                                   .names = names,
                                                   .name_count = 2,
                                                   .values = {.count = 2, .ids = values}}});
}

static void instances_alive(struct bench *b, long n)
{
    uint64_t none = none_of(b);
    uint64_t before = none;

    for (long i = 0; i < n; i++) {
        uint64_t node = create_node(b, before, none);

        release(b, &before, i > 0);
        before = node;
    }
}

static void set_before(struct bench *b, uint64_t node, uint64_t before)
{
    struct hd_op op;

    hd_op_init(&op, HD_OP_SET_ATTR, b->session);
    op.in.attr.object = by_id(node);
    op.in.attr.name = (struct hd_bytes){"before", 6};
    op.in.attr.value = by_id(before);
    perform(b, &op);
}

/* Ids of a tree, its root first, what lies deepest last: all held, to be given to free. */
static uint64_t *graph(struct bench *b, long n)
{
    uint64_t x = UINT64_C(88172645463325252);
    uint64_t *ids = malloc((size_t)n * sizeof *ids);

    must(ids != NULL && n > 1, "no memory");
    for (long i = 0; i < n; i++) {
        ids[i] = create_items(b, HD_KIND_LIST, NULL, 0);
    }
    for (long i = n - 1; i > 0; i--) {
        long other = (long)(draw(&x) % (uint64_t)(i + 1));
        uint64_t id = ids[i];

        ids[i] = ids[other];
        ids[other] = id;
    }
    for (long i = 1; i < n; i++) {
        append(b, ids[(i - 1) / 2], ids[i]);
        append(b, ids[i], ids[draw(&x) % (uint64_t)(n - 1)]);
    }
    return ids;
}

static void random_alive(struct bench *b, long n)
{
    uint64_t *ids = graph(b, n);

    release(b, ids + 1, (size_t)n - 1);
    free(ids);
}

static void random_dead(struct bench *b, long n)
{
    uint64_t *ids = graph(b, n);

    append(b, ids[n - 1], ids[0]);
    release(b, ids, (size_t)n);
    free(ids);
}

static void cycles_of_two(struct bench *b, long n, bool of_lists)
{
    uint64_t none = none_of(b);

    for (long i = 0; i < n / 2; i++) {
        uint64_t pair[2];

        pair[0] =
            of_lists ? create_items(b, HD_KIND_LIST, NULL, 0) : create_node(b, none, none);
        pair[1] =
            of_lists ? create_items(b, HD_KIND_LIST, pair, 1) : create_node(b, pair[0], none);
        if (of_lists) {
            append(b, pair[0], pair[1]);
        } else {
            set_before(b, pair[0], pair[1]);
        }
        release(b, pair, 2);
    }
}

void shape_alive(struct bench *b, const char *shape, long n)
{
    uint64_t ends[2];

    set_enabled(b, false);
    if (strcmp(shape, "pairs") == 0) {
        pairs_alive(b, n);
    } else if (strcmp(shape, "chain") == 0) {
        chain(b, n, ends);
        release(b, ends, 1);
    } else if (strcmp(shape, "random") == 0) {
        random_alive(b, n);
    } else {
        must(strcmp(shape, "instances") == 0, "no such shape");
        instances_alive(b, n);
    }
}

uint64_t shape_dead(struct bench *b, const char *shape, long n)
{
    uint64_t ends[2];

    n = n / 2 * 2;
    set_enabled(b, false);
    if (strcmp(shape, "chain") == 0) {
        chain(b, n, ends);
        append(b, ends[0], ends[1]);
        release(b, ends, 2);
    } else if (strcmp(shape, "random") == 0) {
        random_dead(b, n);
    } else {
        must(strcmp(shape, "pairs") == 0 || strcmp(shape, "instances") == 0, "no such shape");
        cycles_of_two(b, n, strcmp(shape, "pairs") == 0);
    }
    return (uint64_t)n;
}
