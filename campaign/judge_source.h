// Where a campaign's judge comes from: the problem that [judge] names, or else the environment's
// own factory. Thread-safety: free functions; a JudgeSource's maker may be called from any thread,
// one at a time.
#pragma once

#include <memory>
#include <string>

#include "api/environment.h"
#include "api/registry.h"
#include "campaign/campaign_config.h"
#include "campaign/judge_queue.h"

namespace tesuji::campaign {

struct JudgeSource {
  JudgeMaker make;          ///< Empty: there is no judge.
  Json identity;            ///< Of the judge, for provenance; an object.
  std::string environment;  ///< Whose own judge it is, for messages; empty: the sandbox of [judge].
};

/// Makes the first judge, which the maker hands out first, so that what is wrong shows here. The
/// maker keeps `environment` alive.
Result<JudgeSource> FindJudge(const CampaignConfig& config, const env::Registry& registry,
                              const std::shared_ptr<const env::Environment>& environment);

/// The sandbox with section.problem.
Result<std::unique_ptr<env::Judge>> OpenSandboxJudge(const JudgeSection& section);

/// Plays one random episode. A failure, which says what to do: it ended in kAwaitsJudge.
Status CheckNeedsNoJudge(const env::Environment& environment, std::uint64_t seed);

JudgeQueueOptions QueueOptions(const JudgeSection& section);

}  // namespace tesuji::campaign
