/* What the host sees: a registration with one device, which offers memory for weights and comes
 * before the CPU's own. The CPU device learns to take that memory, and its backends to compute with
 * it (engine.c): so a graph stays in one piece, on the host's threads, and the host finds all
 * operations on the device that it expects.
 *
 * The device can compute products by itself, too, for programs that ask it by name: through a CPU
 * backend of its own. */
#define _GNU_SOURCE
#include "llama/buffer.h"
#include "llama/engine.h"
#include "llama/host.h"
#include "llama/report.h"
#include "llama/settings.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static struct ggml_device device, *cpu_device;
static struct ggml_registration registration;

/* The CPU device's own functions, whose places are ours now. */
static struct ggml_device cpu_own;

/* ---- Operations ---------------------------------------------------------------------- */

/* A part of a tensor, or its dimensions in another order. */
static bool is_part(const struct ggml_tensor *tensor) {
    const struct ggml_tensor *const whole = tensor->view_src;
    return whole && (tensor->view_offset || memcmp(tensor->ne, whole->ne, sizeof whole->ne) != 0 ||
                     memcmp(tensor->nb, whole->nb, sizeof whole->nb) != 0);
}

/* Whether the node is a product that this library computes. */
static bool is_served(const struct ggml_tensor *node) {
    const bool product = node->op == host.op_mul_mat || node->op == host.op_mul_mat_id;
    if (!product || node->src[1]->type != GGML_F32 || node->type != GGML_F32 ||
        is_part(node->src[0])) {
        return false;
    }
    /* A loader asks before there is memory for the weights; a scheduler for every graph. */
    struct matrix matrix;
    return buffer_matrix(node->src[0]) || matrix_of(&matrix, node->src[0], NULL);
}

/* ---- The CPU device ------------------------------------------------------------------ */

static bool cpu_supports_op(struct ggml_device *cpu, const struct ggml_tensor *node) {
    const bool only_our_weights = node->src[0] && buffer_holds(node->src[0]);
    return only_our_weights ? is_served(node) : cpu_own.supports_op(cpu, node);
}

static bool cpu_supports_buffer_type(struct ggml_device *cpu, struct ggml_buffer_type *type) {
    return type == buffer_type() || cpu_own.supports_buffer_type(cpu, type);
}

static struct ggml_backend *cpu_init_backend(struct ggml_device *cpu, const char *parameters) {
    struct ggml_backend *const backend = cpu_own.init_backend(cpu, parameters);
    if (backend && !engine_attach(backend)) {
        host.log(GGML_LOG_ERROR, "lutloom: no memory for a backend\n");
    }
    report();
    return backend;
}

/* The CPU device's functions are static memory of the host's, so this object stays in it. */
static bool adopt_cpu(void) {
    cpu_device = host.device_by_kind(GGML_DEVICE_CPU);
    if (!cpu_device) {
        return false;
    }
    cpu_own = *cpu_device;
    cpu_device->supports_op = cpu_supports_op;
    cpu_device->supports_buffer_type = cpu_supports_buffer_type;
    cpu_device->init_backend = cpu_init_backend;
    return true;
}

/* ---- A backend of our own ------------------------------------------------------------ */

struct own_backend {
    struct ggml_backend backend;
    struct ggml_backend *cpu;
};

static const char *backend_name(struct ggml_backend *backend) {
    (void)backend;
    return "LUTLOOM";
}

static void backend_free(struct ggml_backend *backend) {
    struct own_backend *const own = (struct own_backend *)backend;
    void (*const cpu_free)(struct ggml_backend *) =
        (void (*)(struct ggml_backend *))own->cpu->functions[GGML_BACKEND_FREE];
    cpu_free(own->cpu);
    free(own);
}

static int backend_compute(struct ggml_backend *backend, struct ggml_graph *graph) {
    struct own_backend *const own = (struct own_backend *)backend;
    return ((ggml_compute_function)*host_compute_of(own->cpu))(own->cpu, graph);
}

static struct ggml_backend *init_backend(struct ggml_device *of, const char *parameters) {
    static uint8_t guid[16] = "lutloom";
    struct own_backend *const own = calloc(1, sizeof *own);
    if (!own) {
        return NULL;
    }
    own->cpu = cpu_device->init_backend(cpu_device, parameters);
    if (!own->cpu) {
        free(own);
        return NULL;
    }
    own->backend.guid = guid;
    own->backend.functions[GGML_BACKEND_GET_NAME] = (ggml_function)backend_name;
    own->backend.functions[GGML_BACKEND_FREE] = (ggml_function)backend_free;
    *host_compute_of(&own->backend) = (ggml_function)backend_compute;
    *host_device_of(&own->backend) = of;
    return &own->backend;
}

