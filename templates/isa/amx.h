/* Vocabulary of AMX: tiles of int8 and their products, beside AVX-512 VBMI and VNNI. */
#ifndef ISA_AMX_H
#define ISA_AMX_H

/* clang 14 spells them without the inner underscore. */
#if !(defined(__AMX_TILE__) || defined(__AMXTILE__)) ||                                            \
    !(defined(__AMX_INT8__) || defined(__AMXINT8__))
#error "compile this file with -mamx-tile -mamx-int8 and the flags of AVX-512 VBMI"
#endif

#include "isa_avx512vbmi.h"

/* What a thread's tiles are: 64 bytes for LDTILECFG and STTILECFG. Palette 0: it has none. */
struct v_tiles {
    uint8_t palette, first_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

/* gcc 12 takes these two for accesses of 8 bytes, and leaves out stores of the others: an empty
 * statement before or behind them has all 64 as its operand. */
static inline void v_tiles_load(const struct v_tiles *tiles) {
    __asm__ volatile("" : : "m"(*tiles));
    _tile_loadconfig(tiles);
}
static inline void v_tiles_store(struct v_tiles *tiles) {
    _tile_storeconfig(tiles);
    __asm__ volatile("" : "=m"(*tiles));
}

/* Who changes a thread's tiles puts back what was there: others may rely on it, as ggml 0.25.1,
 * which configures its own once a thread (amx/mmq.cpp). Without tiles the operating system need not
 * save their 8 KiB. */
static inline struct v_tiles v_tiles_save(void) {
    struct v_tiles tiles;
    v_tiles_store(&tiles);
    return tiles;
}
static inline void v_tiles_restore(const struct v_tiles *tiles) {
    if (tiles->palette) {
        v_tiles_load(tiles);
    } else {
        _tile_release();
    }
}

/* Tiles 0 to 3 are sums (token x 16 rows of weights, int32), 4 and 5 activations (token x k, int8),
 * 6 and 7 codes (k / 4 x 16 rows x 4, uint8). Configures them for so many tokens, at most 16, and
 * steps of k codes; their contents become 0. */
static inline void v_tiles_configure(size_t tokens, size_t k) {
    struct v_tiles tiles = {.palette = 1};
    for (size_t i = 0; i < 8; i++) {
        tiles.row_bytes[i] = (uint16_t)(i == 4 || i == 5 ? k : 64);
        tiles.rows[i] = (uint8_t)(i < 6 ? tokens : k / 4);
    }
    v_tiles_load(&tiles);
}

/* Tiles are numbers, constants; a stride is in bytes. */
#define v_tile_zero(tile) _tile_zero(tile)
#if defined(__clang__)
#define v_tile_load(tile, p, stride) _tile_loadd(tile, p, stride)
#else /* gcc 12 does not know that it reads memory, and stores later what is to be loaded */
#define v_tile_load(tile, p, stride)                                                               \
    do {                                                                                           \
        __asm__ volatile("" : : : "memory");                                                       \
        _tile_loadd(tile, p, stride);                                                              \
    } while (0)
#endif
#define v_tile_store(tile, p, stride) _tile_stored(tile, p, stride)
/* sums += activations times codes. */
#define v_tile_dot4(sums, acts, codes) _tile_dpbsud(sums, acts, codes)

/* What ends a group of a token: its scale, that times V_SUM_OFFSET, and the start of its sums, or
 * the sum of its activations where rows have zero points of their own. */
struct v_end {
    float scale, offset;
    int32_t sum;
};

#endif
