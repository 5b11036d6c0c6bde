/* SPDX-License-Identifier: MIT */
/* packages.c: which installed packages does nothing need?  Asked of a garbage collector.
 *
 * Every installed package becomes an instance in a heapd heap, with a list of
 * the packages that satisfy its dependencies.  A name is bound for each package
 * that is there for its own sake: essential, required, or installed by hand.
 * Then all holds are given up.  What is not needed dies: most of it at once,
 * because its count falls to 0, and the packages that only need each other
 * when the collector finds their cycle.
 *
 *   HEAPD_URL=unix:/run/heapd/heapd.sock packages [-l] [STATUS [EXTENDED_STATES]]
 *
 * Version restrictions of dependencies are ignored (packages_dpkg.h). */
#include <heapd/client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packages_dpkg.h"

#define STATUS      "/var/lib/dpkg/status"
#define STATES      "/var/lib/apt/extended_states"
#define AT_ONCE     500 /* packages in a batch */
#define TITLE_BYTES 256

struct graph {
    const struct system *system;
    struct heapd_client *client;
    uint64_t *ids;   /* owned; each package's instance */
    uint64_t *lists; /* owned; each package's list of needs, kept by the instance */
    bool *dead;      /* owned */
    size_t edges;
    size_t roots;
};

static bool complain(const struct heapd_error *error)
{
    (void)fprintf(stderr, "packages: %s: %s\n", heapd_code_name(error->code), error->message);
    return false;
}

static bool run(struct graph *graph, struct heapd_batch *batch)
{
    struct heapd_error error;

    if (heapd_batch_count(batch) > 0 &&
        heapd_batch_run(graph->client, batch, &error) != HEAPD_OK) {
        return complain(&error);
    }
    return true;
}

/* ------------------------------------------------------------ building */

/* Three operations: its title, its empty list, and itself, held. */
static void add_package(struct heapd_batch *batch, const char *title)
{
    static const char *const attributes[] = {"title", "needs"};
    struct heapd_ref values[2];

    values[0] = heapd_result(
        heapd_batch_create(batch, heapd_new_str(title, (size_t)-1), heapd_keep_batch()));
    values[1] =
        heapd_result(heapd_batch_create(batch, heapd_new_list(NULL, 0), heapd_keep_batch()));
    (void)heapd_batch_create(batch, heapd_new_instance("Package", attributes, values, 2),
                             heapd_keep_hold());
}

static bool make_packages(struct graph *graph, struct heapd_batch *batch, size_t first,
                          size_t count)
{
    char title[TITLE_BYTES];

    heapd_batch_reset(batch);
    for (size_t i = 0; i < count; i++) {
        system_title(graph->system, first + i, title, sizeof(title));
        add_package(batch, title);
    }
    if (!run(graph, batch)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        graph->lists[first + i] = heapd_result_id(batch, (uint32_t)(3 * i + 1));
        graph->ids[first + i] = heapd_result_id(batch, (uint32_t)(3 * i + 2));
    }
    return true;
}

static bool add_needs(struct graph *graph, struct heapd_batch *batch, size_t package)
{
    size_t *needs;
    size_t count = system_needs(graph->system, package, &needs);
    struct heapd_ref *items;

    if (count == (size_t)-1) {
        return false;
    }
    items = calloc(count + 1, sizeof(*items));
    for (size_t i = 0; items != NULL && i < count; i++) {
        items[i] = heapd_id(graph->ids[needs[i]]);
    }
    if (items != NULL && count > 0) {
        (void)heapd_batch_extend(batch, heapd_id(graph->lists[package]), items, count);
    }
    graph->edges += count;
    free(needs);
    free(items);
    return items != NULL;
}

static bool link_packages(struct graph *graph, struct heapd_batch *batch, size_t first,
                          size_t count)
{
    heapd_batch_reset(batch);
    heapd_batch_set_quiet(batch, true);
    for (size_t i = 0; i < count; i++) {
        if (!add_needs(graph, batch, first + i)) {
            (void)fprintf(stderr, "packages: no memory\n");
            return false;
        }
    }
    return run(graph, batch);
}

static bool name_roots(struct graph *graph, struct heapd_batch *batch, size_t first,
                       size_t count)
{
    char title[TITLE_BYTES];

    heapd_batch_reset(batch);
    heapd_batch_set_quiet(batch, true);
    for (size_t i = first; i < first + count; i++) {
        const struct package *package = &graph->system->packages[i];

        if (package->essential || !package->automatic) {
            system_title(graph->system, i, title, sizeof(title));
            (void)heapd_batch_bind(batch, title, heapd_id(graph->ids[i]), HEAPD_SCOPE_MODULE,
                                   NULL);
            graph->roots++;
        }
    }
    return run(graph, batch);
}

static bool give_up_holds(struct graph *graph, struct heapd_batch *batch, size_t first,
                          size_t count)
{
    struct heapd_ref refs[AT_ONCE];

    heapd_batch_reset(batch);
    for (size_t i = 0; i < count; i++) {
        refs[i] = heapd_id(graph->ids[first + i]);
    }
    (void)heapd_batch_release(batch, refs, NULL, count);
    return run(graph, batch);
}

typedef bool (*portion)(struct graph *graph, struct heapd_batch *batch, size_t first,
                        size_t count);

static bool in_portions(struct graph *graph, portion work)
{
    struct heapd_batch *batch = heapd_batch_new();
    size_t total = graph->system->count;
    bool ok = batch != NULL;

    for (size_t first = 0; ok && first < total; first += AT_ONCE) {
        ok = work(graph, batch, first, total - first < AT_ONCE ? total - first : AT_ONCE);
    }
    heapd_batch_free(batch);
    return ok;
}

