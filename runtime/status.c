/* What each status means, in words. */
#include "loom.h"

const char *loom_status_text(loom_status status) {
    switch (status) {
    case LOOM_OK:
        return "success";
    case LOOM_ERROR_NULL:
        return "a pointer that is needed is NULL, or the plan was never created";
    case LOOM_ERROR_FORMAT:
        return "the format is not a known name such as w2g128, w4g64zf32 or t";
    case LOOM_ERROR_NO_KERNEL:
        return "the library was not generated for this format or mode";
    case LOOM_ERROR_MODE:
        return "the mode is not a value of loom_mode";
    case LOOM_ERROR_SIZE:
        return "M, K or N is 0 or too large, or a stride or the packed weights' memory too small";
    case LOOM_ERROR_ALIGN:
        return "packed or prepared memory is not aligned to LOOM_ALIGN bytes, or x or y not to 4";
    case LOOM_ERROR_RANGE:
        return "the range of rows, or the part, is empty, reversed, beyond the end or off a block";
    case LOOM_ERROR_VALUE:
        return "a code or a zero point is outside what the format allows";
    case LOOM_ERROR_FORCE:
        return "LOOM_FORCE names no kernel or ISA that can serve this problem on this CPU";
    case LOOM_ERROR_PACKED:
        return "the packed weights were not packed for this plan";
    case LOOM_ERROR_PREPARED:
        return "the activations were not prepared for this plan and number of tokens";
    case LOOM_ERROR_POOL:
        return "the pool could not start its threads, or is another process's";
    case LOOM_ERROR_TUNING:
        return "the tuning file is not valid for this library and CPU, or memory for it is lacking";
    case LOOM_ERROR_FILE:
        return "the .loom file is not valid, or memory for it is lacking";
    case LOOM_ERROR_NAME:
        return "the .loom file has nothing of that name";
    }
    return "not a value of loom_status";
}
