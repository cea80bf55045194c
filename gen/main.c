/* lutloom: a Lua 5.4 interpreter that runs gen/lua/main.lua with the host's functions.
 *
 * The generator's files (gen/lua, templates, runtime, shapes) are found under the folder that
 * the environment variable LUTLOOM_HOME names, or else the source tree of the build. */
#include "home.h"
#include "host.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

/* Copies the fields of the table on top of the stack into the one below it, and pops it. */
static void merge(lua_State *L) {
    for (lua_pushnil(L); lua_next(L, -2) != 0;) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_settable(L, -5);
    }
    lua_pop(L, 1);
}

/* package.loaded.host_native: everything the host gives, in one table. */
static int open_host(lua_State *L) {
    static const lua_CFunction groups[] = {
        host_open_file, host_open_lock, host_open_process,
        host_open_time, host_open_cpu,  host_open_signal,
    };
    lua_newtable(L);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        lua_pushcfunction(L, groups[i]);
        lua_call(L, 0, 1);
        merge(L);
    }
    return 1;
}

/* The global `arg`, as the stock interpreter fills it. */
static void push_arguments(lua_State *L, const char *script, int argc, char **argv) {
    lua_createtable(L, argc, 1);
    lua_pushstring(L, script);
    lua_rawseti(L, -2, 0);
    for (int i = 1; i < argc; i++) {
        lua_pushstring(L, argv[i]);
        lua_rawseti(L, -2, i);
    }
    lua_setglobal(L, "arg");
}

struct command_line {
    int argc;
    char **argv;
};

/* Runs main.lua, which reports its own errors; called in protected mode, so that running out of
 * memory is an error too. */
static int run_main(lua_State *L) {
    const struct command_line *line = lua_touserdata(L, 1);
    const char *home = getenv("LUTLOOM_HOME");
    luaL_openlibs(L);
    luaL_requiref(L, "host_native", open_host, 0);
    const char *script =
        lua_pushfstring(L, "%s/gen/lua/main.lua", home && *home ? home : LUTLOOM_HOME);
    push_arguments(L, script, line->argc, line->argv);
    if (luaL_loadfile(L, script) != LUA_OK) {
        return luaL_error(L, "%s; LUTLOOM_HOME must name Lutloom's folder", lua_tostring(L, -1));
    }
    lua_call(L, 0, 0);
    return 0;
}

int main(int argc, char **argv) {
    lua_State *L = luaL_newstate();
    if (!L) {
        fputs("lutloom: not enough memory to start\n", stderr);
        return EXIT_FAILURE;
    }
    host_catch_signals(L);
    struct command_line line = {argc, argv};
    lua_pushcfunction(L, run_main);
    lua_pushlightuserdata(L, &line);
    const int status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK) {
        fprintf(stderr, "lutloom: %s\n", lua_tostring(L, -1));
    }
    host_exit(L, status == LUA_OK ? EXIT_SUCCESS : EXIT_FAILURE);
}
