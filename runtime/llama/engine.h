/* A CPU backend of the host whose graphs are computed with this library's products. */
#ifndef LOOM_LLAMA_ENGINE_H
#define LOOM_LLAMA_ENGINE_H

#include "llama/ggml.h"

/* From now on the CPU backend computes products with weights in our memory by this library, on its
 * own threads, and frees what it takes for that with itself. False where there is no memory. */
bool engine_attach(struct ggml_backend *cpu);

#endif
