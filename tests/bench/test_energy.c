/* The energy that the machine takes, in made-up trees like /sys. */
#define _GNU_SOURCE
#include "energy/energy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { LONG = 600 };

struct tree {
    char root[64], path[LONG], why[LONG];
    struct energy energy;
};

/* Writes root/name, and the folders it is in. */
static void put(struct tree *tree, const char *name, const char *text) {
    snprintf(tree->path, LONG, "%s/%s", tree->root, name);
    for (char *slash = strchr(tree->path + strlen(tree->root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(tree->path, 0755);
        *slash = '/';
    }
    FILE *const file = fopen(tree->path, "w");
    if (!file) {
        perror(tree->path);
        exit(1);
    }
    fputs(text, file);
    fclose(file);
}

static int make(void **state) {
    struct tree *const tree = calloc(1, sizeof *tree);
    *state = tree;
    snprintf(tree->root, sizeof tree->root, "/tmp/lutloom-energy-XXXXXX");
    return !mkdtemp(tree->root);
}

static int clear(void **state) {
    struct tree *const tree = *state;
    snprintf(tree->path, LONG, "rm -r %s", tree->root);
    const int code = system(tree->path);
    free(tree);
    return code;
}

/* Opens it at 10 s; `sensor` is below the root. */
static bool open_tree(struct tree *tree, const char *sensor) {
    snprintf(tree->path, LONG, "%s/%s", tree->root, sensor ? sensor : "");
    return energy_open(&tree->energy, tree->root, sensor ? tree->path : NULL, 10, tree->why, LONG);
}

static void assert_near(double value, double wanted) {
    if (!(fabs(value - wanted) < 1e-9)) {
        fail_msg("%g, not %g", value, wanted);
    }
}

static void put_package(struct tree *tree, const char *zone, const char *name, const char *joules) {
    char path[LONG];
    snprintf(path, LONG, "class/powercap/%s/name", zone);
    put(tree, path, name);
    snprintf(path, LONG, "class/powercap/%s/energy_uj", zone);
    put(tree, path, joules);
    snprintf(path, LONG, "class/powercap/%s/max_energy_range_uj", zone);
    put(tree, path, "65000000\n");
}

/* Two packages, one of which begins again. Cores in them, the whole system and a second way to the
 * same counter do not count. */
static void test_packages(void **state) {
    struct tree *const tree = *state;
    put_package(tree, "intel-rapl:0", "package-0\n", "64000000\n");
    put_package(tree, "intel-rapl:1", "package-1\n", "7000000\n");
    put_package(tree, "intel-rapl:0:0", "core\n", "0\n");
    put_package(tree, "intel-rapl:2", "psys\n", "0\n");
    put_package(tree, "intel-rapl-mmio:0", "package-0\n", "0\n");
    put(tree, "class/power_supply/BAT0/type", "Battery\n");
    assert_true(open_tree(tree, NULL));
    assert_int_equal(tree->energy.count, 2);
    put(tree, "class/powercap/intel-rapl:0/energy_uj", "500000\n");
    put(tree, "class/powercap/intel-rapl:1/energy_uj", "9000000\n");
    put(tree, "class/powercap/intel-rapl:0:0/energy_uj", "9000000\n");
    assert_near(energy_read(&tree->energy, 11), 1.5 + 2);
    assert_near(energy_read(&tree->energy, 12), 3.5);
    put(tree, "class/powercap/intel-rapl:1/energy_uj", "");
    assert_true(isnan(energy_read(&tree->energy, 13)));
}

/* Root reads all files: there another user asks. */
static void test_closed_counter(void **state) {
    struct tree *const tree = *state;
    char wanted[LONG + 32];
    put_package(tree, "intel-rapl:0", "package-0\n", "1\n");
    snprintf(tree->path, LONG, "%s/class/powercap/intel-rapl:0/energy_uj", tree->root);
    snprintf(wanted, sizeof wanted, "%s: Permission denied", tree->path);
    chmod(tree->path, 0);
    chmod(tree->root, 0755);
    const bool is_root = seteuid(65534) == 0;
    const bool opened = open_tree(tree, NULL);
    if (is_root && seteuid(0)) {
        fail_msg("root stays another user");
    }
    assert_false(opened);
    assert_string_equal(tree->why, wanted);
}

static void test_battery(void **state) {
    struct tree *const tree = *state;
    put(tree, "class/power_supply/AC/type", "Mains\n");
    put(tree, "class/power_supply/BAT0/type", "Battery\n");
    put(tree, "class/power_supply/BAT0/energy_now", "50000000\n");
    put(tree, "class/power_supply/BAT0/status", "Charging\n");
    assert_false(open_tree(tree, NULL));
    assert_non_null(strstr(tree->why, "BAT0/status: is Charging; a battery tells"));
    put(tree, "class/power_supply/BAT0/status", "Discharging\n");
    assert_true(open_tree(tree, NULL));
    put(tree, "class/power_supply/BAT0/energy_now", "49999000\n");
    assert_near(energy_read(&tree->energy, 11), 3.6);
    put(tree, "class/power_supply/BAT0/voltage_now", "12000000\n");
    put(tree, "class/power_supply/BAT0/current_now", "-500000\n");
    assert_true(open_tree(tree, NULL));
    assert_near(energy_read(&tree->energy, 12), 12);
    put(tree, "class/power_supply/BAT0/power_now", "3000000\n");
    assert_true(open_tree(tree, NULL));
    put(tree, "class/power_supply/BAT0/power_now", "5000000\n");
    assert_near(energy_read(&tree->energy, 10.5), 2);
}

static void test_sensor(void **state) {
    struct tree *const tree = *state;
    put(tree, "class/hwmon/hwmon3/in1_input", "5000\n");
    put(tree, "class/hwmon/hwmon3/curr1_input", "1200\n");
    put_package(tree, "intel-rapl:0", "package-0\n", "1\n");
    assert_true(open_tree(tree, "class/hwmon/hwmon3"));
    assert_near(energy_read(&tree->energy, 11), 6);
    put(tree, "class/hwmon/hwmon3/power1_input", "4000000\n");
    assert_true(open_tree(tree, "class/hwmon/hwmon3"));
    assert_near(energy_read(&tree->energy, 12), 8);
    assert_false(open_tree(tree, "class/hwmon"));
    assert_non_null(strstr(tree->why, "class/hwmon: has none of energy_uj, power1_input"));
}

static void test_nothing(void **state) {
    struct tree *const tree = *state;
    char wanted[LONG];
    snprintf(wanted, LONG,
             "no package in %s/class/powercap (intel-rapl:0), no battery in %s/class/power_supply",
             tree->root, tree->root);
    assert_false(open_tree(tree, NULL));
    assert_string_equal(tree->why, wanted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_packages, make, clear),
        cmocka_unit_test_setup_teardown(test_closed_counter, make, clear),
        cmocka_unit_test_setup_teardown(test_battery, make, clear),
        cmocka_unit_test_setup_teardown(test_sensor, make, clear),
        cmocka_unit_test_setup_teardown(test_nothing, make, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
