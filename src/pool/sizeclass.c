/* SPDX-License-Identifier: MIT */
/* sizeclass.c: the classes as tables and arithmetic. */
#include "pool/sizeclass.h"

#include "base/check.h"
#include "pool/geometry.h"

/* clang-format off */
const uint8_t hd_sizeclass_table[HD_SIZECLASS_TABLE_MAX / 4 + 1] = {
    [0 ... 2] = 0, [3] = 1, [4] = 2, [5] = 3, [6] = 4,
    [7] = 5, [8] = 6, [9 ... 10] = 7, [11 ... 12] = 8, [13 ... 14] = 9,
    [15 ... 16] = 10, [17 ... 20] = 11, [21 ... 24] = 12, [25 ... 28] = 13, [29 ... 32] = 14,
    [33 ... 36] = 15, [37 ... 40] = 16, [41 ... 44] = 17, [45 ... 48] = 18, [49 ... 52] = 19,
    [53 ... 56] = 20, [57 ... 60] = 21, [61 ... 64] = 22, [65 ... 72] = 23, [73 ... 80] = 24,
    [81 ... 88] = 25, [89 ... 96] = 26, [97 ... 104] = 27, [105 ... 112] = 28, [113 ... 120] = 29,
    [121 ... 128] = 30, [129 ... 144] = 31, [145 ... 160] = 32, [161 ... 176] = 33, [177 ... 192] = 34,
    [193 ... 208] = 35, [209 ... 224] = 36, [225 ... 240] = 37, [241 ... 256] = 38,
};
/* clang-format on */

uint32_t hd_sizeclass_bytes(unsigned index)
{
    static const uint8_t small[] = {8,  12, 16, 20, 24, 28,  32, 40,
                                    48, 56, 64, 80, 96, 112, 128};
    const unsigned smalls = sizeof small / sizeof small[0];

    HD_CHECK(index < HD_SIZECLASS_COUNT);
    if (index < smalls) {
        return small[index];
    }
    return (9 + (index - smalls) % 8) << (4 + (index - smalls) / 8);
}

unsigned hd_sizeclass_units(unsigned index)
{
    size_t block = hd_sizeclass_bytes(index);
    unsigned units = 1;

    /* [pool.how.run] Each class finds a run: the test walks them all. */
    while (units < HD_POOL_UNITS_MAX &&
           units * HD_UNIT_BYTES % block > units * HD_UNIT_BYTES / 16) {
        units++;
    }
    return units;
}
