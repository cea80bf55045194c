/* What is to be measured: loom-bench and loom-sweep ask for it by the same options. */
#ifndef LOOM_TOOLS_MEASURE_OPTIONS_H
#define LOOM_TOOLS_MEASURE_OPTIONS_H

#include "common/arguments.h"
#include "loom.h"
#include "registry.h"

enum { MEASURE_MAX_N = 16 };

/* The one the runtime chooses; the ones a tuner could choose; every one of the ISA. T-MAC's goes
 * with all. */
enum measure_kernels { KERNELS_CHOSEN, KERNELS_TUNED, KERNELS_ALL };

struct measure_options {
    const char *format; /* NULL: every format of the problems */
    size_t m, k;        /* 0: every shape of the problems */
    size_t n[MEASURE_MAX_N];
    size_t n_count;
    enum loom_residency residency[2];
    size_t residency_count;
    unsigned threads;
    loom_mode mode;
    bool any_mode;   /* no --mode: the plan's is LOOM_FASTEST, --all takes every mode */
    bool pooled;     /* a pool of the library multiplies, not the threads that measure */
    loom_pool *pool; /* it, once it runs */
    bool peers;      /* other libraries too, if any were built in */
    enum measure_kernels kernels;
    bool json, table;      /* what is written */
    const char *json_name; /* the file for it; NULL: stdout */
    int isa;               /* index into loom_registry.isas, or -1: the highest that runs */
    uint32_t features;     /* LOOM_CPU_*: the machine's, or those of --isa */
    double seconds;        /* of measuring each problem */
    bool energy;           /* joules too */
    const char *sensor;    /* a folder that tells them, or NULL */
    uint64_t seed;
};

/* Without any arguments. */
struct measure_options measure_options_default(void);

/* Takes the next argument if it is --format, --shape, --residency, --threads or --mode. */
bool measure_options_shared(struct arguments *a, struct measure_options *options);

/* The shape MxK that `value`, of the option of that name, says. */
void measure_read_shape(const struct arguments *a, const char *name, const char *value, size_t *m,
                        size_t *k);

const char *residency_name(enum loom_residency residency);
const char *mode_name(loom_mode mode);

#endif
