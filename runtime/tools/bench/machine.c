#include "bench/machine.h"

#include <string.h>

#include "cpu/cpu.h"

void bench_machine_name(char *name, size_t size) {
    loom_cpu_identity(name, size);
    name[strcspn(name, ";")] = 0;
}
