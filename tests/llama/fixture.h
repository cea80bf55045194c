/* Fixtures: NAME.gguf with one tensor, and in NAME.f32 the same weights as fp32, row-major. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stddef.h>
#include <stdint.h>

struct fixture {
    int32_t type; /* ggml's number */
    size_t count; /* of weights */
    void *file;
    const uint8_t *blocks; /* in the file */
    size_t bytes;          /* of the blocks, or up to 31 more */
    float *weights;
};

/* Reads FOLDER/NAME.gguf and FOLDER/NAME.f32, the caller's to free. 0 where the file has more
 * tensors than one; fails the test where it cannot be read. */
int fixture_read(struct fixture *fixture, const char *folder, const char *name);
void fixture_free(struct fixture *fixture);

#endif
