/* SPDX-License-Identifier: MIT */
#include "packages_dpkg.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------ paragraphs of "Field: value" */

enum field {
    PACKAGE,
    STATUS,
    ARCHITECTURE,
    MULTI_ARCH,
    ESSENTIAL,
    PRIORITY,
    PRE_DEPENDS,
    DEPENDS,
    PROVIDES,
    AUTO_INSTALLED,
    FIELD_COUNT,
};

static const char *const field_names[FIELD_COUNT] = {
    "Package",  "Status",      "Architecture", "Multi-Arch", "Essential",
    "Priority", "Pre-Depends", "Depends",      "Provides",   "Auto-Installed",
};

struct paragraph {
    char *values[FIELD_COUNT]; /* owned; NULL: not there */
};

static void clear_paragraph(struct paragraph *paragraph)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        free(paragraph->values[i]);
        paragraph->values[i] = NULL;
    }
}

/* The field a line begins, its value in *ret_value; FIELD_COUNT: none of ours. */
static enum field field_of(char *line, char **ret_value)
{
    char *colon = strchr(line, ':');

    if (colon == NULL) {
        return FIELD_COUNT;
    }
    *colon = '\0';
    *ret_value = colon + 1 + strspn(colon + 1, " \t");
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcasecmp(line, field_names[i]) == 0) {
            return (enum field)i;
        }
    }
    return FIELD_COUNT;
}

static bool append(char **text, const char *more)
{
    size_t length = *text != NULL ? strlen(*text) : 0;
    char *longer = realloc(*text, length + strlen(more) + 1);

    if (longer == NULL) {
        return false;
    }
    (void)strcpy(longer + length, more);
    *text = longer;
    return true;
}

typedef bool (*on_paragraph)(struct system *system, struct paragraph *paragraph);

/* Calls back for each paragraph.  0 or an errno value. */
static int read_paragraphs(struct system *system, const char *path, on_paragraph callback)
{
    struct paragraph paragraph = {{NULL}};
    enum field field = FIELD_COUNT;
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool ok = true;

    if (file == NULL) {
        return errno;
    }
    while (ok && (length = getline(&line, &room, file)) >= 0) {
        char *value = line;

        line[strcspn(line, "\n")] = '\0';
        if (line[strspn(line, " \t")] == '\0') {
            ok = callback(system, &paragraph);
            clear_paragraph(&paragraph);
            continue;
        }
        if (line[0] != ' ' && line[0] != '\t') {
            field = field_of(line, &value);
        }
        if (field != FIELD_COUNT) {
            ok = append(&paragraph.values[field], value);
        }
    }
    ok = ok && callback(system, &paragraph);
    clear_paragraph(&paragraph);
    free(line);
    (void)fclose(file);
    return ok ? 0 : ENOMEM;
}

/* ------------------------------------------------------------ packages */

static bool is(const char *value, const char *wanted)
{
    return value != NULL && strcmp(value, wanted) == 0;
}

/* "install ok installed": the third word is the state. */
static bool is_installed(const char *status)
{
    const char *word = status != NULL ? strrchr(status, ' ') : NULL;

    return word != NULL && strcmp(word, " installed") == 0;
}

static char *take(struct paragraph *paragraph, enum field field)
{
    char *value = paragraph->values[field];

    paragraph->values[field] = NULL;
    return value != NULL ? value : strdup("");
}

static bool add_package(struct system *system, struct paragraph *paragraph)
{
    struct package *packages;
    struct package *package;

    if (paragraph->values[PACKAGE] == NULL || !is_installed(paragraph->values[STATUS])) {
        return true;
    }
    if (paragraph->values[PRE_DEPENDS] != NULL && paragraph->values[DEPENDS] != NULL &&
        (!append(&paragraph->values[DEPENDS], ",") ||
         !append(&paragraph->values[DEPENDS], paragraph->values[PRE_DEPENDS]))) {
        return false;
    }
    packages = realloc(system->packages, (system->count + 1) * sizeof(*packages));
    if (packages == NULL) {
        return false;
    }
    system->packages = packages;
    package = &packages[system->count++];
    package->foreign = is(paragraph->values[MULTI_ARCH], "foreign");
    package->essential =
        is(paragraph->values[ESSENTIAL], "yes") || is(paragraph->values[PRIORITY], "required");
    package->automatic = false;
    package->name = take(paragraph, PACKAGE);
    package->architecture = take(paragraph, ARCHITECTURE);
    package->depends =
        take(paragraph, paragraph->values[DEPENDS] != NULL ? DEPENDS : PRE_DEPENDS);
    package->provides = take(paragraph, PROVIDES);
    return package->name != NULL && package->architecture != NULL && package->depends != NULL &&
           package->provides != NULL;
}

static bool mark_automatic(struct system *system, struct paragraph *paragraph)
{
    for (size_t i = 0; i < system->count; i++) {
        struct package *package = &system->packages[i];

        if (is(paragraph->values[AUTO_INSTALLED], "1") &&
            is(paragraph->values[PACKAGE], package->name) &&
            (is(paragraph->values[ARCHITECTURE], package->architecture) ||
             strcmp(package->architecture, "all") == 0)) {
            package->automatic = true;
        }
    }
    return true;
}

/* ------------------------------------------------------------ what a package can be called */

static bool add_capability(struct system *system, const char *name, size_t length,
                           size_t package)
{
    size_t count = system->capability_count;
    struct capability *all = realloc(system->capabilities, (count + 1) * sizeof(*all));

    if (all == NULL) {
        return false;
    }
    system->capabilities = all;
    all[count].package = package;
    all[count].name = strndup(name, length);
    system->capability_count++;
    return all[count].name != NULL;
}

