/* libFuzzer on the Lua that reads files: FUZZ_READER names a function of readers.lua, which gets
 * the bytes. A user's error is what wrong bytes are for; any other error, or more memory than a
 * header of that size may take, is a finding.
 *
 * FUZZ_READER is set where this is compiled. */
#include "home.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libFuzzer takes what is counted here for coverage, as it takes that of compiled code. */
enum { COUNTERS = 1 << 14 };
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[COUNTERS];

/* The modules and their state have about 2 MiB. */
enum { MOST_BYTES = 64 << 20 };
static size_t bytes_held;

static lua_State *lua;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is called for each line and each object is no code to be fuzzed. */
#define UNWATCHED __attribute__((no_sanitize("coverage", "address", "undefined")))

/* As lauxlib's, with a limit. */
UNWATCHED static void *allocate(void *unused, void *old, size_t old_bytes, size_t new_bytes) {
    (void)unused;
    const size_t held = old ? bytes_held - old_bytes : bytes_held;
    if (new_bytes == 0) {
        free(old);
        bytes_held = held;
        return NULL;
    }
    void *const now = held + new_bytes <= MOST_BYTES ? realloc(old, new_bytes) : NULL;
    if (now) {
        bytes_held = held + new_bytes;
    }
    return now;
}

/* A line of Lua was reached, after the one before: the pair is what is counted. readers.lua gives
 * the lines of all modules numbers of their own: to ask for a name takes longer than the line. */
UNWATCHED static void count_line(lua_State *L, lua_Debug *info) {
    (void)L;
    static uint32_t last;
    const uint32_t place = (uint32_t)info->currentline * 2654435761u >> 8;
    uint8_t *const counter = &counters[(place ^ last >> 1) % COUNTERS];
    *counter += *counter < UINT8_MAX;
    last = place;
}

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, lua_tostring(lua, -1));
    abort();
}

/* Leaves the function of readers.lua on the stack. */
int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    lua = lua_newstate(allocate, NULL);
    if (!lua) {
        abort();
    }
    luaL_openlibs(lua);
    if (luaL_loadfile(lua, LUTLOOM_HOME "/tests/fuzz/readers.lua") != LUA_OK) {
        fail("readers.lua");
    }
    lua_pushliteral(lua, LUTLOOM_HOME);
    if (lua_pcall(lua, 1, 1, 0) != LUA_OK) {
        fail("readers.lua");
    }
    lua_getfield(lua, -1, FUZZ_READER);
    lua_sethook(lua, count_line, LUA_MASKLINE, 0);
    return 0;
}

/* The reader returns nothing, or the text of an error that is no user's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    lua_pushvalue(lua, -1);
    lua_pushlstring(lua, (const char *)data, size);
    if (lua_pcall(lua, 1, 1, 0) != LUA_OK || lua_isstring(lua, -1)) {
        fail("finding");
    }
    lua_pop(lua, 1);
    return 0;
}
