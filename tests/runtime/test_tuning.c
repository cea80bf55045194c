/* LOOM_TUNING: a file that is valid is used, any other is ignored whole and said so. */
#define _POSIX_C_SOURCE 200809L
#include "fake.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cpu/cpu.h"
#include "select/select.h"
#include "tuning/tuning.h"

#define GEMV "loom_gemv_w2g32f32_exact__fake_c"
#define GEMM "loom_gemm_w2g32f32_exact__fake_c"
#define CHOICE_OF(shape)                                                                           \
    "choice w2g32f32 exact " shape " " GEMV " 1e-05 1 " GEMM " 4.5e-05 4 " GEMM " 0.00125 128\n"
#define SAMPLE "sample w2g32f32 20 70 4 1 cache " GEMM " 4.5e-05 1.2e-07 40 12\n"
#define FAILED "failed " GEMM " is wrong: y[3] = 1, not 2\n"

static char path[40];
static char header[LOOM_IDENTITY_BYTES + 200];

static int set_up(void **state) {
    (void)state;
    char cpu[LOOM_IDENTITY_BYTES];
    snprintf(path, sizeof path, "/tmp/lutloom-tuning-XXXXXX");
    const int file = mkstemp(path);
    if (file < 0) {
        return -1;
    }
    close(file);
    loom_cpu_identity(cpu, sizeof cpu);
    snprintf(header, sizeof header, "lutloom-tuning 3\ncpu %s\nisa c\ncompiler %s\nkernels %s\n",
             cpu, loom_registry.compiler, loom_registry.hash);
    setenv("LOOM_TUNING", path, 1);
    return unsetenv("LOOM_FORCE");
}

static int tear_down(void **state) {
    (void)state;
    unsetenv("LOOM_TUNING");
    return remove(path);
}

static void write_bytes(const char *bytes, size_t count) {
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(file, bytes, count), count);
    close(file);
}

static void write_text(const char *first, const char *second) {
    char text[20000];
    const int length = snprintf(text, sizeof text, "%s%s", first, second);
    assert_true(length >= 0 && (size_t)length < sizeof text);
    write_bytes(text, (size_t)length);
}

static loom_plan plan_for(size_t m, size_t k) {
    loom_plan plan;
    assert_int_equal(loom_plan_create(&plan, &(loom_problem){"w2g32f32", m, k, LOOM_EXACT}),
                     LOOM_OK);
    assert_string_equal(plan.gemv->name, GEMV);
    assert_string_equal(plan.gemm->name, GEMM);
    return plan;
}

static void assert_plan(size_t m, size_t k, loom_choice choice, loom_tuning tuning) {
    const loom_plan plan = plan_for(m, k);
    assert_int_equal(plan.choice, choice);
    assert_int_equal(plan.tuning, tuning);
}

/* The status has both parts, and is one line. */
static void assert_status(const char *first, const char *second) {
    char text[8192];
    const size_t length = loom_tuning_status(text, sizeof text);
    assert_int_equal(length, strlen(text));
    if (!strstr(text, first) || !strstr(text, second) || strchr(text, '\n')) {
        fail_msg("'%s' is not one line with '%s' and '%s'", text, first, second);
    }
}

static void assert_ignored(const char *why) {
    assert_plan(20, 70, LOOM_CHOICE_DEFAULT, LOOM_TUNING_IGNORED);
    assert_status("LOOM_TUNING is ignored: ", why);
}

/* ---- Valid files ------------------------------------------------------------------------ */

static void a_valid_file_is_used(void **state) {
    (void)state;
    write_text(header, SAMPLE CHOICE_OF("20 70 1 dram") FAILED);
    assert_plan(20, 70, LOOM_CHOICE_TUNED, LOOM_TUNING_READ);
    assert_plan(21, 70, LOOM_CHOICE_NEAREST, LOOM_TUNING_READ);
    assert_status("LOOM_TUNING is valid: /tmp/lutloom-tuning-", ", choices: 1");
    write_text(header, "");
    assert_plan(20, 70, LOOM_CHOICE_DEFAULT, LOOM_TUNING_READ);
    assert_status("is valid", ", choices: 0");
}

/* As an editor, or a copy to Windows and back, leaves a file. */
static void other_line_ends_are_read(void **state) {
    (void)state;
    char text[4096], *to = text;
    write_text(header, CHOICE_OF("20 70 1 dram"));
    const int file = open(path, O_RDONLY);
    char byte;
    while (read(file, &byte, 1) == 1) {
        if (byte == '\n') {
            *to++ = '\r';
        }
        *to++ = byte;
    }
    close(file);
    write_bytes(text, (size_t)(to - text));
    assert_plan(20, 70, LOOM_CHOICE_TUNED, LOOM_TUNING_READ);
}

