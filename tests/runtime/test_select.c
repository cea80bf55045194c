/* The choice of kernels, in registries and on CPUs made up for each case. */
#include "fake.h"
#include "select/select.h"

#include <stdio.h>
#include <string.h>

enum { C, AVX2, VBMI, AMX, ISAS };
static const struct loom_isa isas[ISAS] = {
    {"c", 0, C, NULL},
    {"avx2", LOOM_CPU_AVX2, AVX2, NULL},
    {"avx512vbmi", LOOM_CPU_AVX2 | LOOM_CPU_AVX512 | LOOM_CPU_AVX512VBMI, VBMI, NULL},
    {"amx", LOOM_CPU_AVX2 | LOOM_CPU_AVX512 | LOOM_CPU_AVX512VBMI | LOOM_CPU_AMX, VBMI, NULL},
};
static const uint32_t c_only = 0, avx2_only = LOOM_CPU_AVX2, everything = ~LOOM_CPU_AMX;

static const struct loom_layout layout_a = {
    .name = "a", .rows = 8, .unit_k = 32, .bits = 2, .symbol_k = 1};
static const struct loom_layout layout_b = {
    .name = "b", .rows = 16, .unit_k = 32, .bits = 2, .symbol_k = 1};
static const struct loom_layout layout_t = {
    .name = "t", .rows = 32, .unit_k = 32, .bits = 2, .symbol_k = 1};

static const struct loom_prepare_kernel prepares[] = {
    {"prepare_i8_c", NULL, C, LOOM_ACT_I8},       {"prepare_lut8_c", NULL, C, LOOM_ACT_LUT8},
    {"prepare_i8_avx2", NULL, AVX2, LOOM_ACT_I8}, {"prepare_lut8_avx2", NULL, AVX2, LOOM_ACT_LUT8},
    {"prepare_i8_vbmi", NULL, VBMI, LOOM_ACT_I8},
};

enum { GEMM_FEW_TOKENS = 10 };

#define W2G64 {.bits = 2, .group = 64}
#define KERNEL(kernel_name, kernel_op, kernel_layout, kernel_isa, kernel_mode, kernel_rank)        \
    {.name = (kernel_name),                                                                        \
     .schedule = (kernel_name),                                                                    \
     .layout = &(kernel_layout),                                                                   \
     .format = W2G64,                                                                              \
     .isa = (kernel_isa),                                                                          \
     .op = (kernel_op),                                                                            \
     .mode = (kernel_mode),                                                                        \
     .act = (kernel_mode) == LOOM_EXACT ? LOOM_ACT_I8 : LOOM_ACT_LUT8,                             \
     .few_tokens = (kernel_op) == LOOM_OP_GEMM ? GEMM_FEW_TOKENS : 0,                              \
     .rank = (kernel_rank)}
#define GEMV(name, layout, isa, mode, rank) KERNEL(name, LOOM_OP_GEMV, layout, isa, mode, rank)
#define GEMM(name, layout, isa, mode, rank) KERNEL(name, LOOM_OP_GEMM, layout, isa, mode, rank)

/* A library: layout a has exact on every ISA and table up to AVX2, layout b has exact from AVX2
 * on, and T-MAC's schedule has a flattering rank. */
