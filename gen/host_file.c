/* Folders and kinds of paths; files themselves are read and written with Lua's io. */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>

static int push_failure(lua_State *L, const char *path) {
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, strerror(errno));
    return 2;
}

/* make_dir(path) -> true. The parent exists; the folder itself does not. */
static int make_dir(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    if (mkdir(path, 0777) != 0) {
        return push_failure(L, path);
    }
    lua_pushboolean(L, 1);
    return 1;
}

/* list_dir(path) -> the names in it but `.` and `..`, in no order. */
static int list_dir(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    DIR *dir = opendir(path);
    if (!dir) {
        return push_failure(L, path);
    }
    lua_newtable(L);
    lua_Integer count = 0;
    errno = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL; errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        lua_pushstring(L, entry->d_name);
        lua_rawseti(L, -2, ++count);
    }
    const int reading_error = errno;
    closedir(dir);
    if (reading_error != 0) {
        errno = reading_error;
        return push_failure(L, path);
    }
    return 1;
}

/* path_kind(path) -> "file", "folder", "other", or nil when there is nothing. */
static int path_kind(lua_State *L) {
    struct stat info;
    if (stat(luaL_checkstring(L, 1), &info) != 0) {
        lua_pushnil(L);
    } else {
        lua_pushstring(L, S_ISDIR(info.st_mode)   ? "folder"
                          : S_ISREG(info.st_mode) ? "file"
                                                  : "other");
    }
    return 1;
}

int host_open_file(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"make_dir", make_dir},
        {"list_dir", list_dir},
        {"path_kind", path_kind},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    return 1;
}
