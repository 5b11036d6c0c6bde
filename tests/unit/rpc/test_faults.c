/* SPDX-License-Identifier: MIT */
/* test_faults.c: a session that calls every method, with each allocation of the daemon failing
 * in turn: no crash, no leak, and a call that was refused has changed nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/channel_fixture.h"
#include "lib/heap_digest.h"
#include "lib/testlib.h"
#include "rpc/call.h"

#define IDS 12

/* A payload is written as fields: a number and r (object number N), o (the first N objects), n
 * (number), z (signed), t (text up to a semicolon) or a message in braces. */
struct step {
    const char *service;
    const char *method;
    const char *payload;
    int save; /* the id in the answer becomes object number save; 0: it does not */
};

static const struct step steps[] = {
    {"ServerService", "Ping", "", 0},
    {"ServerService", "ServerInfo", "", 0},
    {"ObjectService", "Create", "1{3z100000}", 1},
    {"ObjectService", "Create", "1{5tsome text that has a body;}", 2},
    {"ObjectService", "Create", "1{5tinterned;13n1}", 3},
    {"ObjectService", "Create", "1{6tbytes of it;}", 4},
    {"ObjectService", "Create", "1{7o3}", 5},
    {"ObjectService", "Create", "1{8o5}", 6},
    {"ObjectService", "Create", "1{9{1o4 2o4}}", 7},
    {"ObjectService", "Create", "1{10o4}", 8},
    {"ObjectService", "Create", "1{11o4}", 9},
    {"ObjectService", "Create", "1{12{1tNode;2tfirst;2tsecond;3o2}}", 10},
    {"ObjectService", "Create", "1{5tfor a name;}3{1tbound;2n3}", 0},
    {"ObjectService", "Create", "1{5tfor a slot;}4{1r10 6tthird;}", 0},
    {"ObjectService", "Get", "1o10", 0},
    {"ObjectService", "GetRefcounts", "1o10", 0},
    {"ObjectService", "Hold", "1o10", 0},
    {"ObjectService", "Append", "1r6 2r6", 0},
    {"ObjectService", "Insert", "1r6 2z1 3r7", 0},
    {"ObjectService", "SetItem", "1r7 2{2r5} 3r6", 0},
    {"ObjectService", "GetItem", "1r7 2{2r5} 3n1", 0},
    {"ObjectService", "DelItem", "1r7 2{2r5}", 0},
    {"ObjectService", "Extend", "1r6 2o10", 0},
    {"ObjectService", "Extend", "1r8 3r5", 0},
    {"ObjectService", "DelItem", "1r6 2{3{3z2}}", 0},
    {"ObjectService", "Pop", "1r6 2{1z0} 3n1", 0},
    {"ObjectService", "Append", "1r6 2r1", 0},
    {"ObjectService", "Remove", "1r6 2r1", 0},
    {"ObjectService", "Add", "1r8 2r5", 0},
    {"ObjectService", "Contains", "1r8 2r5", 0},
    {"ObjectService", "Discard", "1r8 2r5", 0},
    {"ObjectService", "SetAttr", "1r10 2tfourth; 3r1", 0},
    {"ObjectService", "GetAttr", "1r10 2tfourth; 3n1", 0},
    {"ObjectService", "DelAttr", "1r10 2tfourth;", 0},
    {"ObjectService", "Length", "1r6", 0},
    {"ObjectService", "Intern", "1r2 2n1", 0},
    {"ObjectService", "Equals", "1r5 2r5", 0},
    {"ObjectService", "Copy", "1{1r6} 1{1r6} 2z2 3n1", 11},
    {"ObjectService", "Clear", "1r11", 0},
    {"FinalizerService", "NewWeakref", "1r10 2n1", 9},
    {"FinalizerService", "Deref", "1r9 2n1", 0},
    {"FinalizerService", "CountWeakrefs", "1r10", 0},
    {"NameService", "Bind", "1tx; 2r6", 0},
    {"NameService", "Bind", "1tx; 2r7 3n3", 0},
    {"NameService", "Lookup", "1tx; 3n1", 0},
    {"NameService", "List", "", 0},
    {"NameService", "Call", "1tfunction; 2{1ta; 2r6} 2{1tb;}", 0},
    {"NameService", "Return", "1r6", 0},
    {"NameService", "Delete", "1tx;", 0},
    {"NameService", "Delete", "1tx; 2n3", 0},
    {"CollectorService", "Collect", "", 0},
    {"EventService", "ListEvents", "1{1n5 3n1 4tq;} 2n0", 0},
    {"EventService", "ListEvents", "2n0 4n3", 0},
    {"CollectorService", "Disable", "", 0},
    {"CollectorService", "Enable", "", 0},
    {"CollectorService", "IsEnabled", "", 0},
    {"CollectorService", "GetThreshold", "", 0},
    {"CollectorService", "SetThreshold", "1z700", 0},
    {"CollectorService", "GetCount", "", 0},
    {"CollectorService", "GetStats", "", 0},
    {"CollectorService", "SetMode", "1n1 2n20", 0},
    {"CollectorService", "GetMode", "", 0},
    {"CollectorService", "Freeze", "", 0},
    {"CollectorService", "Unfreeze", "", 0},
    {"CollectorService", "GetFreezeCount", "", 0},
    {"CollectorService", "IsTracked", "1r6", 0},
    {"CollectorService", "IsFinalized", "1r6", 0},
    {"CollectorService", "GetReferents", "1r6", 0},
    {"CollectorService", "GetReferrers", "1r1", 0},
    {"CollectorService", "GetObjects", "", 0},
    {"CollectorService", "GetObjects", "1z0 2n3", 0},
    {"CollectorService", "Why", "1r1", 0},
    {"CollectorService", "Why", "1r10", 0},
    {"SessionService", "List", "", 0},
    {"SessionService", "Holdings", "1n1", 0},
    {"HeapService", "Info", "", 0},
    {"HeapService", "PoolStats", "", 0},
    {"HeapService", "Configure", "1{1n1 2n9 4{1n50}}", 0},
    {"HeapService", "Verify", "", 0},
    {"HeapService", "Trim", "", 0},
    {"BatchService", "Execute",
     "1{1{1{8o4} 2n0}} 1{6{1{3n0} 2r6}} 1{1{1{9{1o4 2o4}} 2n0}} 1{2{1o4}} 1{5{1o2}}", 0},
    {"ObjectService", "Release", "1o4", 0},
};

