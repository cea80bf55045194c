#include "bench/energy.h"

#include "common/seconds.h"

#include <math.h>
#include <stdio.h>

enum { REASON = 2048 };

/* RAPL changes a thousand times a second; power is read every step. */
static const double busy_seconds = 0.5, step_seconds = 20e-3;

bool bench_energy_start(struct energy *energy, const char *sensor) {
    char why[REASON];
    if (!energy_open(energy, "/sys", sensor, seconds_now(), why, sizeof why)) {
        fprintf(stderr, "loom-bench: no energy: %s\n", why);
        return false;
    }
    energy_watch_idle(energy);
    return true;
}

double bench_joules(struct energy *energy, const struct setting *setting, struct target *target,
                    double seconds) {
    const size_t step = (size_t)(step_seconds / seconds) + 1;
    size_t repetitions = 0;
    const struct energy_mark start = energy_mark(energy);
    while (energy->when < start.when + busy_seconds) {
        sample_run(setting, target, step);
        repetitions += step;
        energy_read(energy, seconds_now());
    }
    const double joules = energy_beyond_idle(energy, start) / (double)repetitions;
    return joules > 0 ? joules : NAN;
}
