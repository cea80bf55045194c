/* Writes a GGUF file of random weights: as fast and as large as a real model, and free of any
 * licence.
 *
 *   synthetic TYPE SHAPE FILE
 *     TYPE   such as Q4_K, see `blocks` below: of all matrices
 *     SHAPE  2b    2.25 G parameters: 30 layers, 2560 wide, 32000 tokens
 *            tiny  2 layers, 256 wide; tied: the same, the output is the embedding; moe: the same
 *                  with 4 experts, of which a token takes 2
 *
 * The format is that of ggml's docs/gguf.md, version 3. The architecture is llama, without a
 * vocabulary. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GGUF_U32 = 4, GGUF_F32 = 6, GGUF_STRING = 8, GGUF_ALIGNMENT = 32, MAX_TENSORS = 512 };
enum { TYPE_F32 = 0 };

enum kind { PLAIN, TERNARY, EXPONENT, E4M3 };

struct block {
    const char *name;
    uint32_t type;
    unsigned codes, bytes, scale_at;
    unsigned magnitude; /* a weight is about 2^magnitude scales, its offset taken off */
    int offset_at;      /* of a second fp16; -1: there is none */
    int offset;         /* it is 2^offset scales */
    bool negative;      /* the offset is */
    enum kind kind;     /* no field of two bits is 3; the scale is a byte, an exponent; or there is
                           one of 8 bits for 16 codes */
};
static const struct block blocks[] = {
    {"Q4_0", 2, 32, 18, 0, 2, -1, 0, false, PLAIN},
    {"Q4_1", 3, 32, 20, 0, 2, 2, 3, true, PLAIN},
    {"Q5_0", 6, 32, 22, 0, 3, -1, 0, false, PLAIN},
    {"Q5_1", 7, 32, 24, 0, 3, 2, 4, true, PLAIN},
    {"Q8_0", 8, 32, 34, 0, 6, -1, 0, false, PLAIN},
    {"Q2_K", 10, 256, 84, 80, 3, 82, 1, false, PLAIN},
    {"Q3_K", 11, 256, 110, 108, 5, -1, 0, false, PLAIN},
    {"Q4_K", 12, 256, 144, 0, 7, 2, 3, false, PLAIN},
    {"Q5_K", 13, 256, 176, 0, 8, 2, 4, false, PLAIN},
    {"Q6_K", 14, 256, 210, 208, 10, -1, 0, false, PLAIN},
    {"IQ4_NL", 20, 32, 18, 0, 6, -1, 0, false, PLAIN},
    {"IQ4_XS", 23, 256, 136, 0, 10, -1, 0, false, PLAIN},
    {"TQ1_0", 34, 256, 54, 52, 0, -1, 0, false, PLAIN},
    {"TQ2_0", 35, 256, 66, 64, 0, -1, 0, false, TERNARY},
    {"MXFP4", 39, 32, 17, 0, 2, -1, 0, false, EXPONENT},
    {"NVFP4", 40, 64, 36, 0, 3, -1, 0, false, E4M3},
    {"Q1_0", 41, 128, 18, 0, 0, -1, 0, false, PLAIN},
    {"Q2_0", 42, 64, 18, 0, 0, -1, 0, false, TERNARY},
};

struct shape {
    const char *name;
    unsigned layers, width, inner, heads, kv_heads, tokens, experts;
    bool tied;
};
static const struct shape shapes[] = {
    {"2b", 30, 2560, 6912, 20, 5, 32000, 0, false},
    {"tiny", 2, 256, 768, 4, 2, 512, 0, false},
    {"tied", 2, 256, 768, 4, 2, 512, 0, true},
    {"moe", 2, 256, 512, 4, 2, 512, 4, false},
};

struct tensor {
    char name[64];
    unsigned dims;
    uint64_t size[3];
    bool weights; /* else F32 */
    uint64_t bytes;
};
struct model {
    const struct block *block;
    struct tensor tensors[MAX_TENSORS];
    unsigned count;
};

/* ---- What there is ------------------------------------------------------------------- */

static void add(struct model *model, const char *name, unsigned k, unsigned m, unsigned experts,
                bool weights) {
    struct tensor *const tensor = &model->tensors[model->count++];
    *tensor = (struct tensor){.dims = experts ? 3
                                      : m     ? 2
                                              : 1,
                              .size = {k, m ? m : 1, experts ? experts : 1},
                              .weights = weights};
    snprintf(tensor->name, sizeof tensor->name, "%s.weight", name);
    const uint64_t elements = tensor->size[0] * tensor->size[1] * tensor->size[2];
    tensor->bytes =
        weights ? elements / model->block->codes * model->block->bytes : elements * sizeof(float);
}

