/* SPDX-License-Identifier: MIT */
/* atomic_draw.c: which operation, and on what. */
#include "property/atomic_draw.h"

#define ANY       UINT32_MAX
#define KIND(k)   (1u << HD_KIND_##k)
#define CONTAINER (KIND(LIST) | KIND(DICT) | KIND(SET))
#define HASHABLE                                                                               \
    (KIND(INT) | KIND(FLOAT) | KIND(STR) | KIND(INSTANCE) | KIND(NONE) | KIND(BOOL))
#define TRIES 24

static const char *const texts[] = {"a", "b", "c", "dd", "ee", "ff", "a_longer_name", "h"};

static struct hd_bytes draw_text(struct random *rng)
{
    return text_of(texts[random_below(rng, sizeof texts / sizeof texts[0])]);
}

/* A result of the batch, or what is known; of one of these kinds, if one is found. */
static struct hd_operand pick(struct world *w, struct random *rng, struct hd_batch *batch,
                              uint32_t kinds, uint32_t *ret_slot)
{
    struct hd_operand operand = by_id(0);

    for (int i = 0; i < TRIES; i++) {
        uint32_t slot;

        if (batch != NULL && batch->count > 0 && random_chance(rng, 35)) {
            operand = by_result((uint32_t)random_below(rng, batch->count));
        } else {
            operand = by_id(w->known[random_below(rng, KNOWN)]);
        }
        if (hd_operand_resolve(w->f.heap, w->f.session, batch, &operand, &slot, NULL) ==
                HD_OK &&
            (kinds >> hd_object_kind(w->f.heap->objects, slot) & 1) != 0) {
            *ret_slot = slot;
            return operand;
        }
    }
    w->missed = true;
    return operand;
}

static size_t pick_many(struct world *w, struct random *rng, struct hd_batch *batch,
                        uint32_t kinds, struct hd_operand *many, size_t most)
{
    size_t n = random_below(rng, most + 1);
    uint32_t slot;

    for (size_t i = 0; i < n; i++) {
        many[i] = pick(w, rng, batch, kinds, &slot);
    }
    return n;
}

static struct hd_operands mixed(const struct hd_operand *many, size_t n)
{
    return (struct hd_operands){.count = n, .mixed = many};
}

static void draw_object(struct world *w, struct random *rng, struct hd_batch *batch,
                        struct hd_new *object)
{
    static const enum hd_kind kinds[] = {HD_KIND_FLOAT, HD_KIND_INT,     HD_KIND_STR,
                                         HD_KIND_LIST,  HD_KIND_DICT,    HD_KIND_SET,
                                         HD_KIND_TUPLE, HD_KIND_INSTANCE};
    size_t n;

    object->kind = kinds[random_below(rng, sizeof kinds / sizeof kinds[0])];
    switch (object->kind) {
    case HD_KIND_INT:
        object->integer = (int64_t)random_below(rng, 600);
        break;
    case HD_KIND_FLOAT:
        object->real = (double)random_below(rng, 50) / 2;
        break;
    case HD_KIND_STR:
        object->bytes = draw_text(rng);
        object->interned = random_chance(rng, 60);
        break;
    case HD_KIND_DICT:
        n = pick_many(w, rng, batch, HASHABLE, w->many, 12);
        for (size_t i = 0; i < n; i++) {
            uint32_t slot;

            w->others[i] = pick(w, rng, batch, ANY, &slot);
        }
        object->pairs.keys = mixed(w->many, n);
        object->pairs.values = mixed(w->others, n);
        break;
    case HD_KIND_INSTANCE:
        object->instance.class_name = text_of("Thing");
        n = pick_many(w, rng, batch, ANY, w->many, 2);
        w->names[0] = text_of("a");
        w->names[1] = text_of("new_one");
        object->instance.names = w->names;
        object->instance.name_count = n;
        object->instance.values = mixed(w->many, n);
        break;
    default:
        object->items = mixed(w->many, pick_many(w, rng, batch,
                                                 object->kind == HD_KIND_SET ? HASHABLE : ANY,
                                                 w->many, 20));
        break;
    }
}

static void draw_create(struct world *w, struct random *rng, struct hd_batch *batch,
                        struct hd_op *op)
{
    struct hd_store *store = &op->in.create.store;
    uint32_t slot = 0;

