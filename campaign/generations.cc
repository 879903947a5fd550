#include "campaign/generations.h"

#include <fmt/format.h>

#include <optional>

#include "campaign/solo_evaluation.h"

namespace tesuji::campaign {
namespace {

/// The number of the checkpoint whose evaluation was begun and not ended.
constexpr const char* kOwedFact = "evaluation_owed";

}  // namespace

Generations::Generations(const GenerationsParts& parts) : parts_(parts) {
  const auto owed = parts_.store->GetFact(kOwedFact);
  owed_ = owed && parts_.learning->generation() > 0 && *owed == parts_.learning->generation();
}

void Generations::RunNext() {
  if (owed_.exchange(false)) {
    stage_ = Stage::kEvaluating;
    if (!parts_.limits->Over()) Evaluate(parts_.learning->generation());
    stage_ = Stage::kWaiting;
    return;
  }
  stage_ = Stage::kTraining;
  const auto report = parts_.learning->RunGeneration([this] { return parts_.limits->Over(); });
  if (report) {
    Announce(*report);
    stage_ = Stage::kEvaluating;
    const int every = parts_.config->evaluation.every;
    if (every > 0 && report->checkpoint.id % every == 0) Evaluate(report->checkpoint.id);
  }
  stage_ = Stage::kWaiting;
}

void Generations::Announce(const GenerationReport& report) const {
  std::string bits = "-";
  for (const auto& metric : report.metrics) {
    if (metric.name == "bits_per_action") bits = fmt::format("{:.3f}", metric.value);
  }
  parts_.progress->Announce(
      fmt::format("generation {}: {} games, {} steps, loss {:.3f}, bits/move {} ({:.0f} rows/s)",
                  report.checkpoint.id, report.checkpoint.episodes, report.training.steps,
                  report.training.loss, bits, report.training.rows_per_second));
}

void Generations::Evaluate(std::int64_t checkpoint) {
  parts_.store->PutFact(kOwedFact, checkpoint);
  EvaluateWhole(checkpoint);
  if (parts_.limits->Over()) {
    parts_.progress->Announce(fmt::format(
        "the evaluation of generation {} was broken off; the next run makes it", checkpoint));
  } else {
    parts_.store->PutFact(kOwedFact, nullptr);
  }
}

void Generations::EvaluateWhole(std::int64_t checkpoint) {
  const auto stop = [this] { return parts_.limits->Over(); };
  std::vector<storage::Metric> metrics;
  for (const auto& figure : parts_.producer->Score(*parts_.learning->policy(), stop)) {
    metrics.push_back({checkpoint, figure.name, figure.value});
  }
  Keep(metrics);
  if (parts_.judged) return;
  const env::Spec& spec = parts_.environment->spec();
  const bool lone_agent = spec.player_count == 1;
  if (lone_agent && parts_.self_play) EvaluateLoneAgent(checkpoint);
  if (const std::string why = Evaluation::WhyNone(spec); !lone_agent && !why.empty()) {
    SayUnplayed("no matches are played: " + why);
  }
  parts_.evaluation->EvaluateGeneration(checkpoint, stop);
}

void Generations::EvaluateLoneAgent(std::int64_t checkpoint) {
  const auto metrics =
      EvaluateSolo(*parts_.environment, *parts_.config, checkpoint, parts_.learning->newest(),
                   [this] { return parts_.limits->Over(); });
  if (metrics) {
    Keep(*metrics);
  } else {
    SayUnplayed("no evaluation episodes are played: " + metrics.error().message);
  }
}

void Generations::SayUnplayed(const std::string& words) {
  if (said_unplayed_) return;
  said_unplayed_ = true;
  parts_.progress->Announce(words);
  parts_.store->PutFact("unplayed", words);
}

void Generations::Keep(const std::vector<storage::Metric>& metrics) {
  if (metrics.empty()) return;
  parts_.store->PutMetrics(metrics);
  std::string line = fmt::format("generation {}:", metrics.front().checkpoint);
  for (const auto& metric : metrics) line += fmt::format(" {} {:.4g}", metric.name, metric.value);
  parts_.progress->Announce(line);
}

std::string Generations::Words() const {
  const Learning& learning = *parts_.learning;
  const std::int64_t newest = learning.generation();
  std::string words;
  switch (stage_) {
    case Stage::kWaiting:
      return fmt::format("generation {}; the learner waits for games ({})", newest,
                         learning.NextWords());
    case Stage::kTraining:
      words = fmt::format("training generation {}", newest + 1);
      break;
    case Stage::kEvaluating:
      words = fmt::format("evaluating generation {}", newest);
      break;
  }
  return learning.behind() ? words + "; players wait for the learner" : words;
}

std::string Generations::WhyNone() const {
  const Learning& learning = *parts_.learning;
  if (learning.generation() > 0) return {};
  return fmt::format("nothing is trained yet: {}; there are {} games and {} rows",
                     learning.NextWords(), learning.episodes(), learning.rows_made());
}

}  // namespace tesuji::campaign
