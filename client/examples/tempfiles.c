/* SPDX-License-Identifier: MIT */
/* tempfiles.c: files that are deleted when nothing needs them any more, whoever crashes.
 *
 * Each file has an object in a heapd heap, and the object a finalizer.  When nothing
 * holds the object any more it goes on the queue "tempfiles", and a worker deletes the
 * file and acknowledges.  This program makes files, needs some of them, and lets go of
 * the others; of its two workers one is killed with work half done.  Then it looks
 * whether a file is there that nothing needs, or one is missing.
 *
 *   HEAPD_URL=unix:/run/heapd/heapd.sock tempfiles FOLDER [COUNT] */
#include <errno.h>
#include <heapd/client.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE     "tempfiles"
#define NEEDED    "needed_files" /* the name of the list of what is needed */
#define EVERY     4              /* one file of so many is */
#define WINDOW    8              /* deliveries that a worker has at a time */
#define UNTIL     3              /* the killed one has deleted so many */
#define MOST      100000
#define FILE_NAME "file-%06zu"

static bool complain(const char *who, const struct heapd_error *error)
{
    (void)fprintf(stderr, "%s: %s: %s\n", who, heapd_code_name(error->code), error->message);
    return false;
}

/* ------------------------------------------------------------ a worker */

/* The path of the file that an object stands for, in one request of two operations. */
static bool path_of(struct heapd_client *client, uint64_t object, char path[4096])
{
    struct heapd_batch *batch = heapd_batch_new();
    struct heapd_error error;
    struct heapd_info info;
    struct heapd_ref text;
    bool ok;

    if (batch == NULL) {
        return false;
    }
    text = heapd_result(heapd_batch_get_attr(batch, heapd_id(object), "path", 0));
    (void)heapd_batch_get(batch, &text, 1, NULL);
    ok = heapd_batch_run(client, batch, &error) == HEAPD_OK || complain("worker", &error);
    ok = ok && heapd_result_info(batch, 1, 0, &info) && info.data != NULL && info.size < 4096;
    if (ok) {
        memcpy(path, info.data, info.size + 1);
    }
    heapd_batch_free(batch);
    return ok;
}

/* Deletes, then acknowledges.  If it ends between the two the object is delivered again,
 * so that a file that is gone already is as good as deleted. */
static bool delete_file(struct heapd_client *client, const struct heapd_delivery *delivery,
                        bool killed)
{
    struct heapd_error error;
    char path[4096];

    if (!path_of(client, delivery->id, path)) {
        return false;
    }
    if (unlink(path) != 0 && errno != ENOENT) {
        perror(path);
        return true; /* not acknowledged: it comes again, and at last is a dead letter */
    }
    if (killed) {
        (void)raise(SIGKILL);
    }
    return heapd_acknowledge(client, &delivery->delivery, 1, &error) == HEAPD_OK ||
           complain("worker", &error);
}

/* until: it is killed when it has deleted so many; 0: it works as long as it is let. */
static void work(int ready, int until)
{
    struct heapd_client *client;
    struct heapd_stream *stream;
    struct heapd_delivery delivery;
    struct heapd_error error;
    bool ok = heapd_client_open(NULL, -1, &client, &error) == HEAPD_OK &&
              heapd_create_queue(client, QUEUE, NULL, NULL, &error) == HEAPD_OK &&
              heapd_deliveries_open(client, QUEUE, WINDOW, &stream, &error) == HEAPD_OK &&
              heapd_ping(client, NULL, &error) == HEAPD_OK; /* it has the stream's request */

    if (!ok) {
        (void)complain("worker", &error);
    }
    if (!ok || write(ready, "", 1) != 1) {
        _exit(1);
    }
    for (int done = 1; heapd_deliveries_next(stream, &delivery, &error) == HEAPD_OK; done++) {
        if (!delete_file(client, &delivery, done == until)) {
            _exit(1);
        }
    }
    (void)complain("worker", &error);
    _exit(1);
}

static bool start_worker(int until, pid_t *ret_worker)
{
    char byte;
    int ready[2];
    bool ok;

    *ret_worker = -1;
    if (pipe(ready) != 0) {
        return false;
    }
    *ret_worker = fork();
    if (*ret_worker == 0) {
        work(ready[1], until);
    }
    (void)close(ready[1]);
    ok = *ret_worker > 0 && read(ready[0], &byte, 1) == 1;
    (void)close(ready[0]);
    return ok;
}

/* ------------------------------------------------------------ the files */

static bool is_needed(size_t file)
{
    return file % EVERY == 0;
}

static bool make_file(const char *path)
{
    FILE *file = fopen(path, "w");

    return file != NULL && fclose(file) == 0;
}

/* The object first, then the file: whoever is killed in between leaves an object whose
 * file is not there, which does no harm, and never a file that nobody knows of.  `before`
 * is 0, or the object that this one and which need each other. */
static bool make_one(struct heapd_client *client, const char *path, bool needed,
                     uint64_t before, uint64_t *ret_id)
{
    static const char *const attributes[] = {"path"};
    struct heapd_batch *batch = heapd_batch_new();
    struct heapd_error error;
    struct heapd_ref text;
    struct heapd_ref file;
    bool ok;

    if (batch == NULL) {
        return false;
    }
    text = heapd_result(
        heapd_batch_create(batch, heapd_new_str(path, (size_t)-1), heapd_keep_batch()));
    file = heapd_result(heapd_batch_create(
        batch, heapd_new_instance("File", attributes, &text, 1), heapd_keep_hold()));
    (void)heapd_batch_set_finalizer(batch, file, QUEUE);
    if (needed) {
        (void)heapd_batch_append(batch, heapd_name(NEEDED), file);
    }
    if (before != 0) {
        (void)heapd_batch_set_attr(batch, file, "other", heapd_id(before));
        (void)heapd_batch_set_attr(batch, heapd_id(before), "other", file);
    }
    ok = heapd_batch_run(client, batch, &error) == HEAPD_OK || complain("tempfiles", &error);
    if (ok) {
        *ret_id = heapd_result_id(batch, file.result);
    }
    heapd_batch_free(batch);
    return ok && make_file(path);
}

