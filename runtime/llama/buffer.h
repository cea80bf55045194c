/* Memory for weights. A tensor of a type that the library serves is packed in it; any other stands
 * there as ggml has it. */
#ifndef LOOM_LLAMA_BUFFER_H
#define LOOM_LLAMA_BUFFER_H

#include "llama/matrix.h"

/* The buffer type, of which there is one a process; static storage. It is `device`'s from the time
 * that it begins, once. */
void buffer_type_begin(struct ggml_device *device);
struct ggml_buffer_type *buffer_type(void);

/* The packed weights of a tensor, or NULL where it has none: it is elsewhere, or as ggml has it. */
const struct matrix *buffer_matrix(const struct ggml_tensor *tensor);

/* The buffer that the tensor's memory is in, or NULL. */
const struct ggml_buffer *buffer_of(const struct ggml_tensor *tensor);

/* Whether the tensor is, or will be, in memory of this type. */
bool buffer_holds(const struct ggml_tensor *tensor);

/* Whether the tensor is in memory that a host has marked as a model's weights. */
bool buffer_is_model(const struct ggml_tensor *tensor);

#endif
