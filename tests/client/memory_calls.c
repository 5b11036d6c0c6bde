/* SPDX-License-Identifier: MIT */
#include "client/memory_calls.h"

#include "client/memory_compound.h"

#define LARGE_BYTES  ((size_t)300000) /* more than the client has room for at first */
#define FIRST        heapd_at_index(0)
#define KEY          heapd_at_key(NAME(x))
#define SLICE(a, b)  ((struct heapd_slice){true, true, a, b, 1})
#define PART(source) ((struct heapd_part[]){{source, true, SLICE(0, 2)}})
#define LIMITS       ((struct heapd_new_limits[]){{.set_objects = true}})
#define FILTER       ((struct heapd_event_filter[]){{.queue = "q"}})
#define MODE         ((struct heapd_gc_mode[]){{.mode = HEAPD_MODE_INCREMENTAL}})
#define THRESHOLDS   ((int64_t[]){700, 10, 10})

static char large[LARGE_BYTES];

/* ------------------------------------------------------------ calls of one */

/* X(name, what it gives, the call) */
#define PLAIN_CALLS(X)                                                                         \
    X(ping, OK, heapd_ping(client, NULL, error))                                               \
    X(create_int, OK, heapd_create(client, heapd_new_int(1000), KEPT, NULL, error))            \
    X(create_large, OK,                                                                        \
      heapd_create(client, heapd_new_bytes(large, LARGE_BYTES), KEPT, NULL, error))            \
    X(create_list, OK,                                                                         \
      heapd_create(client, heapd_new_list(REFS(NAME(l), NAME(d)), 2), KEPT, NULL, error))      \
    X(create_dict, OK,                                                                         \
      heapd_create(client, heapd_new_dict(REFS(NAME(x)), REFS(NAME(d)), 1),                    \
                   heapd_keep_key(NAME(d), NAME(x)), NULL, error))                             \
    X(create_instance, OK,                                                                     \
      heapd_create(client, heapd_new_instance("C", (const char *[]){"a"}, REFS(NAME(l)), 1),   \
                   heapd_keep_attribute(NAME(o), "b"), NULL, error))                           \
    X(hold, OK, heapd_hold(client, REFS(NAME(l), NAME(d)), NULL, 2, NULL, error))              \
    X(release, FAILED_PRECONDITION, heapd_release(client, REFS(NAME(l)), NULL, 1, error))      \
    X(append, OK, heapd_append(client, NAME(l), NAME(x), error))                               \
    X(insert, OK, heapd_insert(client, NAME(l), 0, NAME(x), error))                            \
    X(set_item, OK, heapd_set_item(client, NAME(d), KEY, NAME(l), error))                      \
    X(get_item, OK, heapd_get_item(client, NAME(d), KEY, HEAPD_HOLD, NULL, error))             \
    X(del_item, OK, heapd_del_item(client, NAME(l), heapd_at_slice(SLICE(0, 2)), error))       \
    X(pop, OK, heapd_pop(client, NAME(l), FIRST, HEAPD_HOLD, NULL, error))                     \
    X(remove, OK, heapd_remove(client, NAME(l), NAME(n), error))                               \
    X(remove_missing, INVALID_ARGUMENT, heapd_remove(client, NAME(l), NAME(x), error))         \
    X(extend, OK, heapd_extend(client, NAME(l), REFS(NAME(x), NAME(d)), 2, error))             \
    X(extend_from, OK, heapd_extend_from(client, NAME(l), NAME(t), error))                     \
    X(clear, OK, heapd_clear(client, NAME(l), error))                                          \
    X(add, OK, heapd_add(client, NAME(s), NAME(x), NULL, error))                               \
    X(discard, OK, heapd_discard(client, NAME(s), NAME(x), NULL, error))                       \
    X(contains, OK, heapd_contains(client, NAME(s), NAME(x), NULL, error))                     \
    X(set_attr, OK, heapd_set_attr(client, NAME(o), "b", NAME(x), error))                      \
    X(get_attr, OK, heapd_get_attr(client, NAME(o), "a", HEAPD_HOLD, NULL, error))             \
    X(del_attr, OK, heapd_del_attr(client, NAME(o), "a", error))                               \
    X(length, OK, heapd_length(client, NAME(l), NULL, error))                                  \
    X(length_of_nobody, NOT_FOUND, heapd_length(client, MISSING, NULL, error))                 \
    X(intern, OK, heapd_intern(client, NAME(x), HEAPD_HOLD, NULL, error))                      \
    X(equals, OK, heapd_equals(client, NAME(t), NAME(t), NULL, error))                         \
    X(weakref, OK, heapd_weakref(client, NAME(o), NULL, error))                                \
    X(weakref_callback, OK, heapd_weakref_callback(client, NAME(o), "q", NULL, error))         \
    X(weakref_count, OK, heapd_weakref_count(client, NAME(o), NULL, error))                    \
    X(deref, INVALID_ARGUMENT, heapd_deref(client, NAME(o), 0, NULL, error))                   \
    X(create_queue, OK, heapd_create_queue(client, "q", NULL, NULL, error))                    \
    X(delete_queue, FAILED_PRECONDITION, heapd_delete_queue(client, "q", error))               \
    X(set_finalizer, OK, heapd_set_finalizer(client, NAME(l), "q", error))                     \
    X(acknowledge, NOT_FOUND, heapd_acknowledge(client, (uint64_t[]){1}, 1, error))            \
    X(redrive, OK, heapd_redrive(client, "q", NULL, 0, NULL, error))                           \
    X(copy, OK,                                                                                \
      heapd_copy(client, PART(NAME(l)), 1, 2, HEAPD_KIND_TUPLE, HEAPD_HOLD, NULL, error))      \
    X(bind, OK, heapd_bind(client, "b", NAME(l), HEAPD_SCOPE_FRAME, NULL, NULL, error))        \
    X(delete, OK, heapd_delete(client, "x", HEAP, NULL, error))                                \
    X(lookup, OK, heapd_lookup(client, "l", HEAP, 0, NULL, error))                             \
    X(collect, OK, heapd_collect(client, 2, NULL, error))                                      \
    X(enable, OK, heapd_gc_enable(client, error))                                              \
    X(is_enabled, OK, heapd_gc_is_enabled(client, NULL, error))                                \
    X(set_threshold, OK, heapd_gc_set_threshold(client, THRESHOLDS, 3, error))                 \
    X(freeze, OK, heapd_gc_freeze(client, error))                                              \
    X(unfreeze, OK, heapd_gc_unfreeze(client, error))                                          \
    X(freeze_count, OK, heapd_gc_get_freeze_count(client, NULL, error))                        \
    X(set_debug, OK, heapd_gc_set_debug(client, 0, error))                                     \
    X(set_mode, OK, heapd_gc_set_mode(client, MODE, error))                                    \
    X(clear_garbage, OK, heapd_gc_clear_garbage(client, NULL, error))                          \
    X(collect_wait, OK, heapd_collect_wait(client, 2, 0, NULL, NULL, error))                   \
    X(disable, OK, heapd_gc_disable(client, error))                                            \
    X(get_threshold, OK, heapd_gc_get_threshold(client, NULL, error))                          \
    X(get_count, OK, heapd_gc_get_count(client, NULL, error))                                  \
    X(get_debug, OK, heapd_gc_get_debug(client, NULL, error))                                  \
    X(get_mode, OK, heapd_gc_get_mode(client, NULL, error))                                    \
    X(is_tracked, OK, heapd_gc_is_tracked(client, NAME(l), NULL, error))                       \
    X(is_finalized, OK, heapd_gc_is_finalized(client, NAME(l), NULL, error))                   \
    X(trim, OK, heapd_trim(client, NULL, error))                                               \
    X(server_info, OK, heapd_server_info(client, NULL, error))                                 \
    X(heap_info, OK, heapd_heap_info(client, NULL, error))

