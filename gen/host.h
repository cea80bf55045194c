/* What the generator's host gives to Lua, one table of functions a file. Every function
 * that can fail returns nil and a message that names the file or the program. */
#ifndef LUTLOOM_HOST_H
#define LUTLOOM_HOST_H

#include <lua.h>

/* Each pushes a new table of functions; the signatures of luaL_requiref's open functions. */
int host_open_file(lua_State *L);    /* make_dir, list_dir, path_kind */
int host_open_process(lua_State *L); /* run, is_terminal */
int host_open_time(lua_State *L);    /* now */
int host_open_cpu(lua_State *L);     /* features, identity */

#endif
