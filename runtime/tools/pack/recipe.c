#define _POSIX_C_SOURCE 200809L
#include "pack/recipe.h"

#include "pack/fail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line that is being read. */
struct reader {
    const char *path;
    size_t number;
    char *rest; /* of the line: what was not taken yet; NULL at its end */
    struct recipe recipe;
};

_Noreturn static void refuse(const struct reader *reader, const char *reason) {
    fail("%s, line %zu: %s", reader->path, reader->number, reason);
}

/* ---- Words ---------------------------------------------------------------------------------- */

/* The next word of the line; NULL at its end. */
static char *next_word(struct reader *reader) {
    char *const word = reader->rest;
    if (word) {
        char *const tab = strchr(word, '\t');
        reader->rest = tab ? tab + 1 : NULL;
        if (tab) {
            *tab = '\0';
        }
    }
    return word;
}

static char *need_word(struct reader *reader) {
    char *const word = next_word(reader);
    if (!word || !*word) {
        refuse(reader, "a word is missing");
    }
    return word;
}

static char *copy(const char *word) {
    char *const copied = strdup(word);
    if (!copied) {
        fail("there is no memory for a recipe");
    }
    return copied;
}

/* Digits alone, up to `end`. */
static uint64_t number_of(const struct reader *reader, const char *word, char end,
                          const char **rest) {
    char *last;
    errno = 0;
    const unsigned long long number = strtoull(word, &last, 10);
    if (*word < '0' || *word > '9' || errno || *last != end) {
        refuse(reader, "a whole number is needed");
    }
    *rest = last + 1;
    return number;
}

static uint64_t need_number(struct reader *reader, uint64_t least, uint64_t most) {
    const char *rest;
    const uint64_t number = number_of(reader, need_word(reader), '\0', &rest);
    if (number < least || number > most) {
        refuse(reader, "a number is too small or too large");
    }
    return number;
}

/* FILE:OFFSET:BYTES */
static struct place place_of(const struct reader *reader, const char *word) {
    struct place place;
    place.file = (size_t)number_of(reader, word, ':', &word);
    place.offset = number_of(reader, word, ':', &word);
    place.bytes = number_of(reader, word, '\0', &word);
    if (place.file >= reader->recipe.file_count) {
        refuse(reader, "there is no file of that number");
    }
    const uint64_t all = reader->recipe.files[place.file].bytes;
    if (place.offset > all || place.bytes > all - place.offset) {
        refuse(reader, "the file ends before these bytes do");
    }
    return place;
}

/* ---- Lines ---------------------------------------------------------------------------------- */

static void read_file_line(struct reader *reader) {
    struct recipe *const recipe = &reader->recipe;
    recipe->files = need_room(recipe->files, recipe->file_count, sizeof *recipe->files);
    struct recipe_file *const file = &recipe->files[recipe->file_count++];
    *file = (struct recipe_file){.bytes = need_number(reader, 1, UINT64_MAX / 2)};
    file->path = copy(need_word(reader));
}

static void copy_name(const struct reader *reader, char *to, const char *name) {
    const size_t bytes = strlen(name) + 1;
    if (bytes > CODEC_NAME_BYTES || !*name) {
        refuse(reader, "the name of a number or a part is too long");
    }
    memcpy(to, name, bytes);
}

/* NAME=VALUE or NAME=FILE:OFFSET:BYTES */
static void read_word(struct reader *reader, struct recipe_matrix *matrix, char *word) {
    struct codec_matrix *const source = &matrix->source;
    char *const equal = strchr(word, '=');
    if (!equal) {
        refuse(reader, "a number or a part of a matrix is NAME=VALUE");
    }
    *equal = '\0';
    if (strchr(equal + 1, ':')) {
        if (source->parts == CODEC_PARTS) {
            refuse(reader, "a matrix has too many parts");
        }
        copy_name(reader, source->part[source->parts].name, word);
        matrix->place[source->parts++] = place_of(reader, equal + 1);
    } else {
        const char *rest;
        if (source->numbers == CODEC_NUMBERS) {
            refuse(reader, "a matrix has too many numbers");
        }
        copy_name(reader, source->number[source->numbers].name, word);
        source->number[source->numbers++].value =
            (int64_t)(number_of(reader, equal + 1, '\0', &rest) & INT64_MAX);
    }
}

