#include "dataset/curate/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "api/dataset_hooks.h"
#include "dataset/curate/canonical.h"
#include "dataset/curate/hash.h"
#include "dataset/curate/minhash.h"

namespace tesuji::dataset {
namespace {

RowFacts Problem(RowFacts facts, std::string code, std::string detail) {
  facts.problem = std::move(code);
  facts.detail = std::move(detail);
  return facts;
}

/// Why a row is not asked for; empty: it is.
std::string Unselected(const SelectSection& select, const storage::StoredTrajectory& stored,
                       std::int64_t generation) {
  const auto& made_by = stored.trajectory.provenance;
  const bool verified = stored.status == storage::TrajectoryStatus::kVerified;
  if (select.status != 2 && (select.status == 0) != verified) return "select:status";
  if (select.campaign_split == 1 && stored.split != "train") return "select:campaign_split";
  if (select.campaign_split == 2 && stored.split != "heldout") return "select:campaign_split";
  if (!select.environments.empty() &&
      std::ranges::find(select.environments, made_by.environment_id) == select.environments.end()) {
    return "select:environment";
  }
  const std::string first = made_by.checkpoints.empty() ? "" : made_by.checkpoints.front();
  if (!select.checkpoints.empty() &&
      std::ranges::none_of(select.checkpoints,
                           [&](const auto& prefix) { return first.starts_with(prefix); })) {
    return "select:checkpoint";
  }
  if (select.first_checkpoint > 0 && generation < select.first_checkpoint) {
    return "select:first_checkpoint";
  }
  return {};
}

/// Figures of the searches. False when one of them is no number.
bool Measure(const env::Trajectory& trajectory, RowFacts* facts) {
  double visits = 0;
  double surprise = 0;
  double error = 0;
  for (const env::Step& step : trajectory.steps) {
    if (!std::isfinite(step.root_value) || !std::isfinite(step.surprise) ||
        !std::isfinite(step.weight)) {
      return false;
    }
    if (!step.is_target) continue;
    ++facts->targets;
    visits += step.visits;
    surprise += step.surprise;
    facts->max_surprise = std::max(facts->max_surprise, step.surprise);
    error += std::abs(step.root_value - trajectory.outcome.value);
  }
  const auto count = static_cast<double>(std::max<std::int64_t>(1, facts->targets));
  facts->mean_visits = static_cast<float>(visits / count);
  facts->mean_surprise = static_cast<float>(surprise / count);
  facts->difficulty = static_cast<float>(error / count);
  facts->length = static_cast<std::int64_t>(trajectory.steps.size());
  facts->value = trajectory.outcome.value;
  facts->score = trajectory.outcome.score;
  facts->termination = trajectory.outcome.termination;
  return std::isfinite(facts->value) && std::isfinite(facts->score);
}

/// Uniform in [0, 1) by content, for sampling.
double Draw(const std::string& hash, std::uint64_t seed) {
  return static_cast<double>(Combine64(seed, HashText(hash)) >> 11) * 0x1.0p-53;
}

std::vector<env::Action> Actions(const env::Trajectory& trajectory) {
  std::vector<env::Action> actions;
  for (const auto& step : trajectory.steps) actions.push_back(step.action);
  return actions;
}

}  // namespace

RowFacts Analyse(const AnalysisContext& context, std::int64_t row) {
  const Recipe& recipe = *context.recipe;
  RowFacts facts;
  const auto stored = context.sources->Load(row);
  if (!stored) return Problem(std::move(facts), "unreadable", stored.error().message);
  const env::Trajectory& trajectory = stored->trajectory;
  facts.hash = stored->hash;
  const auto& checkpoints = trajectory.provenance.checkpoints;
  if (!checkpoints.empty()) facts.generation = context.sources->Generation(checkpoints.front());
  if (auto reason = Unselected(recipe.select, *stored, facts.generation); !reason.empty()) {
    return Problem(std::move(facts), std::move(reason), "");
  }
  const auto environment = context.sources->environments().Get(trajectory.provenance);
  if (!environment) {
    return Problem(std::move(facts), "verify:environment", environment.error().message);
  }
  if (context.reverify && Draw(stored->hash, recipe.dataset.seed) < recipe.verify.fraction) {
    if (auto wrong = context.reverify(*stored, **environment); !wrong.empty()) {
      return Problem(std::move(facts), "verify:failed", std::move(wrong));
    }
    facts.reverified = true;
  }
  if (!Measure(trajectory, &facts)) {
    return Problem(std::move(facts), "verify:failed", "holds a number that is not finite");
  }
  std::unique_ptr<env::State> end;
  auto canonical = Canonicalise(**environment, trajectory, recipe.split.opening_moves, &end);
  if (!canonical) {
    return Problem(std::move(facts), "verify:failed", canonical.error().message);
  }
  env::CurationText text;
  if (end->phase() != env::Phase::kOngoing) text = env::DescribeForCuration(**environment, *end);
  const env::Spec& spec = (*environment)->spec();
  facts.two_players = spec.player_count == 2;
  facts.shape =
      HashText(fmt::format("{} {} {} {} {}", spec.id, spec.observation.planes,
                           spec.observation.height, spec.observation.width, spec.action_count));
  facts.episode = text.canonical.empty()
                      ? canonical->key
                      : IdentityKey(canonical->task.ToHex() + "\n" + text.canonical);
  facts.task = canonical->task;
  facts.opening = canonical->opening;
  if (!text.behaviour.empty()) {
    facts.behaviour = IdentityKey(fmt::format("{} {}\n{}", spec.id, spec.version, text.behaviour));
  }
  for (std::size_t i = 0; i < trajectory.steps.size(); ++i) {
    const env::Step& step = trajectory.steps[i];
    facts.positions.push_back(
        {canonical->positions[i], step.is_target ? std::max(1U, step.visits) : 0U});
  }
  if (recipe.dedup.near) {
    const auto words =
        text.document.empty() ? ActionWords(canonical->actions) : TextWords(text.document);
    facts.bands =
        BandKeys(Shingles(words, recipe.dedup.words), recipe.dedup.bands, recipe.dedup.rows);
  }
  if (context.suites != nullptr && !context.suites->empty()) {
    const bool are_actions = text.document.empty();
    const auto words = are_actions ? ActionWords(Actions(trajectory)) : TextWords(text.document);
    const env::State* finished = end->phase() == env::Phase::kOngoing ? nullptr : end.get();
    if (auto hit =
            context.suites->Find(**environment, words, are_actions, text.behaviour, finished)) {
      facts.contamination = std::move(hit->reason);
      facts.contamination_detail = std::move(hit->detail);
    }
  }
  return facts;
}

Result<std::vector<std::uint64_t>> NearWords(const AnalysisContext& context, std::int64_t row) {
  const auto stored = context.sources->Load(row);
  if (!stored) return tl::unexpected(stored.error());
  const auto environment = context.sources->environments().Get(stored->trajectory.provenance);
  if (!environment) return tl::unexpected(environment.error());
  std::unique_ptr<env::State> end;
  auto canonical = Canonicalise(**environment, stored->trajectory, 1, &end);
  if (!canonical) return tl::unexpected(canonical.error());
  env::CurationText text;
  if (end->phase() != env::Phase::kOngoing) text = env::DescribeForCuration(**environment, *end);
  return text.document.empty() ? ActionWords(canonical->actions) : TextWords(text.document);
}

}  // namespace tesuji::dataset
