/* SPDX-License-Identifier: MIT */
/* crew_fixture.h: two loops with three heaps in the test's process: "default" and "c" are loop
 * 0's, "b" is loop 1's.  Turned by hand with a clock that is held, or in threads with what
 * threads may share.  Whoever uses it links hd_server. */
#ifndef HD_TESTS_CREW_FIXTURE_H
#define HD_TESTS_CREW_FIXTURE_H

#include "lib/fake_clock.h"
#include "lib/fault_alloc.h"
#include "lib/server_fixture.h"
#include "server/crew.h"

#define CREW_LOOPS 2
#define CREW_HEAPS 3

struct crew_fixture {
    struct fault_alloc alloc;
    struct fault_alloc heap_alloc;
    struct fake_clock clock;
    bool threaded;
    struct hd_heap *heaps[CREW_HEAPS];
    struct hd_crew_options options;
    struct hd_crew *crew;
    bool draining;
    bool stopped;
    unsigned logged;
};

/* The crew is made, and turned by hand. */
int crew_fixture_setup(void **state);

/* It is made of what threads may share; the test starts it, runs it and drains it. */
int crew_fixture_setup_threaded(void **state);

/* Drains, proves that nothing is left, and verifies all heaps. */
int crew_fixture_teardown(void **state);

/* Heaps and options, and no crew: for tests of its making. */
void crew_fixture_prepare(struct crew_fixture *f, bool threaded);

void crew_fixture_turn(struct crew_fixture *f, uint32_t loop);
void crew_fixture_settle(struct crew_fixture *f);
void crew_fixture_drain(struct crew_fixture *f);

/* A socketpair whose other end is a connection of this loop. */
void crew_connect(struct peer *peer, struct crew_fixture *f, uint32_t loop, int type);

/* A request on the next stream, into peer->out; heap and payload may be NULL. */
void crew_put(struct peer *peer, const char *heap, const char *service, const char *method,
              const struct wire_bytes *payload);

/* Sends what is in peer->out, all of it, turning. */
void crew_send(struct crew_fixture *f, struct peer *peer);

/* ObjectService.Create of an int that nobody shares; name NULL: held, else bound to it in the
 * heap's global names. */
void crew_put_create(struct peer *peer, const char *heap, const char *name);

/* Living objects. */
uint64_t crew_objects(const struct crew_fixture *f, uint32_t heap);

#endif
