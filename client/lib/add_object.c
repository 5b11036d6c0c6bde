/* SPDX-License-Identifier: MIT */
/* add_object.c: operations on objects as such, added to a batch. */
#include "operand.h"
#include "operations.h"

HEAPD_API uint32_t heapd_batch_create(struct heapd_batch *batch, struct heapd_new object,
                                      struct heapd_keep keep)
{
    Heapd__V1__CreateRequest request = HEAPD__V1__CREATE_REQUEST__INIT;

    request.object = hdc_new(batch, &object);
    hdc_keep(batch, &keep, &request);
    return hdc_batch_put(batch, HDC_CREATE, &request.base);
}

/* Messages do not write to what they pack. */
static uint32_t *borrowed_counts(const uint32_t *counts)
{
    union {
        const uint32_t *in;
        uint32_t *out;
    } cast = {.in = counts};

    return cast.out;
}

HEAPD_API uint32_t heapd_batch_hold(struct heapd_batch *batch, const struct heapd_ref *objects,
                                    const uint32_t *counts, size_t count)
{
    Heapd__V1__HoldRequest request = HEAPD__V1__HOLD_REQUEST__INIT;

    request.objects = hdc_refs(batch, objects, count);
    request.counts = borrowed_counts(counts);
    request.n_counts = counts != NULL ? count : 0;
    return hdc_batch_put(batch, HDC_HOLD, &request.base);
}

HEAPD_API uint32_t heapd_batch_release(struct heapd_batch *batch,
                                       const struct heapd_ref *objects, const uint32_t *counts,
                                       size_t count)
{
    Heapd__V1__ReleaseRequest request = HEAPD__V1__RELEASE_REQUEST__INIT;

    request.objects = hdc_refs(batch, objects, count);
    request.counts = borrowed_counts(counts);
    request.n_counts = counts != NULL ? count : 0;
    return hdc_batch_put(batch, HDC_RELEASE, &request.base);
}

HEAPD_API uint32_t heapd_batch_refcounts(struct heapd_batch *batch,
                                         const struct heapd_ref *objects, size_t count)
{
    Heapd__V1__GetRefcountsRequest request = HEAPD__V1__GET_REFCOUNTS_REQUEST__INIT;

    request.objects = hdc_refs(batch, objects, count);
    return hdc_batch_put(batch, HDC_GET_REFCOUNTS, &request.base);
}

HEAPD_API uint32_t heapd_batch_get(struct heapd_batch *batch, const struct heapd_ref *objects,
                                   size_t count, const struct heapd_get_options *options)
{
    Heapd__V1__GetRequest request = HEAPD__V1__GET_REQUEST__INIT;

    request.objects = hdc_refs(batch, objects, count);
    if (options != NULL) {
        request.first = options->first;
        request.limit = options->limit;
        request.value_limit = options->value_limit;
    }
    return hdc_batch_put(batch, HDC_GET, &request.base);
}

HEAPD_API uint32_t heapd_batch_set_attr(struct heapd_batch *batch, struct heapd_ref object,
                                        const char *name, struct heapd_ref value)
{
    Heapd__V1__SetAttrRequest request;

    heapd__v1__set_attr_request__init(&request);
    request.object = hdc_ref(batch, &object);
    request.name = hdc_text(name);
    request.value = hdc_ref(batch, &value);
    return hdc_batch_put(batch, HDC_SET_ATTR, &request.base);
}

HEAPD_API uint32_t heapd_batch_get_attr(struct heapd_batch *batch, struct heapd_ref object,
                                        const char *name, unsigned flags)
{
    Heapd__V1__GetAttrRequest request;

    heapd__v1__get_attr_request__init(&request);
    request.object = hdc_ref(batch, &object);
    request.name = hdc_text(name);
    request.hold = (flags & HEAPD_HOLD) != 0;
    return hdc_batch_put(batch, HDC_GET_ATTR, &request.base);
}

HEAPD_API uint32_t heapd_batch_del_attr(struct heapd_batch *batch, struct heapd_ref object,
                                        const char *name)
{
    Heapd__V1__DelAttrRequest request;

    heapd__v1__del_attr_request__init(&request);
    request.object = hdc_ref(batch, &object);
    request.name = hdc_text(name);
    return hdc_batch_put(batch, HDC_DEL_ATTR, &request.base);
}

HEAPD_API uint32_t heapd_batch_length(struct heapd_batch *batch, struct heapd_ref object)
{
    Heapd__V1__LengthRequest request = HEAPD__V1__LENGTH_REQUEST__INIT;

    request.object = hdc_ref(batch, &object);
    return hdc_batch_put(batch, HDC_LENGTH, &request.base);
}

HEAPD_API uint32_t heapd_batch_intern(struct heapd_batch *batch, struct heapd_ref object,
                                      unsigned flags)
{
    Heapd__V1__InternRequest request = HEAPD__V1__INTERN_REQUEST__INIT;

    request.object = hdc_ref(batch, &object);
    request.hold = (flags & HEAPD_HOLD) != 0;
    return hdc_batch_put(batch, HDC_INTERN, &request.base);
}

HEAPD_API uint32_t heapd_batch_equals(struct heapd_batch *batch, struct heapd_ref left,
                                      struct heapd_ref right)
{
    Heapd__V1__EqualsRequest request = HEAPD__V1__EQUALS_REQUEST__INIT;

    request.left = hdc_ref(batch, &left);
    request.right = hdc_ref(batch, &right);
    return hdc_batch_put(batch, HDC_EQUALS, &request.base);
}

static Heapd__V1__CopyPart *copy_part(struct heapd_batch *batch, const struct heapd_part *part)
{
    Heapd__V1__CopyPart *message = hdc_batch_take(batch, 1, sizeof(*message));

    if (message != NULL) {
        heapd__v1__copy_part__init(message);
        message->source = hdc_ref(batch, &part->source);
        message->slice = part->sliced ? hdc_slice(batch, &part->slice) : NULL;
    }
    return message;
}

HEAPD_API uint32_t heapd_batch_copy(struct heapd_batch *batch, const struct heapd_part *parts,
                                    size_t count, int64_t repeat, enum heapd_kind kind,
                                    unsigned flags)
{
    Heapd__V1__CopyRequest request = HEAPD__V1__COPY_REQUEST__INIT;

    request.parts = hdc_batch_take(batch, count, sizeof(*request.parts));
    if (request.parts != NULL) {
        request.n_parts = count;
        for (size_t i = 0; i < count; i++) {
            request.parts[i] = copy_part(batch, &parts[i]);
        }
    }
    request.repeat = repeat;
    request.kind = (Heapd__V1__Kind)kind;
    request.hold = (flags & HEAPD_HOLD) != 0;
    batch->only_batched |= !request.hold;
    return hdc_batch_put(batch, HDC_COPY, &request.base);
}
