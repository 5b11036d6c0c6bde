/* SPDX-License-Identifier: MIT */
/* Reads "WHAT SIZE\n" and SIZE bytes of source, again and again; writes "SIZE\n" and the
 * listing of each.  WHAT: tokens, tree, folded, constants. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listing.h"

static int list(const char *what, const char *source, size_t size, struct hd_text *out)
{
    if (strcmp(what, "tokens") == 0) {
        listing_of_tokens(source, size, out);
    } else if (strcmp(what, "tree") == 0 || strcmp(what, "folded") == 0) {
        listing_of_tree(source, size, what[0] == 'f', out);
    } else if (strcmp(what, "constants") == 0) {
        listing_of_constants(source, size, out);
    } else {
        (void)fprintf(stderr, "%s: not known\n", what);
        return 1;
    }
    return 0;
}

int main(void)
{
    char what[16];
    size_t size;
    int status = 0;

    while (status == 0 && scanf("%15s %zu", what, &size) == 2) {
        char *source = hd_must_alloc(size + 1);
        struct hd_text out;

        hd_text_init(&out);
        if (getchar() != '\n' || fread(source, 1, size, stdin) != size) {
            status = 1;
        }
        status = status != 0 ? status : list(what, source, size, &out);
        (void)printf("%zu\n%s", out.size, hd_text_data(&out));
        hd_text_fini(&out);
        free(source);
    }
    return status;
}
