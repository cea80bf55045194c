/* What the command line of loom-sweep asks for. */
#ifndef LOOM_TOOLS_SWEEP_OPTIONS_H
#define LOOM_TOOLS_SWEEP_OPTIONS_H

#include "measure/options.h"

struct sweep_options {
    const char *problems; /* FORMAT:MxK, with commas between; NULL: the library's */
    double budget;        /* seconds of measuring; 0: as long as the usual time for each problem */
    size_t top;           /* so many kernels of each kind that the model ranks first; 0: all */
    const char *output;   /* the tuning file; NULL: stdout */
    bool fresh;
    struct measure_options bench; /* format, shape, residency, threads, mode; every kernel of the
                                   highest ISA */
};

/* Reads all arguments; errors end the program. */
struct sweep_options sweep_options_read(struct arguments *a);

#endif