static void none_is_none(void **state) {
    (void)state;
    write_text(header, CHOICE_OF("20 70 1 dram"));
    setenv("LOOM_TUNING", "", 1);
    assert_plan(20, 70, LOOM_CHOICE_DEFAULT, LOOM_TUNING_NONE);
    assert_status("LOOM_TUNING is not set", "");
    unsetenv("LOOM_TUNING");
    assert_plan(20, 70, LOOM_CHOICE_DEFAULT, LOOM_TUNING_NONE);
}

static void a_force_goes_first(void **state) {
    (void)state;
    write_text(header, CHOICE_OF("20 70 1 dram"));
    setenv("LOOM_FORCE", "c", 1);
    assert_plan(20, 70, LOOM_CHOICE_FORCED, LOOM_TUNING_NONE);
    unsetenv("LOOM_FORCE");
}

static void kernels_that_the_library_lacks_are_passed_over(void **state) {
    (void)state;
    write_text(header, "choice w2g32f32 exact 20 70 1 dram gone 1 1 " GEMM " 1 4 " GEMM " 1 128\n");
    assert_plan(20, 70, LOOM_CHOICE_DEFAULT, LOOM_TUNING_READ);
    write_text(header, "choice w2g32f32 exact 20 70 1 dram gone 1 1 " GEMM " 1 4 " GEMM
                       " 1 128\n" CHOICE_OF("40 70 1 dram"));
    assert_plan(20, 70, LOOM_CHOICE_NEAREST, LOOM_TUNING_READ);
}

/* ---- The file beside the library's own rows --------------------------------------------- */

#define OWN "own"

/* Which GEMV kernel a library takes that has measured a kernel of its own for 100 x 100. */
static void assert_gemv(const char *results, size_t m, const char *gemv) {
    struct loom_kernel kernels[3];
    size_t count = 0;
    for (size_t i = 0; i < loom_registry.kernel_count; i++) {
        const struct loom_kernel *kernel = &loom_registry.kernels[i];
        if (strcmp(kernel->name, GEMV) == 0 || strcmp(kernel->name, GEMM) == 0) {
            kernels[count++] = *kernel;
        }
    }
    assert_int_equal(count, 2);
    kernels[2] = kernels[1];
    kernels[2].name = OWN;
    const struct loom_tuned row = {.format = "w2g32f32",
                                   .m = 100,
                                   .k = 100,
                                   .mode = LOOM_EXACT,
                                   .gemv = OWN,
                                   .few = GEMM,
                                   .gemm = GEMM,
                                   .threads = 1};
    struct loom_registry registry = loom_registry;
    registry.kernels = kernels;
    registry.kernel_count = 3;
    registry.tuned = &row;
    registry.tuned_count = 1;
    const loom_problem problem = {"w2g32f32", m, 100, LOOM_EXACT};
    loom_plan plan;
    write_text(header, results);
    assert_int_equal(loom_select(&plan, &registry, &problem, &(loom_cpu){0, "c"}, NULL, path),
                     LOOM_OK);
    assert_string_equal(plan.gemv->name, gemv);
}

static void the_file_goes_before_rows_as_near(void **state) {
    (void)state;
    assert_gemv("", 100, OWN);
    assert_gemv(CHOICE_OF("100 100 1 dram"), 100, GEMV);
    assert_gemv(CHOICE_OF("100 100 4 cache"), 100, GEMV);
    assert_gemv(CHOICE_OF("300 100 1 dram"), 100, OWN);
    assert_gemv(CHOICE_OF("300 100 1 dram"), 300, GEMV);
    assert_gemv(CHOICE_OF("300 100 1 dram") "nonsense\n", 300, OWN);
}

/* ---- A file that the caller holds ------------------------------------------------------- */

static loom_tuning_file *open_file(void) {
    loom_tuning_file *tuning = NULL;
    char why[1000];
    if (loom_tuning_open(&tuning, path, why, sizeof why) != LOOM_OK) {
        fail_msg("%s", why);
    }
    assert_non_null(tuning);
    return tuning;
}

static loom_plan held_plan(const loom_tuning_file *tuning, const char *format, size_t m,
                           loom_mode mode) {
    loom_plan plan;
    assert_int_equal(loom_plan_create_tuned(&plan, &(loom_problem){format, m, 70, mode}, tuning),
                     LOOM_OK);
    return plan;
}

