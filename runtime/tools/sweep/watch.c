#include "sweep/watch.h"

#include <stdio.h>

/* A governor's steps are larger. */
static const double throttled_below = 0.9;

enum { PATH_SIZE = 512 };

/* 0 where there is no such file, or no number in it. */
static double read_number(const char *path) {
    double number = 0;
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%lf", &number) != 1) {
            number = 0;
        }
        fclose(file);
    }
    return number;
}

static double read_mhz(const struct watch *watch) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", watch->root,
             watch->cpu);
    return read_number(path) / 1000;
}

static double read_celsius(const struct watch *watch) {
    double hottest = 0;
    for (int zone = 0;; zone++) {
        char path[PATH_SIZE];
        snprintf(path, sizeof path, "%s/class/thermal/thermal_zone%d/temp", watch->root, zone);
        const double celsius = read_number(path) / 1000;
        if (celsius == 0) {
            return hottest;
        }
        hottest = celsius > hottest ? celsius : hottest;
    }
}

struct watch watch_make(const char *root, int cpu) {
    struct watch watch = {.root = root, .cpu = cpu};
    watch_throttled(&watch);
    return watch;
}

bool watch_throttled(struct watch *watch) {
    watch->mhz = read_mhz(watch);
    watch->celsius = read_celsius(watch);
    watch->highest = watch->mhz > watch->highest ? watch->mhz : watch->highest;
    return watch->mhz > 0 && watch->mhz < throttled_below * watch->highest;
}

void watch_text(const struct watch *watch, char *text, size_t size) {
    const int length = watch->mhz > 0 ? snprintf(text, size, ", %.0f MHz", watch->mhz) : 0;
    text[length < (int)size ? length : 0] = 0;
    if (watch->celsius > 0) {
        snprintf(text + length, size - (size_t)length, ", %.0f C", watch->celsius);
    }
}