static bool make_files(struct heapd_client *client, const char *folder, size_t count,
                       struct heapd_ref *objects)
{
    char path[4096];
    uint64_t id = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t before = i % EVERY == EVERY - 1 ? id : 0; /* a cycle with the one before */

        (void)snprintf(path, sizeof(path), "%s/" FILE_NAME, folder, i);
        if (!make_one(client, path, is_needed(i), before, &id)) {
            return false;
        }
        objects[i] = heapd_id(id);
    }
    return true;
}

/* Whether exactly the files are there that are needed; says so. */
static bool look(const char *folder, size_t count)
{
    char path[4096];
    size_t there = 0;
    size_t too_many = 0;
    size_t missing = 0;

    for (size_t i = 0; i < count; i++) {
        bool exists;

        (void)snprintf(path, sizeof(path), "%s/" FILE_NAME, folder, i);
        exists = access(path, F_OK) == 0;
        there += exists;
        too_many += exists && !is_needed(i);
        missing += !exists && is_needed(i);
    }
    (void)printf("%zu files there: %zu too many, %zu missing\n", there, too_many, missing);
    return too_many == 0 && missing == 0;
}

/* ------------------------------------------------------------ the story */

/* Until nothing is on the queue: looks, and looks again whenever one was acknowledged. */
static bool await_deaths(struct heapd_client *client, struct heapd_stream *events)
{
    struct heapd_event event;
    struct heapd_error error;

    do {
        struct heapd_queue *queues;
        uint64_t left = 0;
        size_t count;

        if (heapd_list_queues(client, &queues, &count, &error) != HEAPD_OK) {
            return complain("tempfiles", &error);
        }
        for (size_t i = 0; i < count; i++) {
            if (strcmp(queues[i].name, QUEUE) == 0) {
                left = queues[i].waiting + queues[i].delivered;
            }
        }
        heapd_free(queues);
        if (left == 0) {
            return true;
        }
    } while (heapd_events_next(events, &event, &error) == HEAPD_OK);
    return complain("tempfiles", &error);
}

/* What nothing else holds goes on the queue at once; cycles do when they are found. */
static bool let_go(struct heapd_client *client, const struct heapd_ref *objects, size_t count)
{
    struct heapd_error error;

    return (heapd_release(client, objects, NULL, count, &error) == HEAPD_OK &&
            heapd_collect(client, 2, NULL, &error) == HEAPD_OK) ||
           complain("tempfiles", &error);
}

static bool was_killed(pid_t worker)
{
    int status;

    return waitpid(worker, &status, 0) == worker && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGKILL;
}

static bool tell(struct heapd_client *client, const char *folder, size_t count, pid_t *victim)
{
    const struct heapd_event_filter filter = {
        .kinds = 1u << HEAPD_EVENT_FINALIZER_ACKNOWLEDGED | 1u << HEAPD_EVENT_FINALIZER_DEAD};
    const struct heapd_keep keep = heapd_keep_name(NEEDED, HEAPD_SCOPE_HEAP);
    struct heapd_ref *objects = calloc(count, sizeof(*objects));
    struct heapd_stream *events = NULL;
    struct heapd_error error;
    bool ok = objects != NULL;

    if (ok && (heapd_create(client, heapd_new_list(NULL, 0), keep, NULL, &error) != HEAPD_OK ||
               heapd_events_open(client, &filter, HEAPD_EVENTS_FROM_NOW, &events, &error) !=
                   HEAPD_OK)) {
        ok = complain("tempfiles", &error);
    }
    ok = ok && make_files(client, folder, count, objects);
    if (ok) {
        (void)printf("%zu files made, %zu of them needed\n", count,
                     (count + EVERY - 1) / EVERY);
    }
    ok = ok && let_go(client, objects, count) && await_deaths(client, events);
    if (ok) {
        ok = was_killed(*victim);
        *victim = -1;
        (void)printf("a worker %s before it had acknowledged\n", ok ? "was killed" : "ended");
    }
    heapd_stream_close(events);
    free(objects);
    return ok && look(folder, count);
}

int main(int argc, char **argv)
{
    size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
    struct heapd_client *client = NULL;
    struct heapd_error error;
    pid_t workers[2] = {-1, -1};
    bool ok;

    if (argc < 2 || argc > 3 || count < 16 || count > MOST || strlen(argv[1]) > 4000) {
        (void)fprintf(stderr, "usage: tempfiles FOLDER [COUNT]  (16 to %d files)\n", MOST);
        return 2;
    }
    ok = start_worker(UNTIL, &workers[0]) && start_worker(0, &workers[1]);
    if (ok && heapd_client_open(NULL, -1, &client, &error) != HEAPD_OK) {
        ok = complain("tempfiles", &error);
    }
    ok = ok && tell(client, argv[1], count, &workers[0]);
    heapd_client_close(client);
    for (size_t i = 0; i < 2; i++) {
        if (workers[i] > 0) {
            (void)kill(workers[i], SIGTERM);
            (void)waitpid(workers[i], NULL, 0);
        }
    }
    return ok ? 0 : 1;
}
