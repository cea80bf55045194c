/* What this backend needs to know of ggml's interface: facts of its binary interface, in our own
 * words. host.h finds the functions in the program that loads us; nothing here is linked.
 *
 * Seen in ggml 0.9.4 to 0.25.1 (API version 2). Its layouts differ in the tables of functions of
 * buffers and backends alone: those before April 2026 (0.9.11) lack the two functions that copy in
 * two dimensions. */
#ifndef LOOM_LLAMA_GGML_H
#define LOOM_LLAMA_GGML_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    GGML_API = 2,
    GGML_DIMS = 4,
    GGML_SOURCES = 10,
    GGML_OP_PARAMS = 64,
    GGML_NAME = 64,
};

enum { GGML_F32 = 0 };                               /* a type of tensors */
enum { GGML_FLAG_COMPUTE = 16 };                     /* of a tensor: computed with its graph */
enum { GGML_USAGE_WEIGHTS = 1 };                     /* of a buffer */
enum { GGML_DEVICE_CPU = 0, GGML_DEVICE_ACCEL = 3 }; /* kinds of devices */
enum { GGML_STATUS_FAILED = -1 };                    /* of a computation; 0 is success */
enum { GGML_TASKS_MAX = -1 };                        /* as many tasks as threads */
enum { GGML_LOG_INFO = 2, GGML_LOG_WARN, GGML_LOG_ERROR }; /* levels of the log */

struct ggml_context;
struct ggml_graph;
struct ggml_buffer;
struct ggml_buffer_type;
struct ggml_backend;
struct ggml_device;
struct ggml_registration;

struct ggml_tensor {
    int32_t type;
    struct ggml_buffer *buffer;
    int64_t ne[GGML_DIMS]; /* elements */
    size_t nb[GGML_DIMS];  /* strides in bytes */
    int32_t op;
    int32_t op_params[GGML_OP_PARAMS / sizeof(int32_t)];
    int32_t flags;
    struct ggml_tensor *src[GGML_SOURCES];
    struct ggml_tensor *view_src;
    size_t view_offset;
    void *data;
    char name[GGML_NAME];
    void *extra; /* the backend's own */
    char padding[8];
};
#if UINTPTR_MAX > UINT32_MAX
static_assert(sizeof(struct ggml_tensor) == 336, "as ggml has it since February 2025");
#endif

/* Any function; what it takes and returns depends on its place in a table. */
typedef void (*ggml_function)(void);

/* Places in a buffer type's table. */
struct ggml_buffer_type {
    const char *(*get_name)(struct ggml_buffer_type *type);
    struct ggml_buffer *(*alloc_buffer)(struct ggml_buffer_type *type, size_t size);
    size_t (*get_alignment)(struct ggml_buffer_type *type);
    size_t (*get_max_size)(struct ggml_buffer_type *type);
    size_t (*get_alloc_size)(struct ggml_buffer_type *type, const struct ggml_tensor *tensor);
    bool (*is_host)(struct ggml_buffer_type *type);
    struct ggml_device *device;
    void *context;
};

/* What a buffer can do, without the functions of two dimensions, which are optional. */
struct ggml_buffer_functions {
    void (*free_buffer)(struct ggml_buffer *buffer);
    void *(*get_base)(struct ggml_buffer *buffer);
    int (*init_tensor)(struct ggml_buffer *buffer, struct ggml_tensor *tensor);
    void (*memset_tensor)(struct ggml_buffer *buffer, struct ggml_tensor *tensor, uint8_t value,
                          size_t offset, size_t size);
    void (*set_tensor)(struct ggml_buffer *buffer, struct ggml_tensor *tensor, const void *data,
                       size_t offset, size_t size);
    void (*get_tensor)(struct ggml_buffer *buffer, const struct ggml_tensor *tensor, void *data,
                       size_t offset, size_t size);
};
struct ggml_buffer_functions_end {
    bool (*cpy_tensor)(struct ggml_buffer *buffer, const struct ggml_tensor *from,
                       struct ggml_tensor *to);
    void (*clear)(struct ggml_buffer *buffer, uint8_t value);
    void (*reset)(struct ggml_buffer *buffer);
};
struct ggml_buffer_table_9 { /* without two dimensions */
    struct ggml_buffer_functions begin;
    struct ggml_buffer_functions_end end;
};
struct ggml_buffer_table_10 {
    struct ggml_buffer_functions begin;
    ggml_function set_tensor_2d, get_tensor_2d;
    struct ggml_buffer_functions_end end;
};

