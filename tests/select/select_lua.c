/* The runtime's choice of kernels as a Lua module, for tests:
 *   constants                            the runtime's enumerators and limits by name
 *   registry(library)                    a registry of a library's records, which are flat
 *   choose(registry, problem, features)  what loom_select takes: why, and three kernels' names; or
 *                                        nil and a status's text
 * Records hold numbers and texts alone: an enumerator by its value, an ISA and a layout by its
 * index. */
#include "cpu/cpu.h"
#include "registry.h"
#include "select/select.h"
#include "tuning/tuning.h"

#include <lauxlib.h>

#define CONSTANT(name) {#name, name}

static const struct constant {
    const char *name;
    lua_Integer value;
} constants[] = {
    CONSTANT(LOOM_OP_GEMV),        CONSTANT(LOOM_OP_FEW),       CONSTANT(LOOM_OP_GEMM),
    CONSTANT(LOOM_FASTEST),        CONSTANT(LOOM_EXACT),        CONSTANT(LOOM_TABLE),
    CONSTANT(LOOM_TABLE7),         CONSTANT(LOOM_CACHE),        CONSTANT(LOOM_DRAM),
    CONSTANT(LOOM_ACT_I8),         CONSTANT(LOOM_ACT_I8S),      CONSTANT(LOOM_ACT_I8M),
    CONSTANT(LOOM_ACT_LUT8),       CONSTANT(LOOM_ACT_LUT7),     CONSTANT(LOOM_ACT_LUT16),
    CONSTANT(LOOM_ACT_SIGN16),     CONSTANT(LOOM_ACT_SIGN8),    CONSTANT(LOOM_CHOICE_DEFAULT),
    CONSTANT(LOOM_CHOICE_NEAREST), CONSTANT(LOOM_CHOICE_TUNED), CONSTANT(LOOM_FEW_TOKENS),
    CONSTANT(LOOM_GEMM_WEIGHT),    CONSTANT(LOOM_MAX_DIM),
};

/* The runtime needs one to link; here every call has its own. */
static const struct loom_isa no_isas[] = {{"c", 0, 0, NULL}};
const struct loom_registry loom_registry = {.isas = no_isas, .isa_count = 1};

/* ---- Fields of the table on top of the stack --------------------------------------------- */

/* The text lives as long as the table. */
static const char *text_field(lua_State *L, const char *name) {
    lua_getfield(L, -1, name);
    const char *text = lua_tostring(L, -1);
    if (!text) {
        luaL_error(L, "a record has no text '%s'", name);
    }
    lua_pop(L, 1);
    return text;
}

static lua_Number number_field(lua_State *L, const char *name) {
    lua_getfield(L, -1, name);
    int is_number;
    const lua_Number number = lua_tonumberx(L, -1, &is_number);
    if (!is_number) {
        luaL_error(L, "a record has no number '%s'", name);
    }
    lua_pop(L, 1);
    return number;
}

static uint32_t count_field(lua_State *L, const char *name) {
    return (uint32_t)number_field(L, name);
}

static uint8_t byte_field(lua_State *L, const char *name) {
    return (uint8_t)number_field(L, name);
}

/* ---- Records ----------------------------------------------------------------------------- */

static void read_isa(lua_State *L, void *record, const struct loom_layout *layouts) {
    (void)layouts;
    struct loom_isa *isa = record;
    *isa = (struct loom_isa){text_field(L, "name"), count_field(L, "needs"), byte_field(L, "base"),
                             NULL};
}

static void read_layout(lua_State *L, void *record, const struct loom_layout *layouts) {
    (void)layouts;
    struct loom_layout *layout = record;
    layout->name = text_field(L, "name");
    layout->rows = (uint16_t)number_field(L, "rows");
    layout->unit_k = (uint16_t)number_field(L, "unit_k");
    layout->bits = byte_field(L, "bits");
    layout->symbol_k = byte_field(L, "symbol_k");
}

static void read_kernel(lua_State *L, void *record, const struct loom_layout *layouts) {
    struct loom_kernel *kernel = record;
    kernel->name = text_field(L, "name");
    kernel->schedule = text_field(L, "schedule");
    kernel->layout = &layouts[count_field(L, "layout")];
    if (loom_format_parse(&kernel->format, text_field(L, "format")) != LOOM_OK) {
        luaL_error(L, "%s: no format", kernel->name);
    }
    kernel->isa = byte_field(L, "isa");
    kernel->op = byte_field(L, "op");
    kernel->mode = byte_field(L, "mode");
    kernel->act = byte_field(L, "act");
    kernel->tokens = byte_field(L, "tokens");
    kernel->tmac = byte_field(L, "tmac");
    kernel->rank = (uint16_t)number_field(L, "rank");
    kernel->cost = (float)number_field(L, "cost");
}

