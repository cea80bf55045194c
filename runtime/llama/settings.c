#include "llama/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct settings read_once;

static bool read_mode(const char *text) {
    static const struct {
        const char *name;
        loom_mode mode;
    } modes[] = {{"fastest", LOOM_FASTEST}, {"exact", LOOM_EXACT}, {"table", LOOM_TABLE}};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, text) == 0) {
            read_once.mode = modes[i].mode;
            return true;
        }
    }
    fprintf(stderr,
            "lutloom: LUTLOOM_MODE=%s: exact, table or fastest is needed; the host runs "
            "without it\n",
            text);
    return false;
}

bool settings_read(void) {
    const char *const mode = getenv("LUTLOOM_MODE");
    const char *const verbose = getenv("LUTLOOM_VERBOSE");
    read_once = (struct settings){.mode = LOOM_FASTEST};
    read_once.verbose = verbose && *verbose && strcmp(verbose, "0") != 0;
    return !mode || !*mode || read_mode(mode);
}

const struct settings *settings(void) {
    return &read_once;
}
