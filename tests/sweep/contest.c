#include "contest.h"

#include <stdlib.h>

const struct loom_layout layout_a = {.name = "a"}, layout_b = {.name = "b"},
                         layout_c = {.name = "c"};

void start(struct made_up *made, loom_mode mode) {
    *made = (struct made_up){.contest = {.list = NULL}};
    made->contest.list = made->list;
    made->contest.wanted[mode] = true;
}

struct contender *add(struct made_up *made, enum loom_op class, const struct loom_layout *layout,
                      loom_mode mode, double seconds) {
    const size_t i = made->contest.count++;
    if (i == MOST_CONTENDERS) {
        abort();
    }
    made->kernel[i] = (struct loom_kernel){.layout = layout, .mode = (uint8_t)mode};
    made->list[i] = (struct contender){.kernel = &made->kernel[i],
                                       .class = class,
                                       .seconds = seconds,
                                       .noise = 0.01,
                                       .rounds = 100,
                                       .quiet = 50};
    return &made->list[i];
}