static const struct loom_kernel kernels[] = {
    GEMM("gemm_a_exact_avx2", layout_a, AVX2, LOOM_EXACT, 1),
    GEMM("gemm_a_exact_c", layout_a, C, LOOM_EXACT, 0),
    GEMM("gemm_a_exact_vbmi", layout_a, VBMI, LOOM_EXACT, 0),
    GEMM("gemm_a_table_avx2", layout_a, AVX2, LOOM_TABLE, 1),
    GEMM("gemm_a_table_c", layout_a, C, LOOM_TABLE, 0),
    GEMM("gemm_b_exact_avx2", layout_b, AVX2, LOOM_EXACT, 0),
    GEMM("gemm_b_exact_vbmi", layout_b, VBMI, LOOM_EXACT, 1),
    GEMV("gemv_a_exact_avx2", layout_a, AVX2, LOOM_EXACT, 1),
    GEMV("gemv_a_exact_c", layout_a, C, LOOM_EXACT, 0),
    GEMV("gemv_a_exact_vbmi", layout_a, VBMI, LOOM_EXACT, 0),
    GEMV("gemv_a_table_avx2", layout_a, AVX2, LOOM_TABLE, 1),
    GEMV("gemv_a_table_c", layout_a, C, LOOM_TABLE, 0),
    GEMV("gemv_b_exact_avx2", layout_b, AVX2, LOOM_EXACT, 0),
    GEMV("gemv_b_exact_vbmi", layout_b, VBMI, LOOM_EXACT, 1),
    {.name = "tmac_gemm",
     .layout = &layout_t,
     .format = W2G64,
     .isa = AVX2,
     .op = LOOM_OP_GEMM,
     .mode = LOOM_TABLE,
     .act = LOOM_ACT_LUT8,
     .tmac = 1},
    {.name = "tmac_gemv",
     .layout = &layout_t,
     .format = W2G64,
     .isa = AVX2,
     .op = LOOM_OP_GEMV,
     .mode = LOOM_TABLE,
     .act = LOOM_ACT_LUT8,
     .tmac = 1},
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct loom_registry make_registry(const struct loom_kernel *list, size_t count) {
    return (struct loom_registry){
        .isas = isas,
        .kernels = list,
        .prepares = prepares,
        .isa_count = ISAS,
        .kernel_count = count,
        .prepare_count = COUNT(prepares),
    };
}

static loom_status choose(loom_plan *plan, const struct loom_registry *registry, const char *format,
                          loom_mode mode, uint32_t features, const char *force) {
    const loom_problem problem = {format, 100, 320, mode};
    const loom_cpu cpu = {features, NULL};
    return loom_select(plan, registry, &problem, &cpu, force, NULL);
}

static void assert_plan(const loom_plan *plan, const char *gemv, const char *gemm,
                        loom_choice choice) {
    assert_string_equal(plan->gemv->name, gemv);
    assert_string_equal(plan->gemm->name, gemm);
    assert_int_equal(plan->choice, choice);
}

/* What the library above gives for w2g64. */
static void assert_chosen(loom_mode mode, uint32_t features, const char *force, const char *gemv,
                          const char *gemm) {
    const struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", mode, features, force), LOOM_OK);
    assert_plan(&plan, gemv, gemm, force ? LOOM_CHOICE_FORCED : LOOM_CHOICE_DEFAULT);
}

static void assert_refused(loom_mode mode, uint32_t features, const char *force,
                           loom_status expected) {
    const struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    loom_plan plan, before;
    memset(&plan, FAKE_FILL, sizeof plan);
    before = plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", mode, features, force), expected);
    assert_memory_equal(&plan, &before, sizeof plan);
}

/* ---- Default ---------------------------------------------------------------------------- */

static void default_is_highest_isa_then_rank(void **state) {
    (void)state;
    assert_chosen(LOOM_EXACT, c_only, NULL, "gemv_a_exact_c", "gemm_a_exact_c");
    assert_chosen(LOOM_EXACT, avx2_only, NULL, "gemv_b_exact_avx2", "gemm_b_exact_avx2");
    assert_chosen(LOOM_EXACT, everything, NULL, "gemv_a_exact_vbmi", "gemm_a_exact_vbmi");
    assert_chosen(LOOM_TABLE, everything, NULL, "gemv_a_table_avx2", "gemm_a_table_avx2");
    assert_chosen(LOOM_FASTEST, c_only, NULL, "gemv_a_exact_c", "gemm_a_exact_c");
    assert_chosen(LOOM_FASTEST, avx2_only, NULL, "gemv_b_exact_avx2", "gemm_b_exact_avx2");
    assert_chosen(LOOM_FASTEST, everything, NULL, "gemv_a_exact_vbmi", "gemm_a_exact_vbmi");
    assert_refused(LOOM_TABLE7, everything, NULL, LOOM_ERROR_NO_KERNEL);
}

/* AVX-512 alone, without VBMI, is not enough for an ISA that needs both. */
static void every_need_of_an_isa_counts(void **state) {
    (void)state;
    assert_chosen(LOOM_EXACT, LOOM_CPU_AVX2 | LOOM_CPU_AVX512, NULL, "gemv_b_exact_avx2",
                  "gemm_b_exact_avx2");
    assert_chosen(LOOM_EXACT, LOOM_CPU_AVX512 | LOOM_CPU_AVX512VBMI, NULL, "gemv_a_exact_c",
                  "gemm_a_exact_c");
}

static void fastest_takes_the_better_rank_of_any_mode(void **state) {
    (void)state;
    const struct loom_kernel list[] = {
        GEMM("gemm_exact", layout_a, C, LOOM_EXACT, 1),
        GEMM("gemm_table", layout_a, C, LOOM_TABLE, 0),
        GEMV("gemv_exact", layout_a, C, LOOM_EXACT, 0),
        GEMV("gemv_table", layout_a, C, LOOM_TABLE, 0),
        GEMV("gemv_table7", layout_a, C, LOOM_TABLE7, 0),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_FASTEST, 0, NULL), LOOM_OK);
    assert_plan(&plan, "gemv_exact", "gemm_table", LOOM_CHOICE_DEFAULT);
    assert_int_equal(loom_plan_mode(&plan, 1), LOOM_EXACT);
    assert_int_equal(loom_plan_mode(&plan, 2), LOOM_TABLE);
    assert_string_equal(loom_plan_kernel(&plan, 1), "gemv_exact");
    assert_string_equal(loom_plan_kernel(&plan, 2), "gemm_table");
}

/* At one rank exact goes before table and table before table7, wherever they stand in the list. */
static void equal_ranks_go_by_mode(void **state) {
    (void)state;
    const struct loom_kernel list[] = {
        GEMM("gemm_table7", layout_a, C, LOOM_TABLE7, 0),
        GEMM("gemm_table", layout_a, C, LOOM_TABLE, 0),
        GEMV("gemv_table7", layout_a, C, LOOM_TABLE7, 0),
        GEMV("gemv_table", layout_a, C, LOOM_TABLE, 0),
        GEMV("gemv_exact", layout_a, C, LOOM_EXACT, 0),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_FASTEST, 0, NULL), LOOM_OK);
    assert_plan(&plan, "gemv_exact", "gemm_table", LOOM_CHOICE_DEFAULT);
}

/* A GEMV kernel whose layout has no GEMM kernel, or only a slow one, does not lead the pair. */
static void both_kernels_count(void **state) {
    (void)state;
    const struct loom_kernel list[] = {
        GEMM("gemm_a_c", layout_a, C, LOOM_EXACT, 0),
        GEMM("gemm_b_avx2", layout_b, AVX2, LOOM_EXACT, 0),
        GEMV("gemv_a_vbmi", layout_a, VBMI, LOOM_EXACT, 0),
        GEMV("gemv_b_avx2", layout_b, AVX2, LOOM_EXACT, 0),
        GEMV("gemv_t_vbmi", layout_t, VBMI, LOOM_EXACT, 0),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, NULL), LOOM_OK);
    assert_plan(&plan, "gemv_b_avx2", "gemm_b_avx2", LOOM_CHOICE_DEFAULT);
}

