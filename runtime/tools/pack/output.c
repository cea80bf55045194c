#define _GNU_SOURCE
#include "pack/output.h"

#include "pack/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Those that are not finished: a signal's handler reads them. */
static char *volatile unfinished[OUTPUT_MOST];

void output_discard(void) {
    for (size_t i = 0; i < OUTPUT_MOST; i++) {
        if (unfinished[i]) {
            unlink(unfinished[i]);
        }
    }
}

static void on_signal(int number) {
    output_discard();
    signal(number, SIG_DFL);
    raise(number);
}

/* A signal that the program was told to ignore stays ignored. A file that becomes too large is an
 * error as any other. */
static void catch_signals(void) {
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction before;
        const struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
        if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL) {
            sigaction(ends[i], &action, NULL);
        }
    }
    signal(SIGXFSZ, SIG_IGN);
}

static void remember(char *temporary) {
    for (size_t i = 0; i < OUTPUT_MOST; i++) {
        if (!unfinished[i]) {
            unfinished[i] = temporary;
            return;
        }
    }
    fail("%s: too many files are being written", temporary);
}

static void forget(const char *temporary) {
    for (size_t i = 0; i < OUTPUT_MOST; i++) {
        if (unfinished[i] == temporary) {
            unfinished[i] = NULL;
        }
    }
}

/* Whether the file is still the one of that name: another process may have finished it. */
static int is_there(int descriptor, const char *path) {
    struct stat ours, theirs;
    return fstat(descriptor, &ours) == 0 && stat(path, &theirs) == 0 &&
           ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

/* The lock ends with the process, whatever ends it. */
static int open_alone(const char *path, const char *temporary) {
    int descriptor;
    do {
        descriptor = open(temporary, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (descriptor < 0) {
            fail("%s: %s", temporary, strerror(errno));
        }
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            fail("%s: another process is writing it", path);
        }
    } while (!is_there(descriptor, temporary) && close(descriptor) == 0);
    return descriptor;
}

struct output output_begin(const char *path, uint64_t bytes) {
    struct output output = {strdup(path), NULL, -1};
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        fail("%s: is no regular file", path);
    }
    if (!output.path || asprintf(&output.temporary, "%s.part", path) < 0) {
        fail("there is no memory for a name");
    }
    catch_signals();
    output.descriptor = open_alone(path, output.temporary);
    remember(output.temporary);
    if (ftruncate(output.descriptor, 0) != 0 || ftruncate(output.descriptor, (off_t)bytes) != 0) {
        fail("%s: %s", path, strerror(errno));
    }
    return output;
}

void output_write(const struct output *output, uint64_t offset, const void *bytes, size_t size) {
    const char *from = bytes;
    while (size > 0) {
        const ssize_t written = pwrite(output->descriptor, from, size, (off_t)offset);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            fail("%s: %s", output->path, written < 0 ? strerror(errno) : "nothing was written");
        }
        from += written;
        offset += (uint64_t)written;
        size -= (size_t)written;
    }
}

void output_flush(const struct output *output, uint64_t offset, uint64_t bytes) {
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(output->descriptor, (off_t)offset, (off_t)bytes, SYNC_FILE_RANGE_WRITE);
#else
    (void)output, (void)offset, (void)bytes;
#endif
}

void output_sync(const struct output *output) {
    if (fsync(output->descriptor) != 0) {
        fail("%s: %s", output->path, strerror(errno));
    }
}

/* The folder has the new name on its disk, too. */
static void sync_folder(const char *path) {
    char *const copy = strdup(path);
    const int folder = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
    free(copy);
}

void output_finish(struct output *output) {
    if (rename(output->temporary, output->path) != 0) {
        fail("%s: %s", output->path, strerror(errno));
    }
    forget(output->temporary);
    close(output->descriptor);
    sync_folder(output->path);
    free(output->temporary);
    free(output->path);
}
