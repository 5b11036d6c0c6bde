/* SPDX-License-Identifier: MIT */
/* fit.c: a tournament tree in an array. */
#include "pool/fit.h"

#include <string.h>

#include "base/check.h"

static uint32_t leaves_for(uint32_t arenas)
{
    uint32_t leaves = 1;

    while (leaves < arenas) {
        leaves *= 2;
    }
    return leaves;
}

size_t hd_fit_table_bytes(uint32_t arenas)
{
    return (size_t)2 * leaves_for(arenas) * sizeof(struct hd_fit_scores);
}

void hd_fit_init(struct hd_fit *fit, void *table, uint32_t arenas)
{
    fit->nodes = table;
    fit->leaves = leaves_for(arenas);
}

static struct hd_fit_scores best_of(const struct hd_fit *fit, uint32_t node)
{
    const struct hd_fit_scores *left = &fit->nodes[(size_t)2 * node];
    const struct hd_fit_scores *right = left + 1;
    struct hd_fit_scores best;

    for (unsigned i = 0; i < HD_POOL_UNITS_MAX; i++) {
        best.score[i] =
            (int8_t)(left->score[i] > right->score[i] ? left->score[i] : right->score[i]);
    }
    return best;
}

void hd_fit_set(struct hd_fit *fit, uint32_t arena, const struct hd_fit_scores *scores)
{
    uint32_t node = fit->leaves + arena;

    HD_CHECK(arena < fit->leaves);
    fit->nodes[node] = *scores;
    for (node /= 2; node > 0; node /= 2) {
        struct hd_fit_scores best = best_of(fit, node);

        if (memcmp(&best, &fit->nodes[node], sizeof best) == 0) {
            return; /* nothing above depends on what changed */
        }
        fit->nodes[node] = best;
    }
}

uint32_t hd_fit_find(const struct hd_fit *fit, unsigned units)
{
    uint32_t node = 1;
    int8_t best;

    HD_CHECK(units >= 1 && units <= HD_POOL_UNITS_MAX);
    best = fit->nodes[node].score[units - 1];
    if (best == HD_FIT_NO_ROOM) {
        return HD_FIT_NONE;
    }
    while (node < fit->leaves) {
        node *= 2;
        node += fit->nodes[node].score[units - 1] != best; /* the left one among equals */
    }
    return node - fit->leaves;
}

const struct hd_fit_scores *hd_fit_scores_of(const struct hd_fit *fit, uint32_t arena)
{
    return &fit->nodes[fit->leaves + arena];
}

bool hd_fit_check(const struct hd_fit *fit, uint32_t arenas)
{
    for (uint32_t first = fit->leaves, n = arenas; first > 1 && n > 0; n = (n + 1) / 2) {
        first /= 2;
        for (uint32_t node = first; node < first + (n + 1) / 2; node++) {
            struct hd_fit_scores best = best_of(fit, node);

            if (!HD_HOLDS(memcmp(&best, &fit->nodes[node], sizeof best) == 0)) {
                return false; /* [pool.inv.fit] */
            }
        }
    }
    return true;
}
