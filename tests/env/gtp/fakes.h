// Evaluators and tables that tests know by heart.
#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "env/go/go_environment.h"
#include "env/go/gtp/engine.h"
#include "search/uniform_evaluator.h"

namespace tesuji::gtp {

/// A clock that only moves when told.
class FakeClock {
 public:
  Now now() {
    return [this] { return time_; };
  }
  void Advance(double seconds) {
    time_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(seconds));
  }
  double seconds() const { return std::chrono::duration<double>(time_.time_since_epoch()).count(); }

 private:
  std::chrono::steady_clock::time_point time_{};
};

/// Equal priors and the value that a function gives; counts its work, and may take (fake) time.
class ScriptedEvaluator final : public search::Evaluator {
 public:
  using Value = std::function<float(const env::go::GoState&)>;
  explicit ScriptedEvaluator(Value value, FakeClock* clock = nullptr, double seconds = 0)
      : value_(std::move(value)), clock_(clock), seconds_(seconds) {}

  void Evaluate(std::span<const search::EvaluationRequest> requests,
                std::span<search::Evaluation> out) override {
    ++batches;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      ++positions;
      const auto& state = static_cast<const env::go::GoState&>(*requests[i].state);
      const std::size_t n = requests[i].legal.size();
      out[i].priors.assign(n, 1.0F / static_cast<float>(n));
      out[i].value = value_(state);
      out[i].score = 10 * out[i].value;
      out[i].ownership = ownership;
      if (clock_ != nullptr) clock_->Advance(seconds_);
    }
  }
  std::string checkpoint_hash() const override { return "scripted"; }

  std::vector<float> ownership;
  int batches = 0;
  int positions = 0;

 private:
  Value value_;
  FakeClock* clock_;
  double seconds_;
};

/// Tables with one evaluator for all sizes up to `largest`.
inline TableMaker TablesWith(std::shared_ptr<search::Evaluator> evaluator, int largest = 19,
                             std::shared_ptr<search::Evaluator> ownership = nullptr) {
  return [=](const env::go::Rules& rules) -> Result<PlayingTable> {
    if (rules.width > largest || rules.height > largest) return Fail("too large for this network");
    auto environment = env::go::GoEnvironment::Make({.rules = rules});
    if (!environment) return tl::unexpected(environment.error());
    return PlayingTable{std::move(*environment), evaluator, ownership};
  };
}

inline EngineOptions QuickOptions(int simulations = 8) {
  EngineOptions options;
  options.search.simulations = simulations;
  options.analysis_simulations = 64;
  return options;
}

inline std::unique_ptr<Engine> MakeEngine(EngineOptions options = QuickOptions(),
                                          int largest = 19) {
  auto engine = Engine::Create(TablesWith(std::make_shared<search::UniformEvaluator>(), largest),
                               std::move(options));
  return std::move(*engine);
}

}  // namespace tesuji::gtp
