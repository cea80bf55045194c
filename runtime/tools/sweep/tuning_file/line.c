#include "sweep/tuning_file/line.h"

#include "tuning/tuning.h"

#include <stddef.h>
#include <string.h>

/* How many words, the first included, say what a line is for. */
static const struct kind {
    const char *name;
    size_t key;
} kinds[] = {{"sample", 8}, {"failed", 2}, {"choice", 7}};

enum { MOST_LINE = 4096 };

static void ignore(void *context, const struct loom_tuned *row) {
    (void)context, (void)row;
}

bool sweep_line_valid(const char *line) {
    char copy[MOST_LINE];
    const size_t length = strlen(line);
    if (length >= sizeof copy) {
        return false;
    }
    memcpy(copy, line, length + 1);
    return loom_tuning_line(copy, ignore, NULL);
}

/* The bytes of the words that say what a line is for, 0 for no kind of line. */
static size_t key_length(const char *line) {
    const size_t first = strcspn(line, " ");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i].name) == first && strncmp(kinds[i].name, line, first) == 0) {
            const char *end = line + first;
            for (size_t word = 1; word < kinds[i].key; word++) {
                end += strspn(end, " ");
                end += strcspn(end, " ");
            }
            return (size_t)(end - line);
        }
    }
    return 0;
}

bool sweep_line_same(const char *a, const char *b) {
    const size_t length = key_length(a);
    return length > 0 && length == key_length(b) && strncmp(a, b, length) == 0;
}
