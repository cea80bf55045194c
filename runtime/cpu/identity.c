/* What measurements are valid for: the CPU's model, features and data caches in one line. */
#include "cpu/cpu.h"
#include "text/read_lines.h"
#include "text/write_line.h"

#include <string.h>

enum { MAX_PATH = 256 };

/* ---- Model ------------------------------------------------------------------------------ */

/* Kinds of cores that are told apart: no chip has more. */
enum { MAX_CORES = 4 };

struct model {
    char name[96], implementer[16];
    char core[MAX_CORES + 1][32]; /* the last for one more that is compared */
    size_t cores;
};

/* Printable characters but quotes and backslashes, a run of blanks as one and none at the end; no
 * more than fit. */
static void copy_plain(char *to, size_t size, const char *from) {
    size_t length = 0;
    int blank = 0;
    for (; *from && length + 2 < size; from++) {
        if (*from == ' ' || *from == '\t') {
            blank = length > 0;
        } else if (*from > ' ' && *from <= '~' && *from != '"' && *from != '\\') {
            if (blank) {
                to[length++] = ' ';
                blank = 0;
            }
            to[length++] = *from;
        }
    }
    to[length] = 0;
}

/* The value of a line "KEY : VALUE", or NULL where the key is another one. */
static const char *value_of(const char *line, const char *key) {
    const size_t length = strlen(key);
    if (strncmp(line, key, length) != 0) {
        return NULL;
    }
    const char *colon = line + length + strspn(line + length, " \t");
    return *colon == ':' ? colon + 1 : NULL;
}

/* Each kind of core once. */
static void add_core(struct model *model, const char *part) {
    char text[16], *core = model->core[model->cores];
    struct loom_line line = {core, sizeof model->core[0], 0};
    copy_plain(text, sizeof text, part);
    loom_line_add(&line, model->implementer);
    loom_line_add(&line, "/");
    loom_line_add(&line, text);
    for (size_t i = 0; i < model->cores; i++) {
        if (strcmp(model->core[i], core) == 0) {
            return;
        }
    }
    model->cores += model->cores < MAX_CORES;
}

static void take_line(struct model *model, const char *line) {
    const char *value = value_of(line, "model name");
    if (value && !model->name[0]) {
        copy_plain(model->name, sizeof model->name, value);
    } else if ((value = value_of(line, "CPU implementer"))) {
        copy_plain(model->implementer, sizeof model->implementer, value);
    } else if ((value = value_of(line, "CPU part"))) {
        add_core(model, value);
    }
}

/* Where there are parts, the list is read to its end: it names all cores, whichever of them reads
 * it. A name is in the part of the first processor, which an empty line ends. */
static struct model read_model(const char *root) {
    char path[MAX_PATH];
    struct loom_line name = {path, sizeof path, 0};
    struct model model = {0};
    struct loom_lines lines;
    const char *line;
    loom_line_add(&name, root);
    loom_line_add(&name, "/proc/cpuinfo");
    loom_lines_open(&lines, path);
    while ((line = loom_lines_next(&lines)) && (*line || !model.name[0] || model.cores > 0)) {
        take_line(&model, line);
    }
    loom_lines_close(&lines);
    return model;
}

/* "ARM 0x41/0xd05 0x41/0xd0b", implementer and part of every kind of core, where the system tells
 * them: the names beside them are those of an architecture. */
static void add_model(struct loom_line *line, const char *root) {
    const struct model model = read_model(root);
    if (model.cores == 0) {
        loom_line_add(line, model.name[0] ? model.name : "unknown CPU");
        return;
    }
    loom_line_add(line, "ARM");
    for (size_t i = 0; i < model.cores; i++) {
        loom_line_add(line, " ");
        loom_line_add(line, model.core[i]);
    }
}

/* ---- Features and caches ---------------------------------------------------------------- */

static void add_features(struct loom_line *line, uint32_t features) {
    const char *separator = "; ";
    for (size_t i = 0; i < loom_feature_count; i++) {
        if (features & loom_features[i].bit) {
            loom_line_add(line, separator);
            loom_line_add(line, loom_features[i].name);
            separator = " ";
        }
    }
}

/* The first line of a file of a cache of the first CPU, which is one CPU whichever reads it; empty
 * where there is none. */
static void read_cache(char *value, size_t size, const char *root, size_t index, const char *name) {
    char path[MAX_PATH];
    struct loom_line line = {path, sizeof path, 0};
    struct loom_lines lines;
    loom_line_add(&line, root);
    loom_line_add(&line, "/sys/devices/system/cpu/cpu0/cache/index");
    loom_line_add_number(&line, index);
    loom_line_add(&line, "/");
    loom_line_add(&line, name);
    loom_lines_open(&lines, path);
    const char *text = loom_lines_next(&lines);
    copy_plain(value, size, text ? text : "");
    loom_lines_close(&lines);
}

/* "48K L1, 2048K L2, 260M L3" */
static void add_caches(struct loom_line *line, const char *root) {
    char size[16], type[16], level[16];
    const char *separator = "; ";
    for (size_t i = 0; i < 10; i++) {
        read_cache(size, sizeof size, root, i, "size");
        read_cache(type, sizeof type, root, i, "type");
        read_cache(level, sizeof level, root, i, "level");
        if (size[0] && strcmp(type, "Instruction") != 0) {
            loom_line_add(line, separator);
            loom_line_add(line, size);
            loom_line_add(line, " L");
            loom_line_add(line, level);
            separator = ", ";
        }
    }
}

size_t loom_identity_of(char *text, size_t size, const char *root, uint32_t features) {
    struct loom_line line = {text, size, 0};
    add_model(&line, root);
    add_features(&line, features);
    add_caches(&line, root);
    return line.length;
}

size_t loom_cpu_identity(char *text, size_t size) {
    return loom_identity_of(text, size, "", loom_cpu_read());
}
