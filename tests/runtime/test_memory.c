/* Memory on large pages: sizes, alignment, what the system was asked for, and that it comes back.
 */
#define _DEFAULT_SOURCE
#include "fake.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static const size_t mib = (size_t)1 << 20;

/* All of it can be written, and no other piece is where it is. */
static void every_size_is_usable(void **state) {
    (void)state;
    const size_t sizes[] = {1, 63, 64, 1000, 2 * mib - 1, 2 * mib, 2 * mib + 1, 5 * mib};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    uint8_t *memory[SIZES];
    for (size_t i = 0; i < SIZES; i++) {
        int huge = -1;
        memory[i] = loom_memory_alloc(sizes[i], &huge);
        assert_non_null(memory[i]);
        assert_int_equal((uintptr_t)memory[i] % (sizes[i] < 2 * mib ? LOOM_ALIGN : 2 * mib), 0);
        assert_true(huge == 0 || (huge == 1 && sizes[i] >= 2 * mib));
        memset(memory[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < SIZES; i++) {
        assert_int_equal(memory[i][0], i);
        assert_int_equal(memory[i][sizes[i] - 1], i);
        loom_memory_free(memory[i], sizes[i]);
    }
}

static void impossible_sizes(void **state) {
    (void)state;
    const size_t sizes[] = {0, SIZE_MAX, SIZE_MAX - 64, SIZE_MAX - 2 * mib, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int huge = 1;
        assert_null(loom_memory_alloc(sizes[i], &huge));
        assert_int_equal(huge, 0);
    }
    loom_memory_free(NULL, 0);
    loom_memory_free(NULL, 2 * mib);
}

#ifdef MADV_HUGEPAGE

/* 1 if the flags of the mapping that begins at `memory` include "hg"; -1 if they are not told. */
static int has_huge_flag(const void *memory) {
    char line[512];
    int here = 0, flag = -1;
    FILE *f = fopen("/proc/self/smaps", "r");
    while (f && flag < 0 && fgets(line, sizeof line, f)) {
        unsigned long long begin, end;
        if (sscanf(line, "%llx-%llx", &begin, &end) == 2) {
            here = begin <= (uintptr_t)memory && (uintptr_t)memory < end;
        } else if (here && strncmp(line, "VmFlags:", 8) == 0) {
            flag = strstr(line, " hg") != NULL;
        }
    }
    if (f) {
        fclose(f);
    }
    return flag;
}

static void huge_pages_are_asked_for(void **state) {
    (void)state;
    int huge = -1;
    void *memory = loom_memory_alloc(3 * mib, &huge);
    assert_non_null(memory);
    const int flag = has_huge_flag(memory);
    loom_memory_free(memory, 3 * mib);
    if (flag < 0) {
        skip();
    }
    assert_int_equal(huge, flag);
}

static long mapped_pages(void) {
    long pages = -1;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f) {
        if (fscanf(f, "%ld", &pages) != 1) {
            pages = -1;
        }
        fclose(f);
    }
    return pages;
}

/* 20 times what alignment needs, 2 MiB, would show. */
static void all_of_it_comes_back(void **state) {
    (void)state;
    const long before = mapped_pages();
    if (before < 0) {
        skip();
    }
    for (int i = 0; i < 20; i++) {
        loom_memory_free(loom_memory_alloc(5 * mib, NULL), 5 * mib);
    }
    assert_true((mapped_pages() - before) * 4096 < (long)(20 * mib));
}

#define LINUX_TESTS                                                                                \
    cmocka_unit_test(huge_pages_are_asked_for), cmocka_unit_test(all_of_it_comes_back),
#else
#define LINUX_TESTS
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        LINUX_TESTS cmocka_unit_test(every_size_is_usable),
        cmocka_unit_test(impossible_sizes),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