/* It outlives the file, and LOOM_TUNING says nothing beside it. */
static void a_held_file_is_read_once(void **state) {
    (void)state;
    write_text(header, SAMPLE CHOICE_OF("20 70 1 dram") FAILED);
    loom_tuning_file *tuning = open_file();
    write_text("hello\n", "");
    for (int i = 0; i < 2; i++) {
        const loom_plan plan = held_plan(tuning, "w2g32f32", 20 + (size_t)i, LOOM_EXACT);
        assert_int_equal(plan.choice, i ? LOOM_CHOICE_NEAREST : LOOM_CHOICE_TUNED);
        assert_int_equal(plan.tuning, LOOM_TUNING_READ);
        assert_string_equal(plan.gemv->name, GEMV);
    }
    assert_int_equal(held_plan(tuning, "trowf32", 20, LOOM_EXACT).choice, LOOM_CHOICE_DEFAULT);
    const loom_plan plan = held_plan(NULL, "w2g32f32", 20, LOOM_EXACT);
    assert_int_equal(plan.choice, LOOM_CHOICE_DEFAULT);
    assert_int_equal(plan.tuning, LOOM_TUNING_NONE);
    setenv("LOOM_FORCE", "c", 1);
    assert_int_equal(held_plan(tuning, "w2g32f32", 20, LOOM_EXACT).choice, LOOM_CHOICE_FORCED);
    unsetenv("LOOM_FORCE");
    loom_tuning_close(tuning);
    loom_tuning_close(NULL);
}

/* Whatever the order of its lines, a plan is what it is with LOOM_TUNING. */
static void a_held_file_chooses_as_a_named_one(void **state) {
    (void)state;
    static const char *const formats[] = {"w2g32f32", "w2g32f32arow", "trowf32", "t"};
    static const char *const kinds[] = {"dram", "cache"};
    char text[16000] = "", *to = text;
    for (unsigned i = 0; i < 60; i++) {
        const unsigned mixed = i * 37 % 60;
        to += snprintf(
            to, 250, "choice %s exact %u 70 %u %s " GEMV " 1 1 " GEMM " 1 4 " GEMM " 1 128\n",
            mixed % 3 ? "w2g32f32" : "w2g64", 10 + mixed % 7 * 30, 1 + mixed % 4, kinds[mixed % 2]);
    }
    write_text(header, text);
    loom_tuning_file *tuning = open_file();
    for (size_t m = 1; m < 300; m += 13) {
        for (size_t i = 0; i < 4; i++) {
            const loom_problem problem = {formats[i], m, 70, LOOM_EXACT};
            loom_plan named = {0}, held = {0};
            const loom_status status = loom_plan_create(&named, &problem);
            assert_int_equal(loom_plan_create_tuned(&held, &problem, tuning), status);
            assert_int_equal(held.choice, named.choice);
            assert_ptr_equal(held.gemv, named.gemv);
            assert_ptr_equal(held.few, named.few);
            assert_ptr_equal(held.gemm, named.gemm);
        }
    }
    loom_tuning_close(tuning);
}

static void what_is_not_valid_is_not_held(void **state) {
    (void)state;
    loom_tuning_file *tuning = NULL;
    char why[200];
    assert_int_equal(loom_tuning_open(NULL, path, why, sizeof why), LOOM_ERROR_NULL);
    assert_int_equal(loom_tuning_open(&tuning, NULL, why, sizeof why), LOOM_ERROR_NULL);
    assert_int_equal(loom_tuning_open(&tuning, "/nowhere", why, sizeof why), LOOM_ERROR_TUNING);
    assert_string_equal(why, "/nowhere: cannot be opened");
    write_text(header, CHOICE_OF("20 70 1 dram") "nonsense\n");
    assert_int_equal(loom_tuning_open(&tuning, path, why, sizeof why), LOOM_ERROR_TUNING);
    assert_non_null(strstr(why, ", line 7: is no result"));
    assert_int_equal(loom_tuning_open(&tuning, path, NULL, 0), LOOM_ERROR_TUNING);
    assert_null(tuning);
}

/* ---- Files that are ignored ------------------------------------------------------------- */

/* The header with `text` in the place of the value of a field. */
static void spoil_header(const char *field, const char *text) {
    char spoiled[sizeof header + 100];
    const char *value = strstr(header, field) + strlen(field);
    snprintf(spoiled, sizeof spoiled, "%.*s%s%s", (int)(value - header), header, text,
             strchr(value, '\n'));
    write_text(spoiled, CHOICE_OF("20 70 1 dram"));
}