/* The length of the package name that a relation begins with. */
static size_t name_length(const char *relation)
{
    return strcspn(relation, " \t:(,|[<");
}

static bool add_capabilities(struct system *system, size_t package)
{
    const struct package *one = &system->packages[package];
    const char *at = one->provides;
    bool ok = add_capability(system, one->name, strlen(one->name), package);

    while (ok && *at != '\0') {
        at += strspn(at, " \t,");
        if (*at != '\0') {
            ok = add_capability(system, at, name_length(at), package);
        }
        at += strcspn(at, ",");
    }
    return ok;
}

static int compare_capabilities(const void *left, const void *right)
{
    const struct capability *a = left;
    const struct capability *b = right;
    int order = strcmp(a->name, b->name);

    return order != 0 ? order : (a->package > b->package) - (a->package < b->package);
}

static const char *native_architecture(const struct system *system)
{
    for (size_t i = 0; i < system->count; i++) {
        if (strcmp(system->packages[i].name, "dpkg") == 0) {
            return system->packages[i].architecture;
        }
    }
    return "all";
}

bool system_read(struct system *system, const char *status, const char *states, char *message,
                 size_t message_size)
{
    int error;

    *system = (struct system){0};
    error = read_paragraphs(system, status, add_package);
    if (error != 0) {
        (void)snprintf(message, message_size, "%s: %s", status, strerror(error));
        return false;
    }
    error = read_paragraphs(system, states, mark_automatic);
    if (error != 0 && error != ENOENT) {
        (void)snprintf(message, message_size, "%s: %s", states, strerror(error));
        return false;
    }
    for (size_t i = 0; i < system->count; i++) {
        if (!add_capabilities(system, i)) {
            (void)snprintf(message, message_size, "no memory");
            return false;
        }
    }
    if (system->count == 0) {
        (void)snprintf(message, message_size, "%s: no installed packages", status);
        return false;
    }
    qsort(system->capabilities, system->capability_count, sizeof(*system->capabilities),
          compare_capabilities);
    system->native = native_architecture(system);
    return true;
}

void system_fini(struct system *system)
{
    for (size_t i = 0; i < system->count; i++) {
        free(system->packages[i].name);
        free(system->packages[i].architecture);
        free(system->packages[i].depends);
        free(system->packages[i].provides);
    }
    for (size_t i = 0; i < system->capability_count; i++) {
        free(system->capabilities[i].name);
    }
    free(system->packages);
    free(system->capabilities);
}

/* ------------------------------------------------------------ dependencies */

/* What one alternative asks for. */
struct relation {
    const char *name;
    size_t length;
    const char *qualifier; /* behind the colon; NULL: none */
    size_t qualifier_length;
};

static const char *real_architecture(const struct system *system, const struct package *package)
{
    return strcmp(package->architecture, "all") == 0 ? system->native : package->architecture;
}

/* Whether a package of that architecture will do. */
static bool is_right_architecture(const struct system *system, const struct package *asking,
                                  const struct relation *relation, const struct package *given)
{
    const char *have = real_architecture(system, given);

    if (relation->qualifier == NULL) {
        return given->foreign || strcmp(have, real_architecture(system, asking)) == 0;
    }
    if (relation->qualifier_length == 3 && strncmp(relation->qualifier, "any", 3) == 0) {
        return true;
    }
    return strlen(have) == relation->qualifier_length &&
           strncmp(relation->qualifier, have, relation->qualifier_length) == 0;
}

/* The first capability of that name, or where it would stand. */
static size_t find_capability(const struct system *system, const struct relation *relation)
{
    size_t low = 0;
    size_t high = system->capability_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *name = system->capabilities[middle].name;
        int order = strncmp(name, relation->name, relation->length);

        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Marks what satisfies the alternative at `at`; returns where the next one begins. */
static const char *mark_needs(const struct system *system, const struct package *asking,
                              const char *at, bool *marks)
{
    struct relation relation = {.name = at, .length = name_length(at)};

    if (at[relation.length] == ':') {
        relation.qualifier = at + relation.length + 1;
        relation.qualifier_length = name_length(relation.qualifier);
    }
    for (size_t i = find_capability(system, &relation); i < system->capability_count; i++) {
        const struct capability *one = &system->capabilities[i];

        if (strncmp(one->name, relation.name, relation.length) != 0) {
            break;
        }
        if (one->name[relation.length] == '\0' &&
            is_right_architecture(system, asking, &relation, &system->packages[one->package])) {
            marks[one->package] = true;
        }
    }
    return at + strcspn(at, ",|");
}

size_t system_needs(const struct system *system, size_t package, size_t **ret_needs)
{
    const struct package *asking = &system->packages[package];
    bool *marks = calloc(system->count, sizeof(*marks));
    size_t *needs = malloc(system->count * sizeof(*needs));
    const char *at = asking->depends;
    size_t count = 0;

    if (marks == NULL || needs == NULL) {
        free(marks);
        free(needs);
        return (size_t)-1;
    }
    while (*(at += strspn(at, " \t,|")) != '\0') {
        at = mark_needs(system, asking, at, marks);
    }
    for (size_t i = 0; i < system->count; i++) {
        if (marks[i]) {
            needs[count++] = i;
        }
    }
    free(marks);
    *ret_needs = needs;
    return count;
}

void system_title(const struct system *system, size_t package, char *to, size_t size)
{
    const struct package *one = &system->packages[package];

    if (strcmp(real_architecture(system, one), system->native) == 0) {
        (void)snprintf(to, size, "%s", one->name);
    } else {
        (void)snprintf(to, size, "%s:%s", one->name, one->architecture);
    }
}
