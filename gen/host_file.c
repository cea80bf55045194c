/* Folders and files; files are written with Lua's io. */
#include "host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Adds what `file` still has, but not much more than `most` bytes. Returns 0 or an errno. */
static int read_all(luaL_Buffer *text, int file, size_t most) {
    for (;;) {
        const ssize_t count = read(file, luaL_prepbuffer(text), LUAL_BUFFERSIZE);
        if (count < 0) {
            return errno;
        }
        luaL_addsize(text, (size_t)count);
        if (count == 0 || luaL_bufflen(text) > most) {
            return 0;
        }
    }
}

/* What `file` is that no text can be read from; NULL if it is a regular file. */
static const char *fault_of(int file) {
    struct stat info;
    if (fstat(file, &info) != 0) {
        return strerror(errno);
    }
    return S_ISREG(info.st_mode)   ? NULL
           : S_ISDIR(info.st_mode) ? strerror(EISDIR)
                                   : "is no regular file";
}

/* read_file(path, most) -> the text of a regular file, cut off somewhere after `most` bytes. Does
 * not wait for whoever writes to what turns out to be a pipe. */
static int read_file(lua_State *L) {
    const char *path = luaL_checkstring(L, 1);
    const size_t most = (size_t)luaL_checkinteger(L, 2);
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        return push_failure(L, path);
    }
    const char *fault = fault_of(file);
    if (!fault) {
        luaL_Buffer text;
        luaL_buffinit(L, &text);
        const int error = read_all(&text, file, most);
        luaL_pushresult(&text);
        fault = error != 0 ? strerror(error) : NULL;
    }
    close(file);
    if (!fault) {
        return 1;
    }
    lua_pushnil(L);
    lua_pushfstring(L, "%s: %s", path, fault);
    return 2;
}

/* Waits until the file or folder is on the disk, as far as its kind and its mode let us. Returns 0
 * or an errno. */
static int wait_for_disk(const char *path) {
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        return errno == EACCES ? 0 : errno;
    }
    const int error = fsync(file) == 0 || errno == EINVAL ? 0 : errno;
    close(file);
    return error;
}

/* sync({ path... }) -> true when a power cut would not harm these files and folders. */
static int sync_paths(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    const lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, 1, i);
        const char *path = luaL_checkstring(L, -1);
        const int error = wait_for_disk(path);
        if (error != 0) {
            errno = error;
            return push_failure(L, path);
        }
        lua_pop(L, 1);
    }
    lua_pushboolean(L, 1);
    return 1;
}

int host_open_file(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"make_dir", make_dir},   {"list_dir", list_dir}, {"path_kind", path_kind},
        {"read_file", read_file}, {"sync", sync_paths},   {NULL, NULL},
    };
    luaL_newlib(L, functions);
    return 1;
}
