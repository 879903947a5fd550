// Feeds bytes to a whole GTP engine (uniform evaluator, very small searches) as a controller would,
// and to the readers of other engines' answers.
// Checked besides crashes and sanitizers: every answer begins with its sign and has exactly one
// empty line, at its end; the position stays one that can be shown and scored.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "arena/openings.h"
#include "env/go/gtp/engine.h"
#include "env/go/gtp/match_hooks.h"
#include "env/go/gtp/protocol.h"
#include "search/uniform_evaluator.h"

namespace {

using namespace tesuji;

constexpr int kLargestSide = 7;

Result<gtp::PlayingTable> MakeTable(const env::go::Rules& rules) {
  if (rules.width > kLargestSide || rules.height > kLargestSide) return Fail("too large");
  auto environment = env::go::GoEnvironment::Make({.rules = rules});
  if (!environment) return tl::unexpected(environment.error());
  return gtp::PlayingTable{std::move(*environment), std::make_shared<search::UniformEvaluator>(),
                           nullptr};
}

// Says "a line has arrived" at every third look.
class SomeInput final : public gtp::Input {
 public:
  bool Pending() override { return ++looks_ % 3 == 0; }
  void Wait(std::chrono::milliseconds) override {}

 private:
  int looks_ = 0;
};

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckFraming(const std::string& answer) {
  if (answer.empty()) return;  // A comment or an empty line.
  Require(answer[0] == '=' || answer[0] == '?');
  Require(answer.find("\n\n") == answer.size() - 2);
  Require(answer.find('\r') == std::string::npos);
  Require(gtp::ParseResponse(answer).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)gtp::ParseResponse(bytes);
  const auto board = env::go::GoEnvironment::Make({.rules = {.width = 5, .height = 5}});
  const auto start = (*board)->NewGame({});
  (void)arena::ParseOpenings(*gtp::GoMatchHooks(), **start, bytes);

  std::chrono::steady_clock::time_point time;
  gtp::EngineOptions options;
  options.rules = {.width = 5, .height = 5};
  options.search.simulations = 3;
  options.search.root = size % 2 == 0 ? "puct" : "gumbel";
  options.simulations_with_clock = 3;
  options.analysis_simulations = 6;
  options.resign_below = 0.4;
  options.allow_files = false;
  options.now = [&time] { return time += std::chrono::milliseconds(7); };
  auto engine = gtp::Engine::Create(MakeTable, options);
  Require(engine.has_value());

  gtp::LineSplitter splitter;
  std::vector<gtp::LineSplitter::Line> lines;
  splitter.Feed(bytes, &lines);
  if (auto last = splitter.Finish()) lines.push_back(std::move(*last));
  SomeInput input;
  std::string answer;
  const gtp::Engine::Write write = [&answer](std::string_view part) { answer += part; };
  constexpr std::size_t kMostLines = 60;
  for (std::size_t i = 0; i < std::min(kMostLines, lines.size()) && !(*engine)->quit(); ++i) {
    answer.clear();
    if (lines[i].too_long) {
      (*engine)->RefuseLongLine(lines[i].text, write);
    } else {
      (*engine)->Execute(lines[i].text, write, &input);
    }
    CheckFraming(answer);
  }
  CheckFraming((*engine)->Execute("showboard"));
  CheckFraming((*engine)->Execute("final_score"));
  CheckFraming((*engine)->Execute("printsgf"));
  return 0;
}
