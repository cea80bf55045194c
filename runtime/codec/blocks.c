/* Blocks of 32 to 128 codes with one scale, or one for 16 of them, as ggml 0.25.1 has them
 * (ggml-quants.c). */
#include "codec/blocks.h"

/* ---- Codes side by side, after the scale --------------------------------------------- */

static inline void read_copy(const loom_parts *parts, const uint8_t *block, struct bits b) {
    copy_half(parts->scales, block);
    memcpy(parts->codes, block + b.at, b.count * b.bits / 8);
}
static inline void write_copy(uint8_t *block, const loom_parts *parts, struct bits b) {
    copy_half(block, parts->scales);
    write_bits(block, parts->codes, b);
}

static const struct bits q1_0 = {.at = 2, .count = 128, .width = 1, .bits = 1};
static const struct bits q2_0 = {.at = 2, .count = 64, .width = 1, .bits = 2};
static const struct bits q2_0_128 = {.at = 2, .count = 128, .width = 1, .bits = 2};

static void read_q1_0(const loom_parts *parts, const uint8_t *block) {
    read_copy(parts, block, q1_0);
}
static void write_q1_0(uint8_t *block, const loom_parts *parts) {
    write_copy(block, parts, q1_0);
}
static void read_q2_0(const loom_parts *parts, const uint8_t *block) {
    read_copy(parts, block, q2_0);
}
static void write_q2_0(uint8_t *block, const loom_parts *parts) {
    write_copy(block, parts, q2_0);
}
static void read_q2_0_128(const loom_parts *parts, const uint8_t *block) {
    read_copy(parts, block, q2_0_128);
}
static void write_q2_0_128(uint8_t *block, const loom_parts *parts) {
    write_copy(block, parts, q2_0_128);
}

/* ---- 32 codes in nibbles, and a fifth bit in a number of 32 bits ---------------------- */

static inline struct bits nibbles(unsigned at) {
    return (struct bits){.at = at, .count = 32, .width = 16, .bits = 4};
}
static inline struct bits fifth_bits(unsigned at) {
    return (struct bits){.at = at, .count = 32, .width = 1, .bits = 1, .to = 4};
}

static void read_q4_0(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block);
    read_fields(parts->codes, block, nibbles(2));
}
static void write_q4_0(uint8_t *block, const loom_parts *parts) {
    copy_half(block, parts->scales);
    write_bits(block, parts->codes, nibbles(2));
}

static void read_q4_1(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block);
    copy_half(parts->offsets, block + 2);
    read_fields(parts->codes, block, nibbles(4));
}
static void write_q4_1(uint8_t *block, const loom_parts *parts) {
    copy_half(block, parts->scales);
    copy_half(block + 2, parts->offsets);
    write_bits(block, parts->codes, nibbles(4));
}

/* A byte e for the scale 2^(e - 128), and numbers that are doubled: as `e8m0` and `fp4`. */
static void read_mxfp4(const loom_parts *parts, const uint8_t *block) {
    memcpy(parts->scales, block, 1);
    read_fields(parts->codes, block, nibbles(1));
}
static void write_mxfp4(uint8_t *block, const loom_parts *parts) {
    memcpy(block, parts->scales, 1);
    write_bits(block, parts->codes, nibbles(1));
}

/* 4 bytes for the scales of 16 codes each, which have 8 bytes of nibbles: as `ue4m3` and `fp4`. */
static const struct bits nvfp4 = {.at = 4, .count = 64, .width = 8, .bits = 4};

static void read_nvfp4(const loom_parts *parts, const uint8_t *block) {
    memcpy(parts->scales, block, 4);
    read_fields(parts->codes, block, nvfp4);
}
static void write_nvfp4(uint8_t *block, const loom_parts *parts) {
    memcpy(block, parts->scales, 4);
    write_bits(block, parts->codes, nvfp4);
}

static void read_q5_0(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block);
    read_bits(parts->codes, block, nibbles(6));
    read_bits(parts->codes, block, fifth_bits(2));
}
static void write_q5_0(uint8_t *block, const loom_parts *parts) {
    copy_half(block, parts->scales);
    write_bits(block, parts->codes, nibbles(6));
    write_bits(block, parts->codes, fifth_bits(2));
}

static void read_q5_1(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block);
    copy_half(parts->offsets, block + 2);
    read_bits(parts->codes, block, nibbles(8));
    read_bits(parts->codes, block, fifth_bits(4));
}
static void write_q5_1(uint8_t *block, const loom_parts *parts) {
    copy_half(block, parts->scales);
    copy_half(block + 2, parts->offsets);
    write_bits(block, parts->codes, nibbles(8));
    write_bits(block, parts->codes, fifth_bits(4));
}

/* ---- 32 signed bytes: a code less its zero point of 128 ------------------------------- */

static void flip(uint8_t *restrict to, const uint8_t *restrict from) {
    for (unsigned i = 0; i < 32; i++) {
        to[i] = from[i] ^ 128;
    }
}

static void read_q8_0(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block);
    flip(parts->codes, block + 2);
}
static void write_q8_0(uint8_t *block, const loom_parts *parts) {
    copy_half(block, parts->scales);
    flip(block + 2, parts->codes);
}

const struct block_codec codec_q1_0 = {read_q1_0, write_q1_0};
const struct block_codec codec_q2_0 = {read_q2_0, write_q2_0};
const struct block_codec codec_q2_0_128 = {read_q2_0_128, write_q2_0_128};
const struct block_codec codec_q4_0 = {read_q4_0, write_q4_0};
const struct block_codec codec_q4_1 = {read_q4_1, write_q4_1};
const struct block_codec codec_mxfp4 = {read_mxfp4, write_mxfp4};
const struct block_codec codec_nvfp4 = {read_nvfp4, write_nvfp4};
const struct block_codec codec_q5_0 = {read_q5_0, write_q5_0};
const struct block_codec codec_q5_1 = {read_q5_1, write_q5_1};
const struct block_codec codec_q8_0 = {read_q8_0, write_q8_0};
