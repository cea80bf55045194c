/* open WHERE FIRST SECOND: opens two shared libraries, where their functions are local or global,
 * and asks both for plans: the first has w4g128 alone, the second t alone. */
#include <dlfcn.h>
#include <loom.h>
#include <stdio.h>
#include <string.h>

/* 1 if the library has a plan for the format, 0 if not, -1 if it cannot be asked. */
static int has(void *library, const char *format) {
    loom_status (*create)(loom_plan *, const loom_problem *) = NULL;
    void *symbol = library ? dlsym(library, "loom_plan_create") : NULL;
    if (!symbol) {
        printf("%s\n", dlerror());
        return -1;
    }
    memcpy(&create, &symbol, sizeof create);
    loom_plan plan;
    return create(&plan, &(loom_problem){format, 8, 128, LOOM_EXACT}) == LOOM_OK;
}

int main(int argc, char **argv) {
    if (argc != 4) {
        return 2;
    }
    const int where = strcmp(argv[1], "global") == 0 ? RTLD_GLOBAL : RTLD_LOCAL;
    void *first = dlopen(argv[2], RTLD_NOW | where), *second = dlopen(argv[3], RTLD_NOW | where);
    return !(has(first, "w4g128") == 1 && has(second, "t") == 1 && has(first, "t") == 0 &&
             has(second, "w4g128") == 0);
}
