/* SPDX-License-Identifier: MIT */
/* item_search.c: index() and count() of list and tuple, which compare items one by one. */
#include <string.h>

#include "methods.h"

#define ITEMS_MAX 4000

struct search {
    size_t count;
    uint64_t ids[ITEMS_MAX];
    bool equal[ITEMS_MAX];
};

/* Fills in `equal`.  Identity comes first, as in any container: a nan equals itself here.
 * What stands behind the item that is sought itself is asked only if all are wanted. */
static bool ask_items(struct hd_console *console, uint64_t sought, bool all,
                      struct search *search)
{
    uint32_t operations[ITEMS_MAX];

    for (size_t i = 0; i < search->count; i++) {
        search->equal[i] = search->ids[i] == sought;
        if (!search->equal[i]) {
            operations[i] = heapd_batch_equals(hd_link_add(console, NULL),
                                               heapd_id(search->ids[i]), heapd_id(sought));
        } else if (!all) {
            search->count = i + 1;
        }
    }
    if (!hd_link_sync(console)) {
        return false;
    }
    for (size_t i = 0; i < search->count; i++) {
        search->equal[i] =
            search->equal[i] || heapd_result_bool(console->landed->batch, operations[i]);
    }
    return true;
}

/* Compares the items with the first argument. */
static bool compare_items(struct hd_console *console, struct hd_call *call, bool all,
                          struct search *search)
{
    struct hd_page page;

    if (!hd_link_make(console, hd_argument(console, call, 0)) ||
        !hd_learn_items(console, console->stack_count - call->first + 1, 0, ITEMS_MAX, &page)) {
        return false;
    }
    if (page.count != page.length) {
        return hd_pyerror_set(console->error, "MemoryError",
                              "more than %d items to be compared one by one", ITEMS_MAX);
    }
    search->count = page.count;
    memcpy(search->ids, page.items, page.count * sizeof(search->ids[0]));
    return ask_items(console, hd_argument(console, call, 0)->id, all, search);
}

bool hd_item_index(struct hd_console *console, struct hd_call *call)
{
    struct search search;
    struct hd_text sought;

    if (!compare_items(console, call, false, &search)) {
        return false;
    }
    for (size_t i = 0; i < search.count; i++) {
        if (search.equal[i]) {
            call->result = hd_value_int((int64_t)i);
            return true;
        }
    }
    if (hd_argument(console, call, -1)->kind == HEAPD_KIND_TUPLE) {
        return hd_pyerror_set(console->error, "ValueError", "tuple.index(x): x not in tuple");
    }
    hd_text_init(&sought);
    if (hd_repr(console, console->stack_count - call->first, false, &sought)) {
        (void)hd_pyerror_set(console->error, "ValueError", "%s is not in list",
                             hd_text_data(&sought));
    }
    hd_text_fini(&sought);
    return false;
}

bool hd_item_count(struct hd_console *console, struct hd_call *call)
{
    struct search search;
    int64_t equal = 0;

    if (!compare_items(console, call, true, &search)) {
        return false;
    }
    for (size_t i = 0; i < search.count; i++) {
        equal += search.equal[i];
    }
    call->result = hd_value_int(equal);
    return true;
}
