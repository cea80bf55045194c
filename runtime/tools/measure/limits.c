#include "measure/limits.h"

/* DOT_ROUNDS take 2 us with AVX-512 and about 100 us in portable C. */
enum { READ_UNIT = 256, DOT_ROUNDS = 1024 };

const struct loom_probe *limits_probe(uint32_t features) {
    const struct loom_probe *best = NULL;
    for (size_t i = 0; i < loom_probe_count; i++) {
        const struct loom_probe *probe = &loom_probes[i];
        if (loom_isa_runs(&loom_registry.isas[probe->isa], features) &&
            (!best || probe->isa > best->isa)) {
            best = probe;
        }
    }
    return best;
}

uint64_t limits_read(const struct loom_probe *probe, bool ahead, const uint8_t *p, size_t bytes,
                     unsigned thread, unsigned threads) {
    const size_t units = bytes / READ_UNIT;
    const size_t begin = units * thread / threads, end = units * (thread + 1) / threads;
    uint64_t (*read)(const void *, size_t) = ahead ? probe->read_ahead : probe->read;
    return begin < end ? read(p + begin * READ_UNIT, (end - begin) * READ_UNIT) : 0;
}

uint64_t limits_dot(const struct loom_probe *probe) {
    return probe->dot(DOT_ROUNDS);
}
