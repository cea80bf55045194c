/* Running code that may crash or never return, and going on after it. One thread at a time. */
#ifndef LOOM_TOOLS_COMMON_CRASH_H
#define LOOM_TOOLS_COMMON_CRASH_H

struct crash {
    int signal;          /* 0: the call returned; SIGPROF: it ran for too long */
    const void *address; /* what it touched, for SIGSEGV and SIGBUS, otherwise NULL */
};

/* Runs call(context) for at most `seconds` of CPU time: a busy machine ends nothing. */
struct crash crash_run(void (*call)(void *), void *context, unsigned seconds);

/* The signal's meaning, such as "illegal instruction". */
const char *crash_text(int signal);

#endif