static void what_is_for_others_is_ignored(void **state) {
    (void)state;
    spoil_header("lutloom-tuning ", "2");
    assert_ignored("line 1: lutloom-tuning is '2', and here it is '3'");
    spoil_header("cpu ", "Another CPU");
    assert_ignored("line 2: cpu is 'Another CPU', and here it is '");
    spoil_header("isa ", "avx2");
    assert_ignored("line 3: isa is 'avx2', and here it is 'c'");
    spoil_header("compiler ", "fake 1.2.4");
    assert_ignored("line 4: compiler is 'fake 1.2.4', and here it is 'fake 1.2.3'");
    spoil_header("kernels ", "0123456789abcdee");
    assert_ignored("line 5: kernels is '0123456789abcdee', and here it is '0123456789abcdef'");
    spoil_header("cpu ", "\x1b[31m\rx");
    assert_ignored("line 2: cpu is '?[31m?x', and");
}

static void garbage_is_ignored(void **state) {
    (void)state;
    char longer[5000];
    write_bytes("", 0);
    assert_ignored("the header ends here");
    write_text("hello\n", "");
    assert_ignored("line 1: does not begin with lutloom-tuning");
    write_bytes("\x7f"
                "ELF\0\0\n",
                7);
    assert_ignored("line 1: is no text");
    write_text("\n", header);
    assert_ignored("line 1: does not begin with lutloom-tuning");
    write_text(header, CHOICE_OF("20 70 1 dram") "nonsense\n");
    assert_ignored("line 7: is no result");
    write_text(header, CHOICE_OF("20 70 1 dram") "\n");
    assert_ignored("line 7: is no result");
    write_text(header, CHOICE_OF("20 70 1 dram") "failed a because");
    assert_ignored("line 7: is not complete");
    snprintf(longer, sizeof longer, "failed a %04500d\n", 1);
    write_text(header, longer);
    assert_ignored("line 6: is too long for a line");
}

