/* Time. */
#include "host.h"

#include <lauxlib.h>
#include <time.h>

/* now() -> seconds of a clock that never goes back, as a float. */
static int now(lua_State *L) {
    struct timespec time;
    if (clock_gettime(CLOCK_MONOTONIC, &time) != 0) {
        return luaL_error(L, "no monotonic clock");
    }
    lua_pushnumber(L, (lua_Number)time.tv_sec + (lua_Number)time.tv_nsec * 1e-9);
    return 1;
}

/* sleep(seconds), or less where a signal comes. */
static int sleep_for(lua_State *L) {
    const lua_Number seconds = luaL_checknumber(L, 1);
    const time_t whole = (time_t)seconds;
    const struct timespec time = {whole, (long)((seconds - (lua_Number)whole) * 1e9)};
    nanosleep(&time, NULL);
    return 0;
}

int host_open_time(lua_State *L) {
    static const luaL_Reg functions[] = {{"now", now}, {"sleep", sleep_for}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