    draw_object(w, rng, batch, &op->in.create.object);
    op->in.create.keep = (unsigned)random_below(rng, 4);
    if (batch == NULL && op->in.create.keep == HD_KEEP_BATCH) {
        op->in.create.keep = HD_KEEP_HOLD;
    }
    op->in.create.bind.name = draw_text(rng);
    op->in.create.bind.scope = random_chance(rng, 50) ? HD_SCOPE_FRAME : HD_SCOPE_HEAP;
    if (op->in.create.keep != HD_KEEP_STORE) {
        return;
    }
    if (random_chance(rng, 50)) {
        store->to = HD_STORE_APPEND;
        store->container = pick(w, rng, batch, KIND(LIST), &slot);
    } else if (random_chance(rng, 50)) {
        store->to = HD_STORE_KEY;
        store->container = pick(w, rng, batch, KIND(DICT), &slot);
        store->key = pick(w, rng, batch, HASHABLE, &slot);
    } else {
        store->to = HD_STORE_ATTRIBUTE;
        store->container = pick(w, rng, batch, KIND(INSTANCE), &slot);
        store->attribute = draw_text(rng);
    }
}

/* A key of it, or another one. */
static struct hd_operand pick_key(struct world *w, struct random *rng, struct hd_batch *batch,
                                  uint32_t table)
{
    const struct hd_objects *objects = w->f.heap->objects;
    uint32_t span = hd_table_span(objects, table);
    uint32_t at = span == 0 ? 0 : (uint32_t)random_below(rng, span);
    uint32_t slot;

    for (; at < span; at++) {
        if (hd_table_key(objects, table, at) != 0) {
            return by_id(
                hd_slots_id(hd_objects_slots_const(objects), hd_table_key(objects, table, at)));
        }
    }
    return pick(w, rng, batch, HASHABLE, &slot);
}

static struct hd_operand pick_item(struct world *w, struct random *rng, struct hd_batch *batch,
                                   uint32_t list)
{
    const struct hd_objects *objects = w->f.heap->objects;
    uint32_t length = hd_seq_length(objects, list);
    uint32_t slot;

    if (length == 0) {
        return pick(w, rng, batch, ANY, &slot);
    }
    return by_id(hd_slots_id(hd_objects_slots_const(objects),
                             hd_seq_item(objects, list, (uint32_t)random_below(rng, length))));
}

static void draw_item(struct world *w, struct random *rng, struct hd_batch *batch,
                      struct hd_op *op)
{
    uint32_t kinds =
        op->code == HD_OP_APPEND || op->code == HD_OP_INSERT ? KIND(LIST)
        : op->code == HD_OP_ADD || op->code == HD_OP_DISCARD ? KIND(SET)
        : op->code == HD_OP_REMOVE                           ? KIND(LIST) | KIND(SET)
        : op->code == HD_OP_SET_ITEM || op->code == HD_OP_DEL_ITEM || op->code == HD_OP_GET_ITEM
            ? KIND(LIST) | KIND(DICT)
            : CONTAINER;
    struct hd_subscript *at = &op->in.item.at;
    uint32_t container = 0;
    uint32_t slot;
    enum hd_kind kind;
    uint32_t length;

    op->in.item.container = pick(w, rng, batch, kinds, &container);
    op->in.item.item = pick(w, rng, batch, op->code == HD_OP_ADD ? HASHABLE : ANY, &slot);
    op->in.item.hold = random_chance(rng, 30);
    if (container == 0) {
        return;
    }
    kind = hd_object_kind(w->f.heap->objects, container);
    if (kind != HD_KIND_LIST) {
        struct hd_operand key = pick_key(w, rng, batch, container);

        if (kind == HD_KIND_DICT) {
            at->at = HD_AT_KEY;
            at->key = op->code == HD_OP_SET_ITEM && random_chance(rng, 60)
                          ? pick(w, rng, batch, HASHABLE, &slot)
                          : key;
        } else if (op->code == HD_OP_REMOVE || op->code == HD_OP_DISCARD) {
            op->in.item.item = key;
        }
        return;
    }
    if (op->code == HD_OP_REMOVE) {
        op->in.item.item = pick_item(w, rng, batch, container);
    }
    length = hd_seq_length(w->f.heap->objects, container);
    if (op->code == HD_OP_DEL_ITEM && random_chance(rng, 50)) {
        at->at = HD_AT_SLICE;
        at->slice.step = random_chance(rng, 50) ? 1 : -2;
    } else if (op->code != HD_OP_POP || random_chance(rng, 70)) {
        *at = at_index(length == 0 ? 0 : (int64_t)random_below(rng, length));
    }
}

static void draw_hold(struct world *w, struct random *rng, struct hd_batch *batch,
                      struct hd_op *op)
{
    size_t n;

