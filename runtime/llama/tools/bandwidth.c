/* Prints what 1 thread, and one for each CPU, read from memory in GB/s: the bound of decode.
 *
 *   bandwidth
 *
 * 512 MiB for each thread, the best of 5 readings. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 256, ROUNDS = 5, LANES = 32 };
static const size_t bytes = (size_t)512 << 20;

struct reader {
    pthread_t thread;
    uint64_t *memory, sum;
};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *read_all(void *context) {
    struct reader *const reader = context;
    uint64_t sums[LANES] = {0};
    for (size_t i = 0; i < bytes / sizeof *reader->memory; i += LANES) {
        for (size_t lane = 0; lane < LANES; lane++) {
            sums[lane] += reader->memory[i + lane];
        }
    }
    for (size_t lane = 0; lane < LANES; lane++) {
        reader->sum += sums[lane];
    }
    return NULL;
}

static double read_once(struct reader *readers, long threads) {
    const double begin = seconds();
    for (long i = 0; i < threads; i++) {
        if (pthread_create(&readers[i].thread, NULL, read_all, &readers[i])) {
            fprintf(stderr, "bandwidth: no thread\n");
            exit(1);
        }
    }
    for (long i = 0; i < threads; i++) {
        pthread_join(readers[i].thread, NULL);
    }
    return (double)threads * (double)bytes / (seconds() - begin) / 1e9;
}

static void print_best(struct reader *readers, long threads) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const double speed = read_once(readers, threads);
        best = speed > best ? speed : best;
    }
    printf("%ld threads %.1f GB/s\n", threads, best);
}

int main(void) {
    static struct reader readers[THREADS];
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN), threads = cpus < THREADS ? cpus : THREADS;
    for (long i = 0; i < threads; i++) {
        readers[i].memory =
            mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (readers[i].memory == MAP_FAILED) {
            fprintf(stderr, "bandwidth: no memory\n");
            return 1;
        }
        madvise(readers[i].memory, bytes, MADV_HUGEPAGE);
        memset(readers[i].memory, 1, bytes);
    }
    print_best(readers, 1);
    if (threads > 1) {
        print_best(readers, threads);
    }
    return 0;
}
