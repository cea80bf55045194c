/* Whether the CPU is as fast as it was: boards become slower when they get too hot. */
#ifndef LOOM_TOOLS_SWEEP_WATCH_H
#define LOOM_TOOLS_SWEEP_WATCH_H

#include <stdbool.h>
#include <stddef.h>

struct watch {
    const char *root; /* "/sys", or what a test has in its place */
    int cpu;          /* whose frequency */
    double highest;   /* frequency so far, MHz */
    double mhz;       /* at present; 0: the system does not tell */
    double celsius;   /* of the hottest sensor; 0: the system does not tell */
};

struct watch watch_make(const char *root, int cpu);

/* Reads both again. Returns whether the frequency is well below the highest so far. */
bool watch_throttled(struct watch *watch);

/* ", 2400 MHz, 61 C" as far as they are known. */
void watch_text(const struct watch *watch, char *text, size_t size);

#endif
