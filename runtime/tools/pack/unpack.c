#define _GNU_SOURCE
#include "codec/rows.h"
#include "file/layout.h"
#include "pack/fail.h"
#include "pack/output.h"
#include "pack/pack.h"
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are unpacked at once have about so many codes. */
enum { PIECE_CODES = 4 << 20, PARTS = 7 };

struct options {
    const char *file, *tensor, *out;
};

static struct options read_options(struct arguments *a) {
    struct options options = {0};
    while (a->count) {
        const char *value;
        if ((value = arguments_value(a, "--out"))) {
            options.out = value;
        } else if ((value = arguments_value(a, "--tensor"))) {
            options.tensor = value;
        } else if (!options.file && (value = arguments_word(a))) {
            options.file = value;
        } else {
            arguments_fail(a, "unpack %s: is not understood", a->text[0]);
        }
    }
    if (!options.file || !options.tensor || !options.out) {
        arguments_fail(a, "unpack needs a .loom file's name, --tensor NAME and --out PREFIX");
    }
    return options;
}

/* ---- Parts ---------------------------------------------------------------------------------- */

/* A part's file. */
struct part {
    const char *name, *type;
    size_t row_bytes; /* of each row, or of all where `whole`; 0: the format has not this part */
    size_t bytes_each;
    bool whole;
    struct output output;
};

static const char *scale_type(const loom_format *format) {
    static const char *const types[] = {
        [LOOM_SCALE_FP16] = "fp16",
        [LOOM_SCALE_FP32] = "fp32",
        [LOOM_SCALE_E8M0] = "e8m0",
        [LOOM_SCALE_UE4M3] = "ue4m3",
    };
    return types[format->scale];
}

static void list_parts(struct part parts[PARTS], const loom_plan *plan, const loom_matrix *matrix) {
    const struct row_bytes bytes = row_bytes_of(plan, 8);
    const char *const scale = scale_type(&plan->format);
    const size_t scale_bytes = loom_scale_bytes(&plan->format);
    const bool one = plan->format.tensor;
    const struct part all[PARTS] = {
        {.name = "codes", .type = "uint8", .row_bytes = bytes.codes, .bytes_each = 1},
        {"scales", scale, bytes.scales, scale_bytes, one, {0}},
        {"zeros", "uint8", bytes.zeros, 1, one, {0}},
        {"offsets", scale, bytes.offsets, scale_bytes, one, {0}},
        {.name = "factors",
         .type = plan->format.offsets ? "uint8" : "int8",
         .row_bytes = bytes.factors,
         .bytes_each = 1},
        {.name = "minimums", .type = "uint8", .row_bytes = bytes.mins, .bytes_each = 1},
        {"order",
         "uint32",
         matrix->order ? plan->k * sizeof(uint32_t) : 0,
         sizeof(uint32_t),
         true,
         {0}},
    };
    memcpy(parts, all, sizeof all);
}

static size_t rows_of(const struct part *part, size_t m) {
    return part->whole ? 1 : m;
}

static void begin_parts(struct part parts[PARTS], const char *prefix, size_t m, size_t count) {
    for (size_t i = 0; i < PARTS; i++) {
        char *path;
        if (parts[i].row_bytes == 0) {
            continue;
        }
        if (asprintf(&path, "%s.%s", prefix, parts[i].name) < 0) {
            fail("there is no memory for a name");
        }
        parts[i].output =
            output_begin(path, (uint64_t)count * rows_of(&parts[i], m) * parts[i].row_bytes);
        free(path);
    }
}

static void finish_parts(struct part parts[PARTS], const char *prefix, size_t m, size_t count) {
    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i].row_bytes > 0) {
            output_sync(&parts[i].output);
        }
    }
    for (size_t i = 0; i < PARTS; i++) {
        struct part *const part = &parts[i];
        if (part->row_bytes > 0) {
            output_finish(&part->output);
            printf("%s.%s: %s, %zu x %zu x %zu\n", prefix, part->name, part->type, count,
                   rows_of(part, m), part->row_bytes / part->bytes_each);
        }
    }
}

/* ---- Rows ----------------------------------------------------------------------------------- */

