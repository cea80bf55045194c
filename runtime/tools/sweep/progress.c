#define _POSIX_C_SOURCE 200809L
#include "sweep/progress.h"

#include "common/seconds.h"

#include <stdio.h>
#include <unistd.h>

static const double show_every = 0.1;
enum { BOARD_SIZE = 64 };

static void print_problem(const struct progress *progress) {
    const struct sweep_problem *p = progress->problem;
    fprintf(stderr, "%zu of %zu: %s %zux%zu", progress->number, progress->count, p->name, p->m,
            p->k);
}

static void print_board(const struct progress *progress) {
    char text[BOARD_SIZE];
    watch_text(progress->watch, text, sizeof text);
    fputs(text, stderr);
}

void progress_show(void *context, size_t stage, size_t kernels) {
    struct progress *progress = context;
    const double now = seconds_now(), left = progress->end - now;
    if (!isatty(STDERR_FILENO) || now < progress->shown + show_every) {
        return;
    }
    progress->shown = now;
    progress_clear();
    print_problem(progress);
    fprintf(stderr, ", stage %zu: %zu timings; at most %.0f s left", stage, kernels,
            left > 0 ? left : 0);
    print_board(progress);
}

void progress_clear(void) {
    if (isatty(STDERR_FILENO)) {
        fputs("\r\033[K", stderr);
    }
}

void progress_finish(const struct progress *progress, const char *outcome) {
    progress_clear();
    print_problem(progress);
    fprintf(stderr, " %s, %.0f s so far", outcome, seconds_now() - progress->start);
    print_board(progress);
    fputc('\n', stderr);
}