static void prepare_kernels_are_the_highest_usable(void **state) {
    (void)state;
    const struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, NULL), LOOM_OK);
    assert_string_equal(plan.gemv_prepare->name, "prepare_i8_vbmi");
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_TABLE, everything, NULL), LOOM_OK);
    assert_string_equal(plan.gemm_prepare->name, "prepare_lut8_avx2");
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, "c"), LOOM_OK);
    assert_string_equal(plan.gemv_prepare->name, "prepare_i8_c");
}

static void kernels_without_prepare_are_not_chosen(void **state) {
    (void)state;
    const struct loom_kernel list[] = {
        GEMM("gemm", layout_a, C, LOOM_EXACT, 0),
        GEMV("gemv", layout_a, C, LOOM_EXACT, 0),
    };
    struct loom_registry registry = make_registry(list, COUNT(list));
    registry.prepares = &prepares[3];
    registry.prepare_count = 2;
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, avx2_only, NULL),
                     LOOM_ERROR_NO_KERNEL);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, NULL), LOOM_OK);
}

static void formats_of_one_key_share_kernels(void **state) {
    (void)state;
    const struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64arow", LOOM_EXACT, 0, NULL), LOOM_OK);
    assert_int_equal(plan.format.act_row, 1);
    static const char *const others[] = {"w2g32", "w2row", "w2g64z", "w2g64f32", "w3g64", "tg64"};
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_int_equal(choose(&plan, &registry, others[i], LOOM_EXACT, everything, NULL),
                         LOOM_ERROR_NO_KERNEL);
        assert_int_equal(choose(&plan, &registry, others[i], LOOM_EXACT, everything, "c"),
                         LOOM_ERROR_NO_KERNEL);
    }
}

/* The pair of least cost, a GEMM kernel's counted LOOM_GEMM_WEIGHT times, comes before the ranks.
 */
static void the_cheaper_pair_wins(void **state) {
    (void)state;
    struct loom_kernel list[] = {
        GEMV("gemv_a", layout_a, C, LOOM_EXACT, 0),
        GEMM("gemm_a", layout_a, C, LOOM_EXACT, 0),
        GEMV("gemv_b", layout_b, C, LOOM_EXACT, 1),
        GEMM("gemm_b", layout_b, C, LOOM_EXACT, 1),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    list[0].cost = list[1].cost = 1;
    list[2].cost = 2;
    for (int cheaper = 0; cheaper < 2; cheaper++) {
        list[3].cost = 1 - (cheaper ? 1.01f : 0.99f) / LOOM_GEMM_WEIGHT;
        assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, c_only, NULL), LOOM_OK);
        assert_string_equal(plan.gemv->name, cheaper ? "gemv_b" : "gemv_a");
    }
}

/* 7-bit tables are for those who ask for them, however cheap. */
static void fastest_takes_7_bits_last(void **state) {
    (void)state;
    struct loom_kernel list[] = {
        GEMV("gemv_a", layout_a, C, LOOM_TABLE7, 0),
        GEMM("gemm_a", layout_a, C, LOOM_TABLE7, 0),
        GEMV("gemv_b", layout_b, C, LOOM_TABLE, 1),
        GEMM("gemm_b", layout_b, C, LOOM_TABLE, 1),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    list[2].cost = list[3].cost = 9;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_FASTEST, c_only, NULL), LOOM_OK);
    assert_string_equal(plan.gemv->name, "gemv_b");
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_TABLE7, c_only, NULL), LOOM_OK);
    assert_string_equal(plan.gemv->name, "gemv_a");
}

/* ---- Forced ----------------------------------------------------------------------------- */

static void force_by_isa(void **state) {
    (void)state;
    assert_chosen(LOOM_EXACT, everything, "c", "gemv_a_exact_c", "gemm_a_exact_c");
    assert_chosen(LOOM_EXACT, everything, "avx2", "gemv_b_exact_avx2", "gemm_b_exact_avx2");
    assert_chosen(LOOM_TABLE, everything, "avx2", "gemv_a_table_avx2", "gemm_a_table_avx2");
    assert_refused(LOOM_TABLE, everything, "avx512vbmi", LOOM_ERROR_FORCE);
    assert_refused(LOOM_EXACT, avx2_only, "avx512vbmi", LOOM_ERROR_FORCE);
    assert_refused(LOOM_EXACT, everything, "avx", LOOM_ERROR_FORCE);
    assert_refused(LOOM_EXACT, everything, "AVX2", LOOM_ERROR_FORCE);
}

static void force_by_kernel(void **state) {
    (void)state;
    assert_chosen(LOOM_EXACT, everything, "gemv_b_exact_vbmi", "gemv_b_exact_vbmi",
                  "gemm_b_exact_vbmi");
    assert_chosen(LOOM_EXACT, everything, "gemm_a_exact_avx2", "gemv_a_exact_avx2",
                  "gemm_a_exact_avx2");
    assert_chosen(LOOM_FASTEST, everything, "gemv_a_table_c", "gemv_a_table_c", "gemm_a_exact_c");
    assert_refused(LOOM_EXACT, everything, "gemv_a_table_c", LOOM_ERROR_FORCE);
    assert_refused(LOOM_EXACT, c_only, "gemv_a_exact_avx2", LOOM_ERROR_FORCE);
    assert_refused(LOOM_EXACT, everything, "gemv_a_exact", LOOM_ERROR_FORCE);
}

