#include "cli/matmul.h"

namespace tesuji::cli {

namespace matmul = env::matmul;

Result<Product> ReadProduct(const std::string& format, const std::string& ring,
                            const std::string& format_option) {
  const auto parsed_format = matmul::ParseFormat(format);
  if (!parsed_format) {
    const std::string& message = parsed_format.error().message;
    return Fail(format_option.empty() ? message : format_option + ": " + message);
  }
  const auto parsed_ring = matmul::ParseRing(ring);
  if (!parsed_ring) return Fail("--ring: " + parsed_ring.error().message);
  return Product{.format = *parsed_format, .ring = *parsed_ring};
}

}  // namespace tesuji::cli