static void read_matrix_line(struct reader *reader) {
    struct recipe *const recipe = &reader->recipe;
    recipe->matrices = need_room(recipe->matrices, recipe->matrix_count, sizeof *recipe->matrices);
    struct recipe_matrix *const matrix = &recipe->matrices[recipe->matrix_count++];
    *matrix = (struct recipe_matrix){.name = copy(need_word(reader))};
    matrix->format = copy(need_word(reader));
    if (loom_format_parse(&matrix->source.format, matrix->format) != LOOM_OK) {
        refuse(reader, loom_status_text(LOOM_ERROR_FORMAT));
    }
    matrix->source.m = (size_t)need_number(reader, 1, LOOM_MAX_DIM);
    matrix->source.k = (size_t)need_number(reader, 1, LOOM_MAX_DIM);
    matrix->source.count = (size_t)need_number(reader, 1, LOOM_MAX_DIM);
    const char *const codec = need_word(reader);
    matrix->codec = codec_find(codec);
    if (!matrix->codec) {
        fail("%s: there is no codec '%s' for it", matrix->name, codec);
    }
    for (char *word; (word = next_word(reader));) {
        read_word(reader, matrix, word);
    }
}

static void read_tensor_line(struct reader *reader) {
    struct recipe *const recipe = &reader->recipe;
    recipe->tensors = need_room(recipe->tensors, recipe->tensor_count, sizeof *recipe->tensors);
    struct recipe_tensor *const tensor = &recipe->tensors[recipe->tensor_count++];
    *tensor = (struct recipe_tensor){.name = copy(need_word(reader))};
    tensor->type = copy(need_word(reader));
    tensor->place = place_of(reader, need_word(reader));
    while (reader->rest) {
        if (tensor->dims == RECIPE_DIMS) {
            refuse(reader, "a tensor has too many dimensions");
        }
        tensor->shape[tensor->dims++] = need_number(reader, 0, UINT64_MAX);
    }
}

static const struct {
    const char *name;
    void (*read)(struct reader *reader);
} lines[] = {
    {"file", read_file_line},
    {"matrix", read_matrix_line},
    {"tensor", read_tensor_line},
};

/* False for the last line. */
static bool read_line(struct reader *reader) {
    const char *const name = need_word(reader);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (strcmp(lines[i].name, name) == 0) {
            lines[i].read(reader);
            if (reader->rest) {
                refuse(reader, "has too many words");
            }
            return true;
        }
    }
    if (strcmp(name, "end") != 0) {
        refuse(reader, "is no line of a recipe");
    }
    return false;
}

static bool next_line(struct reader *reader, FILE *file, char **line, size_t *room) {
    const ssize_t length = getline(line, room, file);
    reader->number++;
    if (length < 0) {
        return false;
    }
    if ((*line)[length - 1] != '\n' || strlen(*line) != (size_t)length) {
        refuse(reader, "is no whole line");
    }
    (*line)[length - 1] = '\0';
    reader->rest = *line;
    return true;
}

struct recipe recipe_read(const char *path) {
    struct reader reader = {.path = path};
    FILE *const file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    if (!file) {
        fail("%s: %s", path, strerror(errno));
    }
    if (!next_line(&reader, file, &line, &room) || strcmp(line, "lutloom-recipe 1") != 0) {
        refuse(&reader, "is not the first line of a recipe of this version");
    }
    do {
        if (!next_line(&reader, file, &line, &room)) {
            refuse(&reader, "the recipe's end is missing");
        }
    } while (read_line(&reader));
    free(line);
    fclose(file);
    return reader.recipe;
}
