/* What the machine can do at most, to be measured in the same rounds as the kernels. */
#ifndef LOOM_TOOLS_MEASURE_LIMITS_H
#define LOOM_TOOLS_MEASURE_LIMITS_H

#include "measure/team.h"
#include "tools.h"

/* The probe of the highest ISA that runs with these features (LOOM_CPU_*). */
const struct loom_probe *limits_probe(uint32_t features);

/* A thread's share of reading bytes (a multiple of 256) at p, with a prefetch (where the probe
 * has one) or without; returns a checksum. */
uint64_t limits_read(const struct loom_probe *probe, bool ahead, const uint8_t *p, size_t bytes,
                     unsigned thread, unsigned threads);

/* Some int8 dot products on one thread; returns the multiply-adds. */
uint64_t limits_dot(const struct loom_probe *probe);

#endif
