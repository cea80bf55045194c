/* Maps a file that `lutloom pack` wrote, and multiplies one of its matrices with a token. */
#include <loom.h>
#include <stdio.h>
#include <stdlib.h>

static void check(loom_status status, const char *what) {
    if (status != LOOM_OK) {
        fprintf(stderr, "%s: %s\n", what, loom_status_text(status));
        exit(1);
    }
}

int main(int argc, char **argv) {
    loom_file *file;
    loom_matrix w;
    loom_plan plan;
    const void *weights;
    char why[256];
    if (argc < 3 || loom_file_open(&file, argv[1], why, sizeof why) != LOOM_OK) {
        fprintf(stderr, "%s\n", argc < 3 ? "model MODEL.loom NAME" : why);
        return 1;
    }
    check(loom_file_find(file, argv[2], &w), argv[2]);
    check(loom_plan_create(&plan, &w.problem), argv[2]);
    check(loom_file_packed(&w, &plan, 0, &weights), argv[2]);

    float *x = malloc(plan.k * sizeof *x), *y = malloc(plan.m * sizeof *y);
    void *input = aligned_alloc(LOOM_ALIGN, loom_prepared_size(&plan, 1));
    if (!x || !y || !input) {
        fputs("out of memory\n", stderr);
        return 1;
    }
    for (size_t i = 0; i < plan.k; i++) {
        x[i] = (float)i / (float)plan.k;
    }
    check(w.order ? loom_prepare_ordered(&plan, input, x, plan.k, w.order, 1, 0, 1)
                  : loom_prepare(&plan, input, x, plan.k, 1, 0, 1),
          "prepare");
    check(loom_matmul(&plan, y, plan.m, weights, input, 1, 0, plan.m), "multiply");
    printf("%s: %s, %zu x %zu, y[0] = %g\n", w.name, w.problem.format, plan.m, plan.k, y[0]);

    free(x);
    free(y);
    free(input);
    loom_file_close(file);
    return 0;
}