/* ------------------------------------------------------------ asking who died */

/* One package's question: a batch of one, all of them in flight at once, so
 * that a dead one does not stop the others'. */
struct question {
    struct heapd_batch *batch; /* owned */
    bool *dead;
    bool *failed;
};

static void on_answer(struct heapd_batch *batch, void *ctx)
{
    struct question *question = ctx;
    struct heapd_error error;
    int code = heapd_batch_status(batch, NULL, &error);

    *question->dead = code == HEAPD_NOT_FOUND;
    if (code != HEAPD_OK && code != HEAPD_NOT_FOUND) {
        *question->failed = !complain(&error);
    }
}

static bool ask(struct graph *graph, struct question *question, size_t package, bool *failed)
{
    struct heapd_ref ref = heapd_id(graph->ids[package]);
    struct heapd_error error;

    question->batch = heapd_batch_new();
    if (question->batch == NULL) {
        return false;
    }
    question->dead = &graph->dead[package];
    question->failed = failed;
    (void)heapd_batch_refcounts(question->batch, &ref, 1);
    return heapd_batch_send(graph->client, question->batch, on_answer, question, &error) ==
               HEAPD_OK ||
           complain(&error);
}

/* Fills `dead`; how many, or (size_t)-1. */
static size_t count_dead(struct graph *graph)
{
    struct question *questions = calloc(graph->system->count, sizeof(*questions));
    struct heapd_error error;
    bool failed = questions == NULL;
    size_t dead = 0;

    for (size_t i = 0; !failed && i < graph->system->count; i++) {
        failed = !ask(graph, &questions[i], i, &failed) || failed;
    }
    if (!failed && heapd_client_wait(graph->client, NULL, &error) != HEAPD_OK) {
        failed = !complain(&error);
    }
    for (size_t i = 0; questions != NULL && i < graph->system->count; i++) {
        heapd_batch_free(questions[i].batch);
        dead += graph->dead[i];
    }
    free(questions);
    return failed ? (size_t)-1 : dead;
}

/* ------------------------------------------------------------ saying it */

static int compare_titles(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool print_dead(const struct graph *graph, size_t count, const char *indent)
{
    char **titles = calloc(count + 1, sizeof(*titles));
    char title[TITLE_BYTES];
    size_t n = 0;

    for (size_t i = 0; titles != NULL && i < graph->system->count; i++) {
        if (graph->dead[i]) {
            system_title(graph->system, i, title, sizeof(title));
            titles[n++] = strdup(title);
        }
    }
    if (titles == NULL) {
        return false;
    }
    qsort(titles, n, sizeof(*titles), compare_titles);
    for (size_t i = 0; i < n; i++) {
        (void)printf("%s%s\n", indent, titles[i]);
        free(titles[i]);
    }
    free(titles);
    return true;
}

static bool work(struct graph *graph, bool only_list)
{
    struct heapd_collected collected;
    struct heapd_error error;
    size_t at_once;
    size_t all;

    if (!in_portions(graph, make_packages) || !in_portions(graph, link_packages) ||
        !in_portions(graph, name_roots) || !in_portions(graph, give_up_holds)) {
        return false;
    }
    at_once = count_dead(graph);
    if (at_once == (size_t)-1) {
        return false;
    }
    if (heapd_collect(graph->client, 2, &collected, &error) != HEAPD_OK) {
        return complain(&error);
    }
    all = count_dead(graph);
    if (all == (size_t)-1) {
        return false;
    }
    if (!only_list) {
        (void)printf("%zu packages installed, %zu links to what satisfies a dependency\n",
                     graph->system->count, graph->edges);
        (void)printf("%zu named: essential, required or installed by hand\n", graph->roots);
        (void)printf("%zu died: %zu when the holds were given up, %zu found in cycles\n", all,
                     at_once, all - at_once);
    }
    return print_dead(graph, all, only_list ? "" : "  ");
}

static bool examine(const struct system *system, bool only_list)
{
    struct graph graph = {.system = system};
    struct heapd_error error;
    bool ok;

    graph.ids = calloc(system->count, sizeof(*graph.ids));
    graph.lists = calloc(system->count, sizeof(*graph.lists));
    graph.dead = calloc(system->count, sizeof(*graph.dead));
    ok = graph.ids != NULL && graph.lists != NULL && graph.dead != NULL;
    if (ok && heapd_client_open(NULL, -1, &graph.client, &error) != HEAPD_OK) {
        ok = complain(&error);
    }
    ok = ok && work(&graph, only_list);
    heapd_client_close(graph.client);
    free(graph.ids);
    free(graph.lists);
    free(graph.dead);
    return ok;
}

int main(int argc, char **argv)
{
    bool only_list = argc > 1 && strcmp(argv[1], "-l") == 0;
    int first = only_list ? 2 : 1;
    struct system system;
    char message[512];
    bool ok;

    if (argc > first + 2 || (argc > first && argv[first][0] == '-')) {
        (void)fprintf(stderr, "usage: packages [-l] [STATUS [EXTENDED_STATES]]\n"
                              "  -l  only the list of what died\n");
        return 2;
    }
    ok = system_read(&system, argc > first ? argv[first] : STATUS,
                     argc > first + 1 ? argv[first + 1] : STATES, message, sizeof(message));
    if (!ok) {
        (void)fprintf(stderr, "packages: %s\n", message);
    }
    ok = ok && examine(&system, only_list);
    system_fini(&system);
    return ok ? 0 : 1;
}
