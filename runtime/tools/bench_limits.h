/* What the machine can do at most, to be measured in the same rounds as the kernels. */
#ifndef LOOM_TOOLS_BENCH_LIMITS_H
#define LOOM_TOOLS_BENCH_LIMITS_H

#include "bench_team.h"
#include "tools.h"

/* Two ways to read memory: which of them is faster depends on where the bytes are. */
enum limits_way { LIMITS_READ, LIMITS_READ_AHEAD, LIMITS_WAYS };

/* The probe of the highest ISA that runs with these features (LOOM_CPU_*). */
const struct loom_probe *limits_probe(uint32_t features);

/* Ways that the probe has. */
size_t limits_ways(const struct loom_probe *probe);

/* A thread's share of reading bytes (a multiple of 256) at p; returns a checksum. */
uint64_t limits_read(const struct loom_probe *probe, enum limits_way way, const uint8_t *p,
                     size_t bytes, unsigned thread, unsigned threads);

/* Some int8 dot products on one thread; returns the multiply-adds. */
uint64_t limits_dot(const struct loom_probe *probe);

#endif
