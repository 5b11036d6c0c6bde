/* SPDX-License-Identifier: MIT */
/* list.c: the four pointer moves of a circular list. */
#include "base/list.h"

#include "base/check.h"

void hd_list_init(struct hd_list *list)
{
    list->next = list;
    list->prev = list;
}

bool hd_list_is_empty(const struct hd_list *list)
{
    return list->next == list;
}

void hd_list_push_back(struct hd_list *list, struct hd_list *element)
{
    HD_CHECK(hd_list_is_empty(element));
    element->next = list;
    element->prev = list->prev;
    list->prev->next = element;
    list->prev = element;
}

void hd_list_unlink(struct hd_list *element)
{
    element->prev->next = element->next;
    element->next->prev = element->prev;
    hd_list_init(element);
}

struct hd_list *hd_list_first(const struct hd_list *list)
{
    return hd_list_is_empty(list) ? NULL : list->next;
}

void hd_list_push_front(struct hd_list *list, struct hd_list *element)
{
    hd_list_push_back(list->next, element);
}

void hd_list_append(struct hd_list *list, struct hd_list *from)
{
    if (hd_list_is_empty(from)) {
        return;
    }
    from->next->prev = list->prev;
    list->prev->next = from->next;
    from->prev->next = list;
    list->prev = from->prev;
    hd_list_init(from);
}
