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

/* As the library does: a file that is of no use here is no error, but said. */
static void open_tuning(void) {
    const char *const path = getenv("LOOM_TUNING");
    char why[512];
    loom_tuning_file *tuning;
    if (!path || !*path) {
        return;
    }
    if (loom_tuning_open(&tuning, path, why, sizeof why) == LOOM_OK) {
        read_once.tuning = tuning;
    } else {
        fprintf(stderr, "lutloom: LOOM_TUNING is not used: %s\n", why);
    }
}

static bool read_all(void) {
    const char *const mode = getenv("LUTLOOM_MODE");
    const char *const verbose = getenv("LUTLOOM_VERBOSE");
    const char *const sensor = getenv("LUTLOOM_SENSOR");
    read_once.mode = LOOM_FASTEST;
    read_once.sensor = sensor && *sensor ? sensor : NULL;
    read_once.verbose = verbose && *verbose && strcmp(verbose, "0") != 0;
    open_tuning();
    return !mode || !*mode || read_mode(mode);
}

bool settings_read(void) {
    static bool done, valid;
    if (!done) {
        valid = read_all();
        done = true;
    }
    return valid;
}

const struct settings *settings(void) {
    return &read_once;
}
