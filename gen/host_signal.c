/* Ctrl-C and kill: the program that we wait for is told too, Lua ends with an error, so that what
 * it holds is cleaned up, and then the process dies of the signal, as a shell expects. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static lua_State *volatile state;       /* NULL once it is being closed */
static volatile sig_atomic_t received;  /* the first one, or 0 */
static volatile sig_atomic_t announced; /* Lua has had its error */
static volatile pid_t program;          /* that we wait for, or 0 */
static int nowhere = -1;                /* /dev/null */

/* Comes before the next thing that Lua does; what it does to clean up is not disturbed. */
static void end_lua(lua_State *L, lua_Debug *where) {
    (void)where;
    lua_sethook(L, NULL, 0, 0);
    announced = 1;
    luaL_error(L, "stopped by signal %d", (int)received);
}

/* Whoever does not read what we say keeps us waiting no longer: a write that a signal has cut short
 * is finished by libc. There is nothing left to say. */
static void say_no_more(void) {
    if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
    }
}

/* What the terminal sends reaches the program too; what a process sends is for us alone. */
static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)context;
    const int error = errno; /* of the call that this comes after */
    if (program && info->si_code <= 0) {
        kill(program, signal);
    }
    if (!received) {
        say_no_more();
    }
    errno = error;
    if (!received && state) {
        lua_sethook(state, end_lua, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
    }
    received = received ? received : signal;
}

/* A signal that is ignored, as in the background of a script, stays so. One that is caught ends
 * what the process waits for, such as a pipe that nobody reads: without SA_RESTART. */
void host_catch_signals(lua_State *L) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_flags = SA_SIGINFO}, before;
    action.sa_sigaction = on_signal;
    sigemptyset(&action.sa_mask);
    state = L;
    nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        sigaction(signals[i], NULL, &before);
        if (before.sa_handler != SIG_IGN) {
            sigaction(signals[i], &action, NULL);
        }
    }
}

void host_wait_begins(pid_t pid) {
    program = pid;
    if (received && !announced) {
        kill(pid, received);
    }
}

void host_wait_ends(void) {
    program = 0;
}

void host_exit(lua_State *L, int code) {
    state = NULL;
    lua_close(L);
    if (received) {
        signal(received, SIG_DFL);
        raise(received);
    }
    exit(code);
}

/* exit(code): ends the process, after a signal by that signal. */
static int end_process(lua_State *L) {
    host_exit(L, (int)luaL_checkinteger(L, 1));
}

/* is_stopped() -> whether there was such a signal. */
static int is_stopped(lua_State *L) {
    lua_pushboolean(L, received != 0);
    return 1;
}

int host_open_signal(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"exit", end_process}, {"is_stopped", is_stopped}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
