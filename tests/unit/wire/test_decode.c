/* SPDX-License-Identifier: MIT */
/* Messages made at random along their descriptors: what protobuf-c packs is what is encoded
 * here, and what it unpacks is what is decoded; and the forms that it does not write itself. */
#include "wire/decode.h"

#include <stdlib.h>
#include <string.h>

#include "heapd/v1/batch.pb-c.h"
#include "heapd/v1/collector.pb-c.h"
#include "heapd/v1/object.pb-c.h"
#include "lib/fault_alloc.h"
#include "lib/random.h"
#include "lib/testlib.h"
#include "lib/wire_bytes.h"
#include "wire/encode.h"

#define ROUNDS 2000

struct fixture {
    struct fault_alloc alloc;
    struct hd_scratch scratch;
    struct hd_scratch made; /* the messages that are packed */
    struct wire_bytes bytes;
    struct hd_error error;
    struct random random;
};

static int setup(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);

    fault_alloc_init(&f->alloc, FAULT_NEVER);
    hd_scratch_init(&f->scratch, &f->alloc.iface);
    hd_scratch_init(&f->made, &f->alloc.iface);
    (void)random_init(&f->random, 20261127);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    hd_scratch_fini(&f->scratch);
    hd_scratch_fini(&f->made);
    assert_int_equal(f->alloc.live_bytes, 0);
    wire_bytes_free(&f->bytes);
    test_free(f);
    return 0;
}

static size_t size_of(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
    case PROTOBUF_C_TYPE_STRING:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    default:
        return 4;
    }
}

static ProtobufCMessage *make(struct fixture *f, const ProtobufCMessageDescriptor *type,
                              unsigned depth);

static void make_value(struct fixture *f, const ProtobufCFieldDescriptor *field, void *to,
                       unsigned depth)
{
    uint64_t value = random_next(&f->random) >> random_below(&f->random, 64);
    size_t length = random_below(&f->random, 20);
    char *text;

    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)to = make(f, field->descriptor, depth + 1);
        return;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
        text = hd_scratch_copy_text(&f->made, "some text of many letters", length);
        if (field->type == PROTOBUF_C_TYPE_STRING) {
            *(char **)to = text;
        } else {
            *(ProtobufCBinaryData *)to = (ProtobufCBinaryData){length, (uint8_t *)text};
        }
        return;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)to = (protobuf_c_boolean)(value & 1);
        return;
    default:
        memcpy(to, &value, size_of(field));
    }
}

static void make_repeated(struct fixture *f, const ProtobufCFieldDescriptor *field,
                          char *message, unsigned depth)
{
    size_t n = random_below(&f->random, depth < 2 ? 12 : 4);
    char *column = hd_scratch_take(&f->made, n * size_of(field) + 1);

    for (size_t i = 0; i < n; i++) {
        make_value(f, field, column + i * size_of(field), depth);
    }
    *(size_t *)(void *)(message + field->quantifier_offset) = n;
    *(char **)(void *)(message + field->offset) = n == 0 ? NULL : column;
}

static ProtobufCMessage *make(struct fixture *f, const ProtobufCMessageDescriptor *type,
                              unsigned depth)
{
    char *message = hd_scratch_take(&f->made, type->sizeof_message);

    type->message_init((ProtobufCMessage *)(void *)message);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];

        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            make_repeated(f, field, message, depth);
        } else if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
            if (random_below(&f->random, type->n_fields) == 0) {
                *(uint32_t *)(void *)(message + field->quantifier_offset) = field->id;
                make_value(f, field, message + field->offset, depth);
            }
        } else if (random_below(&f->random, 3) != 0) {
            make_value(f, field, message + field->offset, depth);
        }
    }
    return (ProtobufCMessage *)(void *)message;
}

static void assert_same(const ProtobufCMessage *a, const ProtobufCMessage *b);

static void assert_same_value(const ProtobufCFieldDescriptor *field, const void *a,
                              const void *b)
{
    const ProtobufCBinaryData *left = a;
    const ProtobufCBinaryData *right = b;

    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        assert_same(*(ProtobufCMessage *const *)a, *(ProtobufCMessage *const *)b);
        return;
    case PROTOBUF_C_TYPE_STRING:
        assert_string_equal(*(char *const *)a, *(char *const *)b);
        return;
    case PROTOBUF_C_TYPE_BYTES:
        assert_int_equal(left->len, right->len);
        if (left->len > 0) {
            assert_memory_equal(left->data, right->data, left->len);
        }
        return;
    default:
        assert_memory_equal(a, b, size_of(field));
    }
}

