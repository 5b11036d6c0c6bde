/* SPDX-License-Identifier: MIT */
/* method.h: every call of the protocol that the library makes, in one table.
 *
 * The rows whose number is not 0 may stand in a batch: the number is their
 * field in Operation and OperationResult. */
#ifndef HEAPD_CLIENT_METHOD_H
#define HEAPD_CLIENT_METHOD_H

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

/* X(constant, number, service, method, stem of the messages) */
#define HDC_METHODS(X)                                                                         \
    X(CREATE, 1, "Object", "Create", create)                                                   \
    X(GET, 2, "Object", "Get", get)                                                            \
    X(GET_REFCOUNTS, 3, "Object", "GetRefcounts", get_refcounts)                               \
    X(HOLD, 4, "Object", "Hold", hold)                                                         \
    X(RELEASE, 5, "Object", "Release", release)                                                \
    X(APPEND, 6, "Object", "Append", append)                                                   \
    X(INSERT, 7, "Object", "Insert", insert)                                                   \
    X(SET_ITEM, 8, "Object", "SetItem", set_item)                                              \
    X(GET_ITEM, 9, "Object", "GetItem", get_item)                                              \
    X(DEL_ITEM, 10, "Object", "DelItem", del_item)                                             \
    X(POP, 11, "Object", "Pop", pop)                                                           \
    X(REMOVE, 12, "Object", "Remove", remove)                                                  \
    X(EXTEND, 13, "Object", "Extend", extend)                                                  \
    X(CLEAR, 14, "Object", "Clear", clear)                                                     \
    X(ADD, 15, "Object", "Add", add)                                                           \
    X(DISCARD, 16, "Object", "Discard", discard)                                               \
    X(CONTAINS, 17, "Object", "Contains", contains)                                            \
    X(SET_ATTR, 18, "Object", "SetAttr", set_attr)                                             \
    X(GET_ATTR, 19, "Object", "GetAttr", get_attr)                                             \
    X(DEL_ATTR, 20, "Object", "DelAttr", del_attr)                                             \
    X(LENGTH, 21, "Object", "Length", length)                                                  \
    X(INTERN, 22, "Object", "Intern", intern)                                                  \
    X(EQUALS, 23, "Object", "Equals", equals)                                                  \
    X(COPY, 24, "Object", "Copy", copy)                                                        \
    X(BIND, 25, "Name", "Bind", bind)                                                          \
    X(DELETE, 26, "Name", "Delete", delete)                                                    \
    X(LOOKUP, 27, "Name", "Lookup", lookup)                                                    \
    X(CALL, 28, "Name", "Call", call)                                                          \
    X(RETURN, 29, "Name", "Return", return )                                                   \
    X(IS_TRACKED, 30, "Collector", "IsTracked", is_tracked)                                    \
    X(GET_REFERENTS, 31, "Collector", "GetReferents", get_referents)                           \
    X(NEW_WEAKREF, 32, "Finalizer", "NewWeakref", new_weakref)                                 \
    X(DEREF, 33, "Finalizer", "Deref", deref)                                                  \
    X(COUNT_WEAKREFS, 34, "Finalizer", "CountWeakrefs", count_weakrefs)                        \
    X(SET_FINALIZER, 35, "Finalizer", "SetFinalizer", set_finalizer)                           \
    X(ACKNOWLEDGE, 36, "Finalizer", "Acknowledge", acknowledge)                                \
    X(LIST, 0, "Name", "List", list)                                                           \
    X(COLLECT, 0, "Collector", "Collect", collect)                                             \
    X(ENABLE, 0, "Collector", "Enable", enable)                                                \
    X(DISABLE, 0, "Collector", "Disable", disable)                                             \
    X(IS_ENABLED, 0, "Collector", "IsEnabled", is_enabled)                                     \
    X(GET_THRESHOLD, 0, "Collector", "GetThreshold", get_threshold)                            \
    X(SET_THRESHOLD, 0, "Collector", "SetThreshold", set_threshold)                            \
    X(GET_COUNT, 0, "Collector", "GetCount", get_count)                                        \
    X(GET_STATS, 0, "Collector", "GetStats", get_stats)                                        \
    X(FREEZE, 0, "Collector", "Freeze", freeze)                                                \
    X(UNFREEZE, 0, "Collector", "Unfreeze", unfreeze)                                          \
    X(GET_FREEZE_COUNT, 0, "Collector", "GetFreezeCount", get_freeze_count)                    \
    X(IS_FINALIZED, 0, "Collector", "IsFinalized", is_finalized)                               \
    X(GET_REFERRERS, 0, "Collector", "GetReferrers", get_referrers)                            \
    X(GET_OBJECTS, 0, "Collector", "GetObjects", get_objects)                                  \
    X(WHY, 0, "Collector", "Why", why)                                                         \
    X(LIST_SESSIONS, 0, "Session", "List", session_service_list)                               \
    X(HOLDINGS, 0, "Session", "Holdings", holdings)                                            \
    X(KILL, 0, "Session", "Kill", kill)                                                        \
    X(SET_DEBUG, 0, "Collector", "SetDebug", set_debug)                                        \
    X(GET_DEBUG, 0, "Collector", "GetDebug", get_debug)                                        \
    X(SET_MODE, 0, "Collector", "SetMode", set_mode)                                           \
    X(GET_MODE, 0, "Collector", "GetMode", get_mode)                                           \
    X(GET_GARBAGE, 0, "Collector", "GetGarbage", get_garbage)                                  \
    X(CLEAR_GARBAGE, 0, "Collector", "ClearGarbage", clear_garbage)                            \
    X(CREATE_QUEUE, 0, "Finalizer", "CreateQueue", create_queue)                               \
    X(DELETE_QUEUE, 0, "Finalizer", "DeleteQueue", delete_queue)                               \
    X(LIST_QUEUES, 0, "Finalizer", "ListQueues", list_queues)                                  \
    X(RECEIVE, 0, "Finalizer", "Receive", receive)                                             \
    X(DELIVER, 0, "FinalizerStream", "Deliver", deliver)                                       \
    X(LIST_DEAD, 0, "Finalizer", "ListDead", list_dead)                                        \
    X(REDRIVE, 0, "Finalizer", "Redrive", redrive)                                             \
    X(INFO, 0, "Heap", "Info", info)                                                           \
    X(VERIFY, 0, "Heap", "Verify", verify)                                                     \
    X(POOL_STATS, 0, "Heap", "PoolStats", pool_stats)                                          \
    X(TRIM, 0, "Heap", "Trim", trim)                                                           \
    X(LIST_HEAPS, 0, "Heap", "List", heap_service_list)                                        \
    X(CONFIGURE, 0, "Heap", "Configure", configure)                                            \
    X(LIST_EVENTS, 0, "Event", "ListEvents", list_events)                                      \
    X(EVENTS, 0, "EventStream", "Events", events)                                              \
    X(PING, 0, "Server", "Ping", ping)                                                         \
    X(SERVER_INFO, 0, "Server", "ServerInfo", server_info)                                     \
    X(EXECUTE, 0, "Batch", "Execute", execute)

enum hdc_method_id {
#define X(constant, number, service, method, stem) HDC_##constant,
    HDC_METHODS(X)
#undef X
        HDC_METHOD_COUNT
};

struct hdc_method {
    uint32_t number;
    const char *service; /* "heapd.v1.ObjectService" */
    const char *method;
    const ProtobufCMessageDescriptor *request;
    const ProtobufCMessageDescriptor *response;
};

const struct hdc_method *hdc_method(enum hdc_method_id id);

#endif