/* The other op comes from another ISA only if the layout has none of the same. */
static void a_forced_kernel_finds_a_partner(void **state) {
    (void)state;
    const struct loom_kernel list[] = {
        GEMM("gemm_a_avx2", layout_a, AVX2, LOOM_EXACT, 0),
        GEMM("gemm_a_c", layout_a, C, LOOM_EXACT, 0),
        GEMV("gemv_a_c", layout_a, C, LOOM_EXACT, 0),
        GEMV("gemv_a_vbmi", layout_a, VBMI, LOOM_EXACT, 0),
        GEMV("gemv_b_c", layout_b, C, LOOM_EXACT, 0),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, "gemv_a_c"),
                     LOOM_OK);
    assert_plan(&plan, "gemv_a_c", "gemm_a_c", LOOM_CHOICE_FORCED);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, "gemv_a_vbmi"),
                     LOOM_OK);
    assert_plan(&plan, "gemv_a_vbmi", "gemm_a_avx2", LOOM_CHOICE_FORCED);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, "gemv_b_c"),
                     LOOM_ERROR_FORCE);
}

/* A level that adds kernels to another: they come with that one's, and rank by it. */
static void a_level_may_add_to_another(void **state) {
    (void)state;
    struct loom_kernel list[] = {
        GEMV("gemv_a_vbmi", layout_a, VBMI, LOOM_EXACT, 0),
        GEMM("gemm_a_vbmi", layout_a, VBMI, LOOM_EXACT, 0),
        GEMM("gemm_a_amx", layout_a, AMX, LOOM_EXACT, 3),
        GEMV("gemv_b_vbmi", layout_b, VBMI, LOOM_EXACT, 1),
        GEMM("gemm_b_amx", layout_b, AMX, LOOM_EXACT, 0),
        GEMV("gemv_b_c", layout_b, C, LOOM_EXACT, 0),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    list[1].cost = 1;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, ~0u, NULL), LOOM_OK);
    assert_plan(&plan, "gemv_a_vbmi", "gemm_a_amx", LOOM_CHOICE_DEFAULT);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, NULL), LOOM_OK);
    assert_plan(&plan, "gemv_a_vbmi", "gemm_a_vbmi", LOOM_CHOICE_DEFAULT);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, ~0u, "amx"), LOOM_OK);
    assert_plan(&plan, "gemv_a_vbmi", "gemm_a_amx", LOOM_CHOICE_FORCED);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, ~0u, "avx512vbmi"), LOOM_OK);
    assert_plan(&plan, "gemv_a_vbmi", "gemm_a_vbmi", LOOM_CHOICE_FORCED);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, ~0u, "gemm_b_amx"), LOOM_OK);
    assert_plan(&plan, "gemv_b_vbmi", "gemm_b_amx", LOOM_CHOICE_FORCED);
}

static void tmac_only_by_name(void **state) {
    (void)state;
    assert_chosen(LOOM_TABLE, avx2_only, NULL, "gemv_a_table_avx2", "gemm_a_table_avx2");
    assert_chosen(LOOM_TABLE, avx2_only, "avx2", "gemv_a_table_avx2", "gemm_a_table_avx2");
    assert_chosen(LOOM_TABLE, avx2_only, "tmac_gemv", "tmac_gemv", "tmac_gemm");
    assert_chosen(LOOM_FASTEST, everything, "tmac_gemm", "tmac_gemv", "tmac_gemm");
    assert_refused(LOOM_TABLE, c_only, "tmac_gemv", LOOM_ERROR_FORCE);
}

static void an_empty_force_is_none(void **state) {
    (void)state;
    const struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, 0, ""), LOOM_OK);
    assert_plan(&plan, "gemv_a_exact_c", "gemm_a_exact_c", LOOM_CHOICE_DEFAULT);
}

/* ---- Tuned ------------------------------------------------------------------------------ */

static void assert_tuned(const struct loom_tuned *rows, size_t count, loom_problem problem,
                         uint32_t features, const char *gemv, loom_choice choice) {
    struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    registry.tuned = rows;
    registry.tuned_count = count;
    const loom_cpu cpu = {features, NULL};
    loom_plan plan;
    assert_int_equal(loom_select(&plan, &registry, &problem, &cpu, NULL, NULL), LOOM_OK);
    assert_string_equal(plan.gemv->name, gemv);
    assert_ptr_equal(plan.gemv->layout, plan.gemm->layout);
    assert_int_equal(plan.choice, choice);
}

static const struct loom_tuned tuned[] = {
    {"w2g64", 100, 100, LOOM_EXACT, "gemv_a_exact_avx2", "gemm_a_exact_avx2", "gemm_a_exact_avx2",
     VBMI, LOOM_DRAM, 1},
    {"w2g64", 1000, 1000, LOOM_EXACT, "gemv_b_exact_avx2", "gemm_b_exact_avx2", "gemm_b_exact_avx2",
     VBMI, LOOM_DRAM, 1},
    {"w2g64", 1000, 100, LOOM_EXACT, "gemv_b_exact_vbmi", "gemm_b_exact_vbmi", "gemm_b_exact_vbmi",
     VBMI, LOOM_DRAM, 1},
    {"w2g64", 100, 100, LOOM_FASTEST, "gemv_a_table_avx2", "gemm_a_exact_avx2", "gemm_a_exact_avx2",
     VBMI, LOOM_DRAM, 1},
    {"w2g32", 500, 500, LOOM_EXACT, "gemv_a_exact_c", "gemm_a_exact_c", "gemm_a_exact_c", VBMI,
     LOOM_DRAM, 1},
};

