#define _GNU_SOURCE
#include "sweep/tuning_file/file.h"

#include "sweep/tuning_file/line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[] = "lutloom-tuning ";

static void *checked(void *memory) {
    if (!memory) {
        abort();
    }
    return memory;
}

/* ---- Lines ----------------------------------------------------------------------------- */

static void add_line(struct sweep_file *file, const char *line) {
    char *copied = checked(strdup(line));
    for (size_t i = 0; i < file->count; i++) {
        if (sweep_line_same(file->lines[i], line)) {
            free(file->lines[i]);
            file->lines[i] = copied;
            return;
        }
    }
    const size_t bytes = (file->count + 1) * sizeof *file->lines;
    file->lines = (char **)checked(realloc((void *)file->lines, bytes));
    file->lines[file->count++] = copied;
}

void sweep_file_add(struct sweep_file *file, const char *format, ...) {
    char *line;
    va_list args;
    va_start(args, format);
    const int length = vasprintf(&line, format, args);
    va_end(args);
    if (length < 0) {
        abort();
    }
    add_line(file, line);
    free(line);
}

bool sweep_file_has(const struct sweep_file *file, const char *words) {
    const size_t length = strlen(words);
    for (size_t i = 0; i < file->count; i++) {
        if (strncmp(file->lines[i], words, length) == 0 && file->lines[i][length] == ' ') {
            return true;
        }
    }
    return false;
}

/* ---- Reading --------------------------------------------------------------------------- */

static _Noreturn void fail(const struct sweep_file *file, const char *what) {
    arguments_fail(file->arguments, "--output %s: %s: %s", file->path, what, strerror(errno));
}

/* What is no tuning file has no text for us. */
static char *refuse(const struct sweep_file *file, char *text) {
    if (!file->fresh) {
        arguments_fail(file->arguments, "--output %s: is no tuning file; --fresh writes one there",
                       file->path);
    }
    free(text);
    return NULL;
}

/* The text of a tuning file; NULL where there is none. */
static char *read_text(const struct sweep_file *file) {
    FILE *in = fopen(file->path, "r");
    char *text = NULL;
    size_t size = 0;
    if (!in && errno == ENOENT) {
        return NULL;
    }
    const ssize_t length = in ? getdelim(&text, &size, 0, in) : -1;
    if (!in || ferror(in)) {
        fail(file, "cannot be read");
    }
    fclose(in);
    if (length <= 0) {
        free(text);
        return NULL;
    }
    const bool is_ours = text[length - 1] && strncmp(text, magic, strlen(magic)) == 0;
    return is_ours ? text : refuse(file, text);
}

/* The first line of the file's header that is another one, as a remark. */
static void remark_header(const struct sweep_file *file, const char *text) {
    const char *wanted = file->header;
    size_t length = strcspn(text, "\n"), wanted_length = strcspn(wanted, "\n");
    while (*wanted && length == wanted_length && strncmp(text, wanted, length) == 0) {
        text += length + (text[length] == '\n');
        wanted += wanted_length + 1;
        length = strcspn(text, "\n");
        wanted_length = strcspn(wanted, "\n");
    }
    fprintf(stderr, "%s: %s is written anew: it has '%.*s', and this is '%.*s'\n",
            file->arguments->tool, file->path, (int)length, text, (int)wanted_length, wanted);
}

static bool is_forgotten(const struct sweep_file *file, const char *line) {
    static const char failed[] = "failed ";
    return file->fresh && strncmp(line, failed, strlen(failed)) == 0;
}

/* What is no complete result, such as the last line of a copy that was cut off, is left out. */
static void keep_lines(struct sweep_file *file, char *text) {
    size_t left_out = 0;
    for (char *end; *text; text = end) {
        end = strchrnul(text, '\n');
        const bool complete = *end != 0;
        end += complete;
        text[strcspn(text, "\n")] = 0;
        if (!complete || !sweep_line_valid(text)) {
            left_out++;
        } else if (!is_forgotten(file, text)) {
            add_line(file, text);
        }
    }
    if (left_out) {
        fprintf(stderr, "%s: %s: %zu lines are no results, and are left out\n",
                file->arguments->tool, file->path, left_out);
    }
}

static void read_file(struct sweep_file *file) {
    char *text = read_text(file);
    const size_t header = strlen(file->header);
    if (!text) {
        return;
    }
    if (strncmp(text, file->header, header) == 0) {
        keep_lines(file, text + header);
    } else {
        remark_header(file, text);
    }
    free(text);
}

/* ---- Writing --------------------------------------------------------------------------- */

static char *partial_name(const struct sweep_file *file) {
    char *name;
    if (asprintf(&name, "%s.partial", file->path) < 0) {
        abort();
    }
    return name;
}

/* All of the text, whatever a signal leaves of a write. */
static bool write_all(int out, const char *text, size_t length) {
    while (length) {
        const ssize_t written = write(out, text, length);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        text += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* Header and lines from the first-th on. The caller frees the text. */
static char *make_text(const struct sweep_file *file, bool header, size_t first, size_t *length) {
    char *text;
    FILE *out = open_memstream(&text, length);
    if (!out) {
        abort();
    }
    fputs(header ? file->header : "", out);
    for (size_t i = first; i < file->count; i++) {
        fprintf(out, "%s\n", file->lines[i]);
    }
    fclose(out);
    return checked(text);
}

static void write_stdout(struct sweep_file *file) {
    size_t length;
    char *text = make_text(file, !file->written, file->written, &length);
    if (!write_all(STDOUT_FILENO, text, length)) {
        arguments_fail(file->arguments, "standard output cannot be written: %s", strerror(errno));
    }
    file->written = file->count;
    free(text);
}

static void replace(const struct sweep_file *file, const char *partial) {
    size_t length;
    char *text = make_text(file, true, 0, &length);
    const int out = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    const bool ok = out >= 0 && write_all(out, text, length) && fsync(out) == 0;
    if ((out >= 0 && close(out) != 0) || !ok || rename(partial, file->path) != 0) {
        const int reason = errno;
        unlink(partial);
        errno = reason;
        fail(file, "cannot be written");
    }
    free(text);
}

void sweep_file_write(struct sweep_file *file) {
    if (!file->path) {
        write_stdout(file);
        return;
    }
    char *partial = partial_name(file);
    replace(file, partial);
    free(partial);
}

/* ---- The whole ------------------------------------------------------------------------- */

/* That the file cannot be written is better known before an hour of measuring. */
static void try_writing(const struct sweep_file *file) {
    char *partial = partial_name(file);
    const int out = open(partial, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (out < 0) {
        fail(file, "cannot be written");
    }
    close(out);
    unlink(partial);
    free(partial);
}

struct sweep_file sweep_file_open(const struct arguments *arguments, const char *path,
                                  const char *header, bool fresh) {
    struct sweep_file file = {.arguments = arguments, .path = path, .fresh = fresh};
    file.header = checked(strdup(header));
    if (path) {
        arguments_check_file(arguments, "--output", path);
        try_writing(&file);
        read_file(&file);
    }
    return file;
}

void sweep_file_free(struct sweep_file *file) {
    for (size_t i = 0; i < file->count; i++) {
        free(file->lines[i]);
    }
    free((void *)file->lines);
    free(file->header);
}
