/* The program loom-board: all tools in one file, for a machine that has nothing else. */
#include "tools.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "loom-board                     verifies every kernel, then measures\n"
    "loom-board verify [option...]  compares kernels with the plain C reference\n"
    "loom-board bench [option...]   measures them\n"
    "Each of the two lists its options with --help.\n";

struct tool {
    const char *word;
    char name[24]; /* its argv[0] */
    int (*run)(int argc, char **argv);
};

static struct tool verify = {"verify", "loom-board verify", loom_verify_main};
static struct tool bench = {"bench", "loom-board bench", loom_bench_main};

/* argv[0] is what stands before the tool's own arguments. */
static int run(struct tool *tool, int argc, char **argv) {
    argv[0] = tool->name;
    return tool->run(argc, argv);
}

int main(int argc, char **argv) {
    if (argc == 1) {
        const int failed = run(&verify, argc, argv);
        return failed ? failed : run(&bench, argc, argv);
    }
    if (strcmp(argv[1], verify.word) == 0) {
        return run(&verify, argc - 1, argv + 1);
    }
    if (strcmp(argv[1], bench.word) == 0) {
        return run(&bench, argc - 1, argv + 1);
    }
    if (strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    fprintf(stderr, "loom-board: %s: verify or bench is needed, or nothing for both\n", argv[1]);
    return 2;
}
