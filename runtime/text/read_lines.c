/* Reads a text file line by line, without allocating. */
#define _POSIX_C_SOURCE 200809L
#include "text/read_lines.h"

#include <string.h>

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without waiting for whoever writes to what turns out to be a pipe. */
void loom_lines_open(struct loom_lines *lines, const char *path) {
    struct stat status;
    lines->number = lines->begin = lines->end = 0;
    lines->fault = NULL;
    lines->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (lines->file < 0) {
        lines->fault = "cannot be opened";
    } else if (fstat(lines->file, &status) != 0 || !S_ISREG(status.st_mode)) {
        lines->fault = "is no regular file";
    }
}

void loom_lines_close(struct loom_lines *lines) {
    if (lines->file >= 0) {
        close(lines->file);
    }
}

/* Bytes that were added, 0 at the end of the file, -1 for an error. */
static ptrdiff_t read_more(struct loom_lines *lines) {
    ptrdiff_t count;
    do {
        count = read(lines->file, lines->bytes + lines->end, sizeof lines->bytes - lines->end);
    } while (count < 0 && errno == EINTR);
    return count;
}
#else
/* The files that this is for are Linux's, or describe a CPU that only Linux tells. */
void loom_lines_open(struct loom_lines *lines, const char *path) {
    (void)path;
    lines->number = lines->begin = lines->end = 0;
    lines->fault = "is not read: only Linux's files are";
}

void loom_lines_close(struct loom_lines *lines) {
    (void)lines;
}

static ptrdiff_t read_more(struct loom_lines *lines) {
    (void)lines;
    return -1;
}
#endif

/* Moves what is no line yet to the front and reads on; 0 where nothing comes. */
static int fill(struct loom_lines *lines) {
    lines->end -= lines->begin;
    memmove(lines->bytes, lines->bytes + lines->begin, lines->end);
    lines->begin = 0;
    if (lines->end == sizeof lines->bytes) {
        lines->number++;
        lines->fault = "is too long for a line";
        return 0;
    }
    const ptrdiff_t count = read_more(lines);
    if (count > 0) {
        lines->end += (size_t)count;
        return 1;
    }
    if (count < 0) {
        lines->fault = "cannot be read";
    } else if (lines->end > 0) {
        lines->number++;
        lines->fault = "is not complete";
    }
    return 0;
}

/* Of a file that an editor, or a copy to Windows and back, has given other line ends. */
static void drop_return(const char *line, char *end) {
    if (end > line && end[-1] == '\r') {
        end[-1] = 0;
    }
}

char *loom_lines_next(struct loom_lines *lines) {
    while (!lines->fault) {
        char *line = lines->bytes + lines->begin;
        char *newline = memchr(line, '\n', lines->end - lines->begin);
        if (newline) {
            *newline = 0;
            lines->begin = (size_t)(newline + 1 - lines->bytes);
            lines->number++;
            if (strlen(line) == (size_t)(newline - line)) {
                drop_return(line, newline);
                return line;
            }
            lines->fault = "is no text";
        } else if (!fill(lines)) {
            break;
        }
    }
    return NULL;
}
