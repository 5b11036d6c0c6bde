/* SPDX-License-Identifier: MIT */
/* player.c: a queue of statements under way; directives. */
#include "player.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Statements under way. */
#define QUEUE_MAX 256
/* A daemon that does not notice a killed client by then is not waited for. */
#define KILL_TIMEOUT_MS 10000

struct turn {
    const struct hd_example *example;
    struct hd_console *console; /* NULL for a directive */
    struct hd_statement statement;
};

struct named_client {
    char *name; /* owned */
    struct heapd_client *client;
    bool owned;
    struct hd_console *console; /* owned */
};

struct hd_player {
    const char *url;              /* borrowed; NULL: none */
    struct named_client *clients; /* owned */
    size_t client_count;
    size_t current;
    struct turn *queue; /* owned; a ring */
    size_t first;
    size_t count;
    hd_played_fn *played;
    void *ctx;
};

/* ------------------------------------------------------------ clients */

static bool add_client(struct hd_player *player, const char *name, struct heapd_client *client,
                       struct hd_pyerror *error)
{
    struct named_client added = {NULL, client, client == NULL, NULL};
    struct heapd_error refusal;

    if (client == NULL && player->url == NULL) {
        return hd_pyerror_set(error, "ValueError",
                              "a second client needs heapctl test, or -u with a daemon's URL");
    }
    if (client == NULL &&
        heapd_client_open(player->url, -1, &added.client, &refusal) != HEAPD_OK) {
        return hd_pyerror_from_daemon(error, &refusal, NULL);
    }
    if (!hd_console_open(added.client, &added.console, error)) {
        if (added.owned) {
            heapd_client_close(added.client);
        }
        return false;
    }
    added.name = hd_must_copy(name, strlen(name));
    player->clients =
        hd_must_realloc(player->clients, (player->client_count + 1) * sizeof(added));
    player->current = player->client_count;
    player->clients[player->client_count++] = added;
    return true;
}

static void remove_client(struct hd_player *player, size_t number)
{
    struct named_client *gone = &player->clients[number];

    hd_console_close(gone->console);
    if (gone->owned) {
        heapd_client_close(gone->client);
    }
    free(gone->name);
    player->client_count--;
    memmove(gone, gone + 1, (player->client_count - number) * sizeof(*gone));
    if (player->current >= number && player->current > 0) {
        player->current--;
    }
}

static bool find_client(const struct hd_player *player, const char *name, size_t *ret_number)
{
    for (size_t i = 0; i < player->client_count; i++) {
        if (strcmp(player->clients[i].name, name) == 0) {
            *ret_number = i;
            return true;
        }
    }
    return false;
}

static struct heapd_client *current_client(const struct hd_player *player)
{
    return player->clients[player->current].client;
}

bool hd_player_new(const char *url, struct heapd_client *client, hd_played_fn *played,
                   void *ctx, struct hd_player **ret_player, struct hd_pyerror *error)
{
    struct hd_player *player = hd_must_alloc(sizeof(*player));

    memset(player, 0, sizeof(*player));
    player->url = url;
    player->played = played;
    player->ctx = ctx;
    player->queue = hd_must_alloc(QUEUE_MAX * sizeof(player->queue[0]));
    if (!add_client(player, "main", client, error)) {
        hd_player_free(player);
        return false;
    }
    *ret_player = player;
    return true;
}

void hd_player_free(struct hd_player *player)
{
    if (player == NULL) {
        return;
    }
    hd_player_drain(player);
    while (player->client_count > 0) {
        remove_client(player, player->client_count - 1);
    }
    free(player->clients);
    free(player->queue);
    free(player);
}

/* ------------------------------------------------------------ the queue */

static struct turn *head(struct hd_player *player)
{
    return &player->queue[player->first];
}

static void hand_over(struct hd_player *player)
{
    struct turn *turn = head(player);

    if (turn->console != NULL) {
        hd_console_wait(turn->console, &turn->statement);
    }
    player->played(player->ctx, turn->example, &turn->statement);
    hd_statement_fini(&turn->statement);
    player->first = (player->first + 1) % QUEUE_MAX;
    player->count--;
}

