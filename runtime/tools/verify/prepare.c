#include "verify/prepare_check.h"

#include <stdio.h>
#include <stdlib.h>

enum { CASES_OF_GROUP = 26 };

/* Makes the activations of a case, and what is expected of them. */
static void begin_case(struct prepare_check *check, const struct prepare_case *c) {
    check->c = *c;
    float *x = guard_alloc(&check->guard, "all activations", c->n * c->k * sizeof *x, 4);
    for (size_t t = 0; t < c->n; t++) {
        fill_acts(x + t * c->k, c->acts, (enum loom_act)check->kernel->act, c->k, c->format.group,
                  &check->random);
    }
    check->x = guard_view(&check->guard, x);
    if (reference_prepare(&check->expected, (enum loom_act)check->kernel->act, &c->format, x, c->k,
                          c->k, c->n)) {
        fprintf(stderr, "no memory for a reference result\n");
        exit(2);
    }
}

static void end_case(struct prepare_check *check) {
    reference_acts_free(&check->expected);
    guard_free(&check->guard);
}

static bool check_prepare_case(struct prepare_check *check, const struct prepare_case *c) {
    begin_case(check, c);
    const bool passed = prepare_check_direct(check) && prepare_check_plan(check);
    end_case(check);
    return passed;
}

/* `sub` is 0 for forms with one sum a group. */
static loom_format make_format(struct prepare_check *check, unsigned group, unsigned sub) {
    loom_format format = {.bits = 2, .group = (uint16_t)group, .sub = (uint8_t)sub};
    format.factor_bits = sub ? 4 : 0;
    format.offsets = check->kernel->act == LOOM_ACT_I8M;
    format.act_row = random_below(&check->random, 3) == 0;
    return format;
}

static struct prepare_case make_case(struct prepare_check *check, unsigned group, unsigned sub,
                                     size_t k) {
    struct random *random = &check->random;
    struct prepare_case c = {.k = k, .acts = (enum acts)(check->cases++ % ACTS_COUNT)};
    c.format = make_format(check, group, sub);
    c.n = 1 + random_below(random, 4);
    c.parts = 1 + random_below(random, 6);
    c.tokens = (size_t)1 << random_below(random, 4);
    c.ascending = random_below(random, 2) == 0;
    const uint32_t groups = (uint32_t)reference_groups(&c.format, k);
    c.first = random_below(random, groups);
    c.end = c.first + 1 + random_below(random, groups - (uint32_t)c.first);
    return c;
}

/* The k of a case: tails of every kind, and several groups. */
static size_t k_of(size_t index, unsigned group, struct random *random) {
    static const struct {
        long groups, more;
    } ks[] = {{0, 1}, {0, 2}, {0, 3},   {0, 7},  {1, -1},  {1, 0},
              {1, 1}, {2, 0}, {3, -29}, {5, 14}, {0, 1100}};
    const long unit = group ? group : 192;
    if (index < sizeof ks / sizeof ks[0]) {
        return (size_t)(ks[index].groups * unit + ks[index].more);
    }
    return 1 + random_below(random, 6 * (uint32_t)unit);
}

static bool check_group(struct prepare_check *check, unsigned group, unsigned sub) {
    for (size_t i = 0; i < CASES_OF_GROUP; i++) {
        const size_t k = k_of(i / 2, group, &check->random);
        const struct prepare_case c = make_case(check, group, sub, k);
        if (!check_prepare_case(check, &c)) {
            return false;
        }
    }
    return true;
}

/* One token whose only group is split between the parts, of every kind of activations. */
static bool check_split_group(struct prepare_check *check) {
    for (int acts = 0; acts < ACTS_COUNT; acts++) {
        struct prepare_case c = make_case(check, 0, 0, 65 + random_below(&check->random, 1000));
        c.acts = (enum acts)acts;
        c.n = 1;
        c.parts = 2 + random_below(&check->random, 5);
        if (!check_prepare_case(check, &c)) {
            return false;
        }
    }
    return true;
}

static bool has_sub_sums(const struct prepare_check *check) {
    return check->kernel->act == LOOM_ACT_I8S || check->kernel->act == LOOM_ACT_I8M;
}

/* Equal activations, where it can be in one group, so many that a 32-bit sum of them overflows
 * before it is rounded to that of the table's entries; by one caller, then by two. */
static bool check_longest_prepare(struct prepare_check *check) {
    const bool sub_sums = has_sub_sums(check);
    struct prepare_case c = make_case(check, sub_sums ? 256 : 0, sub_sums ? 32 : 0, LOOM_MAX_DIM);
    c.acts = ACTS_POSITIVE;
    c.n = 1;
    begin_case(check, &c);
    bool passed = prepare_check_direct(check);
    for (size_t parts = 1; passed && parts <= 2; parts++) {
        check->c.parts = parts;
        passed = prepare_check_plan(check);
    }
    end_case(check);
    return passed;
}

/* Only groups of 256 have sub-blocks. */
static bool check_usual_prepares(struct prepare_check *check) {
    static const unsigned groups[] = {32, 64, 128, 256, 0};
    if (has_sub_sums(check)) {
        return check_group(check, 256, 16) && check_group(check, 256, 32);
    }
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        if (!check_group(check, groups[i], 0)) {
            return false;
        }
    }
    return check_split_group(check);
}

bool verify_prepare(struct verify *verify, const struct loom_prepare_kernel *prepare) {
    struct prepare_check check = {
        .verify = verify, .kernel = prepare, .random = random_named(verify->seed, prepare->name)};
    return (verify->longest || check_usual_prepares(&check)) && check_longest_prepare(&check);
}
