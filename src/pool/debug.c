/* SPDX-License-Identifier: MIT */
/* debug.c: heads, pads, patterns and the queue of the freed. */
#include "pool/debug.h"

#include <string.h>

#include "base/check.h"

#define PAD 16u

enum state { STATE_LIVE = 0x4C495645, STATE_FREED = 0x46524545 };

struct head {
    struct hd_list link;
    uint64_t serial;
    size_t size;
    uint32_t state;
    uint16_t use;
    uint16_t told; /* of its damage, once */
    unsigned char gap[8];
    unsigned char pad[PAD];
};

_Static_assert(sizeof(struct head) == HD_DEBUG_HEAD, "a block keeps its alignment");

static char *block_of(struct head *head)
{
    return (char *)(head + 1);
}

static struct head *head_of(void *block)
{
    return (struct head *)block - 1;
}

static size_t whole(size_t size)
{
    return HD_DEBUG_HEAD + size + HD_DEBUG_TAIL;
}

static bool is_filled(const void *bytes, unsigned char pattern, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++) {
        if (at[i] != pattern) {
            return false;
        }
    }
    return true;
}

static void tell(const struct hd_debug *debug, struct head *head, enum hd_debug_defect defect)
{
    const struct hd_debug_finding finding = {defect, block_of(head), head->size, head->serial,
                                             head->state == STATE_LIVE};

    if (head->told == 0 && debug->report != NULL) {
        debug->report(debug->ctx, &finding);
    }
    head->told = 1;
}

/* [pool.inv.pads] */
static bool look_at_pads(const struct hd_debug *debug, struct head *head)
{
    if (!is_filled(head->pad, HD_DEBUG_PAD, PAD)) {
        tell(debug, head, HD_DEBUG_WRITTEN_BEFORE);
        return false;
    }
    if (!is_filled(block_of(head) + head->size, HD_DEBUG_PAD, HD_DEBUG_TAIL)) {
        tell(debug, head, HD_DEBUG_WRITTEN_BEHIND);
        return false;
    }
    return true;
}

/* [pool.inv.quarantine] */
static bool look_at_freed(const struct hd_debug *debug, struct head *head)
{
    if (!is_filled(head->pad, HD_DEBUG_FREED, PAD + head->size + HD_DEBUG_TAIL)) {
        tell(debug, head, HD_DEBUG_WRITTEN_AFTER_FREE);
        return false;
    }
    return true;
}

static void make(struct hd_debug_face *face, struct head *head, size_t size)
{
    struct hd_debug *debug = face->debug;

    *head = (struct head){
        .serial = ++debug->serial,
        .size = size,
        .state = STATE_LIVE,
        .use = (uint16_t)(face - debug->faces),
    };
    hd_list_init(&head->link);
    hd_list_push_back(&debug->live, &head->link);
    memset(head->pad, HD_DEBUG_PAD, PAD);
    memset(block_of(head), HD_DEBUG_NEW, size);
    memset(block_of(head) + size, HD_DEBUG_PAD, HD_DEBUG_TAIL);
    face->used_bytes += size;
}

static void *debug_alloc(void *ctx, size_t size)
{
    struct hd_debug_face *face = ctx;
    struct head *head = hd_alloc(face->under, whole(size));

    if (head == NULL) {
        return NULL;
    }
    make(face, head, size);
    return block_of(head);
}

static void leave_quarantine(struct hd_debug *debug, struct head *head)
{
    hd_list_unlink(&head->link);
    debug->waiting_bytes -= whole(head->size);
    (void)look_at_freed(debug, head);
    hd_free(debug->faces[head->use].under, head, whole(head->size));
}

static void shorten_quarantine(struct hd_debug *debug, size_t most)
{
    while (debug->waiting_bytes > most) {
        leave_quarantine(debug,
                         HD_CONTAINER_OF(hd_list_first(&debug->quarantine), struct head, link));
    }
}

static void debug_free(void *ctx, void *block, size_t size)
{
    struct hd_debug_face *face = ctx;
    struct hd_debug *debug = face->debug;
    struct head *head;

    if (block == NULL) {
        return;
    }
    head = head_of(block);
    if (head->state != STATE_LIVE) {
        head->told = 0;
        tell(debug, head, HD_DEBUG_FREED_TWICE);
        return;
    }
    if (look_at_pads(debug, head) && size != head->size) {
        tell(debug, head, HD_DEBUG_WRONG_SIZE);
    }
    face->used_bytes -= head->size;
    head->state = STATE_FREED;
    head->told = 0;
    memset(head->pad, HD_DEBUG_FREED, PAD + head->size + HD_DEBUG_TAIL);
    hd_list_unlink(&head->link);
    hd_list_push_back(&debug->quarantine, &head->link);
    debug->waiting_bytes += whole(head->size);
    shorten_quarantine(debug, HD_DEBUG_QUARANTINE);
}

/* Always to another place, so that nobody gets away with the old address. */
static void *debug_resize(void *ctx, void *block, size_t old_size, size_t new_size)
{
    void *moved = debug_alloc(ctx, new_size);

    if (moved != NULL) {
        memcpy(moved, block, old_size < new_size ? old_size : new_size);
        debug_free(ctx, block, old_size);
    }
    return moved;
}

void hd_debug_init(struct hd_debug *debug, const struct hd_allocator *first,
                   const struct hd_allocator *second)
{
    const struct hd_allocator *under[HD_DEBUG_USES] = {first, second};

    *debug = (struct hd_debug){0};
    hd_list_init(&debug->live);
    hd_list_init(&debug->quarantine);
    for (unsigned i = 0; i < HD_DEBUG_USES; i++) {
        struct hd_debug_face *face = &debug->faces[i];

        face->iface = (struct hd_allocator){debug_alloc, debug_resize, debug_free, face};
        face->debug = debug;
        face->under = under[i];
    }
}

void hd_debug_fini(struct hd_debug *debug)
{
    HD_CHECK(hd_list_is_empty(&debug->live));
    shorten_quarantine(debug, 0);
}

bool hd_debug_check(const struct hd_debug *debug)
{
    bool sound = true;

    HD_LIST_FOREACH (element, &debug->live) {
        sound = look_at_pads(debug, HD_CONTAINER_OF(element, struct head, link)) && sound;
    }
    HD_LIST_FOREACH (element, &debug->quarantine) {
        sound = look_at_freed(debug, HD_CONTAINER_OF(element, struct head, link)) && sound;
    }
    return sound;
}

void hd_debug_each_waiting(const struct hd_debug *debug, void (*visit)(void *ctx, size_t size),
                           void *ctx)
{
    HD_LIST_FOREACH (element, &debug->quarantine) {
        visit(ctx, HD_CONTAINER_OF(element, struct head, link)->size);
    }
}

const char *hd_debug_defect_text(enum hd_debug_defect defect)
{
    static const char *const texts[] = {
        [HD_DEBUG_WRITTEN_BEFORE] = "was written to before its beginning",
        [HD_DEBUG_WRITTEN_BEHIND] = "was written to behind its end",
        [HD_DEBUG_WRITTEN_AFTER_FREE] = "was written to after it was freed",
        [HD_DEBUG_FREED_TWICE] = "was freed twice",
        [HD_DEBUG_WRONG_SIZE] = "was freed with another size than it has",
    };

    return texts[defect];
}
