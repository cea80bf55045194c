/* test_blocks [FOLDER]: blocks of GGUF files, as parts and back. FOLDER has fixtures (fixture.h);
 * without them blocks are random only. */
#define _POSIX_C_SOURCE 200809L
#include "codec/types.h"
#include "fake.h"
#include "fixture.h"
#include "registry.h"

#include <dirent.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CODES = 256, MOST_BYTES = 256 };

static const char *fixtures;

static loom_format format_of(const struct weight_type *type) {
    loom_format format;
    assert_int_equal(loom_format_parse(&format, type->format), LOOM_OK);
    return format;
}

/* ---- Parts of one block ------------------------------------------------------------------ */

static size_t factors_of(const loom_format *format) {
    return format->sub ? loom_format_subs(format) : 0;
}

/* Bytes of the scales of a block's groups. */
static size_t scale_bytes(const struct weight_type *type) {
    const loom_format format = format_of(type);
    return type->codes / format.group * loom_scale_bytes(&format);
}

/* Of exactly the size that the format asks for. */
static loom_parts parts_new(const struct weight_type *type, unsigned code_bits) {
    const loom_format format = format_of(type);
    const size_t scales = scale_bytes(type), factors = factors_of(&format);
    return (loom_parts){
        .codes = fake_alloc((size_t)type->codes * code_bits / 8),
        .scales = fake_alloc(scales),
        .offsets = format.offsets ? fake_alloc(scales) : NULL,
        .factors = factors ? fake_alloc(factors) : NULL,
        .mins = factors && format.offsets ? fake_alloc(factors) : NULL,
    };
}

static void free_part(void *part, size_t bytes) {
    if (part) {
        fake_free(part, bytes);
    }
}

/* Those with codes of a byte each. */
static void parts_free(const loom_parts *parts, const struct weight_type *type) {
    const loom_format format = format_of(type);
    fake_free(parts->codes, type->codes);
    fake_free(parts->scales, scale_bytes(type));
    free_part(parts->offsets, scale_bytes(type));
    free_part(parts->factors, factors_of(&format));
    free_part(parts->mins, factors_of(&format));
}

/* The block's parts, with codes of a byte each. */
static loom_parts read_block(const struct weight_type *type, const uint8_t *block) {
    const loom_format format = format_of(type);
    const unsigned bits = weight_code_bits(&format);
    loom_parts parts = parts_new(type, bits);
    type->codec->read(&parts, block);
    uint8_t *const codes = fake_alloc(type->codes);
    for (size_t i = 0; i < type->codes; i++) {
        codes[i] = (uint8_t)(parts.codes[i * bits / 8] >> i * bits % 8 & ((1u << bits) - 1));
    }
    fake_free(parts.codes, (size_t)type->codes * bits / 8);
    parts.codes = codes;
    return parts;
}

/* Writes what was read of the block. */
static void return_block(const struct weight_type *type, const uint8_t *block, uint8_t *back) {
    const loom_parts parts = read_block(type, block);
    uint8_t *const written = fake_alloc(type->bytes);
    type->codec->write(written, &parts);
    memcpy(back, written, type->bytes);
    fake_free(written, type->bytes);
    parts_free(&parts, type);
}

/* ---- Blocks of any bytes ------------------------------------------------------------------ */

/* All bits of a block are those of its parts, but for digits to base 3. */
static void formats_have_all_bits(void **state) {
    (void)state;
    for (size_t i = 0; i < weight_type_count; i++) {
        const struct weight_type *const type = &weight_types[i];
        const loom_format format = format_of(type);
        assert_int_equal(type->codes % format.group, 0);
        assert_true(type->codes <= MOST_CODES && type->bytes <= MOST_BYTES);
        assert_ptr_equal(weight_type_find(type->type, type->codes), type);
        const size_t scales = 8 * scale_bytes(type) + factors_of(&format) * format.factor_bits;
        const size_t bits = (size_t)type->codes * format.bits + scales * (format.offsets ? 2 : 1);
        if (!format.ternary) {
            assert_int_equal(bits, 8 * type->bytes);
        }
    }
    assert_null(weight_type_find(42, 32));
    assert_null(weight_type_find(1000, 256));
}