static void assert_same(const ProtobufCMessage *a, const ProtobufCMessage *b)
{
    assert_int_equal(a == NULL, b == NULL);
    for (unsigned i = 0; a != NULL && i < a->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &a->descriptor->fields[i];
        const char *left = (const char *)a;
        const char *right = (const char *)b;

        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t n = *(const size_t *)(const void *)(left + field->quantifier_offset);

            assert_int_equal(n,
                             *(const size_t *)(const void *)(right + field->quantifier_offset));
            for (size_t j = 0; j < n; j++) {
                assert_same_value(
                    field,
                    *(char *const *)(const void *)(left + field->offset) + j * size_of(field),
                    *(char *const *)(const void *)(right + field->offset) + j * size_of(field));
            }
            continue;
        }
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
            uint32_t which = *(const uint32_t *)(const void *)(left + field->quantifier_offset);

            assert_int_equal(
                which, *(const uint32_t *)(const void *)(right + field->quantifier_offset));
            if (which != field->id) {
                continue;
            }
        }
        assert_same_value(field, left + field->offset, right + field->offset);
    }
}

static enum hd_decoded decode(struct fixture *f, const ProtobufCMessageDescriptor *type,
                              ProtobufCMessage **ret_message)
{
    return hd_decode(type, (struct hd_bytes){(const char *)f->bytes.data, f->bytes.size},
                     &f->scratch, ret_message, &f->error);
}

/* With room for all and the slack it does; with less it says so, or does as well, and never
 * writes beyond (AddressSanitizer looks on). */
static void assert_encodes(const ProtobufCMessage *message, uint8_t *to, size_t size)
{
    for (size_t room = 0; room < size + HD_ENCODE_SLACK; room += 1 + room / 2) {
        uint8_t *small = malloc(room + 1);
        uint8_t *end;

        assert_non_null(small);
        end = hd_encode(message, small, small + room);
        assert_true(end == NULL || (size_t)(end - small) == size);
        free(small);
    }
    assert_ptr_equal(hd_encode(message, to, to + size + HD_ENCODE_SLACK), to + size);
}

static void messages_are_encoded_and_decoded_as_protobuf_does(void **state)
{
    static const ProtobufCMessageDescriptor *const types[] = {
        &heapd__v1__execute_request__descriptor,
        &heapd__v1__create_request__descriptor,
        &heapd__v1__get_response__descriptor,
        &heapd__v1__set_threshold_request__descriptor,
        &heapd__v1__get_stats_response__descriptor,
        &heapd__v1__why_response__descriptor,
    };
    struct fixture *f = *state;

    for (int i = 0; i < ROUNDS; i++) {
        const ProtobufCMessageDescriptor *type =
            types[random_below(&f->random, sizeof types / sizeof types[0])];
        ProtobufCMessage *message = make(f, type, 0);
        ProtobufCMessage *theirs;
        ProtobufCMessage *ours;
        uint8_t *packed;

        wire_bytes_clear(&f->bytes);
        packed = malloc(protobuf_c_message_get_packed_size(message) + HD_ENCODE_SLACK);
        assert_non_null(packed);
        wire_bytes_add(&f->bytes, packed, protobuf_c_message_pack(message, packed));
        assert_int_equal(hd_encode_size(message), f->bytes.size);
        assert_encodes(message, packed, f->bytes.size);
        assert_memory_equal(packed, f->bytes.data, f->bytes.size);
        theirs = protobuf_c_message_unpack(type, NULL, f->bytes.size, f->bytes.data);
        assert_non_null(theirs);
        assert_int_equal(decode(f, type, &ours), HD_DECODED);
        assert_same(ours, theirs);
        protobuf_c_message_free_unpacked(theirs, NULL);
        free(packed);
        hd_scratch_reset(&f->scratch);
        hd_scratch_reset(&f->made);
    }
}

static const Heapd__V1__Operands *operands(struct fixture *f)
{
    ProtobufCMessage *message;

    assert_int_equal(decode(f, &heapd__v1__operands__descriptor, &message), HD_DECODED);
    return (const Heapd__V1__Operands *)(const void *)message;
}

