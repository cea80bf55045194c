/* Memory on large pages, for weights. */
#ifdef __linux__
#define _GNU_SOURCE
#include <sys/mman.h>
#endif
#include <stdlib.h>

#include "loom.h"

static const size_t huge_page = (size_t)2 << 20;

/* `bytes` as a multiple of `unit`; 0 if there is no such size_t: the sum wraps to less than one. */
static size_t round_up(size_t bytes, size_t unit) {
    return (bytes + unit - 1) / unit * unit;
}

#ifdef MADV_HUGEPAGE

/* Maps one page more than is needed, and gives back what is before and after the aligned part.
 * A sum that wraps is 0, which is no size to map. */
static void *map_aligned(size_t bytes) {
    uint8_t *start =
        mmap(NULL, bytes + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return NULL;
    }
    const size_t before = (huge_page - (uintptr_t)start % huge_page) % huge_page;
    if (before > 0) {
        munmap(start, before);
    }
    munmap(start + before + bytes, huge_page - before);
    return start + before;
}

static void *alloc_huge(size_t bytes, int *asked) {
    void *memory = map_aligned(bytes);
    *asked = memory && madvise(memory, bytes, MADV_HUGEPAGE) == 0;
    return memory;
}

static void free_huge(void *memory, size_t bytes) {
    munmap(memory, bytes);
}

#else

static void *alloc_huge(size_t bytes, int *asked) {
    *asked = 0;
    return aligned_alloc(huge_page, bytes);
}

static void free_huge(void *memory, size_t bytes) {
    (void)bytes;
    free(memory);
}

#endif

void *loom_memory_alloc(size_t bytes, int *huge) {
    int asked = 0;
    const size_t size = round_up(bytes, bytes < huge_page ? LOOM_ALIGN : huge_page);
    void *memory = NULL;
    if (bytes >= huge_page && size > 0) {
        memory = alloc_huge(size, &asked);
    } else if (size > 0) {
        memory = aligned_alloc(LOOM_ALIGN, size);
    }
    if (huge) {
        *huge = asked;
    }
    return memory;
}

void loom_memory_free(void *memory, size_t bytes) {
    if (memory && bytes >= huge_page) {
        free_huge(memory, round_up(bytes, huge_page));
    } else {
        free(memory);
    }
}
