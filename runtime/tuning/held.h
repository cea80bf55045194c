/* A tuning file that the caller holds. Not for users of the library. */
#ifndef LOOM_HELD_H
#define LOOM_HELD_H

#include "select/search.h"

/* Offers `best` the choices of the file for the problem's format and mode. */
void loom_tuning_offer(const loom_tuning_file *tuning, const struct loom_search *s,
                       struct loom_measured *best);

#endif