static struct turn *add_turn(struct hd_player *player, const struct hd_example *example,
                             struct hd_console *console)
{
    struct turn *turn;

    if (player->count == QUEUE_MAX) {
        hand_over(player);
    }
    turn = &player->queue[(player->first + player->count++) % QUEUE_MAX];
    turn->example = example;
    turn->console = console;
    hd_statement_init(&turn->statement);
    return turn;
}

void hd_player_drain(struct hd_player *player)
{
    while (player->count > 0) {
        hand_over(player);
    }
}

/* ------------------------------------------------------------ directives */

static bool refused(struct hd_statement *statement, const struct heapd_error *refusal,
                    const char *name)
{
    return hd_pyerror_from_daemon(&statement->error, refusal, name);
}

static bool run_client(struct hd_player *player, const char *name,
                       struct hd_statement *statement)
{
    return find_client(player, name, &player->current) ||
           add_client(player, name, NULL, &statement->error);
}

/* Breaks the connection off, and waits until the daemon has noticed: it closes its end when the
 * session has ended, so that what comes next sees what went with it. */
static void break_off(struct heapd_client *client)
{
    struct pollfd end = {.fd = heapd_client_fd(client), .events = POLLIN};
    char late[4096];

    (void)shutdown(end.fd, SHUT_WR);
    while (poll(&end, 1, KILL_TIMEOUT_MS) > 0 && read(end.fd, late, sizeof(late)) > 0) {
    }
}

static bool run_kill(struct hd_player *player, const char *name, struct hd_statement *statement)
{
    size_t number;

    if (!find_client(player, name, &number)) {
        return hd_pyerror_set(&statement->error, "ValueError", "no client is called %s", name);
    }
    if (!player->clients[number].owned || player->client_count == 1) {
        return hd_pyerror_set(&statement->error, "ValueError", "client %s cannot be killed",
                              name);
    }
    break_off(player->clients[number].client);
    remove_client(player, number);
    return true;
}

static bool set_thresholds(struct hd_player *player, const char *value,
                           struct hd_statement *statement)
{
    struct heapd_error refusal;
    int64_t thresholds[3];
    size_t count = 0;
    char *end;

    do {
        errno = 0;
        thresholds[count++] = strtoll(value, &end, 10);
        if (end == value || errno != 0) {
            return hd_pyerror_set(&statement->error, "ValueError",
                                  "gc.threshold takes one to three numbers");
        }
        value = end + 1;
    } while (*end == ',' && count < 3);
    return heapd_gc_set_threshold(current_client(player), thresholds, count, &refusal) ==
               HEAPD_OK ||
           refused(statement, &refusal, NULL);
}

static bool set_enabled(struct hd_player *player, const char *value,
                        struct hd_statement *statement)
{
    struct heapd_error refusal;
    int code = value[0] == '0' ? heapd_gc_disable(current_client(player), &refusal)
                               : heapd_gc_enable(current_client(player), &refusal);

    return code == HEAPD_OK || refused(statement, &refusal, NULL);
}

static const struct {
    const char *key;
    bool (*set)(struct hd_player *, const char *, struct hd_statement *);
} settings[] = {
    {"gc.threshold", set_thresholds},
    {"gc.enabled", set_enabled},
};

static bool run_config(struct hd_player *player, const char *setting,
                       struct hd_statement *statement)
{
    size_t size = strcspn(setting, "= ");
    const char *value = setting + size + strspn(setting + size, "= ");

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (strlen(settings[i].key) == size && memcmp(settings[i].key, setting, size) == 0) {
            return settings[i].set(player, value, statement);
        }
    }
    return hd_pyerror_set(&statement->error, "ValueError", "no setting is called %.*s",
                          (int)size, setting);
}

static bool run_place(struct hd_player *player, const char *name,
                      struct hd_statement *statement)
{
    struct heapd_error refusal;
    struct heapd_info *info;