static void tuned_shape_wins(void **state) {
    (void)state;
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 100, 100, LOOM_EXACT}, everything,
                 "gemv_a_exact_avx2", LOOM_CHOICE_TUNED);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64arow", 1000, 1000, LOOM_EXACT},
                 everything, "gemv_b_exact_avx2", LOOM_CHOICE_TUNED);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 1000, 100, LOOM_EXACT}, everything,
                 "gemv_b_exact_vbmi", LOOM_CHOICE_TUNED);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 100, 100, LOOM_FASTEST}, everything,
                 "gemv_a_table_avx2", LOOM_CHOICE_TUNED);
}

/* 300 is nearer to 100, 330 nearer to 1000: the middle is their geometric mean, 316. */
static void nearest_tuned_shape_is_next(void **state) {
    (void)state;
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 300, 300, LOOM_EXACT}, everything,
                 "gemv_a_exact_avx2", LOOM_CHOICE_NEAREST);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 330, 330, LOOM_EXACT}, everything,
                 "gemv_b_exact_avx2", LOOM_CHOICE_NEAREST);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 1u << 20, 90, LOOM_EXACT}, everything,
                 "gemv_b_exact_vbmi", LOOM_CHOICE_NEAREST);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 1, 1, LOOM_EXACT}, everything,
                 "gemv_a_exact_avx2", LOOM_CHOICE_NEAREST);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 101, 100, LOOM_EXACT}, everything,
                 "gemv_a_exact_avx2", LOOM_CHOICE_NEAREST);
}

/* Rows this CPU cannot run are passed over: to the next shape, and in the end to the default. */
static void tuned_rows_bow_to_the_cpu(void **state) {
    (void)state;
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 900, 100, LOOM_EXACT}, avx2_only,
                 "gemv_a_exact_avx2", LOOM_CHOICE_NEAREST);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 1000, 100, LOOM_EXACT}, c_only,
                 "gemv_a_exact_c", LOOM_CHOICE_DEFAULT);
    assert_tuned(tuned, COUNT(tuned), (loom_problem){"w2g64", 100, 100, LOOM_TABLE}, everything,
                 "gemv_a_table_avx2", LOOM_CHOICE_DEFAULT);
}

static void equal_rows_go_to_the_higher_isa(void **state) {
    (void)state;
    const struct loom_tuned rows[] = {
        {"w2g64", 64, 128, LOOM_EXACT, "gemv_b_exact_vbmi", "gemm_b_exact_vbmi",
         "gemm_b_exact_vbmi", VBMI, LOOM_DRAM, 1},
        {"w2g64", 128, 64, LOOM_EXACT, "gemv_a_exact_avx2", "gemm_a_exact_avx2",
         "gemm_a_exact_avx2", VBMI, LOOM_DRAM, 1},
    };
    const loom_problem problem = {"w2g64", 64, 64, LOOM_EXACT};
    assert_tuned(rows, 2, problem, everything, "gemv_b_exact_vbmi", LOOM_CHOICE_NEAREST);
    assert_tuned(rows, 2, problem, avx2_only, "gemv_a_exact_avx2", LOOM_CHOICE_NEAREST);
}

/* Of several rows for one shape: DRAM first, then the most threads, then the later one. */
static void rows_of_one_shape_have_an_order(void **state) {
    (void)state;
#define ROW(layout, isa, residency, threads)                                                       \
    {"w2g64",                                                                                      \
     64,                                                                                           \
     64,                                                                                           \
     LOOM_EXACT,                                                                                   \
     "gemv_" #layout "_exact_" #isa,                                                               \
     "gemm_" #layout "_exact_" #isa,                                                               \
     "gemm_" #layout "_exact_" #isa,                                                               \
     VBMI,                                                                                         \
     residency,                                                                                    \
     threads}
    const struct loom_tuned cache_first[] = {
        ROW(a, vbmi, LOOM_CACHE, 16), ROW(a, avx2, LOOM_DRAM, 2), ROW(b, avx2, LOOM_DRAM, 8)};
    const struct loom_tuned dram_first[] = {ROW(b, avx2, LOOM_DRAM, 8), ROW(a, avx2, LOOM_DRAM, 2),
                                            ROW(a, vbmi, LOOM_CACHE, 16)};
    const struct loom_tuned twice[] = {ROW(a, vbmi, LOOM_DRAM, 1), ROW(a, avx2, LOOM_DRAM, 1)};
    const loom_problem problem = {"w2g64", 64, 64, LOOM_EXACT},
                       near = {"w2g64", 65, 64, LOOM_EXACT};
    assert_tuned(cache_first, 3, problem, everything, "gemv_b_exact_avx2", LOOM_CHOICE_TUNED);
    assert_tuned(dram_first, 3, problem, everything, "gemv_b_exact_avx2", LOOM_CHOICE_TUNED);
    assert_tuned(dram_first, 3, near, everything, "gemv_b_exact_avx2", LOOM_CHOICE_NEAREST);
    assert_tuned(twice, 2, problem, everything, "gemv_a_exact_avx2", LOOM_CHOICE_TUNED);
    /* A nearer shape goes before all that. */
    const struct loom_tuned nearer[] = {{"w2g64", 128, 64, LOOM_EXACT, "gemv_a_exact_c",
                                         "gemm_a_exact_c", "gemm_a_exact_c", VBMI, LOOM_DRAM, 1},
                                        ROW(b, avx2, LOOM_CACHE, 8)};
    assert_tuned(nearer, 2, near, everything, "gemv_b_exact_avx2", LOOM_CHOICE_NEAREST);
#undef ROW
}

