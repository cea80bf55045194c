/* What something takes beyond a machine that does nothing. */
#ifndef LOOM_TOOLS_ENERGY_IDLE_H
#define LOOM_TOOLS_ENERGY_IDLE_H

#include "energy/energy.h"

/* Sleeps for a second and sets `idle_watts`. The program's other threads must sleep, too. */
void energy_watch_idle(struct energy *energy);

/* A moment to count from. */
struct energy_mark {
    double joules, when;
};

/* Reads the energy: this moment. */
struct energy_mark energy_mark(struct energy *energy);

/* Reads the energy: joules since the mark, less what idle takes in that time. */
double energy_beyond_idle(struct energy *energy, struct energy_mark since);

#endif
