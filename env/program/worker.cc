#include "env/program/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/unix_time.h"
#include "env/program/enumerate/enumerate.h"
#include "env/program/written_episode.h"

namespace tesuji::env::program {

using env::program::Dream;
using env::program::Program;
using env::program::ProgramTask;

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

bool Answers(env::program::Runner* runner, const Program& program, const ProgramTask& task) {
  if (program.signature != task.signature) return false;
  const auto all = [&](const std::vector<env::program::Example>& examples) {
    return env::program::CountRight(runner, program, examples, false) ==
           static_cast<int>(examples.size());
  };
  return all(task.seen) && all(task.unseen);
}

ProgramWorker::ProgramWorker(Options options, std::unique_ptr<ProgramCJudge> judge)
    : options_(std::move(options)), judge_(std::move(judge)) {}

Result<std::unique_ptr<ProgramWorker>> ProgramWorker::Make(Options options) {
  auto judge = ProgramCJudge::Open(options.lane);
  if (!judge) return tl::unexpected(judge.error());
  return std::unique_ptr<ProgramWorker>(new ProgramWorker(std::move(options), std::move(*judge)));
}

Status ProgramWorker::Adopt(const storage::UnfinishedEpisode&) {
  return Fail("tasks are searched in one piece");
}

void ProgramWorker::RefreshGuide() {
  const std::uint64_t version = options_.network->version();
  if (guide_ != nullptr && version == network_version_) return;
  guide_ = NetworkGuide(options_.network->Get());
  network_version_ = version;
}

bool ProgramWorker::IsForbidden(const Program& program) {
  return options_.forbidden != nullptr &&
         std::ranges::any_of(*options_.forbidden, [&](const ProgramTask& task) {
           return Answers(&runner_, program, task);
         });
}

env::Trajectory ProgramWorker::MakeTrajectory(const Dream& dream, const Program& program,
                                              std::uint64_t episode) {
  env::Trajectory trajectory;
  trajectory.provenance = options_.provenance;
  trajectory.provenance.episode = episode;
  trajectory.provenance.checkpoints = {guide_->name()};
  trajectory.task = env::program::ProgramEnvironment::ToTask(dream.task);
  // The environment takes its own tasks, and the program fits: anything else is a bug.
  env::program::WriteEpisode(*options_.environment, program.code, &trajectory);
  return trajectory;
}

bool ProgramWorker::Step() {
  const auto number = schedule_->Next();
  if (!number) return false;
  RefreshGuide();
  const auto started = std::chrono::steady_clock::now();
  const std::int64_t started_unix_ms = UnixMilliseconds();
  RandomStream random({options_.provenance.campaign_seed, campaign::kTaskStream, *number});
  const int largest =
      std::min(options_.curriculum->nodes(), options_.environment->options().dream_nodes);
  env::program::DreamOptions options;
  options.max_nodes = largest;
  Dream dream = env::program::DreamTask(options, &random);
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
  options_.counters->evaluations.fetch_add(result.candidates, std::memory_order_relaxed);
  if (IsForbidden(program)) return true;
  const env::Verdict verdict = judge_->Judge(program, dream.task);
  // An internal error is no label, and nothing wrong is worth learning.
  if (verdict != env::Verdict::kAccepted) return true;

  env::Trajectory trajectory = MakeTrajectory(dream, program, *number);
  trajectory.provenance.judge = {{"verifier", "sandbox"}, {"language", "c"}};
  trajectory.evidence = {{"verdict", env::VerdictName(verdict)},
                         {"origin", found ? "search" : "hindsight"},
                         {"candidates", result.candidates},
                         {"distinct", result.distinct},
                         {"refuted", refuted},
                         {"bits", costs.BitsOf(program.code)},
                         {"dreamt_bits", costs.BitsOf(dream.program.code)},
                         {"nodes", program.code.size()},
                         {"expression", env::program::ToReadableText(program)},
                         {"unseen", env::program::ToJson(dream.task)["unseen"]}};
  trajectory.timing.started_unix_ms = started_unix_ms;
  trajectory.timing.wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  std::chrono::steady_clock::now() - started)
                                  .count();
  trajectory.timing.evaluations = 1;
  options_.counters->episodes.fetch_add(1, std::memory_order_relaxed);
  options_.counters->actions.fetch_add(static_cast<std::int64_t>(program.code.size()),
                                       std::memory_order_relaxed);
  options_.sink(std::move(trajectory));
  return true;
}

}  // namespace tesuji::env::program
