#define _GNU_SOURCE
#include "measure/team.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Longer than any pause between two samples, shorter than a neighbour would mind. */
enum { SPINS_BEFORE_YIELD = 1 << 14 };

struct member {
    struct team *team;
    unsigned index;
    pthread_t thread;
};

/* The two that threads write and wait for are on cache lines of their own. */
struct team {
    _Alignas(64) _Atomic unsigned arrived;
    _Alignas(64) _Atomic unsigned generation;
    unsigned threads;
    team_fn *work; /* NULL: go home */
    void *context;
    struct member *members;
    cpu_set_t cpus;
};

void team_wait(struct team *team) {
    const unsigned generation = atomic_load(&team->generation);
    if (team->threads == 1) {
        return;
    }
    if (atomic_fetch_add(&team->arrived, 1) + 1 == team->threads) {
        atomic_store(&team->arrived, 0);
        atomic_store(&team->generation, generation + 1);
        return;
    }
    for (unsigned spins = 0; atomic_load(&team->generation) == generation; spins++) {
        if (spins > SPINS_BEFORE_YIELD) {
            sched_yield();
        }
    }
}

/* The index-th CPU that the process may use, or -1. */
static int nth_cpu(const cpu_set_t *cpus, unsigned index) {
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, cpus) && index-- == 0) {
            return cpu;
        }
    }
    return -1;
}

/* Lets the calling thread run on the CPUs from the first-th on, `count` of them, alone. */
static bool pin(const cpu_set_t *cpus, unsigned first, unsigned count) {
    cpu_set_t some;
    CPU_ZERO(&some);
    for (unsigned i = first; i < first + count; i++) {
        const int cpu = nth_cpu(cpus, i);
        if (cpu < 0) {
            return false;
        }
        CPU_SET(cpu, &some);
    }
    return sched_setaffinity(0, sizeof some, &some) == 0;
}

static void *member_main(void *argument) {
    const struct member *member = argument;
    struct team *team = member->team;
    pin(&team->cpus, member->index, 1);
    for (;;) {
        team_wait(team);
        if (!team->work) {
            return NULL;
        }
        team->work(team, member->index, team->context);
        team_wait(team);
    }
}

struct team *team_start(unsigned threads, bool *pinned) {
    struct team *team = aligned_alloc(64, sizeof *team);
    struct member *members = calloc(threads, sizeof *members);
    if (!team || !members) {
        abort();
    }
    *team = (struct team){.threads = threads, .members = members};
    *pinned = sched_getaffinity(0, sizeof team->cpus, &team->cpus) == 0 && pin(&team->cpus, 0, 1);
    for (unsigned i = 1; i < threads; i++) {
        members[i].team = team;
        members[i].index = i;
        if (pthread_create(&members[i].thread, NULL, member_main, &members[i])) {
            fprintf(stderr, "%s: thread %u of %u cannot be started\n",
                    program_invocation_short_name, i + 1, threads);
            exit(2);
        }
    }
    return team;
}

void team_lend_cpus(struct team *team, void (*start)(void *context), void *context) {
    if (team->threads > 1) {
        pin(&team->cpus, 1, team->threads - 1);
    }
    start(context);
    pin(&team->cpus, 0, 1);
}

void team_run(struct team *team, team_fn *work, void *context) {
    team->work = work;
    team->context = context;
    team_wait(team);
    work(team, 0, context);
    team_wait(team);
}

void team_stop(struct team *team) {
    team->work = NULL;
    team_wait(team);
    for (unsigned i = 1; i < team->threads; i++) {
        pthread_join(team->members[i].thread, NULL);
    }
    free(team->members);
    free(team);
}

unsigned team_threads(const struct team *team) {
    return team->threads;
}
