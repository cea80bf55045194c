/* With LUTLOOM_VERBOSE: the energy of graphs, where the system tells it. */
#ifndef LOOM_LLAMA_METER_H
#define LOOM_LLAMA_METER_H

#include <stddef.h>

/* Watches the machine for a second, the first time, in which the host must do nothing; or logs in a
 * line why it tells nothing. Without LUTLOOM_VERBOSE this and the others do nothing. */
void meter_start(void);

/* Around the computing of a graph, whose products have so many tokens. Threads may be in several.
 */
void meter_begin(void);
void meter_end(size_t tokens, size_t products);

/* Logs what the graphs since the last report took beyond idle: a token, a product. */
void meter_report(void);

#endif