static void what_is_no_file_is_ignored(void **state) {
    (void)state;
    setenv("LOOM_TUNING", "/tmp", 1);
    assert_ignored("/tmp: is no regular file");
    setenv("LOOM_TUNING", "/nowhere/at\nall", 1);
    assert_ignored("/nowhere/at?all: cannot be opened");
    setenv("LOOM_TUNING", "/dev/zero", 1);
    assert_ignored("/dev/zero: is no regular file");
    setenv("LOOM_TUNING", path, 1);
    remove(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_ignored("is no regular file");
    remove(path);
    write_text(header, CHOICE_OF("20 70 1 dram"));
    chmod(path, 0);
    if (geteuid() != 0) {
        assert_ignored("cannot be opened");
    }
}

static void the_status_is_cut_to_its_room(void **state) {
    (void)state;
    char whole[1000], text[1000];
    write_text("hello\n", "");
    const size_t length = loom_tuning_status(whole, sizeof whole);
    assert_int_equal(loom_tuning_status(NULL, 0), length);
    assert_int_equal(loom_tuning_status(text, 10), length);
    assert_int_equal(strlen(text), 9);
    assert_memory_equal(text, whole, 9);
}

/* ---- Damage ----------------------------------------------------------------------------- */

/* A file that ends early counts where it ends with a line after the header. */
static void cut_at_every_byte(void **state) {
    (void)state;
    char text[4000];
    const size_t head = strlen(header);
    snprintf(text, sizeof text, "%s%s", header, CHOICE_OF("20 70 1 dram") SAMPLE FAILED);
    for (size_t count = 0; count <= strlen(text); count++) {
        const int valid = count >= head && text[count - 1] == '\n';
        write_bytes(text, count);
        assert_plan(20, 70, valid && count > head ? LOOM_CHOICE_TUNED : LOOM_CHOICE_DEFAULT,
                    valid ? LOOM_TUNING_READ : LOOM_TUNING_IGNORED);
        assert_status(valid ? "is valid" : "is ignored", "");
    }
}

/* Every byte spoiled in two ways: no spoiled header counts, and plans are made from any. */
static void flipped_bytes(void **state) {
    (void)state;
    static const char masks[] = {0x01, 0x20};
    char text[4000];
    const size_t head = strlen(header);
    snprintf(text, sizeof text, "%s%s", header, CHOICE_OF("20 70 1 dram") SAMPLE FAILED);
    const size_t length = strlen(text);
    for (size_t i = 0; i < length * sizeof masks; i++) {
        char *byte = &text[i / sizeof masks];
        *byte ^= masks[i % sizeof masks];
        write_bytes(text, length);
        const loom_plan plan = plan_for(20, 70);
        if (i / sizeof masks < head) {
            assert_int_equal(plan.tuning, LOOM_TUNING_IGNORED);
        }
        if (plan.tuning == LOOM_TUNING_IGNORED) {
            assert_int_equal(plan.choice, LOOM_CHOICE_DEFAULT);
        }
        *byte ^= masks[i % sizeof masks];
    }
}

/* ---- Lines ------------------------------------------------------------------------------ */

static void count_row(void *count, const struct loom_tuned *row) {
    assert_int_equal(row->mode, LOOM_TABLE7);
    assert_int_equal(row->m, 4096);
    assert_int_equal(row->k, 999999999);
    assert_int_equal(row->threads, 16);
    assert_int_equal(row->residency, LOOM_CACHE);
    assert_string_equal(row->gemv, "a_1");
    assert_string_equal(row->few, "b");
    assert_string_equal(row->gemm, "c");
    ++*(int *)count;
}

static int is_result(const char *text) {
    char line[200];
    int choices = 0;
    snprintf(line, sizeof line, "%s", text);
    const int valid = loom_tuning_line(line, count_row, &choices);
    assert_int_equal(choices, valid && text[0] == 'c');
    return valid;
}

static void lines_are_results_or_not(void **state) {
    (void)state;
    static const char *const good[] = {
        "choice w2g32 table7 4096 999999999 16 cache a_1 1 1 b 1.5 4 c 1.5e-05 128",
        "sample t 1 1 1 1 dram a 0.5 0 0 0", "sample t 1 1 1 1 dram a 1e+04 12.25e-1 000 999999999",
        "failed a b", "failed a   signal 11, after  2 s "};
    static const char *const bad[] = {
        "",
        " ",
        "choice",
        "sample ",
        "failed",
        "failed ",
        "failed a",
        "failed a ",
        "failed  a b",
        "failed A b",
        "other a b",
        "Choice w2g32 table7 4096 1 16 cache a 1 1 b 1 4 c 1 128",
        "choice w2g32 table7 4096 1 16 cache a 1 1 b 1 4 c 1",
        "choice w2g32 table7 4096 1 16 cache a 1 1 b 1 4 c 1 128 1",
        "choice w2g32 table7 4096 1 16 cache a 1 1 b 1 4 c 1 128 ",
        "choice w2g32 table7 4096 1  cache a 1 1 b 1 4 c 1 128",
        "choice w2g32 best 4096 1 16 cache a 1 1 b 1 4 c 1 128",
        "choice w2g32 table7 4096 1 16 disk a 1 1 b 1 4 c 1 128",
        "choice w2g32 table7 0 1 16 cache a 1 1 b 1 4 c 1 128",
        "choice w2g32 table7 01 1 16 cache a 1 1 b 1 4 c 1 128",
        "choice w2g32 table7 1000000000 1 16 cache a 1 1 b 1 4 c 1 128",
        "choice w2g32 table7 -1 1 16 cache a 1 1 b 1 4 c 1 128",
        "sample t 1 1 1 1 dram a 0 0 0 0",
        "sample t 1 1 1 1 dram a 0.0e5 0 0 0",
        "sample t 1 1 1 1 dram a 1. 0 0 0",
        "sample t 1 1 1 1 dram a .5 0 0 0",
        "sample t 1 1 1 1 dram a 1e 0 0 0",
        "sample t 1 1 1 1 dram a 1e+ 0 0 0",
        "sample t 1 1 1 1 dram a 1,5 0 0 0",
        "sample t 1 1 1 1 dram a -1 0 0 0",
        "sample t 1 1 1 1 dram a nan 0 0 0",
        "sample t 1 1 1 1 dram a inf 0 0 0",
        "sample t 1 1 1 1 dram a 0x1 0 0 0",
        "sample t 1 1 1 1 dram A 1 0 0 0",
        "sample t 1 1 1 1 dram a 1 0 0 1.5",
        "sample t 1 1 1 1 dram a 1 0 0 0\r"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(is_result(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(is_result(bad[i]));
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_valid_file_is_used),
        CASE(other_line_ends_are_read),
        CASE(none_is_none),
        CASE(a_force_goes_first),
        CASE(kernels_that_the_library_lacks_are_passed_over),
        CASE(the_file_goes_before_rows_as_near),
        CASE(what_is_for_others_is_ignored),
        CASE(garbage_is_ignored),
        CASE(what_is_no_file_is_ignored),
        CASE(the_status_is_cut_to_its_room),
        CASE(cut_at_every_byte),
        CASE(flipped_bytes),
        CASE(a_held_file_is_read_once),
        CASE(a_held_file_chooses_as_a_named_one),
        CASE(what_is_not_valid_is_not_held),
        cmocka_unit_test(lines_are_results_or_not),
    };
    return cmocka_run_group_tests_name("tuning", tests, NULL, NULL);
}