static void add_layer(struct model *model, const struct shape *s, unsigned layer) {
    const unsigned kv = s->width / s->heads * s->kv_heads;
    const struct {
        const char *name;
        unsigned k, m, experts;
        bool weights;
    } rows[] = {
        {"attn_norm", s->width, 0, 0, false},
        {"attn_q", s->width, s->width, 0, true},
        {"attn_k", s->width, kv, 0, true},
        {"attn_v", s->width, kv, 0, true},
        {"attn_output", s->width, s->width, 0, true},
        {"ffn_norm", s->width, 0, 0, false},
        {s->experts ? "ffn_gate_exps" : "ffn_gate", s->width, s->inner, s->experts, true},
        {s->experts ? "ffn_up_exps" : "ffn_up", s->width, s->inner, s->experts, true},
        {s->experts ? "ffn_down_exps" : "ffn_down", s->inner, s->width, s->experts, true},
    };
    char name[48];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(name, sizeof name, "blk.%u.%s", layer, rows[i].name);
        add(model, name, rows[i].k, rows[i].m, rows[i].experts, rows[i].weights);
    }
    if (s->experts) {
        snprintf(name, sizeof name, "blk.%u.ffn_gate_inp", layer);
        add(model, name, s->width, s->experts, 0, false);
    }
}

static void make(struct model *model, const struct shape *s) {
    add(model, "token_embd", s->width, s->tokens, 0, true);
    for (unsigned layer = 0; layer < s->layers; layer++) {
        add_layer(model, s, layer);
    }
    add(model, "output_norm", s->width, 0, 0, false);
    if (!s->tied) {
        add(model, "output", s->width, s->tokens, 0, true);
    }
}

/* ---- Writing ------------------------------------------------------------------------- */

static void put(FILE *file, const void *data, size_t size) {
    if (fwrite(data, 1, size, file) != size) {
        perror("synthetic");
        exit(1);
    }
}
static void put_u32(FILE *file, uint32_t value) {
    put(file, &value, sizeof value);
}
static void put_u64(FILE *file, uint64_t value) {
    put(file, &value, sizeof value);
}
static void put_string(FILE *file, const char *text) {
    put_u64(file, strlen(text));
    put(file, text, strlen(text));
}
static void put_key(FILE *file, const char *key, uint32_t type) {
    put_string(file, key);
    put_u32(file, type);
}

static void put_header(FILE *file, const struct model *model, const struct shape *s) {
    const float epsilon = 1e-5f;
    const struct {
        const char *key;
        uint32_t value;
    } numbers[] = {
        {"llama.context_length", 4096},
        {"llama.embedding_length", s->width},
        {"llama.block_count", s->layers},
        {"llama.feed_forward_length", s->inner},
        {"llama.attention.head_count", s->heads},
        {"llama.attention.head_count_kv", s->kv_heads},
        {"llama.rope.dimension_count", s->width / s->heads},
        {"llama.vocab_size", s->tokens},
        {"llama.expert_count", s->experts},
        {"llama.expert_used_count", s->experts / 2},
    };
    const size_t count = sizeof numbers / sizeof *numbers - (s->experts ? 0 : 2);
    put(file, "GGUF", 4);
    put_u32(file, 3);
    put_u64(file, model->count);
    put_u64(file, count + 3);
    put_key(file, "general.architecture", GGUF_STRING);
    put_string(file, "llama");
    put_key(file, "tokenizer.ggml.model", GGUF_STRING);
    put_string(file, "none");
    put_key(file, "llama.attention.layer_norm_rms_epsilon", GGUF_F32);
    put(file, &epsilon, sizeof epsilon);
    for (size_t i = 0; i < count; i++) {
        put_key(file, numbers[i].key, GGUF_U32);
        put_u32(file, numbers[i].value);
    }
}

static uint64_t aligned(uint64_t bytes) {
    return (bytes + GGUF_ALIGNMENT - 1) / GGUF_ALIGNMENT * GGUF_ALIGNMENT;
}

static void put_infos(FILE *file, const struct model *model) {
    uint64_t offset = 0;
    for (unsigned i = 0; i < model->count; i++) {
        const struct tensor *const tensor = &model->tensors[i];
        put_string(file, tensor->name);
        put_u32(file, tensor->dims);
        for (unsigned d = 0; d < tensor->dims; d++) {
            put_u64(file, tensor->size[d]);
        }
        put_u32(file, tensor->weights ? model->block->type : TYPE_F32);
        put_u64(file, offset);
        offset += aligned(tensor->bytes);
    }
}