/* loom_pack_parts takes the parts. */
static void check_values(const struct weight_type *type, const uint8_t *block) {
    const loom_format format = format_of(type);
    const loom_parts parts = read_block(type, block);
    for (size_t i = 0; i < type->codes; i++) {
        assert_in_range(parts.codes[i], 0, loom_max_code(&format));
    }
    const unsigned half = 1u << format.factor_bits >> 1;
    for (size_t i = 0; i < factors_of(&format); i++) {
        const unsigned factor = parts.factors[i] + (format.offsets ? 0 : half);
        assert_in_range(factor & 255, 0, 2 * half - 1);
        assert_in_range(parts.mins ? parts.mins[i] : 0, 0, 2 * half - 1);
    }
    parts_free(&parts, type);
}

static void check_block(const struct weight_type *type, const uint8_t *block) {
    const loom_format format = format_of(type);
    uint8_t back[MOST_BYTES], again[MOST_BYTES];
    return_block(type, block, back);
    if (!format.ternary) {
        assert_memory_equal(back, block, type->bytes);
        return;
    }
    /* Several bytes have the same digits. */
    const loom_parts parts = read_block(type, block), same = read_block(type, back);
    assert_memory_equal(parts.codes, same.codes, type->codes);
    assert_memory_equal(parts.scales, same.scales, scale_bytes(type));
    parts_free(&parts, type);
    parts_free(&same, type);
    return_block(type, back, again);
    assert_memory_equal(again, back, type->bytes);
}

/* From random bytes on, every byte takes every value. */
static void any_block_returns(void **state) {
    (void)state;
    enum { STARTS = 8 };
    uint64_t seed = 1;
    for (size_t t = 0; t < weight_type_count; t++) {
        uint8_t block[MOST_BYTES];
        for (unsigned i = 0; i < STARTS * 256; i++) {
            for (size_t j = 0; j < weight_types[t].bytes; j++) {
                block[j] = i % 256 ? (uint8_t)(block[j] + 1) : (uint8_t)(fake_random(&seed) >> 8);
            }
            check_values(&weight_types[t], block);
            check_block(&weight_types[t], block);
        }
    }
}

/* Of TQ1_0's bytes: five digits are written as 243 values, four as 81. */
static void ternary_bytes_return(void **state) {
    (void)state;
    enum { TQ1_0 = 34, FIVE_DIGITS = 0, FOUR_DIGITS = 48 };
    const struct weight_type *const type = weight_type_find(TQ1_0, 256);
    unsigned five = 0, four = 0;
    for (unsigned value = 0; value < 256; value++) {
        uint8_t block[MOST_BYTES] = {0}, back[MOST_BYTES];
        block[FIVE_DIGITS] = block[FOUR_DIGITS] = (uint8_t)value;
        return_block(type, block, back);
        five += back[FIVE_DIGITS] == value;
        four += back[FOUR_DIGITS] == value;
    }
    assert_int_equal(five, 243);
    assert_int_equal(four, 81);
}

/* ---- Fixtures ------------------------------------------------------------------------------ */

static float of_half(const uint8_t *bytes) {
    uint16_t half;
    memcpy(&half, bytes, sizeof half);
    const int exponent = half >> 10 & 31, fraction = half & 1023;
    const float magnitude = exponent == 31  ? fraction ? NAN : INFINITY
                            : exponent == 0 ? ldexpf((float)fraction, -24)
                                            : ldexpf((float)(1024 + fraction), exponent - 25);
    return half >> 15 ? -magnitude : magnitude;
}

/* Half of the number: 4 bits of exponent, 3 of fraction; 0x7f is 0. */
static float of_ue4m3(uint8_t byte) {
    const int exponent = byte >> 3 & 15, fraction = byte & 7;
    return byte == 127 ? 0
           : exponent  ? ldexpf((float)(8 + fraction), exponent - 11)
                       : ldexpf((float)fraction, -10);
}

/* That of group g of a block. */
static float scale_of(const loom_format *format, const uint8_t *bytes, size_t g) {
    switch (format->scale) {
    case LOOM_SCALE_E8M0:
        return bytes[g] < 2 ? 0 : ldexpf(1, bytes[g] - 128);
    case LOOM_SCALE_UE4M3:
        return of_ue4m3(bytes[g]);
    default:
        assert_int_equal(format->scale, LOOM_SCALE_FP16);
        return of_half(bytes + 2 * g);
    }
}

