/* SPDX-License-Identifier: MIT */
#include "info.h"

#include <string.h>

#include "fake_peer.h"
#include "heapd/v1/name.pb-c.h"
#include "heapd/v1/object.pb-c.h"

static void answer_info(struct fake_peer *peer, uint32_t stream, Heapd__V1__ObjectInfo *info)
{
    Heapd__V1__GetResponse answer = HEAPD__V1__GET_RESPONSE__INIT;

    answer.objects = &info;
    answer.n_objects = 1;
    fake_peer_answer(peer, stream, &answer.base);
}

static void a_str_comes_with_a_nul_behind(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ObjectInfo message;
    Heapd__V1__BlockPlace place = HEAPD__V1__BLOCK_PLACE__INIT;
    uint8_t text[16] = "sixteen bytes ..";
    struct heapd_info *info;

    heapd__v1__object_info__init(&message);
    message.id = 9;
    message.kind = HEAPD__V1__KIND__KIND_STR;
    message.refcount = 3;
    message.scalar_case = HEAPD__V1__OBJECT_INFO__SCALAR_STR_VALUE;
    message.str_value.data = text;
    message.str_value.len = sizeof(text);
    message.length = 16;
    message.place = &place;
    place.in_pool = true;
    place.block_size = 64;
    answer_info(peer, 1, &message);
    assert_int_equal(heapd_get(peer->client, heapd_id(9), NULL, &info, NULL), HEAPD_OK);
    assert_int_equal(info->kind, HEAPD_KIND_STR);
    assert_int_equal(info->refcount, 3);
    assert_int_equal(info->size, 16);
    assert_string_equal(info->data, "sixteen bytes ..");
    assert_true(info->has_block && info->in_pool);
    assert_int_equal(info->block_size, 64);
    assert_null(info->class_name);
    assert_null(info->items);
    heapd_free(info);

    message.str_value.len = 0;
    message.place = NULL;
    answer_info(peer, 3, &message);
    assert_int_equal(heapd_get(peer->client, heapd_id(9), NULL, &info, NULL), HEAPD_OK);
    assert_string_equal(info->data, "");
    assert_false(info->has_block);
    heapd_free(info);
}

static void an_instance_has_names_beside_values(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ObjectInfo message;
    char class_name[] = "Node";
    uint64_t items[] = {11, 12};
    uint64_t values[] = {21, 22};
    struct heapd_info *info;

    heapd__v1__object_info__init(&message);
    message.kind = HEAPD__V1__KIND__KIND_INSTANCE;
    message.class_name = class_name;
    message.items = items;
    message.values = values;
    message.n_items = 2;
    message.n_values = 2;
    message.length = 2;
    answer_info(peer, 1, &message);
    assert_int_equal(heapd_get(peer->client, heapd_id(9), NULL, &info, NULL), HEAPD_OK);
    assert_string_equal(info->class_name, "Node");
    assert_int_equal(info->item_count, 2);
    assert_true(info->items[1] == 12);
    assert_true(info->values[0] == 21);
    assert_null(info->data);
    heapd_free(info);
}

static void an_answer_about_nothing_is_refused(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__GetResponse nothing = HEAPD__V1__GET_RESPONSE__INIT;
    struct heapd_info *info;
    struct heapd_error error;

    fake_peer_answer(peer, 1, &nothing.base);
    assert_int_equal(heapd_get(peer->client, heapd_id(9), NULL, &info, &error), HEAPD_INTERNAL);
    assert_string_equal(error.reason, "BAD_REPLY");
}

static void holds_by_id_give_the_ids_back(void **state)
{
    struct fake_peer *peer = *state;
    const struct heapd_ref by_id[] = {heapd_id(5), heapd_id(6)};
    const struct heapd_ref mixed[] = {heapd_id(5), heapd_name("x")};
    Heapd__V1__HoldResponse answer = HEAPD__V1__HOLD_RESPONSE__INIT;
    uint64_t held[] = {5, 77};
    uint64_t ids[2];

    fake_peer_answer(peer, 1, &answer.base);
    assert_int_equal(heapd_hold(peer->client, by_id, NULL, 2, ids, NULL), HEAPD_OK);
    assert_true(ids[0] == 5 && ids[1] == 6);
    answer.ids = held;
    answer.n_ids = 2;
    fake_peer_answer(peer, 3, &answer.base);
    assert_int_equal(heapd_hold(peer->client, mixed, NULL, 2, ids, NULL), HEAPD_OK);
    assert_true(ids[0] == 5 && ids[1] == 77);
    answer.n_ids = 0;
    fake_peer_answer(peer, 5, &answer.base);
    assert_int_equal(heapd_hold(peer->client, mixed, NULL, 2, ids, NULL), HEAPD_INTERNAL);
}

static void names_come_in_one_block(void **state)
{
    struct fake_peer *peer = *state;
    Heapd__V1__ListResponse page;
    Heapd__V1__NamedObject named[2];
    Heapd__V1__NamedObject *pointers[] = {&named[0], &named[1]};
    char texts[][8] = {"first", "second"};
    struct heapd_named *names;
    size_t count;

    heapd__v1__list_response__init(&page);
    fake_peer_answer(peer, 1, &page.base);
    assert_int_equal(heapd_names(peer->client, HEAPD_SCOPE_HEAP, &names, &count, NULL),
                     HEAPD_OK);
    assert_int_equal(count, 0);
    assert_non_null(names);
    heapd_free(names);

    for (size_t i = 0; i < 2; i++) {
        heapd__v1__named_object__init(&named[i]);
        named[i].name = texts[i];
        named[i].id = i + 1;
    }
    page.names = pointers;
    page.n_names = 2;
    fake_peer_answer(peer, 3, &page.base);
    assert_int_equal(heapd_names(peer->client, HEAPD_SCOPE_HEAP, &names, &count, NULL),
                     HEAPD_OK);
    assert_int_equal(count, 2);
    assert_string_equal(names[0].name, "first");
    assert_string_equal(names[1].name, "second");
    assert_true(names[1].id == 2);
    heapd_free(names);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_peer_setup, fake_peer_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_str_comes_with_a_nul_behind),
        TEST(an_instance_has_names_beside_values),
        TEST(an_answer_about_nothing_is_refused),
        TEST(holds_by_id_give_the_ids_back),
        TEST(names_come_in_one_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