static void read_prepare(lua_State *L, void *record, const struct loom_layout *layouts) {
    (void)layouts;
    struct loom_prepare_kernel *prepare = record;
    prepare->isa = byte_field(L, "isa");
    prepare->act = byte_field(L, "act");
}

static void read_tuned(lua_State *L, void *record, const struct loom_layout *layouts) {
    (void)layouts;
    struct loom_tuned *row = record;
    *row = (struct loom_tuned){
        .format = text_field(L, "format"),
        .m = count_field(L, "m"),
        .k = count_field(L, "k"),
        .mode = byte_field(L, "mode"),
        .gemv = text_field(L, "gemv"),
        .few = text_field(L, "few"),
        .gemm = text_field(L, "gemm"),
        .isa = byte_field(L, "isa"),
        .residency = byte_field(L, "residency"),
        .threads = count_field(L, "threads"),
    };
}

/* ---- The module -------------------------------------------------------------------------- */

/* The records of a list of the library, which is the first argument. They live as long as the table
 * on top of the stack. */
static void *read_list(lua_State *L, const char *name, size_t size, size_t *count,
                       void (*read)(lua_State *, void *, const struct loom_layout *),
                       const struct loom_layout *layouts) {
    lua_getfield(L, 1, name);
    luaL_checktype(L, -1, LUA_TTABLE);
    *count = lua_rawlen(L, -1);
    char *records = lua_newuserdatauv(L, (*count + 1) * size, 0);
    memset(records, 0, (*count + 1) * size);
    lua_setfield(L, -3, name);
    for (size_t i = 0; i < *count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1);
        read(L, records + i * size, layouts);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return records;
}

static int new_registry(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    struct loom_registry *registry = lua_newuserdatauv(L, sizeof *registry, 2);
    lua_newtable(L);
    size_t layout_count;
    const struct loom_layout *layouts =
        read_list(L, "layouts", sizeof *layouts, &layout_count, read_layout, NULL);
    *registry = (struct loom_registry){.hash = "", .compiler = ""};
    registry->isas =
        read_list(L, "isas", sizeof *registry->isas, &registry->isa_count, read_isa, layouts);
    registry->kernels = read_list(L, "kernels", sizeof *registry->kernels, &registry->kernel_count,
                                  read_kernel, layouts);
    registry->prepares = read_list(L, "prepares", sizeof *registry->prepares,
                                   &registry->prepare_count, read_prepare, layouts);
    registry->tuned =
        read_list(L, "tuned", sizeof *registry->tuned, &registry->tuned_count, read_tuned, layouts);
    lua_setiuservalue(L, -2, 1);
    lua_pushvalue(L, 1); /* has the texts */
    lua_setiuservalue(L, -2, 2);
    return 1;
}

static int choose(lua_State *L) {
    const struct loom_registry *registry = lua_touserdata(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    const loom_cpu cpu = {.features = (uint32_t)luaL_checkinteger(L, 3)};
    lua_settop(L, 2);
    const loom_problem problem = {text_field(L, "format"), count_field(L, "m"), count_field(L, "k"),
                                  (loom_mode)count_field(L, "mode")};
    loom_plan plan;
    const loom_status status = loom_select(&plan, registry, &problem, &cpu, NULL, NULL);
    if (status != LOOM_OK) {
        lua_pushnil(L);
        lua_pushstring(L, loom_status_text(status));
        return 2;
    }
    lua_pushinteger(L, plan.choice);
    lua_pushstring(L, plan.gemv->name);
    lua_pushstring(L, plan.few->name);
    lua_pushstring(L, plan.gemm->name);
    return 4;
}

int luaopen_select_lua(lua_State *L);
int luaopen_select_lua(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"registry", new_registry}, {"choose", choose}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_newtable(L);
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++) {
        lua_pushinteger(L, constants[i].value);
        lua_setfield(L, -2, constants[i].name);
    }
    for (size_t i = 0; i < loom_feature_count; i++) {
        lua_pushfstring(L, "LOOM_CPU_%s", loom_features[i].name);
        lua_pushinteger(L, loom_features[i].bit);
        lua_settable(L, -3);
    }
    lua_setfield(L, -2, "constants");
    return 1;
}
