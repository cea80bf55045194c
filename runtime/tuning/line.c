/* The lines of a tuning file after its header, as the generator's README describes them. */
#include <stdlib.h>

#include "tuning/tuning.h"

#include <string.h>

/* ---- Words ------------------------------------------------------------------------------ */

static const char *const mode_names[] = {
    [LOOM_FASTEST] = "fastest",
    [LOOM_EXACT] = "exact",
    [LOOM_TABLE] = "table",
    [LOOM_TABLE7] = "table7",
};
static const char *const residency_names[] = {[LOOM_DRAM] = "dram", [LOOM_CACHE] = "cache"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Index of a name in a list, or `count`. */
static size_t index_of(const char *const *names, size_t count, const char *name) {
    size_t i = 0;
    while (i < count && strcmp(names[i], name) != 0) {
        i++;
    }
    return i;
}

static const char *skip_digits(const char *text) {
    return text + strspn(text, "0123456789");
}

static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

static int is_name(const char *word) {
    return word[strspn(word, name_bytes)] == 0;
}

/* At most 9 digits, so that every value fits 32 bits. */
static int is_count(const char *word) {
    const char *end = skip_digits(word);
    return *end == 0 && end - word <= 9;
}

/* As %g writes it, with a point whatever the locale. */
static int is_number(const char *word) {
    const char *end = skip_digits(word);
    int valid = end != word;
    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        valid = valid && end != fraction;
    }
    if (*end == 'e') {
        const char *exponent = end + 1 + (end[1] == '-' || end[1] == '+');
        end = skip_digits(exponent);
        valid = valid && end != exponent;
    }
    return valid && *end == 0;
}

/* Seconds: a digit other than 0 before the exponent. */
static int is_above_zero(const char *word) {
    const char *digit = strpbrk(word, "123456789e");
    return is_number(word) && digit && *digit != 'e';
}

static int is_word(char kind, const char *word) {
    switch (kind) {
    case 'w':
        return is_name(word);
    case 'm':
        return index_of(mode_names, COUNT(mode_names), word) < COUNT(mode_names);
    case 'r':
        return index_of(residency_names, COUNT(residency_names), word) < COUNT(residency_names);
    case 'p':
        return is_count(word) && word[0] != '0';
    case 'c':
        return is_count(word);
    case 's':
        return is_above_zero(word);
    default:
        return is_number(word);
    }
}

/* ---- Lines ------------------------------------------------------------------------------ */

enum { MAX_WORDS = 16 };

/* The kind of each word after a line's first: w a name, m a mode, r a residency, p a whole number
 * above 0, c one from 0 on, s seconds, n any number from 0 on. */
static const char sample_words[] = "wpppprwsncc";
static const char choice_words[] = "wmppprwspwspwsp";

/* Splits a line at its blanks; the number of words, none of them empty, or 0. */
static size_t split_words(char *line, char *words[MAX_WORDS]) {
    size_t count = 0;
    for (char *next = line; next; count++) {
        char *blank = strchr(next, ' ');
        if (count == MAX_WORDS || *next == 0 || blank == next) {
            return 0;
        }
        words[count] = next;
        next = blank ? blank + 1 : NULL;
        if (blank) {
            *blank = 0;
        }
    }
    return count;
}

static int has_words(char *const *words, size_t count, const char *kinds) {
    if (count != strlen(kinds)) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_word(kinds[i], words[i])) {
            return 0;
        }
    }
    return 1;
}

static uint32_t number_of(const char *word) {
    return (uint32_t)strtoul(word, NULL, 10);
}

static void take_choice(char *const *words, loom_take_tuned *take, void *context) {
    const struct loom_tuned row = {
        .format = words[0],
        .mode = (uint8_t)index_of(mode_names, COUNT(mode_names), words[1]),
        .m = number_of(words[2]),
        .k = number_of(words[3]),
        .threads = number_of(words[4]),
        .residency = (uint8_t)index_of(residency_names, COUNT(residency_names), words[5]),
        .gemv = words[6],
        .few = words[9],
        .gemm = words[12],
        .isa = UINT8_MAX, /* by the header, this CPU's highest */
    };
    take(context, &row);
}

/* "failed KERNEL REASON...": what a sweep passed over says nothing to a plan. */
static int is_failure(const char *line) {
    static const char first[] = "failed ";
    if (strncmp(line, first, sizeof first - 1) != 0) {
        return 0;
    }
    const char *kernel = line + sizeof first - 1;
    const size_t length = strspn(kernel, name_bytes);
    return length > 0 && kernel[length] == ' ' && kernel[length + 1] != 0;
}

int loom_tuning_line(char *line, loom_take_tuned *take, void *context) {
    char *words[MAX_WORDS];
    if (is_failure(line)) {
        return 1;
    }
    const size_t count = split_words(line, words);
    if (count > 0 && strcmp(words[0], "choice") == 0 &&
        has_words(words + 1, count - 1, choice_words)) {
        take_choice(words + 1, take, context);
        return 1;
    }
    return count > 0 && strcmp(words[0], "sample") == 0 &&
           has_words(words + 1, count - 1, sample_words);
}
