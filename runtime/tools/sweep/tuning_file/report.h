/* What a measured field comes to, as lines of the tuning file. */
#ifndef LOOM_TOOLS_SWEEP_TUNING_FILE_REPORT_H
#define LOOM_TOOLS_SWEEP_TUNING_FILE_REPORT_H

#include "sweep/field.h"
#include "sweep/tuning_file/file.h"

/* What a problem's choice in the options' mode begins with. The caller frees it. */
char *sweep_choice_key(const struct sweep_problem *problem, const struct measure_options *options);

/* Adds every sample, and the choice in each wanted mode that has one. Returns whether the options'
 * mode has. */
bool sweep_report(struct sweep_file *file, const struct field *field,
                  const struct measure_options *options);

#endif
