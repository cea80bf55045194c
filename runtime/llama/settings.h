/* What the environment asks of this backend. */
#ifndef LOOM_LLAMA_SETTINGS_H
#define LOOM_LLAMA_SETTINGS_H

#include "loom.h"

#include <stdbool.h>

struct settings {
    loom_mode mode;                 /* LUTLOOM_MODE */
    bool verbose;                   /* LUTLOOM_VERBOSE: a line a matrix, and energy */
    const char *sensor;             /* LUTLOOM_SENSOR: a folder that tells it, or NULL */
    const loom_tuning_file *tuning; /* LOOM_TUNING, or NULL; for as long as the process runs */
};

/* Reads them, the first time; false, after a line on standard error, where one is not valid. */
bool settings_read(void);

/* As they were read. */
const struct settings *settings(void);

#endif
