/* Vocabulary of AVX-512 F and BW. */
#ifndef ISA_AVX512BW_H
#define ISA_AVX512BW_H

#include "isa_vector512.h"
#include "isa_x86.h"

#include "isa_sums16.h"

#endif
