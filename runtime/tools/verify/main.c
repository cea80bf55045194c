/* The program loom-verify. */
#include "tools.h"

int main(int argc, char **argv) {
    return loom_verify_main(argc, argv);
}