#define KEPT heapd_keep_hold()

/* The same, with long answers. */
#define LONG_CALLS(X)                                                                          \
    X(get_stats, OK, heapd_gc_get_stats(client, NULL, error))                                  \
    X(get_pauses, OK, heapd_gc_get_pauses(client, NULL, error))

/* X(name, type, the call, whose block is `block`, and a count `count`) */
#define BLOCK_CALLS(X)                                                                         \
    X(get, heapd_info, heapd_get(client, NAME(l), NULL, &block, error))                        \
    X(names, heapd_named, heapd_names(client, HEAP, &block, &count, error))                    \
    X(list_queues, heapd_queue, heapd_list_queues(client, &block, &count, error))              \
    X(receive, heapd_delivery, heapd_receive(client, "q", 1, 0, &block, &count, error))        \
    X(list_dead, heapd_delivery, heapd_list_dead(client, "q", &block, &count, error))          \
    X(why, heapd_why, heapd_why(client, NAME(n), &block, error))                               \
    X(dry_run, heapd_dry_run, heapd_dry_run(client, 2, 4, &block, error))                      \
    X(sessions, heapd_session, heapd_sessions(client, &block, &count, error))                  \
    X(configure, heapd_config, heapd_configure(client, LIMITS, 1, &block, error))              \
    X(list_heaps, heapd_heaps, heapd_list_heaps(client, &block, error))                        \
    X(verify, heapd_verified, heapd_verify(client, &block, error))                             \
    X(pool_stats, heapd_pool_stats, heapd_pool_stats(client, true, &block, error))             \
    X(list_events, heapd_event_list,                                                           \
      heapd_list_events(client, FILTER, 0, MANY, 0, &block, error))

