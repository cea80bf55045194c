#include "verify/longest.h"
#include "verify/problem.h"

static bool check_case(struct verify *verify, const struct loom_kernel *kernel,
                       const struct verify_case *c) {
    struct problem problem;
    problem_make(&problem, verify, kernel, c);
    const bool passed = problem_check_direct(&problem) && problem_check_plan(&problem);
    problem_free(&problem);
    return passed;
}

static bool check_longest(struct verify *verify, const struct loom_kernel *kernel, uint64_t seed,
                          size_t index) {
    struct problem problem;
    longest_make(&problem, verify, kernel, seed, index);
    const bool passed = problem_check_direct(&problem);
    problem_free(&problem);
    return passed;
}

static bool check_usual_cases(struct verify *verify, const struct loom_kernel *kernel,
                              uint64_t seed) {
    for (size_t i = 0; i < verify_case_count(); i++) {
        const struct verify_case c = verify_case_at(kernel, seed, i);
        if (!check_case(verify, kernel, &c)) {
            return false;
        }
    }
    return true;
}

bool verify_kernel(struct verify *verify, const struct loom_kernel *kernel) {
    const uint64_t seed = random_named(verify->seed, kernel->name).state;
    if (!verify->longest && !check_usual_cases(verify, kernel, seed)) {
        return false;
    }
    for (size_t i = 0; i < longest_count(kernel); i++) {
        if (!check_longest(verify, kernel, seed, i)) {
            return false;
        }
    }
    return true;
}
