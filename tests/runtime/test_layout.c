/* Layouts: what symbols hold, and where each bit is in every layout that a kernel has. */
#include "fake.h"
#include "layout.h"
#include "layouts.h"
#include "made_up_layouts.h"

#include <stdlib.h>
#include <string.h>

/* ---- Symbols ----------------------------------------------------------------------------- */

/* Number `number` in base 3, `count` digits 2 bytes apart. */
static void write_digits(uint8_t *codes, unsigned count, unsigned number) {
    for (unsigned i = 0; i < count; i++, number /= 3) {
        codes[2 * i] = (uint8_t)(number % 3);
    }
}

static void symbols_hold_any_codes(void **state) {
    (void)state;
    for (unsigned number = 0; number < 243; number++) {
        uint8_t codes[10] = {0}, back[10], symbols[2];
        write_digits(codes, 5, number);
        loom_symbols(5, symbols, codes, 2);
        loom_symbol_codes(5, back, symbols, 2);
        assert_memory_equal(codes, back, sizeof codes);
    }
}

/* Index and sign: codes less 1 are the digits of a number from -13 to 13. */
static void signed_symbols_hold_any_codes(void **state) {
    (void)state;
    for (unsigned number = 0; number < 27; number++) {
        uint8_t codes[6] = {0}, back[6], symbols[2];
        write_digits(codes, 3, number);
        loom_symbols(3, symbols, codes, 2);
        assert_int_equal(symbols[0], number < 13 ? 16 + (13 - number) : number - 13);
        loom_symbol_codes(3, back, symbols, 2);
        assert_memory_equal(codes, back, sizeof codes);
    }
}

static void any_symbol_holds_ternary_codes(void **state) {
    static const struct {
        unsigned symbol_k, symbols;
    } kinds[] = {{5, 256}, {3, 32}};
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        const unsigned symbol_k = kinds[i].symbol_k;
        for (unsigned symbol = 0; symbol < kinds[i].symbols; symbol++) {
            const uint8_t any = (uint8_t)symbol;
            uint8_t codes[5], smallest;
            loom_symbol_codes(symbol_k, codes, &any, 1);
            for (unsigned j = 0; j < symbol_k; j++) {
                assert_in_range(codes[j], 0, 2);
            }
            loom_symbols(symbol_k, &smallest, codes, 1);
            assert_true(smallest <= symbol);
        }
    }
}

/* ---- Where the bits are ------------------------------------------------------------------ */

/* A bit of a unit. */
struct origin {
    size_t row, symbol;
    unsigned plane, inverted;
};

/* The definition in layout.h. */
static struct origin origin_of(const struct loom_layout *layout, size_t bit) {
    const struct loom_section *section = layout->section;
    size_t bits;
    for (;; section++) {
        bits = section->listed ? 8 : 1;
        for (size_t d = 0; d < section->digits; d++) {
            bits *= section->digit[d].count;
        }
        if (bit < bits) {
            break;
        }
        bit -= bits;
    }
    const unsigned inverted = section->flip >> bit % 8 & 1u;
    const struct loom_bit place = section->bit[bit % 8];
    size_t at[3] = {0, place.k, section->first_plane + place.plane};
    bit /= section->listed ? 8 : 1;
    for (size_t d = 0; d < section->digits; d++) {
        const struct loom_digit *digit = &section->digit[d];
        at[digit->axis] += bit % digit->count * digit->stride;
        bit /= digit->count;
    }
    return (struct origin){at[LOOM_AXIS_ROW], at[LOOM_AXIS_K], (unsigned)at[LOOM_AXIS_PLANE],
                           inverted};
}

/* A matrix whose last row block has one row, its codes as bytes and as fields. */
struct sample {
    const struct loom_layout *layout;
    size_t m, k, k_padded, units;
    uint8_t max_code;
    unsigned bits; /* of a field */
    size_t field_bytes, stream_bytes;
    uint8_t *codes, *fields;
};