/* ---- Our device ---------------------------------------------------------------------- */

static const char *device_name(struct ggml_device *of) {
    (void)of;
    return "LUTLOOM";
}

static const char *device_description(struct ggml_device *of) {
    (void)of;
    return "matmul kernels for low-bit weights";
}

static void device_memory(struct ggml_device *of, size_t *unused, size_t *total) {
    cpu_own.get_memory(cpu_device, unused, total);
    (void)of;
}

static int device_kind(struct ggml_device *of) {
    (void)of;
    return GGML_DEVICE_ACCEL;
}

static void device_properties(struct ggml_device *of, struct ggml_device_properties *properties) {
    *properties = (struct ggml_device_properties){.name = device_name(of),
                                                  .description = device_description(of),
                                                  .kind = GGML_DEVICE_ACCEL,
                                                  .mmap = true};
    device_memory(of, &properties->memory_free, &properties->memory_total);
}

static struct ggml_buffer_type *device_buffer_type(struct ggml_device *of) {
    (void)of;
    return buffer_type();
}

/* Weights of a loaded model are the CPU backend's, which has the same products: with them there a
 * graph stays in one piece. Ours are what a loader asks about before it has any, and what a program
 * gives this device's backend itself: it may ask before anything has memory. */
static bool device_supports_op(struct ggml_device *of, const struct ggml_tensor *node) {
    (void)of;
    if (!host_computes(node)) {
        return !buffer_of(node);
    }
    const struct ggml_tensor *const weights = node->src[0];
    const bool ours = weights && (buffer_holds(weights) || !buffer_of(weights));
    const bool served = ours && !buffer_is_model(weights) && is_served(node);
    if (!served) {
        report_left(node);
    }
    return served;
}

static bool device_supports_buffer_type(struct ggml_device *of, struct ggml_buffer_type *type) {
    (void)of;
    return type == buffer_type();
}

static const char *registration_name(struct ggml_registration *of) {
    (void)of;
    return "LUTLOOM";
}

static size_t device_count(struct ggml_registration *of) {
    (void)of;
    return 1;
}

static struct ggml_device *device_get(struct ggml_registration *of, size_t index) {
    (void)of, (void)index;
    return &device;
}

static void set_threads(struct ggml_backend *backend, int threads) {
    void (*set)(struct ggml_backend *, int);
    struct ggml_registration *const cpu = cpu_device->registration;
    set =
        (void (*)(struct ggml_backend *, int))cpu->get_function(cpu, "ggml_backend_set_n_threads");
    if (set) {
        set(((struct own_backend *)backend)->cpu, threads);
    }
}

static void *get_function(struct ggml_registration *of, const char *name) {
    (void)of;
    return strcmp(name, "ggml_backend_set_n_threads") == 0 ? (void *)set_threads : NULL;
}

/* ---- Entry --------------------------------------------------------------------------- */

/* The host may unload us while its CPU device has our functions. */
static void stay_loaded(void) {
    Dl_info info;
    if (dladdr((void *)stay_loaded, &info)) {
        dlopen(info.dli_fname, RTLD_LAZY | RTLD_NODELETE);
    }
}

__attribute__((visibility("default"))) int ggml_backend_score(void) {
    return host_find(__builtin_return_address(0)) && settings_read();
}

__attribute__((visibility("default"))) struct ggml_registration *ggml_backend_init(void) {
    if (registration.api) {
        return &registration; /* loaded twice */
    }
    if (!host_find(__builtin_return_address(0)) || !settings_read() || !adopt_cpu()) {
        return NULL;
    }
    stay_loaded();
    buffer_type_begin(&device);
    device = (struct ggml_device){.get_name = device_name,
                                  .get_description = device_description,
                                  .get_memory = device_memory,
                                  .get_kind = device_kind,
                                  .get_properties = device_properties,
                                  .init_backend = init_backend,
                                  .get_buffer_type = device_buffer_type,
                                  .supports_op = device_supports_op,
                                  .supports_buffer_type = device_supports_buffer_type,
                                  .registration = &registration};
    registration = (struct ggml_registration){.api = GGML_API,
                                              .get_name = registration_name,
                                              .get_device_count = device_count,
                                              .get_device = device_get,
                                              .get_function = get_function};
    return &registration;
}
