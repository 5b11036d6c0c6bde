/* SPDX-License-Identifier: MIT */
/* Frames and envelopes of any bytes: every view lies within them. */
#include <stdint.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "wire/message.h"

static void check_view(struct hd_bytes view, struct hd_bytes whole)
{
    if (view.size > 0 &&
        (view.data < whole.data || view.data + view.size > whole.data + whole.size)) {
        abort();
    }
}

static void check_request(struct hd_bytes data)
{
    struct hd_request request;
    struct hd_error error;

    if (hd_envelope_scan(data, &request, &error) == HD_OK) {
        check_view(request.service, data);
        check_view(request.method, data);
        check_view(request.payload, data);
        check_view(request.heap, data);
        check_view(request.session, data);
        check_view(request.number, data);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hd_bytes rest = {(const char *)data, size};
    struct hd_ttrpc_frame frame;
    size_t wanted = 0;

    check_request(rest);
    while (hd_ttrpc_parse(rest, &frame, &wanted) == HD_FRAME_READY) {
        size_t whole = HD_TTRPC_HEADER_BYTES + frame.size;

        check_view(frame.data, rest);
        check_request(frame.data);
        rest.data += whole;
        rest.size -= whole;
    }
    return 0;
}
