/* SPDX-License-Identifier: MIT */
/* op_table.c: which function carries an operation out, and what goes on with it. */
#include <string.h>

#include "heap/internal.h"

const struct hd_op_row hd_op_table[HD_OP_COUNT] = {
    [HD_OP_CREATE] = {"CREATE", hd_op_create, NULL, HD_OP_UNDOABLE},
    [HD_OP_HOLD] = {"HOLD", hd_op_hold, NULL, HD_OP_UNDOABLE},
    [HD_OP_RELEASE] = {"RELEASE", hd_op_release, NULL, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_APPEND] = {"APPEND", hd_op_append, NULL, HD_OP_UNDOABLE},
    [HD_OP_INSERT] = {"INSERT", hd_op_insert, NULL, HD_OP_UNDOABLE},
    [HD_OP_SET_ITEM] = {"SET_ITEM", hd_op_set_item, NULL, HD_OP_UNDOABLE},
    [HD_OP_GET_ITEM] = {"GET_ITEM", hd_op_get_item, NULL, HD_OP_UNDOABLE},
    [HD_OP_DEL_ITEM] = {"DEL_ITEM", hd_op_del_item, hd_copy_work, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_POP] = {"POP", hd_op_pop, NULL, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_REMOVE] = {"REMOVE", hd_op_remove, hd_compare_work, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_CONTAINS] = {"CONTAINS", hd_op_contains, hd_compare_work,
                        HD_OP_READS | HD_OP_UNDOABLE},
    [HD_OP_EQUALS] = {"EQUALS", hd_op_equals, hd_compare_work, HD_OP_READS | HD_OP_UNDOABLE},
    [HD_OP_EXTEND] = {"EXTEND", hd_op_extend, hd_copy_work, HD_OP_UNDOABLE},
    [HD_OP_CLEAR] = {"CLEAR", hd_op_clear, NULL, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_ADD] = {"ADD", hd_op_add, NULL, HD_OP_UNDOABLE},
    [HD_OP_DISCARD] = {"DISCARD", hd_op_discard, NULL, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_SET_ATTR] = {"SET_ATTR", hd_op_set_attr, NULL, HD_OP_UNDOABLE},
    [HD_OP_GET_ATTR] = {"GET_ATTR", hd_op_get_attr, NULL, HD_OP_UNDOABLE},
    [HD_OP_DEL_ATTR] = {"DEL_ATTR", hd_op_del_attr, NULL, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_INTERN] = {"INTERN", hd_op_intern, NULL, HD_OP_UNDOABLE},
    [HD_OP_COPY] = {"COPY", hd_op_copy, hd_copy_work, HD_OP_UNDOABLE},
    [HD_OP_NEW_WEAKREF] = {"NEW_WEAKREF", hd_op_new_weakref, NULL, HD_OP_UNDOABLE},
    [HD_OP_DEREF] = {"DEREF", hd_op_deref, NULL, HD_OP_UNDOABLE},
    [HD_OP_CREATE_QUEUE] = {"CREATE_QUEUE", hd_op_create_queue, NULL, 0},
    [HD_OP_DELETE_QUEUE] = {"DELETE_QUEUE", hd_op_delete_queue, NULL, HD_OP_GIVES},
    [HD_OP_SET_FINALIZER] = {"SET_FINALIZER", hd_op_set_finalizer, NULL, HD_OP_UNDOABLE},
    [HD_OP_RECEIVE] = {"RECEIVE", hd_op_receive, NULL, HD_OP_GIVES | HD_OP_ASIDE},
    [HD_OP_ACKNOWLEDGE] = {"ACKNOWLEDGE", hd_op_acknowledge, NULL,
                           HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_REDRIVE] = {"REDRIVE", hd_op_redrive, hd_redrive_work, HD_OP_GIVES},
    [HD_OP_EXPIRE] = {"EXPIRE", hd_op_expire, NULL, HD_OP_GIVES},
    [HD_OP_BIND] = {"BIND", hd_op_bind, NULL, HD_OP_UNDOABLE},
    [HD_OP_DELETE] = {"DELETE", hd_op_delete, NULL, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_LOOKUP] = {"LOOKUP", hd_op_lookup, NULL, HD_OP_UNDOABLE},
    [HD_OP_CALL] = {"CALL", hd_op_call, NULL, HD_OP_UNDOABLE},
    [HD_OP_RETURN] = {"RETURN", hd_op_return, NULL, HD_OP_GIVES | HD_OP_UNDOABLE},
    [HD_OP_COLLECT] = {"COLLECT", hd_op_collect, hd_collect_work, HD_OP_GIVES | HD_OP_RELEASES},
    [HD_OP_ENABLE] = {"ENABLE", hd_op_enable, NULL, HD_OP_GIVES},
    [HD_OP_DISABLE] = {"DISABLE", hd_op_disable, NULL, HD_OP_GIVES},
    [HD_OP_SET_THRESHOLD] = {"SET_THRESHOLD", hd_op_set_threshold, NULL, HD_OP_GIVES},
    [HD_OP_FREEZE] = {"FREEZE", hd_op_freeze, hd_freeze_work, HD_OP_GIVES},
    [HD_OP_UNFREEZE] = {"UNFREEZE", hd_op_unfreeze, hd_freeze_work, HD_OP_GIVES},
    [HD_OP_SET_MODE] = {"SET_MODE", hd_op_set_mode, NULL, HD_OP_GIVES},
    [HD_OP_SET_DEBUG] = {"SET_DEBUG", hd_op_set_debug, NULL, HD_OP_GIVES},
    [HD_OP_CLEAR_GARBAGE] = {"CLEAR_GARBAGE", hd_op_clear_garbage, hd_clear_garbage_work,
                             HD_OP_GIVES | HD_OP_RELEASES},
    [HD_OP_GET_OBJECTS] = {"GET_OBJECTS", hd_op_get_objects, hd_scan_work, HD_OP_READS},
    [HD_OP_GET_REFERRERS] = {"GET_REFERRERS", hd_op_get_referrers, hd_scan_work, HD_OP_READS},
    [HD_OP_DRY_RUN] = {"DRY_RUN", hd_op_dry_run, hd_dry_run_work, HD_OP_READS},
    [HD_OP_WHY] = {"WHY", hd_op_why, hd_why_work, HD_OP_READS},
    [HD_OP_TRIM] = {"TRIM", hd_op_trim, hd_trim_work, HD_OP_GIVES},
    [HD_OP_CONFIGURE] = {"CONFIGURE", hd_op_configure, NULL, HD_OP_GIVES},
    [HD_OP_BATCH_BEGIN] = {"BATCH_BEGIN", hd_op_batch_begin, NULL, HD_OP_GIVES},
    [HD_OP_BATCH_END] = {"BATCH_END", hd_op_batch_end, hd_batch_end_work,
                         HD_OP_GIVES | HD_OP_RELEASES},
    [HD_OP_SESSION_END] = {"SESSION_END", hd_op_session_end, hd_session_end_work,
                           HD_OP_GIVES | HD_OP_RELEASES},
};

void hd_op_init(struct hd_op *op, enum hd_op_code code, struct hd_session *session)
{
    /* All but the text of the error, which is as long as the rest. */
    memset(op, 0, offsetof(struct hd_op, error));
    hd_error_clear(&op->error);
    memset(&op->finished, 0, sizeof *op - offsetof(struct hd_op, finished));
    op->code = code;
    op->session = session;
    hd_list_init(&op->running);
}

const char *hd_op_name(enum hd_op_code code)
{
    return (unsigned)code < HD_OP_COUNT ? hd_op_table[code].name : "?";
}
