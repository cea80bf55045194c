/* Locks of folders: they are the process's, and end with it, however that ends. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the open folder is the one that stands at `path` now. */
static int stands_at(int folder, const char *path) {
    struct stat opened, named;
    return fstat(folder, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* lock_folder(path) -> a lock for unlock_folder; false where another process has it, or has put
 * another folder in its place in this moment; nil and a message where it cannot be locked. Programs
 * that are started do not inherit the lock. */
static int lock_folder(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int locked = folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0;
    if (locked && stands_at(folder, path)) {
        lua_pushinteger(L, folder);
        return 1;
    }
    const int error = errno;
    if (folder >= 0) {
        close(folder);
    }
    if (locked || (folder >= 0 && (error == EWOULDBLOCK || error == EINTR))) {
        lua_pushboolean(L, 0);
        return 1;
    }
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, strerror(error));
    return 2;
}

/* unlock_folder(lock) */
static int unlock_folder(lua_State *L) {
    close((int)luaL_checkinteger(L, 1));
    return 0;
}

int host_open_lock(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"lock_folder", lock_folder}, {"unlock_folder", unlock_folder}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
