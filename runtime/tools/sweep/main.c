/* The program loom-sweep. */
#include "tools.h"

int main(int argc, char **argv) {
    return loom_sweep_main(argc, argv);
}
