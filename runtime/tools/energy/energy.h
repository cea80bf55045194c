/* The energy that the machine takes, where Linux tells it: counters of packages (powercap, RAPL of
 * Intel and AMD), batteries that discharge, sensors of boards (hwmon, such as an INA219). */
#ifndef LOOM_TOOLS_ENERGY_ENERGY_H
#define LOOM_TOOLS_ENERGY_ENERGY_H

#include <stdbool.h>
#include <stddef.h>

enum { ENERGY_SOURCES = 8, ENERGY_PATH = 512 };

enum energy_kind {
    ENERGY_COUNTER, /* energy that was taken; begins again at `range` */
    ENERGY_CHARGE,  /* energy that is left */
    ENERGY_POWER    /* of this moment; a product of two where `second` is not empty */
};

struct energy_source {
    enum energy_kind kind;
    char first[ENERGY_PATH], second[ENERGY_PATH];
    double scale; /* joules, or watts, of a number in the file, or of the product of two */
    double range; /* of a counter, in its own unit */
    double last;  /* as it was read */
};

struct energy {
    struct energy_source sources[ENERGY_SOURCES];
    size_t count;
    double joules;     /* since energy_open; NAN once a file could not be read */
    double when;       /* seconds, of the last reading */
    double idle_watts; /* the caller's; 0 at first */
};

/* Finds what tells the energy, at `now` in seconds, and reads it. With `sensor` that is the folder
 * of that name, with files as powercap, power_supply or hwmon have them. With NULL it is all
 * packages under `sys`, normally "/sys", or, where it has none, all batteries. False where nothing
 * can be read: then `why`, of `size` bytes, says in a line which file is missing or closed. */
bool energy_open(struct energy *energy, const char *sys, const char *sensor, double now, char *why,
                 size_t size);

/* Joules since energy_open. Power is taken to change evenly between two readings, and a counter to
 * begin again once at most: 50 ms between them are well. */
double energy_read(struct energy *energy, double now);

#endif
