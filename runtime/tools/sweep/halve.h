/* Successive halving: who goes on being measured. Pure. */
#ifndef LOOM_TOOLS_SWEEP_HALVE_H
#define LOOM_TOOLS_SWEEP_HALVE_H

#include "sweep/choose.h"

/* Sets `out` for those that no choice can take, because their layout has no kernel for one token or
 * for many in any wanted mode. */
void sweep_drop_unpaired(struct contest *contest);

/* Sets `out` for the worse half of each class. How good a contender is, its score says: the cost of
 * its layout over the least cost of all, times its seconds over the least of its class in its
 * layout; in the mode where that is least. A layout goes on with its fastest kernel for one token;
 * with it go its fastest kernels of the other classes. Incumbents stay, and so does a contender
 * that was not measured yet. Returns how many are not out. */
size_t sweep_halve(struct contest *contest);

/* Whether more samples would change no choice: each contender that is not out is chosen in some
 * mode, or slower than what is chosen by more than the noise of both. */
bool sweep_told_apart(const struct contest *contest);

#endif
