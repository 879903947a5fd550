// The weights that guide `tesuji solve` when nothing else is asked for: the file
// experiments/checkpoints/list-functions.safetensors, built into the program.
// Thread-safety: a constant.
#pragma once

#include <string_view>

namespace tesuji::env::program {

std::string_view DefaultGuideWeights();

}  // namespace tesuji::env::program
