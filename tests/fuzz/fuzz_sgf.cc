// libFuzzer target for everything that reads SGF: no text may crash it, what it accepts must
// survive writing and reading again, and what it replays must survive as an artifact.
//
//   cmake -B build/fuzz -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang -DTESUJI_FUZZ=ON
//   cmake --build build/fuzz --target fuzz_sgf
//   build/fuzz/tests/fuzz_sgf -max_total_time=600 -dict=tests/fuzz/sgf.dict CORPUS
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "env/go/go_environment.h"
#include "env/go/sgf_game.h"

namespace tesuji::env::go {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

const GoEnvironment& EnvironmentOf(int width, int height) {
  static std::map<std::pair<int, int>, std::unique_ptr<const GoEnvironment>> made;
  auto& environment = made[{width, height}];
  if (environment == nullptr) {
    GoOptions options;
    options.rules.width = width;
    options.rules.height = height;
    environment = GoEnvironment::Make(options).value();
  }
  return *environment;
}

void TryGame(const SgfTree& tree) {
  for (const SgfProperty& property : tree.nodes[0].properties) {
    const auto [first, second] = SgfCompose(property.values[0]);
    (void)SgfSimpleText(second);
    const std::string text = SgfSimpleText(first);
    Require(SgfSimpleText(SgfEscape(text, true)) == text, "text survives escaping");
  }
  const auto record = ReadGame(tree);
  if (!record) return Require(!record.error().message.empty(), "a refusal has a reason");
  const GoEnvironment& environment = EnvironmentOf(record->width, record->height);
  const auto state = ReplayGame(environment, *record);
  if (!state) return Require(!state.error().message.empty(), "a refusal has a reason");
  const auto again = environment.FromArtifact((*state)->Artifact());
  Require(again.has_value(), "an artifact is read");
  Require((*again)->Fingerprint() == (*state)->Fingerprint(), "an artifact leads to its state");
}

void TryText(std::string_view text) {
  const auto games = ParseSgf(text, {.max_bytes = 1 << 20, .max_nodes = 1 << 16});
  if (!games) return Require(!games.error().message.empty(), "a refusal has a reason");
  Require(!games->empty(), "a collection has a game");
  const auto again = ParseSgf(WriteSgf(*games));
  Require(again.has_value() && *again == *games, "a collection survives writing");
  for (const SgfTree& tree : *games) TryGame(tree);
}

}  // namespace
}  // namespace tesuji::env::go

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tesuji::env::go::TryText({reinterpret_cast<const char*>(data), size});
  return 0;
}
