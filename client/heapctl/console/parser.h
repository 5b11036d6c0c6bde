/* SPDX-License-Identifier: MIT */
/* parser.h: tokens into the tree of one statement, or a SyntaxError with its place. */
#ifndef HEAPD_CONSOLE_PARSER_H
#define HEAPD_CONSOLE_PARSER_H

#include "ast.h"
#include "pyerror.h"
#include "zone.h"

/* The statement in source, which may be a simple line of several (HD_NODE_BLOCK)
 * or a compound one.  *ret_statement is NULL if there is nothing but blanks and
 * comments.  The tree lives in the zone. */
bool hd_parser_run(const char *source, size_t size, struct hd_zone *zone,
                   struct hd_node **ret_statement, struct hd_pyerror *error);

#endif
