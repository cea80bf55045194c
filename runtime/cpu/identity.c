/* What measurements are valid for: the CPU's model, features and data caches in one line. */
#include "cpu/cpu.h"
#include "text/read_lines.h"
#include "text/write_line.h"

#include <string.h>

enum { MAX_PATH = 256, MAX_CPUS = 8192 };

/* ---- Model ------------------------------------------------------------------------------ */

/* Kinds of cores that are told apart: no chip has more. */
enum { MAX_KINDS = 4 };

/* Each once, in alphabetical order: which core is the first depends on which are online. */
struct kinds {
    char name[MAX_KINDS + 1][48]; /* the last for one more that is compared */
    size_t count;
};

struct model {
    char name[96], implementer[16];
    struct kinds kinds;
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

static void add_kind(struct kinds *kinds, const char *text) {
    char name[sizeof kinds->name[0]];
    size_t at = 0;
    copy_plain(name, sizeof name, text);
    while (at < kinds->count && strcmp(kinds->name[at], name) < 0) {
        at++;
    }
    if (at < kinds->count && strcmp(kinds->name[at], name) == 0) {
        return;
    }
    memmove(kinds->name[at + 1], kinds->name[at], (MAX_KINDS - at) * sizeof kinds->name[0]);
    copy_plain(kinds->name[at], sizeof kinds->name[at], name);
    kinds->count += kinds->count < MAX_KINDS;
}

/* "0x41/0xd05" */
static void add_part(struct model *model, const char *part) {
    char text[16], kind[48];
    struct loom_line line = {kind, sizeof kind, 0};
    copy_plain(text, sizeof text, part);
    loom_line_add(&line, model->implementer);
    loom_line_add(&line, "/");
    loom_line_add(&line, text);
    add_kind(&model->kinds, kind);
}

static void take_line(struct model *model, const char *line) {
    const char *value = value_of(line, "model name");
    if (value && !model->name[0]) {
        copy_plain(model->name, sizeof model->name, value);
    } else if ((value = value_of(line, "CPU implementer"))) {
        copy_plain(model->implementer, sizeof model->implementer, value);
    } else if ((value = value_of(line, "CPU part"))) {
        add_part(model, value);
    }
}

/* Where there are parts, the list is read to its end: it names all cores that are online. A name is
 * in the part of the first processor, which an empty line ends. */
static struct model read_model(const char *root) {
    char path[MAX_PATH];
    struct loom_line name = {path, sizeof path, 0};
    struct model model = {0};
    struct loom_lines lines;
    const char *line;
    loom_line_add(&name, root);
    loom_line_add(&name, "/proc/cpuinfo");
    loom_lines_open(&lines, path);
    while ((line = loom_lines_next(&lines)) && (*line || !model.name[0] || model.kinds.count > 0)) {
        take_line(&model, line);
    }
    loom_lines_close(&lines);
    return model;
}

/* ---- Present cores ---------------------------------------------------------------------- */

/* Opens a file of sys about CPUs: "present", or of one CPU, "cpu3/uevent". */
static void open_cpu_file(struct loom_lines *lines, const char *root, const char *name) {
    char path[MAX_PATH];
    struct loom_line line = {path, sizeof path, 0};
    loom_line_add(&line, root);
    loom_line_add(&line, "/sys/devices/system/cpu/");
    loom_line_add(&line, name);
    loom_lines_open(lines, path);
}

static void open_file_of_cpu(struct loom_lines *lines, const char *root, size_t cpu,
                             const char *file) {
    char name[64];
    struct loom_line line = {name, sizeof name, 0};
    loom_line_add(&line, "cpu");
    loom_line_add_number(&line, cpu);
    loom_line_add(&line, file);
    open_cpu_file(lines, root, name);
}

/* One more than the number of the last CPU that the machine has, online or not: 8 of "0-3,5-7". */
static size_t present_cpus(const char *root) {
    struct loom_lines lines;
    open_cpu_file(&lines, root, "present");
    const char *text = loom_lines_next(&lines);
    size_t last = 0;
    for (; text && *text; text++) {
        const int digit = *text >= '0' && *text <= '9';
        last = digit ? (last * 10 + (size_t)(*text - '0')) % MAX_CPUS : 0;
    }
    loom_lines_close(&lines);
    return last + 1;
}

/* What a board's description calls the core: "arm,cortex-a53"; 0 where there is none. */
static int add_described(struct kinds *kinds, const char *root, size_t cpu) {
    static const char key[] = "OF_COMPATIBLE_0=";
    struct loom_lines lines;
    const char *line;
    int found = 0;
    open_file_of_cpu(&lines, root, cpu, "/uevent");
    while (!found && (line = loom_lines_next(&lines))) {
        found = strncmp(line, key, sizeof key - 1) == 0 && !strstr(line, ",armv");
        if (found) {
            add_kind(kinds, line + sizeof key - 1);
        }
    }
    loom_lines_close(&lines);
    return found;
}

/* The kinds of all present cores, whether online or not; none where one of them is not described,
 * or only as of an architecture (",armv8"). */
static struct kinds described_kinds(const char *root) {
    struct kinds kinds = {0};
    for (size_t cpu = 0, end = present_cpus(root); cpu < end; cpu++) {
        if (!add_described(&kinds, root, cpu)) {
            return (struct kinds){0};
        }
    }
    return kinds;
}

/* "ARM arm,cortex-a53 arm,cortex-a72" where a board describes its cores; else "ARM 0x41/0xd03
 * 0x41/0xd08", implementer and part of every kind of core. The names that the system has for them
 * are those of an architecture. Returns the number of kinds. */
static size_t add_model(struct loom_line *line, const char *root) {
    const struct model model = read_model(root);
    if (model.kinds.count == 0) {
        loom_line_add(line, model.name[0] ? model.name : "unknown CPU");
        return 1;
    }
    const struct kinds described = described_kinds(root);
    const struct kinds *kinds = described.count > 0 ? &described : &model.kinds;
    loom_line_add(line, "ARM");
    for (size_t i = 0; i < kinds->count; i++) {
        loom_line_add(line, " ");
        loom_line_add(line, kinds->name[i]);
    }
    return kinds->count;
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

/* The first line of a file of a CPU's cache; empty where there is none. */
static void read_cache(char *value, size_t size, const char *root, size_t cpu, size_t index,
                       const char *name) {
    char file[64];
    struct loom_line line = {file, sizeof file, 0};
    struct loom_lines lines;
    loom_line_add(&line, "/cache/index");
    loom_line_add_number(&line, index);
    loom_line_add(&line, "/");
    loom_line_add(&line, name);
    open_file_of_cpu(&lines, root, cpu, file);
    const char *text = loom_lines_next(&lines);
    copy_plain(value, size, text ? text : "");
    loom_lines_close(&lines);
}

/* Only CPUs that are online have caches there. */
static size_t first_with_caches(const char *root) {
    char size[16];
    const size_t end = present_cpus(root);
    for (size_t cpu = 0; cpu < end; cpu++) {
        read_cache(size, sizeof size, root, cpu, 0, "size");
        if (size[0]) {
            return cpu;
        }
    }
    return 0;
}

/* "48K L1, 2048K L2, 260M L3" */
static void add_caches(struct loom_line *line, const char *root) {
    char size[16], type[16], level[16];
    const char *separator = "; ";
    const size_t cpu = first_with_caches(root);
    for (size_t i = 0; i < 10; i++) {
        read_cache(size, sizeof size, root, cpu, i, "size");
        read_cache(type, sizeof type, root, cpu, i, "type");
        read_cache(level, sizeof level, root, cpu, i, "level");
        if (size[0] && strcmp(type, "Instruction") != 0) {
            loom_line_add(line, separator);
            loom_line_add(line, size);
            loom_line_add(line, " L");
            loom_line_add(line, level);
            separator = ", ";
        }
    }
}

/* Caches of a chip with several kinds of cores are those of whichever kind is online. */
size_t loom_identity_of(char *text, size_t size, const char *root, uint32_t features) {
    struct loom_line line = {text, size, 0};
    const size_t kinds = add_model(&line, root);
    add_features(&line, features);
    if (kinds == 1) {
        add_caches(&line, root);
    }
    return line.length;
}

size_t loom_cpu_identity(char *text, size_t size) {
    return loom_identity_of(text, size, "", loom_cpu_read());
}
