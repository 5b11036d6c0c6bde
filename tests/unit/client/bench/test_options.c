/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <string.h>

#include "lib/testlib.h"

#define WORDS_MAX 12

static enum bench_parsed parse(const char *const *words, struct bench_options *options,
                               char *message)
{
    char text[WORDS_MAX][64];
    char *argv[WORDS_MAX + 1] = {text[0]};
    int argc = 1;

    strcpy(text[0], "heapd-bench");
    for (; words[argc - 1] != NULL; argc++) {
        argv[argc] = strcpy(text[argc], words[argc - 1]);
    }
    argv[argc] = NULL;
    return bench_options_parse(argc, argv, options, message, 200);
}

static void without_words_all_that_redis_can_do_too(void **state)
{
    static const char *const words[] = {NULL};
    struct bench_options options;
    char message[200];

    (void)state;
    assert_int_equal(parse(words, &options, message), BENCH_GO);
    assert_int_equal(options.named, 6);
    assert_string_equal(options.workloads[5]->name, "mixed");
    assert_int_equal(options.requests, 100000);
    assert_int_equal(options.protocol, BENCH_TTRPC);
    assert_null(options.url);
}

static void every_option_is_taken(void **state)
{
    static const char *const words[] = {"--clients=7", "--pipeline=8",    "--payload=9",
                                        "--batch=20",  "--seconds=.5",    "--warmup=1",
                                        "--rate=1e3",  "--protocol=resp", "--format=csv",
                                        "-ux",         "mixed",           NULL};
    struct bench_options options;
    char message[200];

    (void)state;
    assert_int_equal(parse(words, &options, message), BENCH_GO);
    assert_int_equal(options.clients, 7);
    assert_int_equal(options.pipeline, 8);
    assert_int_equal(options.payload, 9);
    assert_int_equal(options.batch, 20);
    assert_true(options.seconds == .5 && options.warmup == 1 && options.rate == 1000);
    assert_int_equal(options.requests, 0);
    assert_int_equal(options.protocol, BENCH_RESP);
    assert_int_equal(options.format, BENCH_CSV);
    assert_int_equal(options.named, 1);
}

static void what_is_wrong_is_said(void **state)
{
    static const struct {
        const char *words[5];
        const char *says;
    } cases[] = {
        {{"--clients", "0"}, "--clients: 0 is no number from 1 to 65536"},
        {{"--clients", "1.5"}, "--clients: 1.5 is no whole number"},
        {{"--pipeline", "x"}, "--pipeline: x is no number from 1 to 65536"},
        {{"--payload", "nan"}, "--payload: nan is no number from 0 to 1048576"},
        {{"--rate", "0"}, "--rate: 0 is no number from 0.001 to 1000000000"},
        {{"--protocol", "http"}, "--protocol: there is no http"},
        {{"--format", "xml"}, "--format: there is no xml"},
        {{"--requests", "9", "--seconds", "1"}, "--requests and --seconds exclude each other"},
        {{"--nope"}, "unknown option --nope"},
        {{"--url"}, "--url needs a value"},
        {{"set"}, "there is no workload set"},
        {{"--batch", "7", "mixed"}, "--batch 7: a batch of mixed is whole rounds of 10"},
        {{"--protocol", "resp", "bulk"}, "bulk: Redis has no commands for it"},
        {{"--protocol", "resp", "graph"}, "graph: Redis has no commands for it"},
        {{"--protocol", "resp", "--heap", "x"}, "--heap: Redis has no heaps"},
        {{"--objects", "9", "bulk"}, "--objects 9: every one of 50 clients needs an object"},
        {{"--objects", "999", "graph"}, "--objects 999: graph is built of whole batches"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bench_options options = {.clients = 12345};
        char message[200] = "";

        assert_int_equal(parse(cases[i].words, &options, message), BENCH_BAD);
        assert_string_equal(message, cases[i].says);
        assert_int_equal(options.clients, 12345); /* untouched */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_words_all_that_redis_can_do_too),
        cmocka_unit_test(every_option_is_taken),
        cmocka_unit_test(what_is_wrong_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
