#define _GNU_SOURCE
#include "llama/host.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

struct host host;

/* Versions that tests have seen, each end included. */
static const unsigned oldest[3] = {0, 9, 4}, newest[3] = {0, 25, 1};

enum { MAX_OPS = 256 };

static int compare(const unsigned a[3], const unsigned b[3]) {
    for (int i = 0; i < 3; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return 0;
}

static bool refuse(const char *what, const char *value) {
    fprintf(stderr,
            "lutloom: %s%s; ggml %u.%u.%u to %u.%u.%u is needed, the host runs without it\n", what,
            value, oldest[0], oldest[1], oldest[2], newest[0], newest[1], newest[2]);
    return false;
}

/* The object that holds the address, as dlsym takes it: with those that it needs. */
static void *object_of(const void *address) {
    Dl_info info;
    if (!dladdr(address, &info) || !info.dli_fname) {
        return NULL;
    }
    void *object = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    return object ? object : dlopen(NULL, RTLD_LAZY);
}

struct wanted {
    const char *name;
    void *place; /* of a pointer to a function */
};

static bool find_all(void *object, const struct wanted *wanted, size_t count) {
    for (size_t i = 0; i < count; i++) {
        void *const found = dlsym(object, wanted[i].name);
        if (!found) {
            return refuse("this host does not offer ", wanted[i].name);
        }
        memcpy(wanted[i].place, (const void *)&found, sizeof found);
    }
    return true;
}

static bool find_functions(void *object) {
    const struct wanted wanted[] = {
        {"ggml_nbytes", (void *)&host.nbytes},
        {"ggml_op_name", (void *)&host.op_name},
        {"ggml_type_name", (void *)&host.type_name},
        {"ggml_blck_size", (void *)&host.block_size},
        {"ggml_tensor_overhead", (void *)&host.tensor_overhead},
        {"ggml_graph_overhead_custom", (void *)&host.graph_overhead},
        {"ggml_init", (void *)&host.init},
        {"ggml_free", (void *)&host.free},
        {"ggml_reset", (void *)&host.reset},
        {"ggml_new_graph_custom", (void *)&host.new_graph},
        {"ggml_graph_add_node", (void *)&host.graph_add_node},
        {"ggml_graph_n_nodes", (void *)&host.graph_n_nodes},
        {"ggml_graph_nodes", (void *)&host.graph_nodes},
        {"ggml_custom_4d", (void *)&host.custom},
        {"ggml_backend_buffer_init", (void *)&host.buffer_init},
        {"ggml_backend_dev_by_type", (void *)&host.device_by_kind},
        {"ggml_log_internal", (void *)&host.log},
    };
    return find_all(object, wanted, sizeof wanted / sizeof *wanted);
}

/* The operation's number, or -1. All that we ask for stand before CUSTOM, so that no number beyond
 * the list is looked at. */
static int find_op(const char *name) {
    for (int op = 0; op < MAX_OPS && strcmp(host.op_name(op), "CUSTOM") != 0; op++) {
        if (strcmp(host.op_name(op), name) == 0) {
            return op;
        }
    }
    return -1;
}

/* Operations' numbers moved from version to version; their names did not. */
static bool find_ops(void) {
    const struct {
        const char *name;
        int *op;
    } ops[] = {
        {"NONE", &host.op_none},
        {"VIEW", &host.op_view},
        {"RESHAPE", &host.op_reshape},
        {"PERMUTE", &host.op_permute},
        {"TRANSPOSE", &host.op_transpose},
        {"MUL_MAT", &host.op_mul_mat},
        {"MUL_MAT_ID", &host.op_mul_mat_id},
    };
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        const int op = find_op(ops[i].name);
        if (op < 0) {
            return refuse("this host has no operation ", ops[i].name);
        }
        *ops[i].op = op;
    }
    return true;
}

static bool find_version(void *object) {
    const char *(*version)(void) = NULL;
    const struct wanted wanted = {"ggml_version", (void *)&version};
    if (!find_all(object, &wanted, 1)) {
        return false;
    }
    unsigned number[3];
    host.version = version();
    if (sscanf(host.version, "%u.%u.%u", &number[0], &number[1], &number[2]) != 3 ||
        compare(number, oldest) < 0 || compare(number, newest) > 0) {
        return refuse("this host has ggml ", host.version);
    }
    return true;
}

/* A version's number may have come after its layout: builds between two releases bear the older
 * one's. Functions that came with a layout tell. */
static void find_layout(void *object) {
    host.has_2d = dlsym(object, "ggml_backend_tensor_set_2d") != NULL;
    host.has_compute_flag = dlsym(object, "ggml_build_forward_select") != NULL;
}

bool host_find(const void *address) {
    void *const object = object_of(address);
    if (!object) {
        return refuse("this host's ggml is not to be found", "");
    }
    find_layout(object);
    return find_version(object) && find_functions(object) && find_ops();
}

ggml_function *host_compute_of(struct ggml_backend *backend) {
    return host.has_2d ? &backend->ten.functions[GGML_BACKEND_COMPUTE_10]
                       : &backend->nine.functions[GGML_BACKEND_COMPUTE_9];
}

struct ggml_device **host_device_of(struct ggml_backend *backend) {
    return host.has_2d ? &backend->ten.device : &backend->nine.device;
}

bool host_computes(const struct ggml_tensor *node) {
    return node->op != host.op_none && node->op != host.op_view && node->op != host.op_reshape &&
           node->op != host.op_permute && node->op != host.op_transpose;
}
