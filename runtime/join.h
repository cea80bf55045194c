/* Bytes to bits side by side and back, eight at a time. Not for users of the library. */
#ifndef LOOM_JOIN_H
#define LOOM_JOIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* 1: the first byte of a number is its highest. */
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOOM_BIG_ENDIAN 1
#else
#define LOOM_BIG_ENDIAN 0
#endif

static inline uint64_t loom_lowest_first(uint64_t bytes) {
    return LOOM_BIG_ENDIAN ? __builtin_bswap64(bytes) : bytes;
}

/* 8 bytes as a number, the first one lowest, and the first `count` of them back. */
static inline uint64_t loom_load_bytes(const uint8_t *from) {
    uint64_t bytes;
    memcpy(&bytes, from, sizeof bytes);
    return loom_lowest_first(bytes);
}
static inline void loom_store_bytes(uint8_t *to, uint64_t bytes, size_t count) {
    bytes = loom_lowest_first(bytes);
    memcpy(to, &bytes, count);
}

/* The same of 4 bytes. */
static inline uint32_t loom_load_word(const uint8_t *from) {
    uint32_t word;
    memcpy(&word, from, sizeof word);
    return LOOM_BIG_ENDIAN ? __builtin_bswap32(word) : word;
}
static inline void loom_store_word(uint8_t *to, uint32_t word) {
    word = LOOM_BIG_ENDIAN ? __builtin_bswap32(word) : word;
    memcpy(to, &word, sizeof word);
}

/* 8 bytes of `bits` bits side by side: first two bytes, then four, then all. */
static inline uint64_t loom_join_fields(uint64_t bytes, unsigned bits) {
    const uint64_t two = 0x00ff00ff00ff00ff, four = 0x0000ffff0000ffff, eight = 0xffffffff;
    bytes = (bytes & two) | (bytes >> 8 & two) << bits;
    bytes = (bytes & four) | (bytes >> 16 & four) << 2 * bits;
    return (bytes & eight) | bytes >> 32 << 4 * bits;
}

/* The inverse, of the lowest 8 * bits bits; those above do not count. */
static inline uint64_t loom_split_fields(uint64_t fields, unsigned bits) {
    const uint64_t one = (1u << bits) - 1, two = (1u << 2 * bits) - 1, four = (1u << 4 * bits) - 1;
    const uint64_t twos = two | two << 32, ones = one * 0x0001000100010001;
    fields = (fields & four) | fields >> 4 * bits << 32;
    fields = (fields & twos) | (fields >> 2 * bits & twos) << 16;
    return (fields & ones) | (fields >> bits & ones) << 8;
}

#endif
