/* The head of a tuning file: what its results are valid for. */
#ifndef LOOM_TOOLS_SWEEP_TUNING_FILE_HEADER_H
#define LOOM_TOOLS_SWEEP_TUNING_FILE_HEADER_H

#include <stdint.h>

/* Five lines, for this machine with these features (LOOM_CPU_*). The caller frees them. */
char *sweep_header(uint32_t features);

#endif
