#include "campaign/judge_source.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "api/guard.h"
#include "verifier/judge/sandbox_judge.h"
#include "verifier/problem/problem.h"

namespace tesuji::campaign {
namespace {

Result<std::unique_ptr<env::Judge>> OpenUnnamed(const JudgeSection& section) {
  auto problem = verifier::LoadProblem(section.problem);
  if (!problem) return tl::unexpected(problem.error());
  verifier::SandboxJudgeOptions options;
  options.language = section.language;
  options.workers = section.lanes;
  options.full_score = section.full_score;
  options.capacity = static_cast<std::size_t>(section.capacity);
  auto judge = verifier::SandboxJudge::Open(std::move(*problem), verifier::LanguageTable::BuiltIn(),
                                            options);
  if (!judge) return tl::unexpected(judge.error());
  return std::move(*judge);
}

/// Hands out `first`, then what `make` makes.
JudgeMaker StartingWith(std::unique_ptr<env::Judge> first, JudgeMaker make) {
  const auto kept = std::make_shared<std::unique_ptr<env::Judge>>(std::move(first));
  return [kept, make = std::move(make)]() -> Result<std::unique_ptr<env::Judge>> {
    if (*kept != nullptr) return std::move(*kept);
    return make();
  };
}

Status NoJudge(const env::Environment& environment) {
  return Fail(fmt::format(
      "environment {}: its episodes end in states that await a judge, and there is none; give its "
      "factory a make_judge (api/registry.h, `tesuji new-env --judged` shows one), or name a "
      "problem for the sandbox: [judge] problem = \"FOLDER\" in the campaign file",
      env::GuardedNameOf(environment)));
}

}  // namespace

Result<std::unique_ptr<env::Judge>> OpenSandboxJudge(const JudgeSection& section) {
  auto judge = OpenUnnamed(section);
  if (judge) return judge;
  return Fail(fmt::format("problem \"{}\": {}", section.problem, judge.error().message));
}

Result<JudgeSource> FindJudge(const CampaignConfig& config, const env::Registry& registry,
                              const std::shared_ptr<const env::Environment>& environment) {
  JudgeSource source;
  JudgeMaker make;
  if (!config.judge.problem.empty()) {
    make = [section = config.judge] { return OpenSandboxJudge(section); };
  } else {
    // The registry outlives the campaign, but not a judge that hangs.
    make = [factories = registry, id = config.environment.id, environment] {
      return factories.MakeJudge(id, *environment);
    };
    source.environment = env::GuardedNameOf(*environment);
  }
  auto first = make();
  if (!first) {
    if (config.judge.problem.empty()) return tl::unexpected(first.error());
    return Fail("[judge]: " + first.error().message);
  }
  if (*first == nullptr) return JudgeSource();
  source.identity =
      Json::parse((*first)->identity().dump(-1, ' ', false, Json::error_handler_t::replace));
  if (!source.identity.is_object() || source.identity.empty()) {
    return Fail(
        fmt::format("environment {}: Judge::identity must be an object with \"name\" and "
                    "\"version\", found {}",
                    source.environment, source.identity.dump()));
  }
  source.make = StartingWith(std::move(*first), std::move(make));
  return source;
}

Status CheckNeedsNoJudge(const env::Environment& environment, std::uint64_t seed) {
  constexpr int kMostSteps = 20'000;
  RandomStream random(seed);
  auto made = environment.NewState(environment.SampleTask(random));
  if (!made) return tl::unexpected(made.error());
  env::State& state = **made;
  std::vector<env::Action> actions;
  std::vector<env::ChanceOutcome> outcomes;
  for (int step = 0; step < kMostSteps && state.phase() == env::Phase::kOngoing; ++step) {
    if (state.to_play() == env::Player::kChance) {
      state.ChanceOutcomes(&outcomes);
      actions.clear();
      for (const auto& outcome : outcomes) actions.push_back(outcome.action);
    } else {
      state.LegalActions(&actions);
    }
    if (actions.empty()) break;
    state.Apply(actions[random.Below(actions.size())]);
  }
  return state.phase() == env::Phase::kAwaitsJudge ? NoJudge(environment) : Status();
}

JudgeQueueOptions QueueOptions(const JudgeSection& section) {
  JudgeQueueOptions options;
  options.capacity = static_cast<std::size_t>(section.capacity);
  options.attempts = section.attempts;
  const auto milliseconds = [](double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds));
  };
  options.deadline = milliseconds(section.deadline_seconds);
  options.pause = milliseconds(section.pause_seconds);
  return options;
}

}  // namespace tesuji::campaign
