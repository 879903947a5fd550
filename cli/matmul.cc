#include "cli/matmul.h"

#include <fmt/format.h>

#include "core/files.h"
#include "env/matmul/learn_flips.h"

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

Result<matmul::FlipPolicy> ReadFlipPolicy(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text) return tl::unexpected(text.error());
  const auto json = matmul::ParseUntrustedJson(*text);
  if (!json) return Fail(fmt::format("{}: {}", path, json.error().message));
  auto policy = matmul::FlipPolicyFromJson(*json);
  if (!policy) return Fail(fmt::format("{}: {}", path, policy.error().message));
  return policy;
}

}  // namespace tesuji::cli
