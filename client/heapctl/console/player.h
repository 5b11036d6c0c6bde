/* SPDX-License-Identifier: MIT */
/* player.h: plays the examples of a transcript on a daemon, as one client or
 * several, and hands over what each gave, in order.
 *
 * Statements are sent ahead: one that needs no answer is not waited for. */
#ifndef HEAPD_CONSOLE_PLAYER_H
#define HEAPD_CONSOLE_PLAYER_H

#include "doctest.h"
#include "machine.h"

struct hd_player;

/* Called for each example that is not blank, in the order of the transcript. */
typedef void hd_played_fn(void *ctx, const struct hd_example *example,
                          struct hd_statement *statement);

/* client NULL: opens its own to url.  Further clients (`#: client NAME`) need a url. */
bool hd_player_new(const char *url, struct heapd_client *client, hd_played_fn *played,
                   void *ctx, struct hd_player **ret_player, struct hd_pyerror *error);
/* Ends the sessions it opened. */
void hd_player_free(struct hd_player *player);

void hd_player_play(struct hd_player *player, const struct hd_example *example);
/* Until all that was played has been handed over. */
void hd_player_drain(struct hd_player *player);
/* Asks the daemon to verify its heap: "" or one line for each defect. */
bool hd_player_verify(struct hd_player *player, struct hd_text *ret_defects,
                      struct hd_pyerror *error);
/* Automatic collection off, as the oracle has it. */
bool hd_player_calm(struct hd_player *player, struct hd_pyerror *error);

#endif
