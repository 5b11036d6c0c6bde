/* SPDX-License-Identifier: MIT */
/* scenarios.h: every operation of the door, in states where it needs memory if it ever does.
 *
 * All begin with the same heap; each fills the one operation that is tried. */
#ifndef HD_TESTS_HEAP_SCENARIOS_H
#define HD_TESTS_HEAP_SCENARIOS_H

#include "unit/heap/scenarios_death.h"

static struct hd_operands items_of(struct state *s, size_t count)
{
    return ids_of(s->ids, count);
}

static void of_kind(struct state *s, struct hd_op *op, enum hd_kind kind)
{
    op->in.create.object.kind = kind;
    op->in.create.object.items = items_of(s, ITEMS);
}

FILL(int)
{
    (void)s;
    op->in.create.object.kind = HD_KIND_INT;
    op->in.create.object.integer = 1 << 20;
}
FILL(float)
{
    (void)s;
    op->in.create.object.kind = HD_KIND_FLOAT;
    op->in.create.object.real = 0.5;
}
FILL(str)
{
    (void)s;
    op->in.create.object.kind = HD_KIND_STR;
    op->in.create.object.bytes = text_of("a text that is new");
}
FILL(interned)
{
    fill_str(s, op);
    op->in.create.object.interned = true;
}
FILL(bytes)
{
    fill_str(s, op);
    op->in.create.object.kind = HD_KIND_BYTES;
}
FILL(tuple)
{
    of_kind(s, op, HD_KIND_TUPLE);
}
FILL(list)
{
    of_kind(s, op, HD_KIND_LIST);
}
FILL(set)
{
    of_kind(s, op, HD_KIND_SET);
}
FILL(frozenset)
{
    of_kind(s, op, HD_KIND_FROZENSET);
}

FILL(dict)
{
    op->in.create.object.kind = HD_KIND_DICT;
    op->in.create.object.pairs.keys = items_of(s, ITEMS);
    op->in.create.object.pairs.values = items_of(s, ITEMS);
}

FILL(instance)
{
    op->in.create.object.kind = HD_KIND_INSTANCE;
    op->in.create.object.instance.class_name = text_of("Node");
    op->in.create.object.instance.names = s->names;
    op->in.create.object.instance.name_count = 2;
    op->in.create.object.instance.values = items_of(s, 2);
}

FILL(bound)
{
    fill_list(s, op);
    op->in.create.keep = HD_KEEP_BIND;
    op->in.create.bind.name = text_of("fresh");
}
FILL(global)
{
    fill_bound(s, op);
    op->in.create.bind.scope = HD_SCOPE_HEAP;
}

static void store_in(struct hd_op *op, uint64_t container, int to)
{
    op->in.create.keep = HD_KEEP_STORE;
    op->in.create.store.container = by_id(container);
    op->in.create.store.to = to;
}

FILL(stored)
{
    fill_str(s, op);
    store_in(op, s->list, HD_STORE_APPEND);
}
FILL(stored_set)
{
    fill_str(s, op);
    store_in(op, s->set, HD_STORE_ADD);
}
FILL(stored_at)
{
    fill_str(s, op);
    store_in(op, s->list, HD_STORE_INDEX);
}
FILL(stored_key)
{
    fill_str(s, op);
    store_in(op, s->dict, HD_STORE_KEY);
    op->in.create.store.key = by_id(s->ids[ITEMS - 1]);
}
FILL(stored_attribute)
{
    fill_str(s, op);
    store_in(op, s->instance, HD_STORE_ATTRIBUTE);
    op->in.create.store.attribute = text_of("fresh");
}
FILL(kept)
{
    fill_list(s, op);
    op->in.create.keep = HD_KEEP_BATCH;
}

FILL(many)
{
    op->in.hold.objects = items_of(s, ITEMS);
}
FILL(release)
{
    op->in.hold.objects = items_of(s, 2);
    op->in.hold.counts = s->counts;
}

static void item_in(struct state *s, struct hd_op *op, uint64_t container)
{
    op->in.item.container = by_id(container);
    op->in.item.item = by_id(s->ids[ITEMS - 1]);
    op->in.item.at = at_index(0);
    op->in.item.hold = true;
}

