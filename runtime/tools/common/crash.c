#define _GNU_SOURCE
#include "common/crash.h"

#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

static sigjmp_buf escape;
static struct crash caught;

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPROF};
enum { SIGNAL_COUNT = sizeof crash_signals / sizeof crash_signals[0] };

static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)context;
    caught.signal = signal;
    caught.address = signal == SIGSEGV || signal == SIGBUS ? info->si_addr : NULL;
    siglongjmp(escape, 1);
}

/* A stack of its own, so that a handler still runs when the code has used up the other. */
static void use_own_stack(void) {
    static char memory[1 << 16];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    sigaltstack(&stack, NULL);
}

static void install(struct sigaction before[SIGNAL_COUNT]) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = on_signal;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(crash_signals[i], &action, &before[i]);
    }
}

static void restore(const struct sigaction before[SIGNAL_COUNT]) {
    for (int i = 0; i < SIGNAL_COUNT; i++) {
        sigaction(crash_signals[i], &before[i], NULL);
    }
}

/* 0: no limit any more. */
static void limit_cpu_time(unsigned seconds) {
    const struct itimerval timer = {.it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_PROF, &timer, NULL);
}

struct crash crash_run(void (*call)(void *), void *context, unsigned seconds) {
    struct sigaction before[SIGNAL_COUNT];
    use_own_stack();
    install(before);
    caught = (struct crash){0, NULL};
    if (!sigsetjmp(escape, 1)) {
        limit_cpu_time(seconds);
        call(context);
    }
    limit_cpu_time(0);
    restore(before);
    return caught;
}

const char *crash_text(int signal) {
    switch (signal) {
    case SIGSEGV:
        return "invalid memory access";
    case SIGBUS:
        return "misaligned or unbacked memory access";
    case SIGILL:
        return "illegal instruction";
    case SIGFPE:
        return "arithmetic exception";
    case SIGABRT:
        return "abort";
    case SIGPROF:
        return "no end in sight";
    default:
        return "unexpected signal";
    }
}
