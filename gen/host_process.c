/* Running other programs, without a shell. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The strings of the list at `index` as an argv that Lua owns; it is pushed. */
static char **push_argv(lua_State *L, int index) {
    luaL_checktype(L, index, LUA_TTABLE);
    const size_t count = lua_rawlen(L, index);
    char **argv = (char **)lua_newuserdatauv(L, (count + 1) * sizeof *argv, 1);
    for (size_t i = 0; i < count; i++) {
        if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING) {
            luaL_error(L, "argument %d of the command is no string", (int)i);
        }
        argv[i] = (char *)lua_tostring(L, -1);
        lua_pop(L, 1);
    }
    argv[count] = NULL;
    return argv;
}

/* Starts argv; with output_fd >= 0 its stdout and stderr go there. Returns 0 or an errno. */
static int start(pid_t *pid, char **argv, int output_fd) {
    if (!argv[0]) {
        return EINVAL;
    }
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) {
        return error;
    }
    if (output_fd >= 0) {
        error = posix_spawn_file_actions_adddup2(&actions, output_fd, STDOUT_FILENO);
        if (error == 0) {
            error = posix_spawn_file_actions_adddup2(&actions, output_fd, STDERR_FILENO);
        }
    }
    if (error == 0) {
        error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (error == 0) {
        host_wait_begins(*pid);
    }
    return error;
}

/* The program's exit code; 128 + the signal's number if it was killed. */
static int wait_for(pid_t pid) {
    siginfo_t ended;
    while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    host_wait_ends(); /* before the number may be another program's */
    int status;
    if (waitpid(pid, &status, 0) < 0) {
        return 127;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Reads a line, on after a signal: the program has it too, and may say what it thinks of it. */
static ssize_t read_line(char **line, size_t *capacity, FILE *output) {
    ssize_t length;
    do {
        clearerr(output);
        errno = 0;
        length = getline(line, capacity, output);
    } while (length < 0 && errno == EINTR);
    return length;
}

/* Calls the function at stack index 2 with each line. After an error in it, which stays on
 * the stack, the rest is read and dropped so that the program can end. Returns LUA_OK or
 * the error's status. */
static int feed_lines(lua_State *L, FILE *output) {
    char *line = NULL;
    size_t capacity = 0;
    int status = LUA_OK;
    for (ssize_t length; (length = read_line(&line, &capacity, output)) >= 0;) {
        if (status != LUA_OK) {
            continue;
        }
        if (length > 0 && line[length - 1] == '\n') {
            length--;
        }
        lua_pushvalue(L, 2);
        lua_pushlstring(L, line, (size_t)length);
        status = lua_pcall(L, 1, 0, 0);
    }
    free(line);
    return status;
}

static int push_failure(lua_State *L, const char *program, int error) {
    lua_pushnil(L);
    lua_pushfstring(L, "cannot run %s: %s", program, strerror(error));
    return 2;
}

/* A pipe that other programs do not inherit. Returns 0 or an errno. */
static int open_pipe(int ends[2]) {
    if (pipe(ends) != 0) {
        return errno;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

/* Starts argv with a pipe and feeds its lines. Returns 0 or an errno. */
static int run_with_lines(lua_State *L, char **argv, int *exit_code, int *status) {
    int ends[2];
    int error = open_pipe(ends);
    if (error != 0) {
        return error;
    }
    pid_t pid;
    error = start(&pid, argv, ends[1]);
    close(ends[1]);
    FILE *output = error == 0 ? fdopen(ends[0], "r") : NULL;
    if (output) {
        *status = feed_lines(L, output);
        fclose(output);
    } else {
        close(ends[0]);
    }
    if (error == 0) {
        *exit_code = wait_for(pid);
    }
    return error;
}

/* run({ program, argument... } [, on_line]) -> exit code. With on_line, standard output and
 * error are one stream and on_line gets each line of it; without, they are our own. */
static int run(lua_State *L) {
    lua_settop(L, 2);
    const int captured = !lua_isnil(L, 2);
    if (captured) {
        luaL_checktype(L, 2, LUA_TFUNCTION);
    }
    char **argv = push_argv(L, 1);
    int exit_code = 0, status = LUA_OK, error;
    if (captured) {
        error = run_with_lines(L, argv, &exit_code, &status);
    } else {
        pid_t pid;
        error = start(&pid, argv, -1);
        if (error == 0) {
            exit_code = wait_for(pid);
        }
    }
    if (error != 0) {
        return push_failure(L, argv[0], error);
    }
    if (status != LUA_OK) {
        return lua_error(L);
    }
    lua_pushinteger(L, exit_code);
    return 1;
}

/* is_terminal() -> whether standard error is one. */
static int is_terminal(lua_State *L) {
    lua_pushboolean(L, isatty(STDERR_FILENO));
    return 1;
}

int host_open_process(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"run", run},
        {"is_terminal", is_terminal},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    return 1;
}
