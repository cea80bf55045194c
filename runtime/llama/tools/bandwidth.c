/* Prints what threads read from memory, in GB/s: the bound of decode.
 *
 *   bandwidth THREADS
 *
 * A line of stdin is one reading, of 512 MiB for each thread, and its result a line of stdout. So
 * it can be read within the same second as what it bounds: in virtual machines it comes and goes
 * with the neighbours'. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { MAX_THREADS = 256 };
static const size_t bytes = (size_t)512 << 20;

/* A cache line; in as many registers as the CPU needs for it. */
typedef uint64_t line __attribute__((vector_size(64)));

struct reader {
    pthread_t thread;
    line *memory, sum;
};

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *read_all(void *context) {
    struct reader *const reader = context;
    line sums[2] = {0};
    for (size_t i = 0; i < bytes / sizeof(line); i += 2) {
        sums[0] += reader->memory[i];
        sums[1] += reader->memory[i + 1];
    }
    reader->sum = sums[0] + sums[1];
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

int main(int argc, char **argv) {
    static struct reader readers[MAX_THREADS];
    const long threads = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (threads < 1 || threads > MAX_THREADS) {
        fprintf(stderr, "bandwidth: give a number of threads from 1 to %d\n", MAX_THREADS);
        return 1;
    }
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
    char word[64];
    while (fgets(word, sizeof word, stdin)) {
        printf("%.1f GB/s\n", read_once(readers, threads));
        fflush(stdout);
    }
    return 0;
}
