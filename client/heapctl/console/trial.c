/* SPDX-License-Identifier: MIT */
/* trial.c: playing, judging, verifying, and writing expectations anew. */
#include "trial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "player.h"
#include "source.h"

struct testing {
    const char *path;
    struct hd_verdict *verdict;
    bool update;
    const struct hd_text *text;
    struct hd_text rewritten; /* the text up to `written`, with what came */
    size_t written;
    bool changed;
};

/* The text up to the expectation, and what came in its place. */
static void rewrite(struct testing *testing, const struct hd_example *example,
                    const struct hd_statement *statement)
{
    struct hd_text got;

    hd_text_init(&got);
    hd_verdict_outcome(statement, &got);
    hd_text_add(&testing->rewritten, testing->text->data + testing->written,
                example->want_start - testing->written);
    if (testing->rewritten.size > 0 && !hd_text_ends_with(&testing->rewritten, "\n")) {
        hd_text_add_char(&testing->rewritten, '\n');
    }
    hd_doctest_format(hd_text_data(&got), example->indent, &testing->rewritten);
    testing->written = example->want_end;
    testing->changed = true;
    hd_text_fini(&got);
}

static void judge(void *ctx, const struct hd_example *example, struct hd_statement *statement)
{
    struct testing *testing = ctx;

    if (!hd_verdict_judge(testing->verdict, testing->path, example, statement) &&
        testing->update) {
        rewrite(testing, example, statement);
    }
}

static void report_error(struct hd_verdict *verdict, const char *path,
                         const struct hd_pyerror *error)
{
    struct hd_text place;
    struct hd_text message;

    hd_text_init(&place);
    hd_text_init(&message);
    hd_text_add_string(&place, path);
    if (error->line > 0) {
        hd_text_printf(&place, ":%d:%d", error->line, error->column);
    }
    hd_pyerror_last_line(error, &message);
    hd_text_cut(&message, message.size - 1);
    hd_verdict_fail(verdict, hd_text_data(&place), hd_text_data(&message));
    hd_text_fini(&place);
    hd_text_fini(&message);
}

static bool play_all(struct testing *testing, const struct hd_examples *examples,
                     const char *url, struct hd_pyerror *error)
{
    struct hd_player *player;
    struct hd_text defects;
    bool done;

    if (!hd_player_new(url, NULL, judge, testing, &player, error)) {
        return false;
    }
    hd_text_init(&defects);
    done = hd_player_calm(player, error);
    for (size_t i = 0; done && i < examples->count; i++) {
        hd_player_play(player, &examples->items[i]);
    }
    hd_player_drain(player);
    done = done && hd_player_verify(player, &defects, error);
    if (done && defects.size > 0) {
        hd_text_cut(&defects, defects.size - 1);
        hd_verdict_fail(testing->verdict, testing->path, hd_text_data(&defects));
    }
    hd_text_fini(&defects);
    hd_player_free(player);
    return done;
}

static bool write_file(const char *path, const struct hd_text *text, mode_t mode)
{
    FILE *file = fopen(path, "wb");
    bool done = file != NULL && fchmod(fileno(file), mode) == 0 &&
                fwrite(hd_text_data(text), 1, text->size, file) == text->size;

    return file != NULL && fclose(file) == 0 && done;
}

/* A new file beside the old one, then in its place. */
static bool write_back(struct testing *testing, struct hd_pyerror *error)
{
    struct hd_text name;
    struct stat old;
    bool done;

    hd_text_add(&testing->rewritten, testing->text->data + testing->written,
                testing->text->size - testing->written);
    hd_text_init(&name);
    hd_text_printf(&name, "%s.new", testing->path);
    done = stat(testing->path, &old) == 0 &&
           write_file(hd_text_data(&name), &testing->rewritten, old.st_mode & 07777) &&
           rename(hd_text_data(&name), testing->path) == 0;
    if (!done) {
        (void)hd_pyerror_set(error, "OSError", "%s: %s", testing->path, strerror(errno));
        (void)unlink(hd_text_data(&name));
    }
    hd_text_fini(&name);
    return done;
}

void hd_trial_run(const char *path, const char *url, bool update, struct hd_verdict *verdict)
{
    struct hd_text text;
    struct hd_examples examples = {NULL, 0, 0};
    struct hd_pyerror error;
    struct testing testing = {
        .path = path, .verdict = verdict, .update = update, .text = &text};
    bool done;

    hd_text_init(&text);
    hd_text_init(&testing.rewritten);
    hd_pyerror_init(&error);
    done = hd_source_read(path, &text, &error) &&
           hd_doctest_parse(hd_text_data(&text), text.size, hd_source_is_markdown(path),
                            &examples, &error) &&
           play_all(&testing, &examples, url, &error);
    if (done && testing.changed) {
        done = write_back(&testing, &error);
    }
    if (!done) {
        report_error(verdict, path, &error);
    }
    hd_examples_fini(&examples);
    hd_text_fini(&text);
    hd_text_fini(&testing.rewritten);
    hd_pyerror_fini(&error);
}
