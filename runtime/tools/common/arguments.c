#define _POSIX_C_SOURCE 200809L
#include "common/arguments.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct arguments arguments_make(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/');
    return (struct arguments){slash ? slash + 1 : argv[0], argc - 1, argv + 1};
}

static char *take(struct arguments *a) {
    a->count--;
    return *a->text++;
}

bool arguments_flag(struct arguments *a, const char *name) {
    if (!a->count || strcmp(a->text[0], name) != 0) {
        return false;
    }
    take(a);
    return true;
}

const char *arguments_value(struct arguments *a, const char *name) {
    const size_t length = strlen(name);
    if (!a->count || strncmp(a->text[0], name, length) != 0) {
        return NULL;
    }
    if (a->text[0][length] == '=') {
        return take(a) + length + 1;
    }
    if (a->text[0][length]) {
        return NULL;
    }
    if (a->count == 1) {
        arguments_fail(a, "%s needs a value", name);
    }
    take(a);
    return take(a);
}

const char *arguments_word(struct arguments *a) {
    return a->count && a->text[0][0] != '-' ? take(a) : NULL;
}

void arguments_fail(const struct arguments *a, const char *reason, ...) {
    va_list args;
    fprintf(stderr, "%s: ", a->tool);
    va_start(args, reason);
    vfprintf(stderr, reason, args);
    va_end(args);
    fputc('\n', stderr);
    exit(2);
}

uint64_t arguments_number(const struct arguments *a, const char *name, const char *value,
                          uint64_t least, uint64_t most) {
    char *end;
    errno = 0;
    const uint64_t number = strtoull(value, &end, 0);
    if (errno || end == value || *end || value[0] == '-' || number < least || number > most) {
        arguments_fail(a, "%s %s: a whole number from %" PRIu64 " to %" PRIu64 " is needed", name,
                       value, least, most);
    }
    return number;
}

void arguments_check_file(const struct arguments *a, const char *name, const char *path) {
    struct stat status;
    if (!*path || (stat(path, &status) == 0 && !S_ISREG(status.st_mode))) {
        arguments_fail(a, "%s %s: is not the name of a regular file", name, path);
    }
}

char *arguments_copy(const struct arguments *a, const char *value) {
    char *copied = strdup(value);
    if (!copied) {
        arguments_fail(a, "no memory");
    }
    return copied;
}
