/* SPDX-License-Identifier: MIT */
/* list.h: a doubly linked list through a member of its elements.  It owns nothing.
 *
 * A list head and an unlinked element both point at themselves. */
#ifndef HD_BASE_LIST_H
#define HD_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct hd_list {
    struct hd_list *next;
    struct hd_list *prev;
};

void hd_list_init(struct hd_list *list);
bool hd_list_is_empty(const struct hd_list *list);

/* element must be unlinked. */
void hd_list_push_back(struct hd_list *list, struct hd_list *element);
void hd_list_push_front(struct hd_list *list, struct hd_list *element);

/* The elements of `from` go behind those of the list. */
void hd_list_append(struct hd_list *list, struct hd_list *from);

/* Leaves element unlinked; unlinking twice does nothing. */
void hd_list_unlink(struct hd_list *element);

/* The first element, or NULL. */
struct hd_list *hd_list_first(const struct hd_list *list);

#define HD_CONTAINER_OF(member_ptr, type, member)                                              \
    ((type *)(void *)((char *)(member_ptr)-offsetof(type, member)))

/* element is a struct hd_list *; the body may not unlink it. */
#define HD_LIST_FOREACH(element, list)                                                         \
    for (struct hd_list *element = (list)->next; element != (list); element = element->next)

#endif
