/* SPDX-License-Identifier: MIT */
/* Plays a corpus through a fuzz target, so that builds without libFuzzer keep the regressions.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

static int replay(const char *folder, const char *name)
{
    static const size_t most = (size_t)1 << 20;
    uint8_t *data = malloc(most);
    char path[4096];
    size_t size;
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (data == NULL || file == NULL) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    size = fread(data, 1, most, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned played = 0;
    struct dirent *entry;
    DIR *folder;

    for (int i = 1; i < argc; i++) {
        folder = opendir(argv[i]);
        if (folder == NULL) {
            (void)fprintf(stderr, "%s: no folder\n", argv[i]);
            return 1;
        }
        while ((entry = readdir(folder)) != NULL) {
            if (entry->d_name[0] != '.') {
                if (replay(argv[i], entry->d_name) != 0) {
                    return 1;
                }
                played++;
            }
        }
        (void)closedir(folder);
    }
    (void)printf("%u inputs\n", played);
    return played == 0;
}