    op->in.hold.counts = w->counts;
    for (size_t i = 0; i < MANY; i++) {
        w->counts[i] = 1 + (uint32_t)random_below(rng, 2);
    }
    if (op->code == HD_OP_HOLD) {
        n = pick_many(w, rng, batch, ANY, w->many, MANY);
    } else {
        const struct hd_holds *holds = &w->f.session->top->holds;

        w->counts[0] = 1;
        n = 0;
        for (uint32_t i = 0; i < holds->rows.used && n < 6; i++) {
            const struct hd_hold *hold = hd_holds_at(holds, i);

            if (hold->slot != 0 && random_chance(rng, 10)) {
                w->many[n] =
                    by_id(hd_slots_id(hd_objects_slots(w->f.heap->objects), hold->slot));
                w->counts[n++] = random_chance(rng, 50) ? hold->count : 1;
            }
        }
    }
    op->in.hold.objects = mixed(w->many, n);
}

static void draw_name(struct world *w, struct random *rng, struct hd_batch *batch,
                      struct hd_op *op)
{
    enum hd_scope scope = random_chance(rng, 50) ? HD_SCOPE_FRAME : HD_SCOPE_HEAP;
    const struct hd_names *names = hd_scope_names(w->f.heap, w->f.session, scope);
    bool found = false;
    uint32_t slot;

    op->in.name.scope = scope;
    op->in.name.name = draw_text(rng);
    if (op->code == HD_OP_BIND) {
        op->in.name.object = pick(w, rng, batch, ANY, &slot);
        return;
    }
    w->missed = names->bound == 0;
    for (uint32_t i = 0; i < names->rows.used; i++) {
        const struct hd_name *name = hd_names_at(names, i);

        if (name->text != NULL && name->slot != 0 && (!found || random_chance(rng, 40))) {
            found = true;
            op->in.name.name = (struct hd_bytes){name->text, name->size};
        }
    }
}

static void draw_call(struct world *w, struct random *rng, struct hd_batch *batch,
                      struct hd_op *op)
{
    uint32_t slot;

    for (size_t i = 0; i < 4; i++) {
        w->arguments[i] = (struct hd_argument){.name = text_of(texts[i])};
        if (i < 3) { /* the last one is listed, and has no value */
            w->arguments[i].object = pick(w, rng, batch, ANY, &slot);
        }
    }
    op->in.call.function = text_of("f");
    op->in.call.arguments = w->arguments;
    op->in.call.count = random_below(rng, 5);
}

static void draw_delivery(struct world *w, struct random *rng, struct hd_op *op)
{
    const struct hd_notices *notices = &w->f.heap->notices;

    w->delivery = 0;
    for (uint32_t i = 1; i < notices->high; i++) {
        const struct hd_notice *notice = hd_notices_at(notices, i);

        if (notice->state == HD_NOTICE_DELIVERED && !notice->is_judged &&
            (w->delivery == 0 || random_chance(rng, 50))) {
            w->delivery = hd_notice_delivery(notice);
        }
    }
    op->in.deliveries.ids = &w->delivery;
    op->in.deliveries.count = w->delivery != 0;
}

static enum hd_op_code draw_code(struct world *w, struct random *rng)
{
    static const enum hd_op_code codes[] = {
        HD_OP_CREATE,   HD_OP_CREATE,        HD_OP_CREATE,        HD_OP_CREATE,
        HD_OP_HOLD,     HD_OP_RELEASE,       HD_OP_RELEASE,       HD_OP_APPEND,
        HD_OP_INSERT,   HD_OP_SET_ITEM,      HD_OP_SET_ITEM,      HD_OP_GET_ITEM,
        HD_OP_DEL_ITEM, HD_OP_POP,           HD_OP_REMOVE,        HD_OP_EXTEND,
        HD_OP_CLEAR,    HD_OP_ADD,           HD_OP_DISCARD,       HD_OP_SET_ATTR,
        HD_OP_SET_ATTR, HD_OP_DEL_ATTR,      HD_OP_INTERN,        HD_OP_NEW_WEAKREF,
        HD_OP_DEREF,    HD_OP_SET_FINALIZER, HD_OP_SET_FINALIZER, HD_OP_ACKNOWLEDGE,
        HD_OP_BIND,     HD_OP_BIND,          HD_OP_DELETE,        HD_OP_LOOKUP,
        HD_OP_CALL,     HD_OP_RETURN,        HD_OP_COPY,
    };
    enum hd_op_code code = codes[random_below(rng, sizeof codes / sizeof codes[0])];

    return code == HD_OP_RETURN && hd_session_depth(w->f.session) == 1 ? HD_OP_CALL : code;
}

