/* chosen FORMAT M K: whether the plan's kernels were chosen by measuring, and which serve 1, 4 and
 * 128 tokens. */
#include <loom.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    loom_plan plan;
    if (argc != 4) {
        fprintf(stderr, "chosen FORMAT M K\n");
        return 2;
    }
    const loom_problem problem = {argv[1], strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10),
                                  LOOM_FASTEST};
    const loom_status status = loom_plan_create(&plan, &problem);
    if (status != LOOM_OK) {
        fprintf(stderr, "chosen: %s\n", loom_status_text(status));
        return 1;
    }
    printf("%s %s %s %s\n", plan.choice == LOOM_CHOICE_TUNED ? "tuned" : "untuned",
           loom_plan_kernel(&plan, 1), loom_plan_kernel(&plan, 4), loom_plan_kernel(&plan, 128));
    return 0;
}
