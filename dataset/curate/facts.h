// What curation knows of one row of a store: whether it holds when verified again, its identities,
// and the figures that filters look at. Computed once; thresholds then change without it.
// Thread-safety: plain values; Analyse() from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/key128.h"
#include "core/result.h"
#include "dataset/curate/contamination.h"
#include "dataset/recipe.h"
#include "dataset/sources.h"

namespace tesuji::dataset {

/// A position that a row may be made of.
struct PositionFact {
  std::uint64_t key = 0;     ///< Equal up to symmetries; see canonical.h.
  std::uint32_t visits = 0;  ///< Of a full search; 0: the move is no target.
};

struct RowFacts {
  std::string problem;  ///< Reason code of a row that cannot be used; empty: it can.
  std::string detail;   ///< For people.
  std::string hash;     ///< Content hash, empty when unreadable.
  bool reverified = false;
  Key128 episode;           ///< Equal for duplicates.
  Key128 task;              ///< Rules and task.
  Key128 opening;           ///< Position after the opening.
  Key128 behaviour;         ///< Whatever the task; all zero: unknown.
  std::uint64_t shape = 0;  ///< Of environment, observation and actions.
  bool two_players = false;
  std::string termination;
  std::int64_t generation = -1;  ///< Of the network it began with.
  std::int64_t length = 0;
  std::int64_t targets = 0;
  float value = 0;
  float score = 0;
  float mean_visits = 0;    ///< Of full searches.
  float mean_surprise = 0;  ///< Nats, of full searches.
  float max_surprise = 0;
  float difficulty = 0;                 ///< Mean |root value - outcome| of full searches.
  std::string contamination;            ///< Reason, empty when clean.
  std::string contamination_detail;     ///< Which suite.
  std::vector<std::uint64_t> bands;     ///< MinHash, when near duplicates are looked for.
  std::vector<PositionFact> positions;  ///< One a step.
};

/// Verifies a row independently of who made it: "" or what is wrong, one line. From any thread.
using Reverify =
    std::function<std::string(const storage::StoredTrajectory&, const env::Environment&)>;

/// What Analyse() needs besides the row. Borrowed.
struct AnalysisContext {
  const Recipe* recipe = nullptr;
  Sources* sources = nullptr;
  const Suites* suites = nullptr;
  Reverify reverify;
};

RowFacts Analyse(const AnalysisContext& context, std::int64_t row);

/// The words in which near duplicates of a loaded row are looked for.
Result<std::vector<std::uint64_t>> NearWords(const AnalysisContext& context, std::int64_t row);

/// Facts as bytes and back; decoding fails on anything damaged.
std::string EncodeFacts(const std::vector<RowFacts>& facts);
Result<std::vector<RowFacts>> DecodeFacts(std::string_view bytes);

}  // namespace tesuji::dataset
