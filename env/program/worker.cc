#include "env/program/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/unix_time.h"
#include "env/program/enumerate/enumerate.h"
#include "env/program/evaluation.h"
#include "env/program/written_episode.h"

namespace tesuji::env::program {

namespace {

constexpr int kCurriculumWindow = 100;

}  // namespace

void Curriculum::Note(bool solved) {
  const std::lock_guard lock(mutex_);
  ++tried_;
  solved_ += solved ? 1 : 0;
  if (tried_ < kCurriculumWindow) return;
  if (10 * solved_ >= 7 * tried_ && nodes_ < most_) ++nodes_;
  tried_ = solved_ = 0;
}

ProgramWorker::ProgramWorker(Options options, std::unique_ptr<ProgramCJudge> judge)
    : options_(std::move(options)), judge_(std::move(judge)) {}

Result<std::unique_ptr<ProducerWorker>> ProgramWorker::Make(Options options) {
  auto judge = ProgramCJudge::Open(options.lane);
  if (!judge) return tl::unexpected(judge.error());
  return std::unique_ptr<ProducerWorker>(new ProgramWorker(std::move(options), std::move(*judge)));
}

Status ProgramWorker::Adopt(const EpisodeInFlight&) {
  return Fail("tasks are searched in one piece");
}

void ProgramWorker::RefreshGuide() {
  if (guide_ != nullptr && options_.host->policy_version() == policy_version_) return;
  const CurrentPolicy current = options_.host->policy();
  guide_ = PolicyGuide(*current.policy);
  policy_version_ = current.version;
}

bool ProgramWorker::IsForbidden(const Program& program) {
  return options_.forbidden != nullptr &&
         std::ranges::any_of(*options_.forbidden, [&](const ProgramTask& task) {
           return Answers(&runner_, program, task);
         });
}

Trajectory ProgramWorker::MakeTrajectory(const Dream& dream, const Program& program,
                                         std::uint64_t episode) {
  Trajectory trajectory;
  trajectory.provenance = options_.host->provenance();
  trajectory.provenance.search_settings = options_.search_settings;
  trajectory.provenance.episode = episode;
  trajectory.provenance.checkpoints = {guide_->name()};
  trajectory.task = ProgramEnvironment::ToTask(dream.task);
  // The environment takes its own tasks, and the program fits: anything else is a bug.
  WriteEpisode(*options_.environment, program.code, &trajectory);
  return trajectory;
}

bool ProgramWorker::Step() {
  const auto number = options_.host->NextEpisode();
  if (!number) return false;
  RefreshGuide();
  const auto started = std::chrono::steady_clock::now();
  const std::int64_t started_unix_ms = UnixMilliseconds();
  RandomStream random({options_.host->provenance().campaign_seed, kTaskStream, *number});
  const int largest =
      std::min(options_.curriculum->nodes(), options_.environment->options().dream_nodes);
  DreamOptions options;
  options.max_nodes = largest;
  Dream dream = DreamTask(options, &random);
  dream.task.id = fmt::format("dream-{}", *number);

  const auto costs = guide_->CostsFor(dream.task);
  enumerate::EnumerationOptions search;
  search.candidates = options_.programs.candidates;
  search.memory_bytes = static_cast<std::size_t>(options_.programs.memory_mib) << 20;
  std::int64_t refuted = 0;
  Program program = dream.program;
  bool found = false;
  const auto max_nodes = static_cast<std::size_t>(options_.environment->options().max_nodes);
  search.accept = [&](const enumerate::Solution& solution) {
    Program candidate = dream.task.EmptyProgram();
    candidate.code = solution.code;
    if (candidate.code.size() > max_nodes || !Answers(&runner_, candidate, dream.task)) {
      ++refuted;
      return false;
    }
    program = std::move(candidate);
    found = true;
    return true;
  };
  const auto result = enumerate::Enumerate(dream.task, costs, search);
  options_.curriculum->Note(found);
  options_.host->Count({.evaluations = result.candidates});
  if (IsForbidden(program)) return true;
  const Verdict verdict = judge_->Judge(program, dream.task);
  // An internal error is no label, and nothing wrong is worth learning.
  if (verdict != Verdict::kAccepted) return true;

  Trajectory trajectory = MakeTrajectory(dream, program, *number);
  trajectory.provenance.judge = {{"verifier", "sandbox"}, {"language", "c"}};
  trajectory.evidence = {{"verdict", VerdictName(verdict)},
                         {"origin", found ? "search" : "hindsight"},
                         {"candidates", result.candidates},
                         {"distinct", result.distinct},
                         {"refuted", refuted},
                         {"bits", costs.BitsOf(program.code)},
                         {"dreamt_bits", costs.BitsOf(dream.program.code)},
                         {"nodes", program.code.size()},
                         {"expression", ToReadableText(program)},
                         {"unseen", ToJson(dream.task)["unseen"]}};
  trajectory.timing.started_unix_ms = started_unix_ms;
  trajectory.timing.wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::steady_clock::now() - started)
                                  .count();
  trajectory.timing.evaluations = 1;
  options_.host->Count({.actions = static_cast<std::int64_t>(program.code.size())});
  options_.host->Finish({.trajectory = std::move(trajectory)});
  return true;
}

}  // namespace tesuji::env::program
