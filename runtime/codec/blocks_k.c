/* Super-blocks of 256 codes, whose sub-blocks have factors, as ggml 0.25.1 has them
 * (ggml-quants.c). ggml subtracts minimums, this library adds them: so the sign of what they are
 * multiplied by is turned. */
#include "codec/blocks.h"

static void copy_negated(void *to, const void *from) {
    uint16_t half;
    memcpy(&half, from, 2);
    half ^= 0x8000;
    memcpy(to, &half, 2);
}

/* ---- Q2_K: a byte has a factor of 4 bits, and above it a minimum ------------------------ */

static const struct bits q2_k = {.at = 16, .count = 256, .width = 32, .bits = 2};

static void read_q2_k(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block + 80);
    copy_negated(parts->offsets, block + 82);
    for (unsigned i = 0; i < 16; i++) {
        parts->factors[i] = block[i] & 15;
        parts->mins[i] = block[i] >> 4;
    }
    read_fields(parts->codes, block, q2_k);
}
static void write_q2_k(uint8_t *block, const loom_parts *parts) {
    copy_half(block + 80, parts->scales);
    copy_negated(block + 82, parts->offsets);
    for (unsigned i = 0; i < 16; i++) {
        block[i] = (uint8_t)(parts->factors[i] | parts->mins[i] << 4);
    }
    write_bits(block, parts->codes, q2_k);
}

/* ---- Q3_K, IQ4_XS: factors of 6 bits, from 0 for -32 ------------------------------------ */

static inline void read_signed_factors(uint8_t *factors, const uint8_t *block, struct bits low,
                                       struct bits high) {
    read_bits(factors, block, low);
    read_bits(factors, block, high);
    for (unsigned i = 0; i < low.count; i++) {
        factors[i] = (uint8_t)(factors[i] - 32);
    }
}
static inline void write_signed_factors(uint8_t *block, const uint8_t *factors, struct bits low,
                                        struct bits high) {
    uint8_t from_0[16];
    for (unsigned i = 0; i < low.count; i++) {
        from_0[i] = (uint8_t)(factors[i] + 32);
    }
    write_bits(block, from_0, low);
    write_bits(block, from_0, high);
}

static const struct bits q3_k = {.at = 32, .count = 256, .width = 32, .bits = 2};
static const struct bits q3_k_high = {.at = 0, .count = 256, .width = 32, .bits = 1, .to = 2};
static const struct bits q3_k_factors = {.at = 96, .count = 16, .width = 8, .bits = 4};
static const struct bits q3_k_factors_high = {
    .at = 104, .count = 16, .width = 4, .bits = 2, .to = 4};

static void read_q3_k(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block + 108);
    read_signed_factors(parts->factors, block, q3_k_factors, q3_k_factors_high);
    read_bits(parts->codes, block, q3_k);
    read_bits(parts->codes, block, q3_k_high);
}
static void write_q3_k(uint8_t *block, const loom_parts *parts) {
    copy_half(block + 108, parts->scales);
    write_signed_factors(block, parts->factors, q3_k_factors, q3_k_factors_high);
    write_bits(block, parts->codes, q3_k);
    write_bits(block, parts->codes, q3_k_high);
}

static const struct bits iq4_xs = {.at = 8, .count = 256, .width = 16, .bits = 4};
static const struct bits iq4_xs_factors = {.at = 4, .count = 8, .width = 1, .bits = 4};
static const struct bits iq4_xs_factors_high = {
    .at = 2, .count = 8, .width = 1, .bits = 2, .to = 4};

static void read_iq4_xs(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block);
    read_signed_factors(parts->factors, block, iq4_xs_factors, iq4_xs_factors_high);
    read_fields(parts->codes, block, iq4_xs);
}
static void write_iq4_xs(uint8_t *block, const loom_parts *parts) {
    copy_half(block, parts->scales);
    write_signed_factors(block, parts->factors, iq4_xs_factors, iq4_xs_factors_high);
    write_bits(block, parts->codes, iq4_xs);
}