static void columns_come_in_pieces_of_either_form(void **state)
{
    struct fixture *f = *state;
    uint64_t three[] = {1, 2, 3};
    const Heapd__V1__Operands *many;

    wire_put_bytes(&f->bytes, 1, "", 0); /* an empty piece */
    wire_put_fixed64(&f->bytes, 1, 77);
    wire_put_bytes(&f->bytes, 1, three, sizeof three);
    wire_put_bytes(&f->bytes, 2, "\x05\x80\x01", 3);
    wire_put_fixed64(&f->bytes, 1, 78);
    wire_put_number(&f->bytes, 2, 6);
    many = operands(f);
    assert_int_equal(many->n_ids, 5);
    assert_int_equal(many->ids[0], 77);
    assert_int_equal(many->ids[3], 3);
    assert_int_equal(many->ids[4], 78);
    assert_int_equal(many->n_results, 3);
    assert_int_equal(many->results[1], 128);
    assert_int_equal(many->results[2], 6);
}

/* One by one they would be moved for each value: the memory for that would be quadratic. */
static void a_column_is_taken_once(void **state)
{
    enum { IDS = 10000 };
    struct fixture *f = *state;
    const Heapd__V1__Operands *many;

    for (uint64_t i = 0; i < IDS; i++) {
        wire_put_fixed64(&f->bytes, 1, i);
    }
    many = operands(f);
    assert_int_equal(many->n_ids, IDS);
    assert_int_equal(many->ids[IDS - 1], IDS - 1);
    assert_true(hd_scratch_taken(&f->scratch) < 2 * IDS * sizeof many->ids[0]);
}

static void a_message_given_twice_goes_on(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[] = {1, 2, 3};
    ProtobufCMessage *message;
    const Heapd__V1__HoldRequest *hold;

    wire_put_ids(&f->bytes, 1, ids, 2);
    wire_put_ids(&f->bytes, 1, ids + 2, 1);
    assert_int_equal(decode(f, &heapd__v1__hold_request__descriptor, &message), HD_DECODED);
    hold = (const Heapd__V1__HoldRequest *)(const void *)message;
    assert_int_equal(hold->objects->n_ids, 3);
    assert_int_equal(hold->objects->ids[0], 1);
    assert_int_equal(hold->objects->ids[2], 3);
}

static void the_last_member_of_a_oneof_counts(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessage *message;
    const Heapd__V1__NewObject *object;
    struct wire_bytes inner = {0};

    wire_put_bytes(&f->bytes, 5, "text", 4);
    wire_put_ids(&f->bytes, 8, &(uint64_t){9}, 1);
    assert_int_equal(decode(f, &heapd__v1__new_object__descriptor, &message), HD_DECODED);
    object = (const Heapd__V1__NewObject *)(const void *)message;
    assert_int_equal(object->value_case, HEAPD__V1__NEW_OBJECT__VALUE_LIST);
    assert_int_equal(object->list->n_ids, 1);
    wire_put_signed(&f->bytes, 3, -5);
    assert_int_equal(decode(f, &heapd__v1__new_object__descriptor, &message), HD_DECODED);
    object = (const Heapd__V1__NewObject *)(const void *)message;
    assert_int_equal(object->value_case, HEAPD__V1__NEW_OBJECT__VALUE_INT_VALUE);
    assert_int_equal(object->int_value, -5);
    wire_bytes_free(&inner);
}

/* In place of a message, at any size of it. */
static void a_written_message_is_encoded_as_the_message_it_stands_for(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 127, 128, 300};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Heapd__V1__CreateRequest create = HEAPD__V1__CREATE_REQUEST__INIT;
        Heapd__V1__NewObject object = HEAPD__V1__NEW_OBJECT__INIT;
        uint8_t *value = hd_scratch_take_array(&f->made, sizes[i], 1);
        struct hd_written written;
        uint8_t inner[320];
        uint8_t theirs[320];
        uint8_t ours[320 + HD_ENCODE_SLACK];
        size_t size;

        assert_non_null(value);
        object.str_value = (ProtobufCBinaryData){sizes[i], value};
        object.value_case = HEAPD__V1__NEW_OBJECT__VALUE_STR_VALUE;
        create.object = &object;
        size = protobuf_c_message_pack(&create.base, theirs);
        hd_written_init(&written,
                        (struct hd_bytes){(const char *)inner,
                                          protobuf_c_message_pack(&object.base, inner)});
        assert_true(hd_is_written(&written.base));
        assert_false(hd_is_written(&object.base));
        create.object = (Heapd__V1__NewObject *)(void *)&written;
        assert_int_equal(hd_encode_size(&create.base), size);
        assert_encodes(&create.base, ours, size);
        assert_memory_equal(ours, theirs, size);
    }
}

