#include "fixture.h"

#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GGUF_U32 = 4, GGUF_STRING = 8, GGUF_ALIGNMENT = 32 };

static void *read_file(const char *folder, const char *name, const char *ending, size_t *bytes) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *const file = fopen(path, "rb");
    if (!file) {
        fail_msg("%s cannot be read", path);
        return NULL;
    }
    enum { MOST = 1 << 20 };
    void *const data = malloc(MOST);
    assert_non_null(data);
    *bytes = fread(data, 1, MOST, file);
    fclose(file);
    assert_in_range(*bytes, 1, MOST - 1);
    return data;
}

/* A header, read from its beginning. */
struct header {
    const uint8_t *data;
    size_t at, bytes;
};

static const uint8_t *take(struct header *header, size_t bytes) {
    assert_true(bytes <= header->bytes - header->at);
    header->at += bytes;
    return header->data + header->at - bytes;
}
static uint32_t take_u32(struct header *header) {
    uint32_t value;
    memcpy(&value, take(header, sizeof value), sizeof value);
    return value;
}
static uint64_t take_u64(struct header *header) {
    uint64_t value;
    memcpy(&value, take(header, sizeof value), sizeof value);
    return value;
}
static void skip_string(struct header *header) {
    take(header, take_u64(header));
}

static void skip_keys(struct header *header, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        skip_string(header);
        const uint32_t type = take_u32(header);
        assert_true(type == GGUF_U32 || type == GGUF_STRING);
        if (type == GGUF_U32) {
            take_u32(header);
        } else {
            skip_string(header);
        }
    }
}

/* The head of a file with one tensor, up to the tensor's bytes. */
static int read_header(struct fixture *fixture, struct header *header) {
    assert_memory_equal(take(header, 4), "GGUF", 4);
    assert_int_equal(take_u32(header), 3);
    const uint64_t tensors = take_u64(header);
    if (tensors != 1) {
        return 0;
    }
    skip_keys(header, take_u64(header));
    skip_string(header);
    fixture->count = 1;
    for (uint32_t dims = take_u32(header); dims; dims--) {
        fixture->count *= take_u64(header);
    }
    fixture->type = (int32_t)take_u32(header);
    assert_int_equal(take_u64(header), 0);
    take(header, (GGUF_ALIGNMENT - header->at % GGUF_ALIGNMENT) % GGUF_ALIGNMENT);
    return 1;
}

int fixture_read(struct fixture *fixture, const char *folder, const char *name) {
    struct header header = {0};
    *fixture = (struct fixture){.file = read_file(folder, name, ".gguf", &header.bytes)};
    header.data = fixture->file;
    if (!read_header(fixture, &header)) {
        fixture_free(fixture);
        return 0;
    }
    size_t bytes = 0;
    fixture->blocks = header.data + header.at;
    fixture->bytes = header.bytes - header.at;
    fixture->weights = read_file(folder, name, ".f32", &bytes);
    assert_int_equal(bytes, fixture->count * sizeof(float));
    return 1;
}

void fixture_free(struct fixture *fixture) {
    free(fixture->file);
    free(fixture->weights);
}