/* ---- Q4_K, Q5_K: factors and minimums of 6 bits in 12 bytes ------------------------------
 *
 * Bytes 0 to 3 begin with the first four factors, bytes 4 to 7 with the first four minimums. Their
 * upper two bits are those of the last four, whose lower four bits are in the last bytes. */
static void read_six_bits(const loom_parts *parts, const uint8_t *bytes) {
    const uint32_t factors = loom_load_word(bytes), mins = loom_load_word(bytes + 4);
    const uint32_t last = loom_load_word(bytes + 8);
    const uint32_t six = 0x3f3f3f3f, four = 0x0f0f0f0f, upper_two = 0x30303030;
    loom_store_word(parts->factors, factors & six);
    loom_store_word(parts->mins, mins & six);
    loom_store_word(parts->factors + 4, (last & four) | (factors >> 2 & upper_two));
    loom_store_word(parts->mins + 4, (last >> 4 & four) | (mins >> 2 & upper_two));
}
static void write_six_bits(uint8_t *bytes, const loom_parts *parts) {
    for (unsigned i = 0; i < 4; i++) {
        const unsigned factor = parts->factors[4 + i], min = parts->mins[4 + i];
        bytes[i] = (uint8_t)(parts->factors[i] | factor >> 4 << 6);
        bytes[4 + i] = (uint8_t)(parts->mins[i] | min >> 4 << 6);
        bytes[8 + i] = (uint8_t)((factor & 15) | (min & 15) << 4);
    }
}

/* A scale, an offset, then these. */
static void read_begin(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block);
    copy_negated(parts->offsets, block + 2);
    read_six_bits(parts, block + 4);
}
static void write_begin(uint8_t *block, const loom_parts *parts) {
    copy_half(block, parts->scales);
    copy_negated(block + 2, parts->offsets);
    write_six_bits(block + 4, parts);
}

static const struct bits q4_k = {.at = 16, .count = 256, .width = 32, .bits = 4};

static void read_q4_k(const loom_parts *parts, const uint8_t *block) {
    read_begin(parts, block);
    read_fields(parts->codes, block, q4_k);
}
static void write_q4_k(uint8_t *block, const loom_parts *parts) {
    write_begin(block, parts);
    write_bits(block, parts->codes, q4_k);
}

static const struct bits q5_k = {.at = 48, .count = 256, .width = 32, .bits = 4};
static const struct bits q5_k_high = {.at = 16, .count = 256, .width = 32, .bits = 1, .to = 4};

static void read_q5_k(const loom_parts *parts, const uint8_t *block) {
    read_begin(parts, block);
    read_bits(parts->codes, block, q5_k);
    read_bits(parts->codes, block, q5_k_high);
}
static void write_q5_k(uint8_t *block, const loom_parts *parts) {
    write_begin(block, parts);
    write_bits(block, parts->codes, q5_k);
    write_bits(block, parts->codes, q5_k_high);
}

/* ---- Q6_K: factors of 8 bits ------------------------------------------------------------- */

static const struct bits q6_k = {.at = 0, .count = 256, .width = 64, .bits = 4};
static const struct bits q6_k_high = {.at = 128, .count = 256, .width = 32, .bits = 2, .to = 4};

static void read_q6_k(const loom_parts *parts, const uint8_t *block) {
    copy_half(parts->scales, block + 208);
    memcpy(parts->factors, block + 192, 16);
    read_bits(parts->codes, block, q6_k);
    read_bits(parts->codes, block, q6_k_high);
}
static void write_q6_k(uint8_t *block, const loom_parts *parts) {
    copy_half(block + 208, parts->scales);
    memcpy(block + 192, parts->factors, 16);
    write_bits(block, parts->codes, q6_k);
    write_bits(block, parts->codes, q6_k_high);
}

const struct block_codec codec_q2_k = {read_q2_k, write_q2_k};
const struct block_codec codec_q3_k = {read_q3_k, write_q3_k};
const struct block_codec codec_iq4_xs = {read_iq4_xs, write_iq4_xs};
const struct block_codec codec_q4_k = {read_q4_k, write_q4_k};
const struct block_codec codec_q5_k = {read_q5_k, write_q5_k};
const struct block_codec codec_q6_k = {read_q6_k, write_q6_k};
