#include "bench/data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "dataset/curate/decide.h"
#include "dataset/inspect.h"
#include "learner/compression.h"
#include "learner/replay_window.h"
#include "learner/trainer.h"
#include "storage/store.h"

namespace tesuji::bench {
namespace {

/// Fates of the positions of each episode in the dataset's train split, by content hash.
Result<std::map<std::string, std::string>> KeptPositions(const std::string& dataset) {
  std::map<std::string, std::string> kept;
  const Status read = dataset::ForEachJsonLine(
      std::filesystem::path(dataset) / "ledger.jsonl.zst", [&](const Json& line) {
        if (dataset::TextField(line, "fate") == "train") {
          kept[dataset::TextField(line, "hash")] = dataset::TextField(line, "positions");
        }
        return true;
      });
  if (!read) return tl::unexpected(read.error());
  return kept;
}

void ForgetDropped(const std::string& fates, env::Trajectory* trajectory) {
  for (std::size_t i = 0; i < trajectory->steps.size(); ++i) {
    if (i < fates.size() && fates[i] == dataset::kPositionStays) continue;
    trajectory->steps[i].is_target = false;
    trajectory->steps[i].policy.clear();
  }
}

Result<learner::CompressionFigure> TrainAndMeasure(const DataBenchOptions& options,
                                                   const env::Environment& environment,
                                                   learner::ReplayWindow* window,
                                                   const std::vector<env::Trajectory>& heldout) {
  learner::TrainerOptions trainer_options;
  trainer_options.network = options.network;
  trainer_options.device = options.device;
  trainer_options.batch = options.batch;
  trainer_options.warmup_steps = static_cast<int>(options.steps / 10);
  trainer_options.decay_steps = options.steps;
  trainer_options.ema_decay = 0.98;
  trainer_options.seed = options.seed;
  trainer_options.metadata = {{"environment", environment.spec().id},
                              {"environment_version", environment.spec().version},
                              {"parameters", environment.parameters()}};
  auto trainer = learner::Trainer::Create(environment, trainer_options);
  if (!trainer) return tl::unexpected(trainer.error());
  (*trainer)->Train(window, options.steps, {});
  auto network =
      learner::Network::Load((*trainer)->ExportWeights(), environment.spec(), options.device);
  if (!network) return tl::unexpected(network.error());
  const auto evaluator = (*network)->MakeEvaluator({});
  return learner::MeasureCompression(environment, heldout, evaluator.get());
}

/// Bits a move on the held-out episodes: -log2 of the policy for the move played.
struct DataValue {
  std::int64_t rows = 0;      ///< Of the dataset's positions.
  std::int64_t raw_rows = 0;  ///< Drawn from the store, at least as many.
  double curated_bits = 0;
  double raw_bits = 0;
  double uniform_bits = 0;
  std::int64_t heldout_moves = 0;
  std::int64_t refused = 0;  ///< Episodes that do not hold when replayed; no row is theirs.
  std::string first_refusal;
};

Result<DataValue> MeasureDataValue(const DataBenchOptions& options, const env::Registry& registry) {
  auto kept = KeptPositions(options.dataset);
  if (!kept) return tl::unexpected(kept.error());
  auto store = storage::Store::Open(options.store, storage::OpenMode::kReadOnly);
  if (!store) return tl::unexpected(store.error());
  const auto first = (*store)->GetTrajectory(1);
  if (!first) return tl::unexpected(first.error());
  const auto& made_by = first->trajectory.provenance;
  auto environment = registry.Make(made_by.environment_id, made_by.environment_parameters);
  if (!environment) return tl::unexpected(environment.error());

  learner::WindowOptions everything;
  everything.minimum_rows = everything.maximum_rows = INT64_MAX / 4;
  learner::ReplayWindow curated(**environment, everything);
  std::vector<env::Trajectory> heldout;
  DataValue value;
  const auto note = [&](storage::TrajectoryId id, const Status& added) {
    if (added) return;
    if (value.refused++ == 0) {
      value.first_refusal = fmt::format("trajectory {}: {}", id, added.error().message);
    }
  };
  // Order by content hash is an order without any meaning: a draw.
  std::map<std::string, storage::TrajectoryId> draw;
  (*store)->ForEachTrajectory(
      1,
      [&](const storage::StoredTrajectory& stored) {
        if (stored.status != storage::TrajectoryStatus::kVerified) return true;
        if (stored.split == "heldout") {
          heldout.push_back(stored.trajectory);
          return true;
        }
        draw[stored.hash] = stored.id;
        const auto it = kept->find(stored.hash);
        if (it == kept->end()) return true;
        env::Trajectory trajectory = stored.trajectory;
        ForgetDropped(it->second, &trajectory);
        note(stored.id, curated.Add(trajectory));
        return true;
      },
      [&](storage::TrajectoryId id, const std::string& reason) { note(id, Fail(reason)); });
  if (curated.rows() == 0) return Fail(options.dataset + ": no position of this store is in it");
  if (heldout.empty()) return Fail(options.store + ": has no held-out episodes to measure with");
  if (heldout.size() > options.heldout) {
    heldout.erase(heldout.begin(), heldout.end() - static_cast<std::ptrdiff_t>(options.heldout));
  }
  learner::ReplayWindow raw(**environment, everything);
  for (const auto& [hash, id] : draw) {
    if (raw.rows() >= curated.rows()) break;
    const auto stored = (*store)->GetTrajectory(id);
    note(id, stored ? raw.Add(stored->trajectory) : Status(tl::unexpected(stored.error())));
  }
  value.rows = curated.rows();
  value.raw_rows = raw.rows();
  const auto with = TrainAndMeasure(options, **environment, &curated, heldout);
  if (!with) return tl::unexpected(with.error());
  const auto without = TrainAndMeasure(options, **environment, &raw, heldout);
  if (!without) return tl::unexpected(without.error());
  value.curated_bits = with->bits_per_action;
  value.raw_bits = without->bits_per_action;
  value.uniform_bits = with->uniform_bits_per_action;
  value.heldout_moves = with->rows;
  return value;
}

}  // namespace

Status BenchData(const DataBenchOptions& options, const env::Registry& registry,
                 const ShowFigure& show) {
  const auto value = MeasureDataValue(options, registry);
  if (!value) return tl::unexpected(value.error());
  show({"uniform play", value->uniform_bits, "bits/move", {}, {}});
  show({"trained on curated rows", value->curated_bits, "bits/move", value->raw_bits,
        "as many raw rows"});
  show({"curated rows", static_cast<double>(value->rows), "rows",
        static_cast<double>(value->raw_rows), "raw rows"});
  show({"held-out moves", static_cast<double>(value->heldout_moves), "moves", {}, {}});
  if (value->refused > 0) {
    show({"episodes left out, the first: " + value->first_refusal,
          static_cast<double>(value->refused),
          "episodes",
          {},
          {}});
  }
  return {};
}

}  // namespace tesuji::bench