/* Rows of an expert; `tensor` values are those of any rows. */
static void write_rows(const struct part parts[PARTS], const struct rows *rows, size_t expert,
                       size_t m) {
    const void *const bytes[PARTS] = {rows->parts.codes,
                                      rows->parts.scales,
                                      rows->parts.zeros,
                                      rows->parts.offsets,
                                      rows->parts.factors,
                                      rows->parts.mins,
                                      NULL};
    for (size_t i = 0; i < PARTS; i++) {
        const struct part *const part = &parts[i];
        const size_t row = part->whole ? expert : expert * m + rows->begin;
        if (bytes[i]) {
            output_write(&part->output, (uint64_t)row * part->row_bytes, bytes[i],
                         (part->whole ? 1 : rows->end - rows->begin) * part->row_bytes);
        }
    }
}

static void unpack_expert(const struct part parts[PARTS], const loom_plan *plan, const void *packed,
                          size_t expert) {
    const size_t fit = PIECE_CODES / plan->k, step = fit ? fit : 1;
    for (size_t begin = 0; begin < plan->m; begin += step) {
        const size_t end = plan->m - begin < step ? plan->m : begin + step;
        struct rows rows;
        if (!rows_alloc(&rows, plan, begin, end, 8)) {
            fail("there is no memory for %zu rows", step);
        }
        const loom_status status = loom_unpack_parts(plan, packed, &rows.whole, begin, end);
        if (status != LOOM_OK) {
            fail("rows %zu to %zu: %s", begin, end - 1, loom_status_text(status));
        }
        write_rows(parts, &rows, expert, plan->m);
        rows_free(&rows);
    }
}

/* ---- The file ------------------------------------------------------------------------------- */

static loom_file *open_file(const char *path) {
    loom_file *file;
    char why[512];
    if (loom_file_open(&file, path, why, sizeof why) != LOOM_OK) {
        fail("%s", why);
    }
    return file;
}

/* Why there is no matrix of that name, and what a name would be. */
_Noreturn static void refuse_name(const loom_file *file, const struct options *options) {
    loom_matrix first;
    loom_tensor tensor;
    if (loom_file_tensor(file, options->tensor, &tensor) == LOOM_OK) {
        fail("%s: '%s' is a tensor that was not packed", options->file, options->tensor);
    }
    if (loom_file_matrix(file, 0, &first) != LOOM_OK) {
        fail("%s: has no matrices", options->file);
    }
    fail("%s: has no matrix '%s'; the first of its %zu is '%s'", options->file, options->tensor,
         loom_file_count(file), first.name);
}

static loom_matrix find_matrix(const loom_file *file, const struct options *options) {
    loom_matrix matrix;
    if (loom_file_find(file, options->tensor, &matrix) != LOOM_OK) {
        refuse_name(file, options);
    }
    return matrix;
}

static loom_plan plan_of(const loom_matrix *matrix, const struct options *options) {
    loom_plan plan;
    const loom_status status = loom_plan_create(&plan, &matrix->problem);
    if (status != LOOM_OK) {
        fail("%s: %s (%s): %s", options->file, matrix->name, matrix->problem.format,
             loom_status_text(status));
    }
    return plan;
}

int unpack_main(struct arguments *arguments) {
    const struct options options = read_options(arguments);
    loom_file *const file = open_file(options.file);
    const loom_matrix matrix = find_matrix(file, &options);
    const loom_plan plan = plan_of(&matrix, &options);
    struct part parts[PARTS];
    list_parts(parts, &plan, &matrix);
    begin_parts(parts, options.out, plan.m, matrix.count);
    if (matrix.order) {
        const struct part *const order = &parts[PARTS - 1];
        output_write(&order->output, 0, matrix.order, order->row_bytes);
    }
    for (size_t expert = 0; expert < matrix.count; expert++) {
        const void *packed;
        const loom_status status = loom_file_packed(&matrix, &plan, expert, &packed);
        if (status != LOOM_OK) {
            fail("%s: %s: %s", options.file, matrix.name, loom_status_text(status));
        }
        unpack_expert(parts, &plan, packed, expert);
    }
    finish_parts(parts, options.out, plan.m, matrix.count);
    loom_file_close(file);
    return 0;
}