FILL(in_list)
{
    item_in(s, op, s->list);
}
FILL(in_set)
{
    item_in(s, op, s->set);
}
FILL(in_dict)
{
    item_in(s, op, s->dict);
    op->in.item.at = at_key(s->ids[ITEMS - 1]);
}
FILL(known_key)
{
    item_in(s, op, s->dict);
    op->in.item.at = at_key(s->ids[0]);
}
FILL(in_text)
{
    item_in(s, op, s->text);
}
FILL(known)
{
    item_in(s, op, s->list);
    op->in.item.item = by_id(s->ids[0]);
}
FILL(twins)
{
    item_in(s, op, s->twins[0]);
    op->in.item.item = by_id(s->twins[1]);
}
FILL(known_in_set)
{
    item_in(s, op, s->set);
    op->in.item.item = by_id(s->ids[0]);
}
FILL(slice)
{
    item_in(s, op, s->list);
    op->in.item.at = (struct hd_subscript){.at = HD_AT_SLICE, .slice = {.step = 2}};
}
FILL(interning)
{
    op->in.item.item = by_id(s->text);
}
FILL(weakref)
{
    op->in.finalizer.object = by_id(s->set);
    op->in.finalizer.hold = true;
}

FILL(deref)
{
    op->in.item.item = by_id(s->weakref);
    op->in.item.hold = true;
}

FILL(trim)
{
    (void)s;
    op->in.trim.compact = HD_COMPACT_NOW;
}

FILL(return )
{
    (void)s;
    (void)op;
}
FILL(return_item)
{
    op->in.item.item = by_id(s->ids[0]);
}

static void extend(struct state *s, struct hd_op *op, uint64_t container)
{
    op->in.extend.container = by_id(container);
    op->in.extend.items = items_of(s, ITEMS);
}

FILL(extend_list)
{
    extend(s, op, s->list);
}
FILL(extend_set)
{
    extend(s, op, s->set);
}
FILL(extend_dict)
{
    op->in.extend.container = by_id(s->dict);
    op->in.extend.from = by_name("other");
}

FILL(attr)
{
    op->in.attr.object = by_id(s->instance);
    op->in.attr.name = text_of("fresh");
    op->in.attr.value = by_id(s->ids[0]);
}
FILL(known_attr)
{
    fill_attr(s, op);
    op->in.attr.name = text_of("first");
    op->in.attr.hold = true;
}

FILL(copy)
{
    s->parts[0] = (struct hd_copy_part){.source = by_id(s->list)};
    s->parts[1] = (struct hd_copy_part){.source = by_id(s->list), .sliced = true};
    op->in.copy.parts = s->parts;
    op->in.copy.count = 2;
    op->in.copy.repeat = 2;
    op->in.copy.hold = true;
}

FILL(copy_big)
{
    fill_copy(s, op);
    op->in.copy.repeat = 4000; /* many blocks */
}

FILL(copy_tuple)
{
    fill_copy(s, op);
    op->in.copy.kind = HD_KIND_TUPLE;
}

FILL(copy_text)
{
    fill_copy(s, op);
    s->parts[0].source = by_id(s->text);
    s->parts[1].source = by_id(s->text);
}

FILL(bind)
{
    op->in.name.name = text_of("fresh");
    op->in.name.object = by_id(s->ids[0]);
}
FILL(bind_global)
{
    fill_bind(s, op);
    op->in.name.scope = HD_SCOPE_HEAP;
}
FILL(delete)
{
    (void)s;
    op->in.name.name = text_of("local");
}
FILL(lookup)
{
    (void)s;
    op->in.name.name = text_of("other");
    op->in.name.hold = true;
}

FILL(call)
{
    s->arguments[0] = (struct hd_argument){text_of("a"), by_id(s->ids[0])};
    s->arguments[1] = (struct hd_argument){.name = text_of("b")};
    op->in.call.function = text_of("function");
    op->in.call.arguments = s->arguments;
    op->in.call.count = 2;
}

FILL(nothing)
{
    (void)s;
    (void)op;
}
FILL(collect)
{
    (void)s;
    op->in.collect.generation = 2;
}
FILL(threshold)
{
    s->threshold = 500;
    op->in.threshold.values = &s->threshold;
    op->in.threshold.count = 1;
}

FILL(configure)
{
    s->limit = (struct hd_new_limit){
        .of_account = true, .account = 40, .has_objects = true, .objects = 7};
    op->in.configure.limits = &s->limit;
    op->in.configure.count = 1;
}

FILL(get_objects)
{
    op->in.ids.ret_ids = s->found;
    op->in.ids.max = 4;
}

FILL(get_referrers)
{
    fill_get_objects(s, op);
    op->in.ids.object = by_id(s->ids[0]);
}

FILL(dry_run)
{
    op->in.dry_run.generation = 2;
    op->in.dry_run.cycles = 4;
    op->in.dry_run.ret_report = &s->report;
}

FILL(why)
{
    op->in.why.object = by_id(s->ids[0]);
    op->in.why.ret_paths = s->paths;
}

