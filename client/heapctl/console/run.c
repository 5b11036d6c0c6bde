/* SPDX-License-Identifier: MIT */
/* run.c: heapctl run and eval: statements carried out, their output printed. */
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "player.h"
#include "source.h"

struct running {
    bool failed;
    bool lost;
};

static void print(void *ctx, const struct hd_example *example, struct hd_statement *statement)
{
    struct running *running = ctx;
    struct hd_text traceback;

    (void)fwrite(hd_text_data(&statement->out), 1, statement->out.size, stdout);
    if (statement->ignored.size > 0) {
        (void)fflush(stdout);
        (void)fputs(hd_text_data(&statement->ignored), stderr);
    }
    if (!hd_pyerror_is_set(&statement->error)) {
        return;
    }
    running->failed = true;
    running->lost = running->lost || strcmp(statement->error.type, "ConnectionError") == 0;
    if (statement->error.line > 0) {
        statement->error.line += example->line - 1;
    }
    hd_text_init(&traceback);
    hd_pyerror_traceback(&statement->error, &traceback);
    (void)fflush(stdout);
    (void)fputs(hd_text_data(&traceback), stderr);
    hd_text_fini(&traceback);
}

static int complain(const struct hd_pyerror *error)
{
    (void)fprintf(stderr, "heapctl: %s\n", hd_text_data(&error->message));
    return strcmp(error->type, "ConnectionError") == 0 ? 3 : 1;
}

static int play(struct heapd_client *client, const struct hd_examples *examples)
{
    struct running running = {false, false};
    struct hd_player *player;
    struct hd_pyerror error;
    int status;

    hd_pyerror_init(&error);
    if (!hd_player_new(NULL, client, print, &running, &player, &error)) {
        status = complain(&error);
        hd_pyerror_fini(&error);
        return status;
    }
    for (size_t i = 0; i < examples->count && !running.lost; i++) {
        hd_player_play(player, &examples->items[i]);
    }
    hd_player_free(player);
    (void)fflush(stdout);
    return running.lost ? 3 : running.failed;
}

int console_eval(struct heapd_client *client, int count, char **expressions)
{
    struct hd_examples examples = {NULL, 0, 0};
    int status;

    examples.items = hd_must_alloc((size_t)count * sizeof(examples.items[0]));
    memset(examples.items, 0, (size_t)count * sizeof(examples.items[0]));
    for (int i = 0; i < count; i++) {
        struct hd_text source;

        hd_text_init(&source);
        hd_text_printf(&source, "%s\n", expressions[i]);
        examples.items[i].source = source.data; /* handed over */
        examples.items[i].source_size = source.size;
        examples.items[i].want = hd_must_copy("", 0);
        examples.items[i].line = 1;
        examples.count++;
    }
    status = play(client, &examples);
    hd_examples_fini(&examples);
    return status;
}

int console_run(struct heapd_client *client, const char *path)
{
    struct hd_text text;
    struct hd_examples examples = {NULL, 0, 0};
    struct hd_pyerror error;
    int status;
    bool done;

    hd_text_init(&text);
    hd_pyerror_init(&error);
    done = hd_source_read(path, &text, &error);
    if (done && (hd_source_is_markdown(path) || hd_source_has_prompts(&text))) {
        done = hd_doctest_parse(hd_text_data(&text), text.size, hd_source_is_markdown(path),
                                &examples, &error);
    } else if (done) {
        hd_source_split(&text, &examples);
    }
    status = done ? play(client, &examples) : complain(&error);
    hd_examples_fini(&examples);
    hd_text_fini(&text);
    hd_pyerror_fini(&error);
    return status;
}
