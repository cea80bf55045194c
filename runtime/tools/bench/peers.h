/* Other libraries' matmuls, measured beside ours on the same weights and activations. */
#ifndef LOOM_TOOLS_BENCH_PEERS_H
#define LOOM_TOOLS_BENCH_PEERS_H

#include "measure/case.h"
#include "measure/team.h"

enum { PEER_NAME = 48 };

/* One type of another library, with a matrix in it. */
struct peer {
    const struct peer_calls *calls;
    struct peer *next;    /* in a list */
    char name[PEER_NAME]; /* library and type */
    const char *isa;      /* the vectors that the library was built for: avx512, avx2 or other */
    size_t bytes;         /* of one copy of the weights, as they are stored */
    /* Of the present input, by peers_check */
    double nmse;   /* against fp64 on the peer's own weights */
    bool verified; /* that is small enough for 8-bit activations */
};

struct peer_calls {
    /* Dequantises a row of K weights. */
    void (*row)(const struct peer *peer, size_t row, float *weights);
    /* From now on multiplies with `count` copies of the weights in turn. */
    void (*use_copies)(struct peer *peer, size_t count);
    /* Multiplies n tokens at x (n x K) into y (n x M), `repetitions` times, with as many threads
     * as the team has, on the same CPUs; returns the seconds that it took. The team's other
     * threads must not be spinning meanwhile. */
    double (*multiply)(struct peer *peer, float *y, const float *x, size_t n, size_t repetitions);
    void (*free)(struct peer *peer);
};

/* A list of the types that suit the matrix, of all libraries that were built in; NULL if there
 * are none. The matrix must outlive it. */
struct peer *peers_make(const struct bench_matrix *matrix, struct team *team);
void peers_free(struct peer *list);

/* Multiplies the whole input with each, and compares the input's sample. */
void peers_check(struct peer *list, struct bench_input *input);

#endif
