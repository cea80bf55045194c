/* Little-endian numbers at any address. */
#ifndef LOOM_CODEC_WORDS_H
#define LOOM_CODEC_WORDS_H

#include <stdint.h>

static inline uint16_t load_u16(const uint8_t *from) {
    return (uint16_t)(from[0] | from[1] << 8);
}
static inline uint32_t load_u32(const uint8_t *from) {
    return load_u16(from) | (uint32_t)load_u16(from + 2) << 16;
}

#endif
