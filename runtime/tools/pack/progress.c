#define _POSIX_C_SOURCE 200809L
#include "pack/progress.h"

#include "common/seconds.h"

#include <stdio.h>
#include <unistd.h>

static const double show_every = 0.1, giga = 1e9;

void progress_begin(struct progress *progress, uint64_t all) {
    progress->all = all;
    progress->begin = progress->shown = seconds_now();
    progress->live = isatty(STDERR_FILENO);
    atomic_init(&progress->done, 0);
}

static void show(struct progress *progress, double now, uint64_t done) {
    const double rate = (double)done / (now - progress->begin);
    const double left = (double)(progress->all - done) / rate;
    fprintf(stderr, "\r\033[Kpacking: %.1f of %.1f GB, %.2f GB/s, %.0f s left", (double)done / giga,
            (double)progress->all / giga, rate / giga, left);
    progress->shown = now;
}

void progress_add(struct progress *progress, uint64_t bytes, bool shows) {
    const uint64_t done = atomic_fetch_add(&progress->done, bytes) + bytes;
    if (progress->live && shows) {
        const double now = seconds_now();
        if (now >= progress->shown + show_every) {
            show(progress, now, done);
        }
    }
}

double progress_end(struct progress *progress) {
    if (progress->live) {
        fputs("\r\033[K", stderr);
    }
    return seconds_now() - progress->begin;
}
