/* A tuning file: its header says what it is valid for, and what does not match is ignored whole. */
#include "cpu/cpu.h"
#include "text/read_lines.h"
#include "tuning/tuning.h"

#include <string.h>

struct file {
    const char *path;
    struct loom_lines lines;
    struct loom_line *why;
};

/* Begins the sentence: the file, and the line that was read last. */
static void add_place(struct file *file) {
    loom_line_add(file->why, file->path);
    if (file->lines.number > 0) {
        loom_line_add(file->why, ", line ");
        loom_line_add_number(file->why, file->lines.number);
    }
    loom_line_add(file->why, ": ");
}

static int refuse_line(struct file *file, const char *reason) {
    add_place(file);
    loom_line_add(file->why, reason);
    return 0;
}

static int refuse_field(struct file *file, const char *name, const char *there, const char *here) {
    add_place(file);
    loom_line_add(file->why, name);
    loom_line_add(file->why, " is '");
    loom_line_add(file->why, there);
    loom_line_add(file->why, "', and here it is '");
    loom_line_add(file->why, here);
    loom_line_add(file->why, "'");
    return 0;
}

/* The next line of the header has to be the name, a blank, and the value. */
static int check_field(struct file *file, const char *name, const char *value) {
    const char *line = loom_lines_next(&file->lines);
    const size_t length = strlen(name);
    if (!line) {
        return refuse_line(file, file->lines.fault ? file->lines.fault : "the header ends here");
    }
    if (strncmp(line, name, length) != 0 || line[length] != ' ') {
        add_place(file);
        loom_line_add(file->why, "does not begin with ");
        loom_line_add(file->why, name);
        return 0;
    }
    line += length + 1;
    return strcmp(line, value) == 0 || refuse_field(file, name, line, value);
}

static int check_values(struct file *file, const struct loom_registry *registry,
                        uint32_t features) {
    char cpu[LOOM_IDENTITY_BYTES];
    loom_cpu_identity(cpu, sizeof cpu);
    const char *isa = registry->isas[loom_highest_isa(registry, features)].name;
    return check_field(file, "cpu", cpu) && check_field(file, "isa", isa) &&
           check_field(file, "compiler", registry->compiler) &&
           check_field(file, "kernels", registry->hash);
}

static int read_results(struct file *file, loom_take_tuned *take, void *context) {
    char *line;
    while ((line = loom_lines_next(&file->lines))) {
        if (!loom_tuning_line(line, take, context)) {
            return refuse_line(file, "is no result");
        }
    }
    return !file->lines.fault || refuse_line(file, file->lines.fault);
}

int loom_tuning_read(const char *path, const struct loom_registry *registry, uint32_t features,
                     loom_take_tuned *take, void *context, struct loom_line *why) {
    struct file file = {.path = path, .why = why};
    loom_lines_open(&file.lines, path);
    const int valid = check_field(&file, "lutloom-tuning", "3") &&
                      check_values(&file, registry, features) && read_results(&file, take, context);
    loom_lines_close(&file.lines);
    return valid;
}
