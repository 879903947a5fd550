// A campaign's generations: trains the next checkpoint, says what came of it, and has it scored by
// the producer, by matches (two players) or by episodes in earnest (a lone agent).
// Thread-safety: Words() may be called from any thread; everything else from the learner's.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "api/environment.h"
#include "api/producer.h"
#include "campaign/campaign_config.h"
#include "campaign/evaluation.h"
#include "campaign/learning.h"
#include "campaign/progress.h"
#include "campaign/run_limits.h"
#include "storage/store.h"

namespace tesuji::campaign {

/// All are borrowed.
struct GenerationsParts {
  const env::Environment* environment = nullptr;
  const CampaignConfig* config = nullptr;
  env::Producer* producer = nullptr;
  storage::Store* store = nullptr;
  Learning* learning = nullptr;
  Evaluation* evaluation = nullptr;
  RunLimits* limits = nullptr;
  ProgressLine* progress = nullptr;
  bool self_play = true;  ///< A lone agent plays for its score too.
  bool judged = false;    ///< A judge scores episodes; nothing is played for the rules' score.
};

class Generations {
 public:
  explicit Generations(const GenerationsParts& parts);

  bool due() const { return owed_ || parts_.learning->due(); }
  /// Blocks while it evaluates what an earlier run broke off, or trains and evaluates; ends early
  /// when the run is over.
  void RunNext();
  /// For the progress line: who waits for whom.
  std::string Words() const;
  /// What a person should know when the run ends before the first training; else empty.
  std::string WhyNone() const;

 private:
  void Announce(const GenerationReport& report) const;
  /// Evaluates and says what came of it. An evaluation that the end of the run, or of the process,
  /// breaks off is owed: the next run makes it.
  void Evaluate(std::int64_t checkpoint);
  void EvaluateWhole(std::int64_t checkpoint);
  /// Tells once, and keeps for `status`, why a checkpoint is not measured.
  void SayUnplayed(const std::string& words);
  void EvaluateLoneAgent(std::int64_t checkpoint);
  void Keep(const std::vector<storage::Metric>& metrics);

  const GenerationsParts parts_;
  bool said_unplayed_ = false;
  std::atomic<bool> owed_{false};  ///< The evaluation of the newest checkpoint.
  enum class Stage : std::uint8_t { kWaiting, kTraining, kEvaluating };
  std::atomic<Stage> stage_{Stage::kWaiting};
};

}  // namespace tesuji::campaign