static int number_of(const loom_format *format, unsigned code) {
    static const int8_t books[][16] = {
        [LOOM_BOOK_IQ4] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89,
                           113},
        [LOOM_BOOK_FP4] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12},
    };
    const int zero = (int)loom_format_zero(format);
    return format->book        ? books[format->book][code]
           : format->bits == 1 ? 2 * (int)code - zero
                               : (int)code - zero;
}

/* The formula of loom.h, in fp32 from left to right. */
static float weight_of(const loom_format *format, const loom_parts *parts, size_t k) {
    const size_t sub = format->sub ? k / format->sub : 0;
    const int factor = !format->sub      ? 1
                       : format->offsets ? parts->factors[sub]
                                         : (int8_t)parts->factors[sub];
    const size_t g = k / format->group;
    const float scale = scale_of(format, parts->scales, g) * (float)factor;
    if (!format->offsets) {
        return scale * (float)number_of(format, parts->codes[k]);
    }
    const float min = format->sub ? (float)parts->mins[sub] : 1;
    return scale * (float)parts->codes[k] + scale_of(format, parts->offsets, g) * min;
}

/* Two types have the same number: the size of the blocks tells. */
static const struct weight_type *type_of(const struct fixture *fixture) {
    for (size_t i = 0; i < weight_type_count; i++) {
        const struct weight_type *const type = &weight_types[i];
        const size_t bytes = fixture->count / type->codes * type->bytes;
        if (type->type == fixture->type && fixture->bytes - bytes < 32) {
            return type;
        }
    }
    return NULL;
}

/* Scales below fp32's normal numbers are 0 here, not in ggml. */
static int is_tiny(const loom_format *format, const loom_parts *parts) {
    return format->scale == LOOM_SCALE_E8M0 && *(const uint8_t *)parts->scales < 2;
}

static int are_near_zero(const float *weights, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (fabsf(weights[i]) >= 12 * FLT_MIN) {
            return 0;
        }
    }
    return 1;
}

static void check_fixture(const struct weight_type *type, const struct fixture *fixture,
                          const char *name) {
    const loom_format format = format_of(type);
    for (size_t i = 0; i < fixture->count; i += type->codes) {
        const uint8_t *const block = fixture->blocks + i / type->codes * type->bytes;
        const float *const expected = fixture->weights + i;
        float weights[MOST_CODES];
        const loom_parts parts = read_block(type, block);
        for (size_t k = 0; k < type->codes; k++) {
            weights[k] = weight_of(&format, &parts, k);
        }
        if (is_tiny(&format, &parts)
                ? !are_near_zero(expected, type->codes)
                : memcmp(weights, expected, type->codes * sizeof *weights) != 0) {
            fail_msg("%s: other weights from number %zu on", name, i);
        }
        parts_free(&parts, type);
        check_block(type, block);
    }
}

/* Checks a file of the folder; its type, or NULL for files of no fixture and of other types. */
static const struct weight_type *check_file(char *name) {
    const size_t length = strlen(name);
    struct fixture fixture;
    if (length < 5 || strcmp(name + length - 5, ".gguf") != 0) {
        return NULL;
    }
    name[length - 5] = '\0';
    if (!fixture_read(&fixture, fixtures, name)) {
        return NULL;
    }
    const struct weight_type *const type = type_of(&fixture);
    if (type) {
        check_fixture(type, &fixture, name);
    }
    fixture_free(&fixture);
    return type;
}

/* ggml's own code gives the same weights, bit for bit; there are fixtures of every type. */
static void weights_are_those_of_ggml(void **state) {
    (void)state;
    DIR *const folder = fixtures ? opendir(fixtures) : NULL;
    if (!folder) {
        print_message("skipped: there are no fixtures\n");
        skip();
        return;
    }
    unsigned *const seen = calloc(weight_type_count, sizeof *seen);
    for (struct dirent *entry; (entry = readdir(folder));) {
        const struct weight_type *const type = check_file(entry->d_name);
        if (type) {
            seen[type - weight_types]++;
        }
    }
    closedir(folder);
    for (size_t i = 0; i < weight_type_count; i++) {
        if (!seen[i]) {
            fail_msg("no fixture of %s", weight_types[i].name);
        }
    }
    free(seen);
}

int main(int argc, char **argv) {
    fixtures = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_have_all_bits),
        cmocka_unit_test(any_block_returns),
        cmocka_unit_test(ternary_bytes_return),
        cmocka_unit_test(weights_are_those_of_ggml),
    };
    return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}
