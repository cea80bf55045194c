/* Vocabulary of AMX: tiles of int8 and their products, beside AVX-512 VBMI and VNNI. */
#ifndef ISA_AMX_H
#define ISA_AMX_H

/* clang 14 spells them without the inner underscore. */
#if !(defined(__AMX_TILE__) || defined(__AMXTILE__)) ||                                            \
    !(defined(__AMX_INT8__) || defined(__AMXINT8__))
#error "compile this file with -mamx-tile -mamx-int8 and the flags of AVX-512 VBMI"
#endif

#include "isa_avx512vbmi.h"

/* Tiles 0 to 3 are sums (token x 16 rows of weights, int32), 4 and 5 activations (token x k, int8),
 * 6 and 7 codes (k / 4 x 16 rows x 4, uint8). Configures them for so many tokens, at most 16, and
 * steps of k codes; their contents become 0. */
static inline void v_tiles_configure(size_t tokens, size_t k) {
    struct {
        uint8_t palette, first_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } tiles = {.palette = 1};
    for (size_t i = 0; i < 8; i++) {
        tiles.row_bytes[i] = (uint16_t)(i == 4 || i == 5 ? k : 64);
        tiles.rows[i] = (uint8_t)(i < 6 ? tokens : k / 4);
    }
    _tile_loadconfig(&tiles);
}
/* The thread has no tiles any more, which saves the operating system their 8 KiB. */
static inline void v_tiles_release(void) {
    _tile_release();
}

/* Tiles are numbers, constants; a stride is in bytes. */
#define v_tile_zero(tile) _tile_zero(tile)
#define v_tile_load(tile, p, stride) _tile_loadd(tile, p, stride)
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
