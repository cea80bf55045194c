/* The energy of a matmul. */
#ifndef LOOM_TOOLS_BENCH_ENERGY_H
#define LOOM_TOOLS_BENCH_ENERGY_H

#include "energy/idle.h"
#include "measure/sample.h"

/* Opens what the machine has, or the folder `sensor` where that is not NULL, and measures for a
 * second what it takes while it does nothing. False where it tells nothing: then stderr says in a
 * line why. Called while the program has no other thread. */
bool bench_energy_start(struct energy *energy, const char *sensor);

/* Joules of one repetition beyond what the machine takes idle, over half a second of them;
 * `seconds` is how long one takes. NAN where it takes no more than idle, or a file could not be
 * read. */
double bench_joules(struct energy *energy, const struct setting *setting, struct target *target,
                    double seconds);

#endif