static uint64_t next(void) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static void put_half(uint8_t *to, unsigned exponent, bool negative) {
    const uint16_t half =
        (uint16_t)((unsigned)negative << 15 | exponent << 10 | (next() >> 40 & 1023));
    memcpy(to, &half, sizeof half);
}

/* The exponent of a scale of 1. */
static unsigned exponent_of_1(enum kind kind) {
    return kind == EXPONENT ? 128 : kind == E4M3 ? 8 : 15;
}

/* Scales of this exponent, and the offset. */
static void put_scales(uint8_t *bytes, const struct block *block, unsigned exponent) {
    uint8_t *const scales = bytes + block->scale_at;
    if (block->kind == EXPONENT) {
        *scales = (uint8_t)exponent;
        return;
    }
    if (block->kind == E4M3) {
        for (unsigned i = 0; i < block->codes / 16; i++) {
            scales[i] = (uint8_t)(exponent << 3 | (next() >> 40 & 7));
        }
        return;
    }
    /* Of either sign: the mean of many blocks is 0, which that of one need not be. */
    const bool negative = next() >> 40 & 1;
    put_half(scales, exponent, negative);
    if (block->offset_at >= 0) {
        put_half(bytes + block->offset_at, exponent + (unsigned)block->offset,
                 block->negative != negative);
    }
}

/* Random codes, and a scale with which the results of a matrix are about as large as its input. */
static void fill_block(uint8_t *bytes, const struct block *block, uint64_t k) {
    for (unsigned i = 0; i < block->bytes; i++) {
        uint8_t byte = (uint8_t)(next() >> 32);
        /* A field of 3 becomes 2. */
        byte = block->kind == TERNARY ? (uint8_t)(byte & ~(byte >> 1 & byte & 0x55)) : byte;
        bytes[i] = byte;
    }
    /* Near 1 / sqrt(k), for weights of about 1. An fp16 of less than 2^-14 has no exponent left. */
    unsigned exponent = exponent_of_1(block->kind) - block->magnitude;
    for (uint64_t left = k; left >= 4 && exponent > 0; left /= 4) {
        exponent--;
    }
    put_scales(bytes, block, exponent);
}

static void put_weights(FILE *file, const struct block *block, const struct tensor *tensor) {
    enum { BLOCKS = 1024, LARGEST = 210 };
    uint8_t bytes[BLOCKS * LARGEST];
    uint64_t left = tensor->bytes / block->bytes;
    while (left) {
        const uint64_t count = left < BLOCKS ? left : BLOCKS;
        for (uint64_t i = 0; i < count; i++) {
            fill_block(bytes + i * block->bytes, block, tensor->size[0]);
        }
        put(file, bytes, count * block->bytes);
        left -= count;
    }
}

static void put_ones(FILE *file, const struct tensor *tensor) {
    const bool router = tensor->dims == 2;
    for (uint64_t i = 0; i < tensor->bytes / sizeof(float); i++) {
        const float value = router ? (float)(int32_t)(next() >> 33) * 1e-10f : 1;
        put(file, &value, sizeof value);
    }
}

static void put_data(FILE *file, const struct model *model) {
    static const uint8_t zeros[GGUF_ALIGNMENT];
    put(file, zeros, (size_t)(aligned((uint64_t)ftell(file)) - (uint64_t)ftell(file)));
    for (unsigned i = 0; i < model->count; i++) {
        const struct tensor *const tensor = &model->tensors[i];
        if (tensor->weights) {
            put_weights(file, model->block, tensor);
        } else {
            put_ones(file, tensor);
        }
        put(file, zeros, (size_t)(aligned(tensor->bytes) - tensor->bytes));
    }
}

int main(int argc, char **argv) {
    static struct model model;
    const struct shape *shape = NULL;
    for (size_t i = 0; argc == 4 && i < sizeof blocks / sizeof *blocks; i++) {
        model.block = strcmp(blocks[i].name, argv[1]) == 0 ? &blocks[i] : model.block;
    }
    for (size_t i = 0; argc == 4 && i < sizeof shapes / sizeof *shapes; i++) {
        shape = strcmp(shapes[i].name, argv[2]) == 0 ? &shapes[i] : shape;
    }
    if (!model.block || !shape) {
        fprintf(stderr, "usage: synthetic TYPE 2b|tiny|tied|moe FILE, TYPE being such as Q4_K\n");
        return 2;
    }
    FILE *const file = fopen(argv[3], "wb");
    if (!file) {
        perror(argv[3]);
        return 1;
    }
    make(&model, shape);
    put_header(file, &model, shape);
    put_infos(file, &model);
    put_data(file, &model);
    if (fclose(file)) {
        perror(argv[3]);
        return 1;
    }
    return 0;
}
