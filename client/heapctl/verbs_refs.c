/* SPDX-License-Identifier: MIT */
/* verbs_refs.c: who refers to whom; and gc objects: what there is. */

#include "objects.h"

typedef int (*refs_call)(struct heapd_client *client, struct heapd_ref object,
                         uint64_t **ret_ids, size_t *ret_count, struct heapd_error *error);

/* With a heading for people: how many there are.  Frees the ids. */
static int put_counted(struct heapctl *ctl, struct output *out, const char *name, uint64_t *ids,
                       size_t count, struct heapd_error *error)
{
    int code;

    if (ctl->format == OUTPUT_TABLE) {
        (void)printf("%s%s: %zu\n", out->parts > 0 ? "\n" : "", name, count);
    }
    code = objects_put_ids(ctl, out, name, ids, count, error);
    heapd_free(ids);
    return code;
}

static int put_refs(struct heapctl *ctl, struct output *out, const char *name,
                    struct heapd_ref ref, refs_call get, struct heapd_error *error)
{
    uint64_t *ids;
    size_t count;
    int code = get(ctl->client, ref, &ids, &count, error);

    return code == HEAPD_OK ? put_counted(ctl, out, name, ids, count, error) : code;
}

static int refs_verb(struct heapctl *ctl, int argc, char **argv, bool down, bool up)
{
    struct heapd_error error;
    struct heapd_ref ref;
    struct output out;
    int code = HEAPD_OK;
    int status = objects_operand(ctl, argc, argv, &ref);

    if (status != EXIT_OK) {
        return status;
    }
    output_begin(&out, ctl->format, stdout);
    if (down) {
        code = put_refs(ctl, &out, "referents", ref, heapd_gc_get_referents, &error);
    }
    if (up && code == HEAPD_OK) {
        code = put_refs(ctl, &out, "referrers", ref, heapd_gc_get_referrers, &error);
    }
    output_end(&out);
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, argv[0], &error);
}

int verb_refs(struct heapctl *ctl, int argc, char **argv)
{
    return refs_verb(ctl, argc, argv, true, true);
}

int verb_referents(struct heapctl *ctl, int argc, char **argv)
{
    return refs_verb(ctl, argc, argv, true, false);
}

int verb_referrers(struct heapctl *ctl, int argc, char **argv)
{
    return refs_verb(ctl, argc, argv, false, true);
}

int heapctl_gc_objects(struct heapctl *ctl, int generation)
{
    struct heapd_error error;
    struct output out;
    uint64_t *ids;
    size_t count;
    int code = heapd_gc_get_objects(ctl->client, generation, &ids, &count, &error);

    if (code == HEAPD_OK) {
        output_begin(&out, ctl->format, stdout);
        code = put_counted(ctl, &out, "objects", ids, count, &error);
        output_end(&out);
    }
    return code == HEAPD_OK ? EXIT_OK : heapctl_report(ctl, "gc objects", &error);
}
