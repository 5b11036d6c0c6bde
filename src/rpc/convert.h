/* SPDX-License-Identifier: MIT */
/* convert.h: the protocol's words for the heap's.  The generated types stop here.
 *
 * Each function judges what it converts; a refusal fills call->op.error.
 * Results point into the request, or into the call's scratch. */
#ifndef HD_RPC_CONVERT_H
#define HD_RPC_CONVERT_H

#include "heap/op.h"
#include "heapd/v1/name.pb-c.h"
#include "heapd/v1/object.pb-c.h"
#include "heapd/v1/types.pb-c.h"
#include "rpc/call.h"

/* what: the field's name, for the refusal.  INVALID_ARGUMENT, BAD_OPERAND: it names nothing. */
enum hd_status hd_convert_operand(struct hd_call *call, const Heapd__V1__ObjectRef *ref,
                                  const char *what, struct hd_operand *ret_operand);

/* As above, but a ref that is not set is HD_BY_NOTHING. */
enum hd_status hd_convert_optional(struct hd_call *call, const Heapd__V1__ObjectRef *ref,
                                   const char *what, struct hd_operand *ret_operand);

/* operands may be NULL: none.  BAD_OPERAND: more than one column is used. */
enum hd_status hd_convert_operands(struct hd_call *call, const Heapd__V1__Operands *operands,
                                   struct hd_operands *ret_operands);

/* INVALID_ARGUMENT, BAD_ARGUMENT. */
enum hd_status hd_convert_scope(struct hd_call *call, Heapd__V1__Scope scope,
                                enum hd_scope *ret_scope);

enum hd_status hd_convert_kind(struct hd_call *call, Heapd__V1__Kind kind,
                               enum hd_kind *ret_kind);

struct hd_slice hd_convert_slice(const Heapd__V1__Slice *slice);

/* optional: a subscript that is not set is HD_AT_NOTHING; else BAD_ARGUMENT. */
enum hd_status hd_convert_subscript(struct hd_call *call, const Heapd__V1__Subscript *subscript,
                                    bool optional, struct hd_subscript *ret_subscript);

enum hd_status hd_convert_new(struct hd_call *call, const Heapd__V1__NewObject *object,
                              struct hd_new *ret_new);

enum hd_status hd_convert_store(struct hd_call *call, const Heapd__V1__Store *store,
                                struct hd_store *ret_store);

/* expectation may be NULL. */
struct hd_expectation hd_convert_expectation(const Heapd__V1__Expectation *expectation);

#endif
