#include "env/program/guide/default_guide.h"

#include <cstddef>

// TESUJI_DEFAULT_GUIDE is the file's path, set by CMake.
asm(".pushsection .rodata\n"
    ".balign 16\n"
    ".global tesuji_default_guide_begin\n"
    ".global tesuji_default_guide_end\n"
    "tesuji_default_guide_begin:\n"
    ".incbin \"" TESUJI_DEFAULT_GUIDE
    "\"\n"
    "tesuji_default_guide_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" const char tesuji_default_guide_begin[];
extern "C" const char tesuji_default_guide_end[];

namespace tesuji::env::program {

std::string_view DefaultGuideWeights() {
  return {tesuji_default_guide_begin,
          static_cast<std::size_t>(tesuji_default_guide_end - tesuji_default_guide_begin)};
}

}  // namespace tesuji::env::program
