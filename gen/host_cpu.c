/* What this machine's CPU can run, as the runtime detects it. */
#include "../runtime/kernel.h"
#include "host.h"

#include <lauxlib.h>

/* The runtime's detection reads the ISAs of a library; the host is none. */
static const struct loom_isa host_isas[] = {{"c", 0, 0}};
const struct loom_registry loom_registry = {.isas = host_isas, .isa_count = 1};

static const struct {
    const char *name;
    uint32_t bit;
} cpu_features[] = {
    {"LOOM_CPU_SSSE3", LOOM_CPU_SSSE3},
    {"LOOM_CPU_AVX2", LOOM_CPU_AVX2},
    {"LOOM_CPU_AVXVNNI", LOOM_CPU_AVXVNNI},
    {"LOOM_CPU_AVX512", LOOM_CPU_AVX512},
    {"LOOM_CPU_AVX512VBMI", LOOM_CPU_AVX512VBMI},
    {"LOOM_CPU_AVX512VNNI", LOOM_CPU_AVX512VNNI},
    {"LOOM_CPU_AMX", LOOM_CPU_AMX},
    /* ARM */
    {"LOOM_CPU_NEON32", LOOM_CPU_NEON32},
    {"LOOM_CPU_NEON", LOOM_CPU_NEON},
    {"LOOM_CPU_DOTPROD", LOOM_CPU_DOTPROD},
    {"LOOM_CPU_I8MM", LOOM_CPU_I8MM},
};

/* features() -> { LOOM_CPU_AVX2 = true, ... }: the names that an ISA's record needs. */
static int features(lua_State *L) {
    loom_cpu cpu;
    if (loom_cpu_detect(&cpu, ~0u) != LOOM_OK) {
        return luaL_error(L, "cannot detect this CPU's features");
    }
    lua_newtable(L);
    for (size_t i = 0; i < sizeof cpu_features / sizeof *cpu_features; i++) {
        if (!(cpu.features & cpu_features[i].bit)) {
            continue;
        }
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, cpu_features[i].name);
    }
    return 1;
}

int host_open_cpu(lua_State *L) {
    static const luaL_Reg functions[] = {{"features", features}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
