/* SPDX-License-Identifier: MIT */
/* findings.c: what the debug allocator finds, as sentences with the object's id. */
#include <inttypes.h>
#include <stdio.h>

#include "heap/internal.h"
#include "object/blame.h"

#define SENTENCE 256

static void tell(const struct hd_heap *heap, const char *sentence)
{
    if (heap->verifier != NULL) {
        heap->verifier(heap->verifier_ctx, sentence);
    } else if (heap->options.report != NULL) {
        heap->options.report(heap->options.report_ctx, sentence);
    }
}

void hd_findings_report(void *ctx, const struct hd_debug_finding *finding)
{
    const struct hd_heap *heap = ctx;
    uint64_t id = heap->objects == NULL ? 0 : hd_objects_blame(heap->objects, finding->block);
    char sentence[SENTENCE];
    char whose[64] = "of no object";

    if (id != 0) {
        (void)snprintf(whose, sizeof whose, "%s object %" PRIu64,
                       finding->in_use ? "of" : "last of", id);
    }
    (void)snprintf(sentence, sizeof sentence,
                   "the block of allocation %" PRIu64 ", %zu bytes, %s, %s", finding->serial,
                   finding->size, whose, hd_debug_defect_text(finding->defect));
    tell(heap, sentence);
}
