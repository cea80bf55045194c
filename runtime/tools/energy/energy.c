#include "energy/energy.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where to say what is wrong. */
struct reason {
    char *text;
    size_t size;
};

/* What a folder may have, the best first. Units are those of the kernel's documentation:
 * power/powercap, class/power and hwmon/sysfs-interface. */
static const struct reading {
    const char *first, *second;
    enum energy_kind kind;
    double scale;
} readings[] = {
    {"energy_uj", NULL, ENERGY_COUNTER, 1e-6},
    {"power1_input", NULL, ENERGY_POWER, 1e-6},
    {"in1_input", "curr1_input", ENERGY_POWER, 1e-6},
    {"power_now", NULL, ENERGY_POWER, 1e-6},
    {"current_now", "voltage_now", ENERGY_POWER, 1e-12},
    {"energy_now", NULL, ENERGY_CHARGE, 3600e-6},
};

/* ---- Files ----------------------------------------------------------------------------- */

static bool refuse(const struct reason *why, const char *path) {
    snprintf(why->text, why->size, "%s: %s", path, strerror(errno));
    return false;
}

static bool read_number(const char *path, double *number) {
    FILE *const file = fopen(path, "r");
    if (!file) {
        return false;
    }
    errno = 0;
    const bool found = fscanf(file, "%lf", number) == 1;
    const int fault = errno ? errno : EINVAL;
    fclose(file);
    errno = fault;
    return found;
}

/* A path that is too long becomes "", which no file has. */
static void join(char path[ENERGY_PATH], const char *folder, const char *name) {
    const int length = snprintf(path, ENERGY_PATH, "%s/%s", folder, name);
    if (length < 0 || length >= ENERGY_PATH) {
        path[0] = 0;
    }
}

/* The first word of a file in a folder; "" where there is none. */
static void read_word(const char *folder, const char *name, char word[32]) {
    char path[ENERGY_PATH];
    join(path, folder, name);
    FILE *const file = fopen(path, "r");
    word[0] = 0;
    if (file) {
        if (fscanf(file, "%31s", word) != 1) {
            word[0] = 0;
        }
        fclose(file);
    }
}

/* ---- Sources --------------------------------------------------------------------------- */

/* The number of a source at this moment, in the files' own unit. */
static bool read_source(const struct energy_source *source, double *value, const char **at) {
    double second = 1;
    *at = source->first;
    if (!read_number(source->first, value)) {
        return false;
    }
    *at = source->second;
    if (source->second[0] && !read_number(source->second, &second)) {
        return false;
    }
    *value *= second;
    return true;
}

static bool has(const char *folder, const char *name) {
    char path[ENERGY_PATH];
    join(path, folder, name);
    return access(path, F_OK) == 0;
}

static bool add_reading(struct energy *energy, const char *folder, const struct reading *reading,
                        const struct reason *why) {
    struct energy_source *const source = &energy->sources[energy->count];
    const char *at;
    *source = (struct energy_source){.kind = reading->kind, .scale = reading->scale};
    join(source->first, folder, reading->first);
    if (reading->second) {
        join(source->second, folder, reading->second);
    }
    if (!read_source(source, &source->last, &at)) {
        return refuse(why, at);
    }
    if (reading->kind == ENERGY_COUNTER) {
        char path[ENERGY_PATH];
        join(path, folder, "max_energy_range_uj");
        if (!read_number(path, &source->range)) {
            return refuse(why, path);
        }
    }
    energy->count++;
    return true;
}

/* Adds what a folder tells. */
static bool add_folder(struct energy *energy, const char *folder, const struct reason *why) {
    char status[32];
    read_word(folder, "status", status);
    if (status[0] && strcmp(status, "Discharging") != 0) {
        snprintf(why->text, why->size,
                 "%s/status: is %s; a battery tells what it gives while it is "
                 "Discharging",
                 folder, status);
        return false;
    }
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        const struct reading *const reading = &readings[i];
        if (has(folder, reading->first) && (!reading->second || has(folder, reading->second))) {
            return add_reading(energy, folder, reading, why);
        }
    }
    snprintf(why->text, why->size,
             "%s: has none of energy_uj, power1_input, in1_input with "
             "curr1_input, power_now, current_now with voltage_now, energy_now",
             folder);
    return false;
}

/* Whether an entry of /sys/class/powercap is a package, one of /sys/class/power_supply a battery.
 */
static bool is_package(const char *folder, const char *entry) {
    char name[32];
    read_word(folder, "name", name);
    return strncmp(entry, "intel-rapl:", 11) == 0 && strncmp(name, "package", 7) == 0;
}

static bool is_battery(const char *folder, const char *entry) {
    char type[32];
    (void)entry;
    read_word(folder, "type", type);
    return strcmp(type, "Battery") == 0;
}

/* Adds those of a class that are wanted; false where one of them tells nothing. */
static bool add_class(struct energy *energy, const char *path, const struct reason *why,
                      bool (*is_wanted)(const char *folder, const char *entry)) {
    DIR *const class = opendir(path);
    bool told = true;
    for (const struct dirent *entry; class && told && (entry = readdir(class));) {
        char folder[ENERGY_PATH];
        join(folder, path, entry->d_name);
        if (energy->count < ENERGY_SOURCES && is_wanted(folder, entry->d_name)) {
            told = add_folder(energy, folder, why);
        }
    }
    if (class) {
        closedir(class);
    }
    return told;
}

static bool add_system(struct energy *energy, const char *sys, const struct reason *why) {
    char packages[ENERGY_PATH], batteries[ENERGY_PATH];
    join(packages, sys, "class/powercap");
    join(batteries, sys, "class/power_supply");
    if (!add_class(energy, packages, why, is_package)) {
        return false;
    }
    if (!energy->count && !add_class(energy, batteries, why, is_battery)) {
        return false;
    }
    if (!energy->count) {
        snprintf(why->text, why->size, "no package in %s (intel-rapl:0), no battery in %s",
                 packages, batteries);
    }
    return energy->count > 0;
}

/* ---- Reading --------------------------------------------------------------------------- */

bool energy_open(struct energy *energy, const char *sys, const char *sensor, double now, char *why,
                 size_t size) {
    const struct reason reason = {why, size};
    *energy = (struct energy){.when = now};
    return sensor ? add_folder(energy, sensor, &reason) : add_system(energy, sys, &reason);
}

/* What a source gave between two readings. */
static double joules_between(const struct energy_source *source, double value, double seconds) {
    double passed = 0;
    switch (source->kind) {
    case ENERGY_COUNTER:
        passed = value - source->last + (value < source->last ? source->range : 0);
        break;
    case ENERGY_CHARGE:
        passed = source->last - value;
        break;
    case ENERGY_POWER:
        passed = (fabs(source->last) + fabs(value)) / 2 * seconds;
        break;
    }
    return passed * source->scale;
}

double energy_read(struct energy *energy, double now) {
    for (size_t i = 0; i < energy->count; i++) {
        struct energy_source *const source = &energy->sources[i];
        const char *at;
        double value;
        if (!read_source(source, &value, &at)) {
            energy->joules = NAN;
            return NAN;
        }
        energy->joules += joules_between(source, value, now - energy->when);
        source->last = value;
    }
    energy->when = now;
    return energy->joules;
}
