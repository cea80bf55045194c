/* The table of codecs, and what they ask a matrix for. */
#include "codec/codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

extern const struct codec codec_awq, codec_bitnet, codec_ct_integers, codec_gguf, codec_gpt_oss,
    codec_gptq, codec_hqq, codec_i2s, codec_mlx, codec_nvfp4_global, codec_tl1, codec_tl2;

static const struct codec *const codecs[] = {
    &codec_awq, &codec_bitnet, &codec_ct_integers, &codec_gguf,         &codec_gpt_oss, &codec_gptq,
    &codec_hqq, &codec_i2s,    &codec_mlx,         &codec_nvfp4_global, &codec_tl1,     &codec_tl2,
};

const struct codec *codec_find(const char *name) {
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        if (strcmp(codecs[i]->name, name) == 0) {
            return codecs[i];
        }
    }
    return NULL;
}

unsigned codec_code_bits(const struct codec *codec, const loom_format *format) {
    return codec->fields && 8 % format->bits == 0 ? format->bits : 8;
}

static const struct codec_part *find_part(const struct codec_matrix *matrix, const char *name) {
    for (size_t i = 0; i < matrix->parts; i++) {
        if (strcmp(matrix->part[i].name, name) == 0) {
            return &matrix->part[i];
        }
    }
    return NULL;
}

static const struct codec_value *find_number(const struct codec_matrix *matrix, const char *name) {
    for (size_t i = 0; i < matrix->numbers; i++) {
        if (strcmp(matrix->number[i].name, name) == 0) {
            return &matrix->number[i];
        }
    }
    return NULL;
}

const uint8_t *codec_part(const struct codec_matrix *matrix, const char *name) {
    const struct codec_part *const part = find_part(matrix, name);
    return part ? part->bytes : NULL;
}

int64_t codec_number(const struct codec_matrix *matrix, const char *name) {
    const struct codec_value *const number = find_number(matrix, name);
    return number ? number->value : 0;
}

bool codec_refuse(struct codec_matrix *matrix, const char *why, ...) {
    va_list args;
    va_start(args, why);
    vsnprintf(matrix->why, sizeof matrix->why, why, args);
    va_end(args);
    return false;
}

bool codec_has(struct codec_matrix *matrix, const char *name, uint64_t bytes) {
    const struct codec_part *const part = find_part(matrix, name);
    if (!part) {
        return codec_refuse(matrix, "has no part '%s'", name);
    }
    return part->size == bytes || codec_refuse(matrix, "'%s' has %zu bytes, the shape needs %llu",
                                               name, part->size, (unsigned long long)bytes);
}

bool codec_number_in(struct codec_matrix *matrix, const char *name, int64_t least, int64_t most) {
    const struct codec_value *const number = find_number(matrix, name);
    if (!number) {
        return codec_refuse(matrix, "has no number '%s'", name);
    }
    return (number->value >= least && number->value <= most) ||
           codec_refuse(matrix, "'%s' is %lld, not from %lld to %lld", name,
                        (long long)number->value, (long long)least, (long long)most);
}