/* Sizes of one, two and three bytes in front of messages within messages. */
static void large_messages_within_messages_are_encoded(void **state)
{
    static const size_t sizes[] = {1, 127, 128, 16383, 16384, 100000};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        Heapd__V1__CreateRequest create = HEAPD__V1__CREATE_REQUEST__INIT;
        Heapd__V1__NewObject object = HEAPD__V1__NEW_OBJECT__INIT;
        uint8_t *value = hd_scratch_take_array(&f->made, sizes[i], 1);
        uint8_t *ours = malloc(sizes[i] + 100);
        uint8_t *theirs = malloc(sizes[i] + 100);
        size_t size;

        assert_true(value != NULL && ours != NULL && theirs != NULL);
        object.value_case = HEAPD__V1__NEW_OBJECT__VALUE_BYTES_VALUE;
        object.bytes_value = (ProtobufCBinaryData){sizes[i], value};
        create.object = &object;
        size = protobuf_c_message_pack(&create.base, theirs);
        assert_int_equal(hd_encode_size(&create.base), size);
        assert_encodes(&create.base, ours, size);
        assert_memory_equal(ours, theirs, size);
        free(ours);
        free(theirs);
    }
}

static void what_is_unknown_is_left_out(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessage *message;

    wire_put_number(&f->bytes, 9999, 1);
    wire_put_fixed64(&f->bytes, 17, 1);
    wire_put_text(&f->bytes, 18, "text");
    wire_bytes_add(&f->bytes, "\xa5\x01\x01\x02\x03\x04", 6); /* fixed32 of field 20 */
    wire_put_number(&f->bytes, 3, 7);
    assert_int_equal(decode(f, &heapd__v1__object_ref__descriptor, &message), HD_DECODED);
    assert_int_equal(message->n_unknown_fields, 0);
    assert_int_equal(((const Heapd__V1__ObjectRef *)(const void *)message)->result, 7);
}

static void bytes_are_views(void **state)
{
    struct fixture *f = *state;
    ProtobufCMessage *message;
    const Heapd__V1__NewObject *object;

    wire_put_bytes(&f->bytes, 6, "payload", 7);
    assert_int_equal(decode(f, &heapd__v1__new_object__descriptor, &message), HD_DECODED);
    object = (const Heapd__V1__NewObject *)(const void *)message;
    assert_ptr_equal(object->bytes_value.data, f->bytes.data + 2);
}

/* The same bytes, cut off and changed anywhere: refused, or a message. */
static void damaged_bytes_are_refused_or_a_message(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < ROUNDS; i++) {
        ProtobufCMessage *message = make(f, &heapd__v1__execute_request__descriptor, 0);
        uint8_t *packed = malloc(protobuf_c_message_get_packed_size(message) + 1);
        size_t size;
        ProtobufCMessage *ours;

        assert_non_null(packed);
        size = protobuf_c_message_pack(message, packed);
        for (unsigned changes = random_below(&f->random, 4); size > 0 && changes > 0;
             changes--) {
            packed[random_below(&f->random, size)] ^=
                (uint8_t)(1u << random_below(&f->random, 8));
        }
        wire_bytes_clear(&f->bytes);
        wire_bytes_add(&f->bytes, packed, random_below(&f->random, size + 1));
        if (decode(f, &heapd__v1__execute_request__descriptor, &ours) == HD_DECODED) {
            assert_true(protobuf_c_message_check(ours));
        }
        free(packed);
        hd_scratch_reset(&f->scratch);
        hd_scratch_reset(&f->made);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(messages_are_encoded_and_decoded_as_protobuf_does),
        TEST(columns_come_in_pieces_of_either_form),
        TEST(a_column_is_taken_once),
        TEST(a_message_given_twice_goes_on),
        TEST(the_last_member_of_a_oneof_counts),
        TEST(a_written_message_is_encoded_as_the_message_it_stands_for),
        TEST(large_messages_within_messages_are_encoded),
        TEST(what_is_unknown_is_left_out),
        TEST(bytes_are_views),
        TEST(damaged_bytes_are_refused_or_a_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