/* Writes fields up to the end, or the closing brace; gives what is behind. */
static const char *put_fields(struct wire_bytes *to, const char *spec, const uint64_t *ids)
{
    while (*spec != '\0' && *spec != '}') {
        struct wire_bytes inner = {0};
        char *at;
        unsigned field;
        char what;
        long number;

        if (*spec == ' ') {
            spec++;
            continue;
        }
        field = (unsigned)strtoul(spec, &at, 10);
        what = *at++;
        if (what == '{') {
            spec = put_fields(&inner, at, ids) + 1;
            wire_put_message(to, field, &inner);
            wire_bytes_free(&inner);
            continue;
        }
        if (what == 't') {
            spec = strchr(at, ';');
            wire_put_bytes(to, field, at, (size_t)(spec - at));
            spec++;
            continue;
        }
        number = strtol(at, &at, 10);
        spec = at;
        if (what == 'r') {
            wire_put_ref(to, field, ids[number]);
        } else if (what == 'o') {
            wire_put_ids(to, field, ids + 1, (size_t)number);
        } else if (what == 'n') {
            wire_put_number(to, field, (uint64_t)number);
        } else {
            assert_int_equal(what, 'z');
            wire_put_signed(to, field, number);
        }
    }
    return spec;
}

static void send_step(struct channel_fixture *f, const struct step *step, const uint64_t *ids)
{
    struct wire_bytes payload = {0};
    struct wire_request request = {
        .service = step->service, .method = step->method, .payload = &payload};

    (void)put_fields(&payload, step->payload, ids);
    f->stream += 2;
    wire_bytes_clear(&f->out);
    wire_put_request(&f->out, f->stream, &request);
    wire_bytes_free(&payload);
    (void)hd_channel_feed(f->channel, f->out.data, f->out.size);
}