static void draw_extend(struct world *w, struct random *rng, struct hd_batch *batch,
                        struct hd_op *op)
{
    uint32_t slot = 0;

    op->in.extend.container = pick(w, rng, batch, CONTAINER, &slot);
    switch (slot == 0 ? HD_KIND_LIST : hd_object_kind(w->f.heap->objects, slot)) {
    case HD_KIND_DICT:
        op->in.extend.from = pick(w, rng, batch, KIND(DICT), &slot);
        break;
    case HD_KIND_SET:
        op->in.extend.items = mixed(w->many, pick_many(w, rng, batch, HASHABLE, w->many, MANY));
        break;
    default:
        op->in.extend.items = mixed(w->many, pick_many(w, rng, batch, ANY, w->many, MANY));
        break;
    }
}

static void draw_attr(struct world *w, struct random *rng, struct hd_batch *batch,
                      struct hd_op *op)
{
    uint32_t instance = 0;
    uint32_t slot;

    op->in.attr.object = pick(w, rng, batch, KIND(INSTANCE), &instance);
    op->in.attr.value = pick(w, rng, batch, ANY, &slot);
    op->in.attr.name = draw_text(rng);
    if (op->code == HD_OP_DEL_ATTR && instance != 0 &&
        hd_table_length(w->f.heap->objects, instance) > 0) {
        uint32_t last = hd_table_span(w->f.heap->objects, instance) - 1;

        op->in.attr.name = hd_object_bytes(w->f.heap->objects,
                                           hd_table_key(w->f.heap->objects, instance, last));
    }
}

static void draw_end(struct world *w, struct random *rng, struct hd_batch *batch,
                     struct hd_op *op)
{
    bool is_weak = op->code == HD_OP_NEW_WEAKREF;
    uint32_t slot = 0;

    op->in.finalizer.object =
        pick(w, rng, batch, is_weak ? KIND(INSTANCE) | KIND(SET) : KIND(INSTANCE) | CONTAINER,
             &slot);
    w->missed = w->missed || (!is_weak && hd_object_judge_finalizer(w->f.heap->objects, slot,
                                                                    NULL) != HD_OK);
    op->in.finalizer.queue = text_of(random_chance(rng, 65)   ? "queue"
                                     : random_chance(rng, 50) ? "second"
                                                              : "");
    op->in.finalizer.hold = batch == NULL || random_chance(rng, 60);
}

static struct hd_op *draw_one(struct world *w, struct random *rng, struct hd_batch *batch)
{
    struct hd_op *op = begin(&w->f, draw_code(w, rng));
    uint32_t slot;

    op->batch = batch;
    switch (op->code) {
    case HD_OP_CREATE:
        draw_create(w, rng, batch, op);
        break;
    case HD_OP_HOLD:
    case HD_OP_RELEASE:
        draw_hold(w, rng, batch, op);
        break;
    case HD_OP_EXTEND:
        draw_extend(w, rng, batch, op);
        break;
    case HD_OP_SET_ATTR:
    case HD_OP_DEL_ATTR:
        draw_attr(w, rng, batch, op);
        break;
    case HD_OP_NEW_WEAKREF:
    case HD_OP_SET_FINALIZER:
        draw_end(w, rng, batch, op);
        break;
    case HD_OP_ACKNOWLEDGE:
        draw_delivery(w, rng, op);
        break;
    case HD_OP_BIND:
    case HD_OP_DELETE:
    case HD_OP_LOOKUP:
        draw_name(w, rng, batch, op);
        break;
    case HD_OP_CALL:
        draw_call(w, rng, batch, op);
        break;
    case HD_OP_INTERN:
        op->in.item.item = pick(w, rng, batch, KIND(STR), &slot);
        op->in.item.hold = random_chance(rng, 50);
        break;
    case HD_OP_DEREF:
        op->in.item.item = pick(w, rng, batch, KIND(WEAKREF), &slot);
        break;
    case HD_OP_RETURN:
        if (random_chance(rng, 50)) {
            op->in.item.item = pick(w, rng, batch, ANY, &slot);
        }
        break;
    case HD_OP_COPY:
        op->code = HD_OP_GET_ATTR; /* a read that may be refused */
        draw_attr(w, rng, batch, op);
        break;
    default:
        draw_item(w, rng, batch, op);
        break;
    }
    return op;
}

struct hd_op *draw(struct world *w, struct random *rng, struct hd_batch *batch)
{
    struct hd_op *op = NULL;

    for (int i = 0; i < TRIES; i++) {
        w->missed = false;
        op = draw_one(w, rng, batch);
        if (!w->missed) {
            break;
        }
    }
    return op;
}
