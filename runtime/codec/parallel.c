#define _GNU_SOURCE
#include "codec/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

enum { MAX_THREADS = 64 };

struct job {
    void (*work)(void *data, size_t i);
    void *data;
    size_t count;
    atomic_size_t next;
};

static void *run(void *argument) {
    struct job *const job = argument;
    size_t i;
    while ((i = atomic_fetch_add(&job->next, 1)) < job->count) {
        job->work(job->data, i);
    }
    return NULL;
}

static size_t threads_for(size_t count) {
    cpu_set_t set;
    size_t threads = sched_getaffinity(0, sizeof set, &set) ? 1 : (size_t)CPU_COUNT(&set);
    threads = threads < count ? threads : count;
    return threads < MAX_THREADS ? threads : MAX_THREADS;
}

void parallel(size_t count, void (*work)(void *data, size_t i), void *data) {
    struct job job = {.work = work, .data = data, .count = count};
    pthread_t threads[MAX_THREADS];
    size_t started = 0;
    /* Signals are the program's. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t wanted = threads_for(count); started + 1 < wanted; started++) {
        if (pthread_create(&threads[started], NULL, run, &job)) {
            break;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    run(&job);
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
}
