/* Reading a tool's command line. Every error is one line on stderr and exit status 2. */
#ifndef LOOM_TOOLS_COMMON_ARGUMENTS_H
#define LOOM_TOOLS_COMMON_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

struct arguments {
    const char *tool; /* as messages name it */
    int count;        /* those not read yet */
    char **text;
};

/* The arguments of main: the tool is the file's name in argv[0], the others are to be read. */
struct arguments arguments_make(int argc, char **argv);

/* Takes the next argument if it is `name`. */
bool arguments_flag(struct arguments *a, const char *name);

/* Takes the next argument if it is `name VALUE` or `name=VALUE`: the value, else NULL. An
 * option without its value is an error. */
const char *arguments_value(struct arguments *a, const char *name);

/* Takes the next argument if it does not start with `-`: itself, else NULL. */
const char *arguments_word(struct arguments *a);

/* Prints "TOOL: ..." and exits. */
_Noreturn __attribute__((format(printf, 2, 3))) void arguments_fail(const struct arguments *a,
                                                                    const char *reason, ...);

/* The value of option `name` as a whole number from least to most. */
uint64_t arguments_number(const struct arguments *a, const char *name, const char *value,
                          uint64_t least, uint64_t most);

/* A copy of an option's value, to be freed by the caller. */
char *arguments_copy(const struct arguments *a, const char *value);

/* An error if a file that option `name` asks for cannot be there, as something else is. */
void arguments_check_file(const struct arguments *a, const char *name, const char *path);

#endif
