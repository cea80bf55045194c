/* The types of ggml (https://github.com/ggml-org/ggml) as peers; built with -Dggml=PREFIX. */
#ifndef LOOM_TOOLS_BENCH_GGML_H
#define LOOM_TOOLS_BENCH_GGML_H

#include "bench/peers.h"

struct peer *peer_ggml_make(const struct bench_matrix *matrix, struct team *team);

#endif
