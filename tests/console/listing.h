/* SPDX-License-Identifier: MIT */
/* listing.h: what the console's modules make of a source, as one line of text that tests
 * compare: (assign x = (+ 1 y)). */
#ifndef HEAPD_TESTS_LISTING_H
#define HEAPD_TESTS_LISTING_H

#include "console/ast.h"
#include "console/lexer.h"
#include "console/text.h"

/* As Python's repr; sets in order of that; an int beyond 64 bits as `large`. */
void listing_constant(const struct hd_constant *constant, struct hd_text *out);
/* Empty for NULL. */
void listing_node(const struct hd_node *node, struct hd_text *out);
/* Kind and text of each token. */
void listing_tokens(const struct hd_tokens *tokens, struct hd_text *out);

/* The whole way from source; or "SyntaxError 1:5: sentence". */
void listing_of_tokens(const char *source, size_t size, struct hd_text *out);
void listing_of_tree(const char *source, size_t size, bool folded, struct hd_text *out);
/* The constants of the compiled statement, a line for the module and for each function. */
void listing_of_constants(const char *source, size_t size, struct hd_text *out);

#endif
