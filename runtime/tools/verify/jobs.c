#define _GNU_SOURCE
#include "verify/jobs.h"

#include "common/seconds.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MICROSECONDS = 20000 };

static void *shared_memory(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        fprintf(stderr, "no memory for the outcomes\n");
        exit(2);
    }
    return memory;
}

struct outcome *outcomes_make(size_t count) {
    return shared_memory((count + 1) * sizeof(struct outcome));
}

void outcomes_free(struct outcome *outcomes, size_t count) {
    munmap(outcomes, (count + 1) * sizeof *outcomes);
}

static int now(void) {
    return (int)seconds_now();
}

/* Takes units that nobody has taken until there are none. */
static void work(const struct units *units, struct outcome *outcomes, struct verify verify) {
    for (size_t i = 0; i < units->count; i++) {
        int untaken = NEVER_CHECKED;
        if (!atomic_compare_exchange_strong(&outcomes[i].state, &untaken, RUNNING)) {
            continue;
        }
        outcomes[i].worker = getpid();
        atomic_store(&outcomes[i].started, now());
        const bool passed = unit_verify(&units->unit[i], &verify);
        if (!passed) {
            memcpy(outcomes[i].text, verify.text, sizeof outcomes[i].text);
        }
        atomic_store(&outcomes[i].state, passed ? PASSED : FAILED);
    }
}

static void start(const struct units *units, struct outcome *outcomes,
                  const struct verify *verify) {
    fflush(NULL);
    const pid_t child = fork();
    if (child < 0) {
        fprintf(stderr, "cannot start a process: %s\n", strerror(errno));
        exit(2);
    }
    if (child) {
        return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    work(units, outcomes, *verify);
    _exit(0);
}

/* Blames the unit that a dead process was at. Returns whether there was one. */
static bool bury(const struct units *units, struct outcome *outcomes, pid_t worker, int status) {
    for (size_t i = 0; i < units->count; i++) {
        if (outcomes[i].state != RUNNING || outcomes[i].worker != worker) {
            continue;
        }
        if (outcomes[i].text[0]) {
            /* end_late has said why */
        } else if (WIFSIGNALED(status)) {
            snprintf(outcomes[i].text, VERIFY_TEXT, "its process ended with signal %d",
                     WTERMSIG(status));
        } else {
            snprintf(outcomes[i].text, VERIFY_TEXT, "its process ended with status %d",
                     WEXITSTATUS(status));
        }
        atomic_store(&outcomes[i].state, FAILED);
        return true;
    }
    return false;
}

/* Ends the processes that hang although every call has a time limit: a kernel may ruin what a time
 * limit needs. */
static void end_late(const struct units *units, struct outcome *outcomes, unsigned seconds) {
    for (size_t i = 0; i < units->count; i++) {
        const int started = outcomes[i].started;
        if (outcomes[i].state == RUNNING && started &&
            now() - started > LATE_CALLS * (int)seconds) {
            snprintf(outcomes[i].text, VERIFY_TEXT, "no end in sight, its process was killed");
            kill(outcomes[i].worker, SIGKILL);
        }
    }
}

static void show_progress(const struct units *units, const struct outcome *outcomes) {
    size_t done = 0, failed = 0;
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    for (size_t i = 0; i < units->count; i++) {
        done += outcomes[i].state >= PASSED;
        failed += outcomes[i].state == FAILED;
    }
    fprintf(stderr, "\r%zu of %zu kernels, %zu failed ", done, units->count, failed);
    if (done == units->count) {
        fprintf(stderr, "\r\033[K");
    }
}

void jobs_run(const struct units *units, struct outcome *outcomes, const struct verify *verify,
              unsigned jobs) {
    unsigned running = jobs;
    for (unsigned i = 0; i < jobs; i++) {
        start(units, outcomes, verify);
    }
    while (running) {
        int status;
        const pid_t worker = waitpid(-1, &status, WNOHANG);
        if (worker > 0 && bury(units, outcomes, worker, status)) {
            start(units, outcomes, verify);
        } else if (worker > 0) {
            running--;
        } else {
            end_late(units, outcomes, verify->seconds);
            usleep(POLL_MICROSECONDS);
        }
        show_progress(units, outcomes);
    }
}
