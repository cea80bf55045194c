#define _GNU_SOURCE
#include "bench/file.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static char partial[PATH_BYTES]; /* empty when there is none */

static void remove_partial(void) {
    if (partial[0]) {
        unlink(partial);
    }
}

/* The default action follows. */
static void on_signal(int signal) {
    remove_partial();
    raise(signal);
}

/* A signal that is ignored stays so. */
static void catch_signal(int signal) {
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    sigaction(signal, NULL, &before);
    if (before.sa_handler != SIG_IGN) {
        sigaction(signal, &action, NULL);
    }
}

static void fail(const struct arguments *a, const char *path, int reason) {
    arguments_fail(a, "--json %s: cannot be written: %s", path, strerror(reason));
}

FILE *bench_file_open(const struct arguments *a, const char *path) {
    arguments_check_file(a, "--json", path);
    if ((size_t)snprintf(partial, sizeof partial, "%s.partial", path) >= sizeof partial) {
        partial[0] = 0;
        fail(a, path, ENAMETOOLONG);
    }
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
    catch_signal(SIGHUP);
    atexit(remove_partial);
    FILE *file = fopen(partial, "w");
    if (!file) {
        partial[0] = 0;
        fail(a, path, errno);
    }
    return file;
}

void bench_file_close(const struct arguments *a, const char *path, FILE *file) {
    const bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed || rename(partial, path) != 0) {
        fail(a, path, errno);
    }
    partial[0] = 0;
}