/* The codes side by side, with ones after the last one of each row. */
static void make_fields(const struct sample *sample) {
    const size_t bits = sample->bits;
    memset(sample->fields, 0xff, sample->m * sample->field_bytes);
    for (size_t i = 0; i < sample->m * sample->k * bits; i++) {
        const size_t code = i / bits, bit = code % sample->k * bits + i % bits;
        if (!(sample->codes[code] >> i % bits & 1u)) {
            sample->fields[code / sample->k * sample->field_bytes + bit / 8] &=
                (uint8_t)~(1u << bit % 8);
        }
    }
}

static struct sample make_sample(const struct loom_layout *layout, size_t k, size_t k_padded) {
    struct sample sample = {.layout = layout, .m = layout->rows + 1u, .k = k, .k_padded = k_padded};
    uint64_t state = k;
    sample.units = (k_padded + layout->unit_k - 1) / layout->unit_k;
    sample.bits = layout->symbol_k > 1 ? 2 : layout->bits;
    sample.max_code = layout->symbol_k > 1 ? 2 : (uint8_t)((1u << layout->bits) - 1);
    sample.field_bytes = (k * sample.bits + 7) / 8;
    sample.stream_bytes = 2 * loom_block_bytes(layout, k_padded);
    sample.codes = fake_alloc(sample.m * k);
    sample.fields = fake_alloc(sample.m * sample.field_bytes);
    for (size_t i = 0; i < sample.m * k; i++) {
        sample.codes[i] = (uint8_t)(fake_random(&state) % (sample.max_code + 1u));
    }
    make_fields(&sample);
    return sample;
}

static void free_sample(const struct sample *sample) {
    fake_free(sample->codes, sample->m * sample->k);
    fake_free(sample->fields, sample->m * sample->field_bytes);
}

/* The symbols of a row in a unit. Codes beyond the matrix are 0. */
static void symbols_by_definition(const struct sample *sample, uint8_t *symbols, size_t row,
                                  size_t unit) {
    const size_t count = loom_unit_symbols(sample->layout), symbol_k = sample->layout->symbol_k;
    for (size_t s = 0; s < count; s++) {
        uint8_t codes[5] = {0};
        for (size_t i = 0; i < symbol_k; i++) {
            const size_t column = unit * sample->layout->unit_k + i * count + s;
            if (row < sample->m && column < sample->k) {
                codes[i] = sample->codes[row * sample->k + column];
            }
        }
        symbols[s] = codes[0];
        if (symbol_k > 1) {
            loom_symbols(symbol_k, symbols + s, codes, 1);
        }
    }
}

/* One unit of the stream. */
static void unit_by_definition(const struct sample *sample, const struct origin *origins,
                               uint8_t *to, size_t block, size_t unit) {
    static uint8_t symbols[LOOM_MAX_ROWS][LOOM_MAX_UNIT_K];
    const size_t rows = sample->layout->rows;
    for (size_t row = 0; row < rows; row++) {
        symbols_by_definition(sample, symbols[row], block * rows + row, unit);
    }
    for (size_t bit = 0; bit < 8 * loom_unit_bytes(sample->layout); bit++) {
        const struct origin *const from = &origins[bit];
        const unsigned is = (unsigned)symbols[from->row][from->symbol] >> from->plane & 1u;
        to[bit / 8] |= (uint8_t)((is ^ from->inverted) << bit % 8);
    }
}

static uint8_t *stream_by_definition(const struct sample *sample) {
    const size_t bytes = loom_unit_bytes(sample->layout);
    struct origin *const origins = malloc(8 * bytes * sizeof *origins);
    uint8_t *const stream = fake_alloc(sample->stream_bytes);
    assert_non_null(origins);
    memset(stream, 0, sample->stream_bytes);
    for (size_t bit = 0; bit < 8 * bytes; bit++) {
        origins[bit] = origin_of(sample->layout, bit);
    }
    for (size_t i = 0; i < 2 * sample->units; i++) {
        unit_by_definition(sample, origins, stream + i * bytes, i / sample->units,
                           i % sample->units);
    }
    free(origins);
    return stream;
}

