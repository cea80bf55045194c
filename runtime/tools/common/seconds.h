/* The time. */
#ifndef LOOM_TOOLS_COMMON_SECONDS_H
#define LOOM_TOOLS_COMMON_SECONDS_H

/* Seconds since some moment. */
double seconds_now(void);

#endif
