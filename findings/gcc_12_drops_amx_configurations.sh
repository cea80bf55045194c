#!/bin/sh
# gcc 12 does not store the configuration that _tile_loadconfig loads.
#
# Guess: the intrinsic tells the compiler of the 64 bytes that LDTILECFG reads, so a structure that
# is filled and handed to it is in memory by then.
#
# Seen: gcc 12.2.0 (Debian 12), 29 November 2026, -O2: of a configuration of one tile only the first
# byte, the palette, is stored. The bytes of the tile's rows and their number are left out: in
# amxtileintrin.h the operand of the assembly is a pointer's 8 bytes. Tiles are then configured
# without rows, and the first instruction that uses one is illegal. ggml 0.25.1 has such a structure
# (amx/mmq.cpp): compiled by gcc 12 for an Emerald Rapids it ends by SIGILL in its first product of
# many tokens. clang 19 stores all. A statement with the whole structure as its operand helps:
# __asm__ volatile("" : : "m"(*configuration)).
#
# Needs gcc-12 and clang-19; the code is compiled and read, not run.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/tiles.c" <<'END'
#include <immintrin.h>
#include <stdint.h>

void configure(void) {
    struct {
        uint8_t palette, first_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } tiles = {.palette = 1};
#ifdef SAY_SO
    tiles.row_bytes[3] = 44;
    tiles.rows[3] = 13;
    __asm__ volatile("" : : "m"(tiles));
#else
    tiles.row_bytes[3] = 44;
    tiles.rows[3] = 13;
#endif
    _tile_loadconfig(&tiles);
}
END

# stores COMPILER OPTION...: whether its assembly has both numbers.
stores() {
    "$@" -O2 -mamx-tile -S "$work/tiles.c" -o "$work/tiles.s"
    grep -q ldtilecfg "$work/tiles.s"
    grep -qE '[$]44,|\b44$' "$work/tiles.s" && grep -qE '[$]13,|\b13$' "$work/tiles.s"
}

stores clang-19 || { echo "changed: clang 19 leaves them out" >&2 && exit 1; }
stores gcc-12 -DSAY_SO || { echo "changed: the statement does not help" >&2 && exit 1; }
if stores gcc-12; then
    echo "changed: gcc 12 stores the configuration" >&2
    exit 1
fi
echo "$(gcc-12 --version | head -n 1): a configuration for LDTILECFG is not stored"
