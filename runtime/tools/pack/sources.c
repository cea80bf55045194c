#define _GNU_SOURCE
#include "pack/sources.h"

#include "pack/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void map_file(struct recipe_file *file) {
    struct stat status;
    const int descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        fail("%s: %s", file->path, strerror(errno));
    }
    if (!S_ISREG(status.st_mode) || (uint64_t)status.st_size != file->bytes) {
        fail("%s: is not the file of the recipe: that has %llu bytes", file->path,
             (unsigned long long)file->bytes);
    }
    void *const mapped = mmap(NULL, (size_t)file->bytes, PROT_READ, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) {
        fail("%s: cannot be mapped: %s", file->path, strerror(errno));
    }
    (void)madvise(mapped, (size_t)file->bytes, MADV_SEQUENTIAL);
    close(descriptor);
    file->mapped = mapped;
}

void sources_map(struct recipe *recipe) {
    for (size_t i = 0; i < recipe->file_count; i++) {
        map_file(&recipe->files[i]);
    }
    for (size_t i = 0; i < recipe->matrix_count; i++) {
        struct recipe_matrix *const matrix = &recipe->matrices[i];
        for (size_t p = 0; p < matrix->source.parts; p++) {
            matrix->source.part[p].bytes = source_bytes(recipe, &matrix->place[p]);
            matrix->source.part[p].size = (size_t)matrix->place[p].bytes;
        }
    }
}

void source_release(const struct recipe *recipe, const struct place *place) {
    const uint8_t *const bytes = source_bytes(recipe, place);
    const size_t before = (uintptr_t)bytes % (uintptr_t)sysconf(_SC_PAGESIZE);
    if (place->bytes > 0) {
        (void)madvise((void *)(bytes - before), (size_t)place->bytes + before, MADV_DONTNEED);
    }
}
