#include "dataset/curate/canonical.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/dataset_hooks.h"
#include "api/replay.h"
#include "dataset/curate/hash.h"

namespace tesuji::dataset {
namespace {

/// One image of an episode being replayed.
struct Image {
  const env::Symmetry* symmetry;
  std::unique_ptr<env::State> state;
};

/// The smallest of the images' fingerprints, in 64 bits.
Key128 SmallestFingerprint(const std::vector<Image>& images) {
  Key128 smallest = images.front().state->Fingerprint();
  for (std::size_t i = 1; i < images.size(); ++i) {
    smallest = std::min(smallest, images[i].state->Fingerprint());
  }
  return smallest;
}

std::vector<env::Action> FirstImage(const std::vector<Image>& images,
                                    const std::vector<env::Step>& steps) {
  std::vector<env::Action> first;
  std::vector<env::Action> image(steps.size());
  for (const Image& one : images) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      image[i] = one.symmetry->actions[static_cast<std::size_t>(steps[i].action)];
    }
    if (first.empty() || image < first) first = image;
  }
  return first;
}

}  // namespace

namespace {

/// Go's komi and handicap are in the task; its other parameters only say how tasks are drawn.
Json RulesThatCount(const env::Environment& environment) {
  Json rules = env::RuleParameters(environment);
  if (environment.spec().id == "go") {
    for (const char* of_the_task : {"komi", "komi_jitter", "handicap", "random_handicap"}) {
      rules.erase(of_the_task);
    }
  }
  return rules;
}

}  // namespace

Key128 TaskKey(const env::Environment& environment, const env::Task& task) {
  const env::Spec& spec = environment.spec();
  const Json facts = {{"environment", spec.id},
                      {"version", spec.version},
                      {"rules", RulesThatCount(environment)},
                      {"task", env::TaskIdentity(environment, task)}};
  return IdentityKey(facts.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::vector<std::size_t> StartSymmetries(const env::Environment& environment,
                                         const env::State& start) {
  const env::Spec& spec = environment.spec();
  std::vector<float> planes(static_cast<std::size_t>(spec.observation.size()));
  start.Encode(planes);
  const auto cells = static_cast<std::size_t>(spec.observation.cells());
  std::vector<std::size_t> kept = {0};
  for (std::size_t g = 1; g < spec.symmetries.size(); ++g) {
    const auto& symmetry = spec.symmetries[g];
    bool same = symmetry.cells.size() == cells;
    for (std::size_t i = 0; same && i < planes.size(); ++i) {
      const std::size_t image =
          i / cells * cells + static_cast<std::size_t>(symmetry.cells[i % cells]);
      same = planes[i] == planes[image];
    }
    if (same) kept.push_back(g);
  }
  return kept;
}

Result<CanonicalEpisode> Canonicalise(const env::Environment& environment,
                                      const env::Trajectory& trajectory, int opening_moves,
                                      std::unique_ptr<env::State>* end) {
  auto start = environment.NewState(trajectory.task);
  if (!start) return tl::unexpected(start.error());
  const env::Spec& spec = environment.spec();
  std::vector<Image> images;  // The first is the identity's.
  for (const std::size_t g : StartSymmetries(environment, **start)) {
    images.push_back({&spec.symmetries[g], (*start)->Clone()});
  }
  CanonicalEpisode result;
  result.task = TaskKey(environment, trajectory.task);
  const auto& steps = trajectory.steps;
  result.positions.reserve(steps.size());
  auto last = env::ReplaySteps(
      environment, trajectory.task, steps, [&](std::size_t i, const env::State& /*before*/) {
        const Key128 position = SmallestFingerprint(images);
        if (static_cast<int>(i) == opening_moves) result.opening = position;
        result.positions.push_back(Combine64(Fold(result.task), Fold(position)));
        for (Image& image : images) {
          image.state->Apply(image.symmetry->actions[static_cast<std::size_t>(steps[i].action)]);
        }
      });
  if (!last) return tl::unexpected(last.error());
  if (static_cast<int>(steps.size()) <= opening_moves) {
    result.opening = SmallestFingerprint(images);
  }
  result.opening = {Combine64(Fold(result.task), result.opening.high),
                    Combine64(Fold(result.task), result.opening.low)};
  result.actions = FirstImage(images, steps);
  std::string bytes = result.task.ToHex();
  for (const env::Action action : result.actions) bytes += fmt::format(" {}", action);
  result.key = IdentityKey(bytes);
  if (end != nullptr) *end = std::move(*last);
  return result;
}

}  // namespace tesuji::dataset
