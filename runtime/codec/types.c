#include "codec/types.h"

const struct weight_type *weight_type_find(int32_t type, int64_t codes) {
    for (size_t i = 0; i < weight_type_count; i++) {
        if (weight_types[i].type == type && weight_types[i].codes == codes) {
            return &weight_types[i];
        }
    }
    return NULL;
}
