#include "sweep/line.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One character a word: w any, n a whole number above 0, z one from 0 on, s seconds, p a share,
 * m a mode, r a residency; a + after the last: any more. The first `key` words say what a line is
 * for. */
static const struct kind {
    const char *name, *words;
    size_t key;
} kinds[] = {
    {"sample", "wnnnnrwspnz", 8},
    {"failed", "ww+", 2},
    {"choice", "wmnnnrwsnwsnwsn", 7},
};

enum { MOST_WORD = 256 };

/* The next word of *text, cut off at MOST_WORD; false at the end, and where there is more than one
 * space. */
static bool next_word(const char **text, char word[MOST_WORD]) {
    const size_t length = strcspn(*text, " ");
    if (!length || length >= MOST_WORD) {
        return false;
    }
    memcpy(word, *text, length);
    word[length] = 0;
    *text += length + ((*text)[length] == ' ');
    return true;
}

static bool is_number(const char *word, const char *allowed, double *number) {
    char *end;
    *number = strtod(word, &end);
    return !*end && strspn(word, allowed) == strlen(word) && *number >= 0 && *number < 1e18;
}

static bool is_one_of(const char *word, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool word_fits(char kind, const char *word) {
    static const char *const modes[] = {"fastest", "exact", "table", "table7"};
    static const char *const residencies[] = {"dram", "cache"};
    static const char *const digits = "0123456789", *const decimal = "0123456789.e+-";
    double number;
    switch (kind) {
    case 'n':
        return is_number(word, digits, &number) && number > 0;
    case 'z':
        return is_number(word, digits, &number);
    case 's':
        return is_number(word, decimal, &number) && number > 0;
    case 'p':
        return is_number(word, decimal, &number);
    case 'm':
        return is_one_of(word, modes, sizeof modes / sizeof *modes);
    case 'r':
        return is_one_of(word, residencies, sizeof residencies / sizeof *residencies);
    default:
        return true;
    }
}

static const struct kind *kind_of(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

bool sweep_line_valid(const char *line) {
    char word[MOST_WORD];
    const struct kind *kind = next_word(&line, word) ? kind_of(word) : NULL;
    for (const char *expected = kind ? kind->words : ""; *expected; expected++) {
        if (*expected == '+') {
            return true;
        }
        if (!next_word(&line, word) || !word_fits(*expected, word)) {
            return false;
        }
    }
    return kind && !*line;
}

bool sweep_line_same(const char *a, const char *b) {
    char word[MOST_WORD], other[MOST_WORD];
    const char *first = a;
    const struct kind *kind = next_word(&first, word) ? kind_of(word) : NULL;
    for (size_t i = 0; kind && i < kind->key; i++) {
        if (!next_word(&a, word) || !next_word(&b, other) || strcmp(word, other) != 0) {
            return false;
        }
    }
    return kind != NULL;
}