/* What follows a buffer's table. */
struct ggml_buffer_rest {
    struct ggml_buffer_type *type;
    void *context;
    size_t size;
    int usage;
};
struct ggml_buffer_9 {
    struct ggml_buffer_table_9 table;
    struct ggml_buffer_rest rest;
};
struct ggml_buffer_10 {
    struct ggml_buffer_table_10 table;
    struct ggml_buffer_rest rest;
};
struct ggml_buffer {
    union {
        struct ggml_buffer_9 nine;
        struct ggml_buffer_10 ten;
    };
};

/* A backend's table: places of the functions that we fill or replace. */
enum {
    GGML_BACKEND_GET_NAME = 0,
    GGML_BACKEND_FREE = 1,
    GGML_BACKEND_COMPUTE_9 = 10, /* without two dimensions */
    GGML_BACKEND_COMPUTE_10 = 12,
    GGML_BACKEND_FUNCTIONS_9 = 14,
    GGML_BACKEND_FUNCTIONS_10 = 16,
};
struct ggml_backend_9 {
    ggml_function functions[GGML_BACKEND_FUNCTIONS_9];
    struct ggml_device *device;
    void *context;
};
struct ggml_backend_10 {
    ggml_function functions[GGML_BACKEND_FUNCTIONS_10];
    struct ggml_device *device;
    void *context;
};
struct ggml_backend {
    void *guid;
    union {
        ggml_function functions[GGML_BACKEND_FUNCTIONS_9]; /* those before COMPUTE_9 */
        struct ggml_backend_9 nine;
        struct ggml_backend_10 ten;
    };
};

struct ggml_device_properties {
    const char *name, *description;
    size_t memory_free, memory_total;
    int kind;
    const char *id;
    bool async, host_buffer, buffer_from_host, events, mmap;
};

struct ggml_device {
    const char *(*get_name)(struct ggml_device *device);
    const char *(*get_description)(struct ggml_device *device);
    void (*get_memory)(struct ggml_device *device, size_t *free, size_t *total);
    int (*get_kind)(struct ggml_device *device);
    void (*get_properties)(struct ggml_device *device, struct ggml_device_properties *properties);
    struct ggml_backend *(*init_backend)(struct ggml_device *device, const char *parameters);
    struct ggml_buffer_type *(*get_buffer_type)(struct ggml_device *device);
    struct ggml_buffer_type *(*get_host_buffer_type)(struct ggml_device *device);
    struct ggml_buffer *(*buffer_from_host)(struct ggml_device *device, void *data, size_t size,
                                            size_t largest_tensor);
    bool (*supports_op)(struct ggml_device *device, const struct ggml_tensor *op);
    bool (*supports_buffer_type)(struct ggml_device *device, struct ggml_buffer_type *type);
    bool (*offload_op)(struct ggml_device *device, const struct ggml_tensor *op);
    ggml_function event_new, event_free, event_synchronize;
    struct ggml_registration *registration;
    void *context;
};

struct ggml_registration {
    int api;
    const char *(*get_name)(struct ggml_registration *registration);
    size_t (*get_device_count)(struct ggml_registration *registration);
    struct ggml_device *(*get_device)(struct ggml_registration *registration, size_t index);
    void *(*get_function)(struct ggml_registration *registration, const char *name);
    void *context;
};

struct ggml_context_parameters {
    size_t size;
    void *memory;
    bool no_alloc;
};

typedef void (*ggml_custom_function)(struct ggml_tensor *result, int thread, int threads,
                                     void *data);
typedef int (*ggml_compute_function)(struct ggml_backend *backend, struct ggml_graph *graph);

#endif
