/* SPDX-License-Identifier: MIT */
/* cases.h: tables of sources and what a module makes of them. */
#ifndef HEAPD_TESTS_CASES_H
#define HEAPD_TESTS_CASES_H

#include <string.h>

#include "lib/testlib.h"
#include "listing.h"

struct source_case {
    const char *source;
    const char *expected;
};

typedef void listing_fn(const char *source, size_t size, struct hd_text *out);

/* Names the source of the first case that does not agree. */
static inline void check_cases(const struct source_case *cases, size_t count,
                               listing_fn *listing)
{
    for (size_t i = 0; i < count; i++) {
        struct hd_text out;

        hd_text_init(&out);
        listing(cases[i].source, strlen(cases[i].source), &out);
        if (strcmp(hd_text_data(&out), cases[i].expected) != 0) {
            print_error("of the source: %s\n", cases[i].source);
        }
        assert_string_equal(hd_text_data(&out), cases[i].expected);
        hd_text_fini(&out);
    }
}

#define CHECK_CASES(cases, listing)                                                            \
    check_cases(cases, sizeof(cases) / sizeof((cases)[0]), listing)

#endif
