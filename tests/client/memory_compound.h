/* SPDX-License-Identifier: MIT */
/* memory_compound.h: those of memory_calls that are more than one call, and what all share. */
#ifndef HEAPD_TESTS_MEMORY_COMPOUND_H
#define HEAPD_TESTS_MEMORY_COMPOUND_H

#include <heapd/client.h>

#define HEAP       HEAPD_SCOPE_HEAP
#define NAME(name) heapd_name(#name)
#define REFS(...)  ((struct heapd_ref[]){__VA_ARGS__})
#define MANY       400 /* operations of a batch, events of a list */
#define MISSING    heapd_name("nobody")

/* What a call returns through a pointer is left alone when it fails. */
extern char untouched;
/* Looks at that, and frees the block if there is one.  Returns code. */
int took(void *block, int code);

int receive_and_acknowledge(struct heapd_client *client, struct heapd_error *error);
int call_and_return(struct heapd_client *client, struct heapd_error *error);
int kill_nobody(struct heapd_client *client, struct heapd_error *error);
int own_holdings(struct heapd_client *client, struct heapd_error *error);
int read_events(struct heapd_client *client, struct heapd_error *error);
int read_deliveries(struct heapd_client *client, struct heapd_error *error);
int a_batch(struct heapd_client *client, struct heapd_error *error);
int a_batch_that_fails(struct heapd_client *client, struct heapd_error *error);
int an_atomic_batch(struct heapd_client *client, struct heapd_error *error);
int an_atomic_batch_that_fails(struct heapd_client *client, struct heapd_error *error);
int pipelined(struct heapd_client *client, struct heapd_error *error);
int reconnect(struct heapd_client *client, struct heapd_error *error);

#endif