/* X(name, the call, whose ids are `ids`) */
#define ID_CALLS(X)                                                                            \
    X(get_referents, heapd_gc_get_referents(client, NAME(l), &ids, &count, error))             \
    X(get_referrers, heapd_gc_get_referrers(client, NAME(n), &ids, &count, error))             \
    X(get_objects, heapd_gc_get_objects(client, HEAPD_ALL_GENERATIONS, &ids, &count, error))   \
    X(get_garbage, heapd_gc_get_garbage(client, &ids, &count, error))

#define X(name, code, ...)                                                                     \
    static int call_##name(struct heapd_client *client, struct heapd_error *error)             \
    {                                                                                          \
        return __VA_ARGS__;                                                                    \
    }
PLAIN_CALLS(X)
LONG_CALLS(X)
#undef X

#define X(name, type, ...)                                                                     \
    static int call_##name(struct heapd_client *client, struct heapd_error *error)             \
    {                                                                                          \
        struct type *block = (void *)&untouched;                                               \
        size_t count = 0;                                                                      \
        int code = __VA_ARGS__;                                                                \
                                                                                               \
        (void)count;                                                                           \
        return took(block, code);                                                              \
    }
BLOCK_CALLS(X)
#undef X

#define X(name, ...)                                                                           \
    static int call_##name(struct heapd_client *client, struct heapd_error *error)             \
    {                                                                                          \
        uint64_t *ids = (void *)&untouched;                                                    \
        size_t count;                                                                          \
        int code = __VA_ARGS__;                                                                \
                                                                                               \
        return took(ids, code);                                                                \
    }
ID_CALLS(X)
#undef X

/* clang-format off */
const struct memory_call memory_calls[] = {
#define X(name, code, ...) {#name, HEAPD_##code, true, false, call_##name},
    PLAIN_CALLS(X)
#undef X
#define X(name, ...) {#name, HEAPD_OK, true, true, call_##name},
    LONG_CALLS(X)
    BLOCK_CALLS(X)
    ID_CALLS(X)
#undef X
    {"receive and acknowledge", HEAPD_OK, false, true, receive_and_acknowledge},
    {"call and return", HEAPD_OK, false, true, call_and_return},
    {"kill", HEAPD_NOT_FOUND, true, false, kill_nobody},
    {"holdings", HEAPD_OK, false, true, own_holdings},
    {"events", HEAPD_OK, false, true, read_events},
    {"deliveries", HEAPD_OK, false, true, read_deliveries},
    {"a batch", HEAPD_OK, false, true, a_batch},
    {"a batch that fails", HEAPD_NOT_FOUND, false, true, a_batch_that_fails},
    {"an atomic batch", HEAPD_OK, false, true, an_atomic_batch},
    {"an atomic batch that fails", HEAPD_NOT_FOUND, false, true, an_atomic_batch_that_fails},
    {"pipelined", HEAPD_OK, false, true, pipelined},
    {"reconnect", HEAPD_OK, false, true, reconnect},
};
/* clang-format on */

const size_t memory_call_count = sizeof(memory_calls) / sizeof(memory_calls[0]);
