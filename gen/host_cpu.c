/* What this machine's CPU can run, as the runtime detects it. */
#include "cpu/cpu.h"
#include "host.h"
#include "registry.h"

#include <lauxlib.h>

/* The runtime's detection reads the ISAs of a library; the host is none. */
static const struct loom_isa host_isas[] = {{"c", 0, 0, NULL}};
const struct loom_registry loom_registry = {.isas = host_isas, .isa_count = 1};

/* features() -> { LOOM_CPU_AVX2 = true, ... }: the names that an ISA's record needs. */
static int features(lua_State *L) {
    loom_cpu cpu;
    if (loom_cpu_detect(&cpu, ~0u) != LOOM_OK) {
        return luaL_error(L, "cannot detect this CPU's features");
    }
    lua_newtable(L);
    for (size_t i = 0; i < loom_feature_count; i++) {
        if (cpu.features & loom_features[i].bit) {
            lua_pushfstring(L, "LOOM_CPU_%s", loom_features[i].name);
            lua_pushboolean(L, 1);
            lua_settable(L, -3);
        }
    }
    return 1;
}

/* identity() -> what measurements on this machine are valid for, one line. */
static int identity(lua_State *L) {
    char text[LOOM_IDENTITY_BYTES];
    loom_cpu_identity(text, sizeof text);
    lua_pushstring(L, text);
    return 1;
}

int host_open_cpu(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"features", features}, {"identity", identity}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
