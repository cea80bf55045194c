/* What the generator's host gives to Lua, one table of functions a file. Every function
 * that can fail returns nil and a message that names the file or the program. */
#ifndef LUTLOOM_HOST_H
#define LUTLOOM_HOST_H

#include <lua.h>
#include <sys/types.h>

/* Each pushes a new table of functions; the signatures of luaL_requiref's open functions. */
int host_open_file(lua_State *L);    /* make_dir, list_dir, path_kind, read_file, sync */
int host_open_lock(lua_State *L);    /* lock_folder, unlock_folder */
int host_open_process(lua_State *L); /* run, is_terminal */
int host_open_time(lua_State *L);    /* now, sleep */
int host_open_cpu(lua_State *L);     /* features, identity */
int host_open_signal(lua_State *L);  /* exit, is_stopped */

/* From now on Ctrl-C and kill end Lua with an error. */
void host_catch_signals(lua_State *L);
/* Such a signal is for this program too, which has been started and not yet been waited for. */
void host_wait_begins(pid_t pid);
void host_wait_ends(void);
/* Closes Lua and ends the process, after a signal by that signal. */
_Noreturn void host_exit(lua_State *L, int code);

#endif
