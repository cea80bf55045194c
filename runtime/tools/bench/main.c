/* The program loom-bench. */
#include "tools.h"

int main(int argc, char **argv) {
    return loom_bench_main(argc, argv);
}