struct scenario {
    const char *name;
    enum hd_op_code code;
    fill_fn fill;
    /* DEATHS: there is something on the queues.  SLICED: slices are shortest, and the list
     * is long.  IN_CALL: a frame deeper. */
    enum { PLAIN, DEATHS, SLICED, IN_CALL, IN_BATCH, BATCH_ONLY } where;
};

static const struct scenario scenarios[] = {
    {"create int", HD_OP_CREATE, fill_int, PLAIN},
    {"create float", HD_OP_CREATE, fill_float, PLAIN},
    {"create str", HD_OP_CREATE, fill_str, PLAIN},
    {"create interned", HD_OP_CREATE, fill_interned, PLAIN},
    {"create bytes", HD_OP_CREATE, fill_bytes, PLAIN},
    {"create tuple", HD_OP_CREATE, fill_tuple, PLAIN},
    {"create list", HD_OP_CREATE, fill_list, PLAIN},
    {"create set", HD_OP_CREATE, fill_set, PLAIN},
    {"create frozenset", HD_OP_CREATE, fill_frozenset, PLAIN},
    {"create dict", HD_OP_CREATE, fill_dict, PLAIN},
    {"create instance", HD_OP_CREATE, fill_instance, PLAIN},
    {"create and bind", HD_OP_CREATE, fill_bound, PLAIN},
    {"create and bind globally", HD_OP_CREATE, fill_global, PLAIN},
    {"create and append", HD_OP_CREATE, fill_stored, PLAIN},
    {"create and add", HD_OP_CREATE, fill_stored_set, PLAIN},
    {"create and store at", HD_OP_CREATE, fill_stored_at, PLAIN},
    {"create and store under", HD_OP_CREATE, fill_stored_key, PLAIN},
    {"create and set attribute", HD_OP_CREATE, fill_stored_attribute, PLAIN},
    {"create for the batch", HD_OP_CREATE, fill_kept, IN_BATCH},
    {"create dict in a batch", HD_OP_CREATE, fill_dict, IN_BATCH},
    {"hold", HD_OP_HOLD, fill_many, IN_CALL},
    {"release", HD_OP_RELEASE, fill_release, PLAIN},
    {"append", HD_OP_APPEND, fill_in_list, PLAIN},
    {"append in a batch", HD_OP_APPEND, fill_in_list, IN_BATCH},
    {"insert", HD_OP_INSERT, fill_in_list, PLAIN},
    {"set item", HD_OP_SET_ITEM, fill_in_dict, PLAIN},
    {"set item of list", HD_OP_SET_ITEM, fill_in_list, PLAIN},
    {"get item", HD_OP_GET_ITEM, fill_known_key, IN_CALL},
    {"get character", HD_OP_GET_ITEM, fill_in_text, IN_CALL},
    {"get item in a batch", HD_OP_GET_ITEM, fill_known_key, IN_BATCH},
    {"delete item", HD_OP_DEL_ITEM, fill_known_key, PLAIN},
    {"delete slice", HD_OP_DEL_ITEM, fill_slice, PLAIN},
    {"pop", HD_OP_POP, fill_in_list, IN_CALL},
    {"pop key", HD_OP_POP, fill_known_key, IN_CALL},
    {"remove", HD_OP_REMOVE, fill_known, PLAIN},
    {"remove in slices", HD_OP_REMOVE, fill_known, SLICED},
    {"contains", HD_OP_CONTAINS, fill_known, PLAIN},
    {"contains in slices", HD_OP_CONTAINS, fill_known, SLICED},
    {"equals", HD_OP_EQUALS, fill_known, PLAIN},
    {"equals in slices", HD_OP_EQUALS, fill_twins, SLICED},
    {"extend list", HD_OP_EXTEND, fill_extend_list, PLAIN},
    {"extend set", HD_OP_EXTEND, fill_extend_set, PLAIN},
    {"extend dict", HD_OP_EXTEND, fill_extend_dict, PLAIN},
    {"clear list", HD_OP_CLEAR, fill_in_list, PLAIN},
    {"clear dict", HD_OP_CLEAR, fill_in_dict, PLAIN},
    {"add", HD_OP_ADD, fill_in_set, PLAIN},
    {"discard", HD_OP_DISCARD, fill_known_in_set, PLAIN},
    {"set attribute", HD_OP_SET_ATTR, fill_attr, PLAIN},
    {"get attribute", HD_OP_GET_ATTR, fill_known_attr, IN_CALL},
    {"delete attribute", HD_OP_DEL_ATTR, fill_known_attr, PLAIN},
    {"intern", HD_OP_INTERN, fill_interning, PLAIN},
    {"new weak reference", HD_OP_NEW_WEAKREF, fill_weakref, PLAIN},
    {"new callback", HD_OP_NEW_WEAKREF, fill_callback, PLAIN},
    {"new callback in a batch", HD_OP_NEW_WEAKREF, fill_callback, IN_BATCH},
    {"dereference", HD_OP_DEREF, fill_deref, IN_CALL},
    {"create queue", HD_OP_CREATE_QUEUE, fill_create_queue, PLAIN},
    {"create queue of a session", HD_OP_CREATE_QUEUE, fill_queue_of_session, PLAIN},
    {"set queue", HD_OP_CREATE_QUEUE, fill_set_queue, DEATHS},
    {"delete queue", HD_OP_DELETE_QUEUE, fill_delete_queue, PLAIN},
    {"set finalizer", HD_OP_SET_FINALIZER, fill_set_finalizer, PLAIN},
    {"move finalizer", HD_OP_SET_FINALIZER, fill_move_finalizer, DEATHS},
    {"unset finalizer", HD_OP_SET_FINALIZER, fill_unset_finalizer, DEATHS},
    {"receive", HD_OP_RECEIVE, fill_receive, DEATHS},
    {"receive for the first time", HD_OP_RECEIVE, fill_receive_first, DEATHS},
    {"receive nothing", HD_OP_RECEIVE, fill_receive, PLAIN},
    {"acknowledge", HD_OP_ACKNOWLEDGE, fill_acknowledge, DEATHS},
    {"redrive one", HD_OP_REDRIVE, fill_redrive_one, DEATHS},
    {"redrive all", HD_OP_REDRIVE, fill_redrive_all, DEATHS},
    {"expire", HD_OP_EXPIRE, fill_expire, DEATHS},
    {"set debug", HD_OP_SET_DEBUG, fill_debug, PLAIN},
    {"set mode", HD_OP_SET_MODE, fill_mode, PLAIN},
    {"clear garbage", HD_OP_CLEAR_GARBAGE, fill_nothing, DEATHS},
    {"collect what waits", HD_OP_COLLECT, fill_collect, DEATHS},
    {"trim", HD_OP_TRIM, fill_trim, PLAIN},
    {"copy list", HD_OP_COPY, fill_copy, PLAIN},
    {"copy to a big list", HD_OP_COPY, fill_copy_big, PLAIN},
    {"copy to tuple", HD_OP_COPY, fill_copy_tuple, PLAIN},
    {"copy list in slices", HD_OP_COPY, fill_copy, SLICED},
    {"copy to tuple in slices", HD_OP_COPY, fill_copy_tuple, SLICED},
    {"copy text", HD_OP_COPY, fill_copy_text, PLAIN},
    {"bind", HD_OP_BIND, fill_bind, PLAIN},
    {"bind globally", HD_OP_BIND, fill_bind_global, PLAIN},
    {"bind in a batch", HD_OP_BIND, fill_bind, IN_BATCH},
    {"delete name", HD_OP_DELETE, fill_delete, PLAIN},
    {"look up", HD_OP_LOOKUP, fill_lookup, IN_CALL},
    {"call", HD_OP_CALL, fill_call, PLAIN},
    {"return", HD_OP_RETURN, fill_return, IN_CALL},
    {"return an object", HD_OP_RETURN, fill_return_item, IN_CALL},
    {"collect", HD_OP_COLLECT, fill_collect, PLAIN},
    {"enable", HD_OP_ENABLE, fill_nothing, PLAIN},
    {"disable", HD_OP_DISABLE, fill_nothing, PLAIN},
    {"set threshold", HD_OP_SET_THRESHOLD, fill_threshold, PLAIN},
    {"freeze", HD_OP_FREEZE, fill_nothing, PLAIN},
    {"unfreeze", HD_OP_UNFREEZE, fill_nothing, PLAIN},
    {"get objects", HD_OP_GET_OBJECTS, fill_get_objects, PLAIN},
    {"get referrers", HD_OP_GET_REFERRERS, fill_get_referrers, PLAIN},
    {"dry run", HD_OP_DRY_RUN, fill_dry_run, DEATHS},
    {"why", HD_OP_WHY, fill_why, PLAIN},
    {"configure", HD_OP_CONFIGURE, fill_configure, PLAIN},
    {"begin a batch", HD_OP_BATCH_BEGIN, fill_nothing, PLAIN},
    {"end a batch", HD_OP_BATCH_END, fill_nothing, BATCH_ONLY},
    {"end a session", HD_OP_SESSION_END, fill_nothing, PLAIN},
    {"end a session that was told", HD_OP_SESSION_END, fill_nothing, DEATHS},
};

#define SCENARIO_COUNT (sizeof scenarios / sizeof scenarios[0])

#endif
