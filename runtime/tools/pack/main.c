#include "pack/pack.h"

int main(int argc, char **argv) {
    struct arguments arguments = arguments_make(argc, argv);
    if (arguments_flag(&arguments, "pack")) {
        return pack_main(&arguments);
    }
    if (arguments_flag(&arguments, "unpack")) {
        return unpack_main(&arguments);
    }
    arguments_fail(&arguments, "'pack RECIPE --out FILE' or 'unpack FILE --tensor NAME --out "
                               "PREFIX' is needed");
}