/* The channel had no memory for an answer: another one.  False: not even that. */
static bool begin_anew(struct channel_fixture *f)
{
    if (f->channel != NULL) {
        hd_channel_close(f->channel);
        f->channel = NULL;
        while (hd_heap_work(f->heap, 1024)) {
        }
    }
    f->stream = (uint32_t)-1;
    return hd_channel_new(f->hub, NULL, NULL, NULL, &f->channel) == HD_OK;
}

/* How many calls were refused. */
static unsigned play(struct channel_fixture *f)
{
    uint64_t ids[IDS] = {0};
    unsigned refused = 0;

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct step *step = &steps[i];
        bool is_batch = strcmp(step->method, "Execute") == 0; /* what was done stands */
        bool bound = f->channel != NULL && f->channel->heap != NULL;
        uint64_t before = heap_digest(f->heap);
        struct wire_reply reply;

        if (f->channel == NULL && !begin_anew(f)) {
            return refused + 1;
        }
        send_step(f, step, ids);
        if (hd_channel_is_broken(f->channel)) {
            refused++;
            (void)begin_anew(f);
            continue;
        }
        channel_fixture_settle(f);
        if (hd_channel_is_broken(f->channel)) {
            refused++;
            (void)begin_anew(f);
            continue;
        }
        assert_true(channel_fixture_reply(f, &reply));
        if (reply.code != 0) {
            refused++;
            if (!is_batch && bound && before != heap_digest(f->heap)) {
                fail_msg("%s changed something: %s", step->method, reply.message);
            }
        } else if (step->save > 0) {
            ids[step->save] = wire_number(reply.payload, reply.payload_size, 1);
        }
    }
    return refused;
}

static void the_session_is_one_that_works(void **state)
{
    void *own = NULL;

    (void)state;
    assert_int_equal(channel_fixture_setup_malloc(&own), 0);
    assert_int_equal(play(own), 0);
    assert_int_equal(channel_fixture_teardown(&own), 0);
}

/* Every n-th request for memory of one of the allocators fails, once or from then on. */
static void fail_each(bool of_heap, bool for_ever)
{
    bool was_reached = true;
    long n;

    for (n = 0; was_reached; n++) {
        void *state = NULL;
        struct channel_fixture *f;
        struct fault_alloc *alloc;

        assert_int_equal(channel_fixture_setup_malloc(&state), 0);
        f = state;
        alloc = of_heap ? &f->heap_alloc : &f->alloc;
        if (!of_heap) {
            hd_channel_close(f->channel); /* its own memory may fail, too */
            f->channel = NULL;
            hd_call_free_spare(f->hub);
        }
        fault_alloc_rearm(alloc, n, for_ever);
        (void)play(f);
        was_reached = alloc->requests > n;
        fault_alloc_rearm(alloc, FAULT_NEVER, false);
        assert_int_equal(channel_fixture_teardown(&state), 0);
        assert_true(n < 5000);
    }
    assert_true(n > (of_heap ? 50 : 4)); /* a channel takes little: its memory is used again */
}

static void each_allocation_of_the_heap_fails_once(void **state)
{
    (void)state;
    fail_each(true, false);
}

static void the_heap_gets_no_more_memory(void **state)
{
    (void)state;
    fail_each(true, true);
}

static void each_allocation_of_the_channel_fails_once(void **state)
{
    (void)state;
    fail_each(false, false);
}

static void the_channel_gets_no_more_memory(void **state)
{
    (void)state;
    fail_each(false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_session_is_one_that_works),
        cmocka_unit_test(each_allocation_of_the_heap_fails_once),
        cmocka_unit_test(the_heap_gets_no_more_memory),
        cmocka_unit_test(each_allocation_of_the_channel_fails_once),
        cmocka_unit_test(the_channel_gets_no_more_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
