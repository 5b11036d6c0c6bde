/* SPDX-License-Identifier: MIT */
/* pairs.c: a dict from anything that can be run through and gives pairs. */
#include "methods.h"

static struct heapd_ref dict_ref(struct hd_console *console, size_t dict)
{
    return hd_link_ref(&console->stack[dict]);
}

/* The pair on top goes into the dict; number counts the pairs, for errors. */
static bool put_pair(struct hd_console *console, size_t dict, size_t number)
{
    struct hd_page page;
    uint64_t ids[2];

    if (!hd_learn(console, 1)) {
        return false;
    }
    if (!hd_is_iterable(hd_top(console, 1))) {
        return hd_pyerror_set(console->error, "TypeError",
                              "cannot convert dictionary update sequence element #%zu to a "
                              "sequence",
                              number);
    }
    if (!hd_spread(console, 1) || !hd_learn_items(console, 1, 0, 2, &page)) {
        return false;
    }
    if (page.length != 2) {
        return hd_pyerror_set(console->error, "ValueError",
                              "dictionary update sequence element #%zu has length %llu; 2 is "
                              "required",
                              number, (unsigned long long)page.length);
    }
    ids[0] = page.items[0];
    ids[1] = page.items[1];
    (void)heapd_batch_set_item(hd_link_change(console, NULL), dict_ref(console, dict),
                               heapd_at_key(heapd_id(ids[0])), heapd_id(ids[1]));
    hd_drop(console, 1);
    return true;
}

bool hd_put_pairs(struct hd_console *console, size_t dict)
{
    bool more;

    if (!hd_get_iterator(console)) {
        return false;
    }
    for (size_t number = 0;; number++) {
        if (!hd_next(console, &more)) {
            return false;
        }
        if (!more) {
            hd_drop(console, 1);
            return true;
        }
        if (!put_pair(console, dict, number)) {
            return false;
        }
    }
}