#define FEW(name, layout, isa, rank) KERNEL(name, LOOM_OP_FEW, layout, isa, LOOM_EXACT, rank)

static void assert_few(uint32_t features, const char *force, const char *few) {
    static const struct loom_kernel list[] = {
        FEW("few_1", layout_a, C, 1),
        FEW("few_0", layout_a, C, 0),
        FEW("few_avx2_5", layout_b, AVX2, 5),
        FEW("few_avx2_4", layout_b, AVX2, 4),
        FEW("few_c", layout_b, C, 0),
        GEMM("gemm_a", layout_a, C, LOOM_EXACT, 0),
        GEMM("gemm_b", layout_b, AVX2, LOOM_EXACT, 0),
        GEMV("gemv_a", layout_a, C, LOOM_EXACT, 0),
        GEMV("gemv_b", layout_b, AVX2, LOOM_EXACT, 0),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, features, force), LOOM_OK);
    assert_string_equal(loom_plan_kernel(&plan, 2), few);
    assert_string_equal(loom_plan_kernel(&plan, GEMM_FEW_TOKENS), few);
    assert_string_equal(loom_plan_kernel(&plan, GEMM_FEW_TOKENS + 1), plan.gemm->name);
    assert_ptr_equal(plan.few->layout, plan.gemv->layout);
    assert_int_equal(plan.few_prepare->act, plan.few->act);
}

static void a_few_tokens_have_their_kernel(void **state) {
    (void)state;
    assert_few(c_only, NULL, "few_0");
    assert_few(everything, NULL, "few_avx2_4");
    assert_few(everything, "few_1", "few_1");
    assert_few(everything, "few_avx2_5", "few_avx2_5");
}

/* Beside an exact pair a 7-bit kernel comes only where it is asked for by name. */
static void seven_bits_for_a_few_tokens_only_in_their_pair(void **state) {
    (void)state;
    const struct loom_kernel list[] = {
        KERNEL("few_7", LOOM_OP_FEW, layout_a, C, LOOM_TABLE7, 0),
        FEW("few_exact", layout_a, C, 1),
        GEMM("gemm_7", layout_a, C, LOOM_TABLE7, 0),
        GEMM("gemm_exact", layout_a, C, LOOM_EXACT, 1),
        GEMV("gemv_7", layout_a, C, LOOM_TABLE7, 0),
        GEMV("gemv_exact", layout_a, C, LOOM_EXACT, 1),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_FASTEST, c_only, NULL), LOOM_OK);
    assert_string_equal(plan.gemm->name, "gemm_exact");
    assert_string_equal(plan.few->name, "few_exact");
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_TABLE7, c_only, NULL), LOOM_OK);
    assert_string_equal(plan.few->name, "few_7");
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_FASTEST, c_only, "few_7"), LOOM_OK);
    assert_string_equal(plan.few->name, "few_7");
}

static void without_such_a_kernel_the_gemm_serves(void **state) {
    (void)state;
    const struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, NULL), LOOM_OK);
    assert_ptr_equal(plan.few, plan.gemm);
}

/* A row that this library cannot honour is as good as none. */
static void faulty_rows_are_passed_over(void **state) {
    (void)state;
    const struct loom_tuned rows[] = {
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_gone", "gemm_a_exact_c", "gemm_a_exact_c", VBMI,
         LOOM_DRAM, 1},
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_a_exact_c", "gemm_gone", "gemm_gone", VBMI, LOOM_DRAM,
         1},
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_a_exact_avx2", "gemm_b_exact_avx2", "gemm_b_exact_avx2",
         VBMI, LOOM_DRAM, 1},
        {"w2g64", 64, 64, LOOM_EXACT, "gemm_a_exact_c", "gemv_a_exact_c", "gemv_a_exact_c", VBMI,
         LOOM_DRAM, 1},
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_a_table_c", "gemm_a_table_c", "gemm_a_table_c", VBMI,
         LOOM_DRAM, 1},
        {"w2g64", 64, 64, LOOM_EXACT, "tmac_gemv", "tmac_gemm", "tmac_gemm", VBMI, LOOM_DRAM, 1},
        {"nonsense", 64, 64, LOOM_EXACT, "gemv_a_exact_c", "gemm_a_exact_c", "gemm_a_exact_c", VBMI,
         LOOM_DRAM, 1},
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_a_exact_c", "few_gone", "gemm_a_exact_c", VBMI,
         LOOM_DRAM, 1},
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_a_exact_c", "gemv_a_exact_c", "gemm_a_exact_c", VBMI,
         LOOM_DRAM, 1},
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_a_exact_avx2", "gemm_b_exact_avx2", "gemm_a_exact_avx2",
         VBMI, LOOM_DRAM, 1},
    };
    assert_tuned(rows, COUNT(rows), (loom_problem){"w2g64", 64, 64, LOOM_EXACT}, everything,
                 "gemv_a_exact_vbmi", LOOM_CHOICE_DEFAULT);
}