/* ---- Every layout -------------------------------------------------------------------------- */

static void check_bytes(const struct sample *sample, const char *what, const uint8_t *got,
                        const uint8_t *expected, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        if (got[i] != expected[i]) {
            fail_msg("layout '%s', K = %zu, %s: byte %zu is 0x%02x, not 0x%02x",
                     sample->layout->name, sample->k, what, i, got[i], expected[i]);
        }
    }
}

/* layout.c as it is compiled for each ISA that this CPU runs; NULL behind the last. */
static const struct loom_packer *packer_of(size_t index) {
#ifdef HAS_AVX2_PACKER
    extern const struct loom_packer loom_packer_avx2;
    if (index == 1 && __builtin_cpu_supports("avx2")) {
        return &loom_packer_avx2;
    }
#endif
    return index == 0 ? &loom_packer_c : NULL;
}

static void check_pack(const struct sample *sample, const struct loom_packer *packer,
                       const char *what, const struct loom_source *source,
                       const uint8_t *expected) {
    uint8_t *const stream = fake_alloc(sample->stream_bytes);
    assert_int_equal(packer->pack(sample->layout, stream, source, sample->k_padded, 0, sample->m),
                     LOOM_OK);
    check_bytes(sample, what, stream, expected, sample->stream_bytes);
    fake_free(stream, sample->stream_bytes);
}

static void check_unpack(const struct sample *sample, const struct loom_packer *packer,
                         const uint8_t *stream, size_t begin, size_t end) {
    const size_t all = sample->m * sample->k, at = begin * sample->k;
    uint8_t *const codes = fake_alloc(all);
    packer->unpack(sample->layout, stream, codes, sample->k, sample->k_padded, begin, end);
    check_bytes(sample, "unpacked", codes + at, sample->codes + at, (end - begin) * sample->k);
    fake_free(codes, all);
}

static void check_layout(const struct loom_layout *layout, size_t k, size_t k_padded) {
    const struct sample sample = make_sample(layout, k, k_padded);
    uint8_t *const stream = stream_by_definition(&sample);
    const struct loom_source bytes = {sample.codes, k, 8, sample.max_code, sample.m, k};
    const struct loom_source fields = {sample.fields,   sample.field_bytes, sample.bits,
                                       sample.max_code, sample.m,           k};
    const struct loom_packer *packer;
    for (size_t i = 0; (packer = packer_of(i)) != NULL; i++) {
        check_pack(&sample, packer, "from bytes", &bytes, stream);
        check_pack(&sample, packer, "from fields", &fields, stream);
        check_unpack(&sample, packer, stream, 0, sample.m);
        check_unpack(&sample, packer, stream, sample.m / 3, sample.m / 3 + 1);
        check_unpack(&sample, packer, stream, sample.m / 2, sample.m);
    }
    fake_free(stream, sample.stream_bytes);
    free_sample(&sample);
}

/* Rows end inside a unit, inside a byte of fields, and units before the padded K. */
static void check_lengths(const struct loom_layout *layout) {
    check_layout(layout, 97, 256);
    check_layout(layout, 290, 320);
}

static void streams_of_kernels_follow_the_definition(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof kernel_layouts / sizeof kernel_layouts[0]; i++) {
        check_lengths(kernel_layouts[i]);
    }
}

static void made_up_streams_follow_the_definition(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof made_up_layouts / sizeof made_up_layouts[0]; i++) {
        check_lengths(&made_up_layouts[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_hold_any_codes),
        cmocka_unit_test(signed_symbols_hold_any_codes),
        cmocka_unit_test(any_symbol_holds_ternary_codes),
        cmocka_unit_test(streams_of_kernels_follow_the_definition),
        cmocka_unit_test(made_up_streams_follow_the_definition),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
