/* SPDX-License-Identifier: MIT */
/* interactive.c: the prompt. */
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "console.h"
#include "lexer.h"
#include "machine.h"

#define HISTORY_LINES 2000

struct prompt {
    struct hd_console *console;
    EditLine *editor; /* NULL: no terminal */
    History *history;
    bool goes_on; /* the second prompt */
    char texts[2][5];
    char path[4096];
};

static char *show_prompt(EditLine *editor)
{
    void *data = NULL;
    struct prompt *prompt;

    (void)el_get(editor, EL_CLIENTDATA, &data);
    prompt = data;
    return prompt->texts[prompt->goes_on];
}

/* $XDG_STATE_HOME/heapd/history, or below ~/.local/state */
static void find_history(struct prompt *prompt)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int size;

    if (state != NULL && state[0] == '/') {
        size = snprintf(prompt->path, sizeof(prompt->path), "%s/heapd", state);
    } else if (home != NULL) {
        size = snprintf(prompt->path, sizeof(prompt->path), "%s/.local/state/heapd", home);
    } else {
        return;
    }
    if (size < 0 || (size_t)size + sizeof("/history") > sizeof(prompt->path)) {
        prompt->path[0] = '\0';
        return;
    }
    (void)mkdir(prompt->path, 0700);
    (void)strcat(prompt->path, "/history");
}

static void open_editor(struct prompt *prompt)
{
    HistEvent event;

    prompt->history = history_init();
    prompt->editor = el_init("heapctl", stdin, stdout, stderr);
    if (prompt->editor == NULL || prompt->history == NULL) {
        return;
    }
    (void)history(prompt->history, &event, H_SETSIZE, HISTORY_LINES);
    (void)history(prompt->history, &event, H_SETUNIQUE, 1);
    find_history(prompt);
    if (prompt->path[0] != '\0') {
        (void)history(prompt->history, &event, H_LOAD, prompt->path);
    }
    (void)el_set(prompt->editor, EL_CLIENTDATA, prompt);
    (void)el_set(prompt->editor, EL_PROMPT, show_prompt);
    (void)el_set(prompt->editor, EL_EDITOR, "emacs");
    (void)el_set(prompt->editor, EL_SIGNAL, 1);
    (void)el_set(prompt->editor, EL_HIST, history, prompt->history);
    (void)el_source(prompt->editor, NULL);
}

static void close_editor(struct prompt *prompt)
{
    HistEvent event;

    if (prompt->history != NULL && prompt->path[0] != '\0') {
        (void)history(prompt->history, &event, H_SAVE, prompt->path);
    }
    if (prompt->editor != NULL) {
        el_end(prompt->editor);
    }
    if (prompt->history != NULL) {
        history_end(prompt->history);
    }
}

/* A line with its newline; false at the end of the input. */
static bool read_line(struct prompt *prompt, struct hd_text *out)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    int count = 0;
    const char *edited;

    if (prompt->editor != NULL) {
        edited = el_gets(prompt->editor, &count);
        if (edited == NULL || count <= 0) {
            return false;
        }
        hd_text_add(out, edited, (size_t)count);
        return true;
    }
    size = getline(&line, &capacity, stdin);
    if (size > 0) {
        hd_text_add(out, line, (size_t)size);
    }
    free(line);
    return size > 0;
}

/* Lines until they are a statement; false at the end of the input. */
static bool read_statement(struct prompt *prompt, struct hd_text *out)
{
    HistEvent event;

    prompt->goes_on = false;
    do {
        if (!read_line(prompt, out)) {
            return false;
        }
        prompt->goes_on = true;
    } while (hd_lexer_wants_more(hd_text_data(out), out->size));
    if (prompt->history != NULL && out->size > 1) {
        (void)history(prompt->history, &event, H_ENTER, hd_text_data(out));
    }
    return true;
}

/* Carries it out and shows what came; false: the connection is lost. */
static bool carry_out(struct prompt *prompt, const struct hd_text *source)
{
    struct hd_statement statement;
    struct hd_text traceback;

    hd_statement_init(&statement);
    hd_console_execute(prompt->console, hd_text_data(source), source->size, &statement);
    hd_console_wait(prompt->console, &statement);
    (void)fwrite(hd_text_data(&statement.out), 1, statement.out.size, stdout);
    (void)fflush(stdout);
    (void)fputs(hd_text_data(&statement.ignored), stderr);
    if (hd_pyerror_is_set(&statement.error)) {
        hd_text_init(&traceback);
        hd_pyerror_traceback(&statement.error, &traceback);
        (void)fputs(hd_text_data(&traceback), stderr);
        hd_text_fini(&traceback);
    }
    hd_statement_fini(&statement);
    return !prompt->console->lost;
}

int console_interactive(struct heapd_client *client)
{
    struct prompt prompt;
    struct hd_pyerror error;
    struct hd_text source;
    bool more = true;

    memset(&prompt, 0, sizeof(prompt));
    memcpy(prompt.texts, (char[2][5]){">>> ", "... "}, sizeof(prompt.texts));
    hd_pyerror_init(&error);
    if (!hd_console_open(client, &prompt.console, &error)) {
        (void)fprintf(stderr, "heapctl: %s\n", hd_text_data(&error.message));
        hd_pyerror_fini(&error);
        return 3;
    }
    if (isatty(STDIN_FILENO)) {
        open_editor(&prompt);
    }
    hd_text_init(&source);
    while (more && read_statement(&prompt, &source)) {
        more = carry_out(&prompt, &source);
        hd_text_clear(&source);
    }
    if (prompt.editor != NULL) {
        (void)putchar('\n');
    }
    hd_text_fini(&source);
    close_editor(&prompt);
    more = !prompt.console->lost;
    hd_console_close(prompt.console);
    hd_pyerror_fini(&error);
    return more ? 0 : 3;
}