/* What was measured on a lesser CPU says nothing about this one. */
static void rows_of_a_lesser_cpu_are_passed_over(void **state) {
    (void)state;
    const struct loom_tuned rows[] = {
        {"w2g64", 64, 64, LOOM_EXACT, "gemv_a_exact_avx2", "gemm_a_exact_avx2", "gemm_a_exact_avx2",
         AVX2, LOOM_DRAM, 1},
    };
    const loom_problem problem = {"w2g64", 64, 64, LOOM_EXACT};
    assert_tuned(rows, 1, problem, everything, "gemv_a_exact_vbmi", LOOM_CHOICE_DEFAULT);
    assert_tuned(rows, 1, problem, avx2_only, "gemv_a_exact_avx2", LOOM_CHOICE_TUNED);
}

static void force_goes_before_tuned(void **state) {
    (void)state;
    struct loom_registry registry = make_registry(kernels, COUNT(kernels));
    registry.tuned = tuned;
    registry.tuned_count = COUNT(tuned);
    const loom_problem problem = {"w2g64", 100, 100, LOOM_EXACT};
    const loom_cpu cpu = {everything, NULL};
    loom_plan plan;
    assert_int_equal(loom_select(&plan, &registry, &problem, &cpu, "c", NULL), LOOM_OK);
    assert_plan(&plan, "gemv_a_exact_c", "gemm_a_exact_c", LOOM_CHOICE_FORCED);
}

/* ---- Every combination ------------------------------------------------------------------- */

enum { RANDOM_KERNELS = 12 };

static const struct loom_layout *const random_layouts[] = {&layout_a, &layout_b, &layout_t};

static void random_kernels(struct loom_kernel *list, char names[][8], uint64_t *seed) {
    for (size_t i = 0; i < RANDOM_KERNELS; i++) {
        snprintf(names[i], 8, "k%zu", i);
        list[i] = (struct loom_kernel){
            .name = names[i],
            .layout = random_layouts[fake_random(seed) % 3],
            .format = {.bits = 2, .group = fake_random(seed) % 4 ? 64 : 32},
            .isa = (uint8_t)(fake_random(seed) % ISAS),
            .op = (uint8_t)(fake_random(seed) % 2),
            .mode = (uint8_t)(LOOM_EXACT + fake_random(seed) % 3),
            .act = (uint8_t)(fake_random(seed) % 2 ? LOOM_ACT_I8 : LOOM_ACT_LUT8),
            .tmac = fake_random(seed) % 6 == 0,
            .rank = (uint16_t)(fake_random(seed) % 3),
        };
    }
}

/* Written apart from the code under test: may this kernel be in an unforced w2g64 plan? */
static int may_serve(const struct loom_kernel *kernel, loom_mode mode, uint32_t features) {
    return kernel->format.group == 64 && !kernel->tmac &&
           (mode == LOOM_FASTEST || mode == kernel->mode) &&
           (kernel->isa == C || (features & LOOM_CPU_AVX2)) &&
           (kernel->isa < VBMI ||
            ((features & LOOM_CPU_AVX512) && (features & LOOM_CPU_AVX512VBMI))) &&
           (kernel->isa != AMX || (features & LOOM_CPU_AMX));
}

/* A kernel of the ISA, or of the one that it adds to? */
static int is_of(const struct loom_kernel *kernel, const char *isa) {
    return strcmp(isas[kernel->isa].name, isa) == 0 ||
           (kernel->isa == VBMI && strcmp(isa, "amx") == 0);
}

static int pair_exists(const struct loom_kernel *list, loom_mode mode, uint32_t features) {
    for (size_t i = 0; i < RANDOM_KERNELS * RANDOM_KERNELS; i++) {
        const struct loom_kernel *a = &list[i / RANDOM_KERNELS], *b = &list[i % RANDOM_KERNELS];
        if (a->op == LOOM_OP_GEMV && b->op == LOOM_OP_GEMM && a->layout == b->layout &&
            may_serve(a, mode, features) && may_serve(b, mode, features)) {
            return 1;
        }
    }
    return 0;
}

static void check_unforced(const struct loom_registry *registry, loom_mode mode,
                           uint32_t features) {
    loom_plan plan;
    const loom_status status = choose(&plan, registry, "w2g64", mode, features, NULL);
    if (!pair_exists(registry->kernels, mode, features)) {
        assert_int_equal(status, LOOM_ERROR_NO_KERNEL);
        return;
    }
    assert_int_equal(status, LOOM_OK);
    assert_int_equal(plan.gemv->op, LOOM_OP_GEMV);
    assert_int_equal(plan.gemm->op, LOOM_OP_GEMM);
    assert_ptr_equal(plan.gemv->layout, plan.gemm->layout);
    assert_true(may_serve(plan.gemv, mode, features) && may_serve(plan.gemm, mode, features));
    assert_int_equal(plan.gemv_prepare->act, plan.gemv->act);
    assert_int_equal(plan.gemm_prepare->act, plan.gemm->act);
    assert_true(loom_isa_runs(&isas[plan.gemv_prepare->isa], features));
    assert_true(loom_isa_runs(&isas[plan.gemm_prepare->isa], features));
}

/* Forcing every kernel and ISA: what comes is what was asked for, and runs here. */
static void check_forced(const struct loom_registry *registry, const char *force, loom_mode mode,
                         uint32_t features) {
    loom_plan plan;
    const loom_status status = choose(&plan, registry, "w2g64", mode, features, force);
    if (status != LOOM_OK) {
        assert_true(status == LOOM_ERROR_FORCE || status == LOOM_ERROR_NO_KERNEL);
        return;
    }
    assert_int_equal(plan.choice, LOOM_CHOICE_FORCED);
    assert_true(loom_isa_runs(&isas[plan.gemv->isa], features));
    assert_true(loom_isa_runs(&isas[plan.gemm->isa], features));
    assert_ptr_equal(plan.gemv->layout, plan.gemm->layout);
    if (force[0] == 'k') {
        assert_true(strcmp(plan.gemv->name, force) == 0 || strcmp(plan.gemm->name, force) == 0);
    } else {
        assert_true(is_of(plan.gemv, force) && is_of(plan.gemm, force));
    }
}

