// libFuzzer target for the bytes of trajectories: no input may crash the reader, and what it
// accepts must survive writing and reading again, with the same content.
//
// The first byte chooses what the rest is: a compressed row as the store keeps it, or a payload
// that has been decompressed already (which is what finds its way deep into the reader).
//   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_codec
//   build/fuzz/tests/fuzz_codec -max_total_time=600 CORPUS
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "storage/codec.h"

namespace tesuji::storage {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void Try(std::string_view bytes) {
  const bool compressed = bytes[0] % 8 == 0;
  bytes.remove_prefix(1);
  const auto first = compressed ? DecodeTrajectory(bytes) : DecodePayload(bytes);
  if (!first) {
    Require(!first.error().message.empty(), "a refusal without a reason");
    Require(first.error().message.find('\n') == std::string::npos, "a reason of several lines");
    return;
  }
  // JSON may be written in other words than it was read in (spaces, the order of keys); from then
  // on nothing may change.
  const EncodedTrajectory written = EncodeTrajectory(first->trajectory);
  const auto second = DecodeTrajectory(written.bytes);
  Require(second.has_value(), "what was written is not read");
  Require(second->hash == written.hash, "the hash of what is read is another");
  Require(EncodeContent(second->trajectory) == EncodeContent(first->trajectory),
          "writing again gives another content");
}

}  // namespace
}  // namespace tesuji::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0) tesuji::storage::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
