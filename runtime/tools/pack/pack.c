#include "pack/pack.h"

#include "pack/fail.h"
#include "pack/image.h"
#include "pack/output.h"
#include "pack/sources.h"
#include "pack/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double giga = 1e9;

struct options {
    const char *recipe, *out, *folder;
    loom_mode mode;
};

static loom_mode mode_of(const struct arguments *a, const char *name) {
    static const char *const modes[] = {"fastest", "exact", "table", "table7"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i], name) == 0) {
            return (loom_mode)i;
        }
    }
    arguments_fail(a, "--mode %s: is none of fastest, exact, table, table7", name);
}

static struct options read_options(struct arguments *a) {
    struct options options = {.folder = ""};
    while (a->count) {
        const char *value;
        if ((value = arguments_value(a, "--out"))) {
            arguments_check_file(a, "--out", options.out = value);
        } else if ((value = arguments_value(a, "--library"))) {
            options.folder = value;
        } else if ((value = arguments_value(a, "--mode"))) {
            options.mode = mode_of(a, value);
        } else if (!options.recipe && (value = arguments_word(a))) {
            options.recipe = value;
        } else {
            arguments_fail(a, "pack %s: is not understood", a->text[0]);
        }
    }
    if (!options.recipe || !options.out) {
        arguments_fail(a, "pack needs a recipe's name and --out FILE");
    }
    return options;
}

/* What each matrix becomes, once all that it is said to be is known to be true. */
static struct packing *plan_all(struct recipe *recipe, loom_mode mode, struct orders *orders) {
    struct packing *const packings = need(recipe->matrix_count, sizeof *packings);
    for (size_t i = 0; i < recipe->matrix_count; i++) {
        struct recipe_matrix *const matrix = &recipe->matrices[i];
        struct codec_matrix *const source = &matrix->source;
        const loom_problem problem = {matrix->format, source->m, source->k, mode};
        packings[i].matrix = matrix;
        const loom_status status = loom_plan_create(&packings[i].plan, &problem);
        if (status != LOOM_OK) {
            fail("%s (%s): %s", matrix->name, matrix->format, loom_status_text(status));
        }
        packings[i].order = order_make(orders, matrix);
        if (!matrix->codec->fits(source)) {
            fail("%s: %s", matrix->name, source->why);
        }
    }
    return packings;
}

/* The header comes last: until then nothing in the file says that it is one. */
static void write_file(const struct recipe *recipe, const struct packing *packings,
                       struct image *image, const struct orders *orders, struct output *output,
                       struct progress *progress) {
    for (size_t i = 0; i < orders->count; i++) {
        output_write(output, image->orders[i].offset, orders->list[i].columns,
                     orders->list[i].k * sizeof(uint32_t));
    }
    work_all(recipe, packings, image, output, progress);
    image_seal(image);
    output_sync(output);
    output_write(output, 0, image->head, (size_t)image->head->header_bytes);
    output_sync(output);
}

static void say(const struct options *options, const struct recipe *recipe,
                const struct image *image, const struct progress *progress, double seconds) {
    const double read = (double)progress->all;
    printf("%s: %zu matrices and %zu other tensors, %.2f GB from %.2f GB in %.1f s, %.2f GB/s\n",
           options->out, recipe->matrix_count, recipe->tensor_count,
           (double)image->head->file_bytes / giga, read / giga, seconds, read / giga / seconds);
}

int pack_main(struct arguments *arguments) {
    const struct options options = read_options(arguments);
    struct recipe recipe = recipe_read(options.recipe);
    struct orders orders = {0};
    struct progress progress;
    if (recipe.matrix_count == 0) {
        fail("%s: has no matrices", options.recipe);
    }
    sources_map(&recipe);
    struct packing *const packings = plan_all(&recipe, options.mode, &orders);
    struct image image = image_make(&recipe, packings, options.mode, &orders, options.folder);
    struct output output = output_begin(options.out, image.head->file_bytes);
    write_file(&recipe, packings, &image, &orders, &output, &progress);
    output_finish(&output);
    say(&options, &recipe, &image, &progress, progress_end(&progress));
    free(packings);
    free(image.head);
    return 0;
}
