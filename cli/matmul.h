// What the subcommands about matrix multiplication read from their arguments.
#pragma once

#include <string>

#include "core/result.h"
#include "env/matmul/format.h"

namespace tesuji::cli {

struct Product {
  env::matmul::Format format;
  env::matmul::Ring ring = env::matmul::Ring::kZ2;
};

/// A failure names the option: "--ring: …". `format_option` is empty for a positional format.
Result<Product> ReadProduct(const std::string& format, const std::string& ring,
                            const std::string& format_option);

}  // namespace tesuji::cli