    if (heapd_get(current_client(player), heapd_name(name), NULL, &info, &refusal) !=
        HEAPD_OK) {
        return refused(statement, &refusal, name);
    }
    if (!info->has_block) {
        hd_text_add_string(&statement->out, "in its slot\n");
    } else if (!info->in_pool) {
        hd_text_add_string(&statement->out, "malloc\n");
    } else {
        hd_text_printf(&statement->out, "pool of %u-byte blocks: arena %u, pool %u, block %u\n",
                       info->block_size, info->arena, info->pool, info->block);
    }
    heapd_free(info);
    return true;
}

static bool run_verify(struct hd_player *player, const char *rest,
                       struct hd_statement *statement)
{
    (void)rest;
    return hd_player_verify(player, &statement->out, &statement->error);
}

/* The statement behind it is heapd's alone; the oracle leaves it out. */
static bool run_cpython(struct hd_player *player, const char *rest,
                        struct hd_statement *statement)
{
    (void)player;
    return strcmp(rest, "skip") == 0 ||
           hd_pyerror_set(&statement->error, "ValueError", "#: cpython what? (skip)");
}

static const struct {
    const char *word;
    bool (*run)(struct hd_player *, const char *, struct hd_statement *);
} directives[] = {
    {"client", run_client}, {"kill", run_kill},     {"config", run_config},
    {"place", run_place},   {"verify", run_verify}, {"cpython", run_cpython},
};

/* word and rest of "#: word rest  # comment" */
static void split_directive(const char *source, struct hd_text *word, struct hd_text *rest)
{
    const char *at = source + strspn(source, " \t") + 2;
    size_t size;

    at += strspn(at, " \t");
    size = strcspn(at, " \t\n");
    hd_text_add(word, at, size);
    at += size + strspn(at + size, " \t");
    size = strcspn(at, "#\n");
    while (size > 0 && (at[size - 1] == ' ' || at[size - 1] == '\t' || at[size - 1] == '\r')) {
        size--;
    }
    hd_text_add(rest, at, size);
}

static void run_directive(struct hd_player *player, const struct hd_example *example)
{
    struct hd_statement *statement;
    struct hd_text word;
    struct hd_text rest;
    bool known = false;

    hd_player_drain(player);
    statement = &add_turn(player, example, NULL)->statement;
    hd_text_init(&word);
    hd_text_init(&rest);
    split_directive(example->source, &word, &rest);
    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++) {
        if (strcmp(hd_text_data(&word), directives[i].word) == 0) {
            (void)directives[i].run(player, hd_text_data(&rest), statement);
            known = true;
        }
    }
    if (!known) {
        (void)hd_pyerror_set(&statement->error, "ValueError", "no directive is called %s",
                             hd_text_data(&word));
    }
    statement->finished = true;
    hd_text_fini(&word);
    hd_text_fini(&rest);
    hd_player_drain(player);
}

/* ------------------------------------------------------------ playing */

void hd_player_play(struct hd_player *player, const struct hd_example *example)
{
    struct hd_console *console = player->clients[player->current].console;
    struct turn *turn;

    if (example->is_directive) {
        run_directive(player, example);
        return;
    }
    if (example->is_blank || (example->options & HD_DOCTEST_SKIP) != 0) {
        return;
    }
    turn = add_turn(player, example, console);
    hd_console_execute(console, example->source, example->source_size, &turn->statement);
    while (player->count > 0 && (head(player)->console == NULL ||
                                 hd_statement_is_complete(&head(player)->statement))) {
        hand_over(player);
    }
}

bool hd_player_verify(struct hd_player *player, struct hd_text *ret_defects,
                      struct hd_pyerror *error)
{
    struct heapd_verified *verified;
    struct heapd_error refusal;

    if (heapd_verify(current_client(player), &verified, &refusal) != HEAPD_OK) {
        return hd_pyerror_from_daemon(error, &refusal, NULL);
    }
    for (size_t i = 0; i < verified->defect_count; i++) {
        hd_text_printf(ret_defects, "%s\n", verified->defects[i]);
    }
    heapd_free(verified);
    return true;
}

bool hd_player_calm(struct hd_player *player, struct hd_pyerror *error)
{
    struct heapd_error refusal;

    return heapd_gc_disable(current_client(player), &refusal) == HEAPD_OK ||
           hd_pyerror_from_daemon(error, &refusal, NULL);
}