static void never_picks_what_cannot_serve(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 300; round++) {
        struct loom_kernel list[RANDOM_KERNELS];
        char names[RANDOM_KERNELS][8];
        random_kernels(list, names, &seed);
        const struct loom_registry registry = make_registry(list, RANDOM_KERNELS);
        for (unsigned i = 0; i < 16 * 4; i++) {
            const uint32_t features = i % 16;
            const loom_mode mode = (loom_mode)(i / 16);
            check_unforced(&registry, mode, features);
            for (size_t f = 0; f < RANDOM_KERNELS; f++) {
                check_forced(&registry, names[f], mode, features);
            }
            for (size_t f = 0; f < ISAS; f++) {
                check_forced(&registry, isas[f].name, mode, features);
            }
        }
    }
}

/* Two kernels with prefetches, one of which comes without, too; others of that name differ in
 * something else. */
static void some_cpus_want_no_prefetches(void **state) {
    (void)state;
    const struct loom_kernel list[] = {
        GEMM("gemm_b1p2f8", layout_a, AVX2, LOOM_EXACT, 0),
        GEMM("gemm_b1", layout_a, AVX2, LOOM_EXACT, 1),
        GEMV("gemv_b1p2f8", layout_a, AVX2, LOOM_EXACT, 0),
        GEMV("gemv_b1", layout_b, AVX2, LOOM_EXACT, 1),
        GEMV("gemv_b1", layout_a, AVX2, LOOM_TABLE, 1),
        GEMV("gemv_b1", layout_a, C, LOOM_EXACT, 1),
        GEMV("gemv_b1m1", layout_a, AVX2, LOOM_EXACT, 1),
        GEMV("gemv_b1", layout_a, AVX2, LOOM_EXACT, 2),
        GEMM("gemm_b1", layout_a, VBMI, LOOM_EXACT, 0),
        GEMV("gemv_b1p2f8", layout_a, VBMI, LOOM_EXACT, 0),
    };
    const struct loom_registry registry = make_registry(list, COUNT(list));
    const uint32_t zen = avx2_only | LOOM_CPU_STREAMS;
    loom_plan plan;
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, avx2_only, NULL), LOOM_OK);
    assert_plan(&plan, "gemv_b1p2f8", "gemm_b1p2f8", LOOM_CHOICE_DEFAULT);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, zen, NULL), LOOM_OK);
    assert_plan(&plan, "gemv_b1", "gemm_b1p2f8", LOOM_CHOICE_DEFAULT);
    assert_ptr_equal(plan.gemv, &list[7]);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, "avx2"), LOOM_OK);
    assert_plan(&plan, "gemv_b1", "gemm_b1p2f8", LOOM_CHOICE_FORCED);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, zen, "gemv_b1p2f8"), LOOM_OK);
    assert_plan(&plan, "gemv_b1p2f8", "gemm_b1p2f8", LOOM_CHOICE_FORCED);
    assert_int_equal(choose(&plan, &registry, "w2g64", LOOM_EXACT, everything, NULL), LOOM_OK);
    assert_ptr_equal(plan.gemv, &list[9]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_is_highest_isa_then_rank),
        cmocka_unit_test(every_need_of_an_isa_counts),
        cmocka_unit_test(fastest_takes_the_better_rank_of_any_mode),
        cmocka_unit_test(equal_ranks_go_by_mode),
        cmocka_unit_test(both_kernels_count),
        cmocka_unit_test(prepare_kernels_are_the_highest_usable),
        cmocka_unit_test(kernels_without_prepare_are_not_chosen),
        cmocka_unit_test(formats_of_one_key_share_kernels),
        cmocka_unit_test(the_cheaper_pair_wins),
        cmocka_unit_test(fastest_takes_7_bits_last),
        cmocka_unit_test(force_by_isa),
        cmocka_unit_test(force_by_kernel),
        cmocka_unit_test(a_forced_kernel_finds_a_partner),
        cmocka_unit_test(a_level_may_add_to_another),
        cmocka_unit_test(tmac_only_by_name),
        cmocka_unit_test(an_empty_force_is_none),
        cmocka_unit_test(tuned_shape_wins),
        cmocka_unit_test(nearest_tuned_shape_is_next),
        cmocka_unit_test(tuned_rows_bow_to_the_cpu),
        cmocka_unit_test(equal_rows_go_to_the_higher_isa),
        cmocka_unit_test(rows_of_one_shape_have_an_order),
        cmocka_unit_test(a_few_tokens_have_their_kernel),
        cmocka_unit_test(seven_bits_for_a_few_tokens_only_in_their_pair),
        cmocka_unit_test(without_such_a_kernel_the_gemm_serves),
        cmocka_unit_test(faulty_rows_are_passed_over),
        cmocka_unit_test(rows_of_a_lesser_cpu_are_passed_over),
        cmocka_unit_test(force_goes_before_tuned),
        cmocka_unit_test(some_cpus_want_no_prefetches),
        cmocka_unit_test(never_picks_what_cannot_serve),
    };
    return cmocka_run_group_tests_name("select", tests, NULL, NULL);
}
