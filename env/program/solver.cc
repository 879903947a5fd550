#include "env/program/solver.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "core/settings.h"
#include "core/sha256.h"
#include "env/program/language/behaviour.h"
#include "env/program/language/normal_form.h"
#include "env/program/language/print_cpp.h"
#include "env/program/tasks/standard_io.h"

namespace tesuji::env::program {

namespace {

Result<Signature> ReadSignature(const std::filesystem::path& path) {
  auto file = ConfigFile::Load(path);
  if (!file) return tl::unexpected(file.error());
  std::vector<std::string> inputs = {"list"};
  int output = 0;
  SettingsTable table;
  table.Section("signature");
  table.Add("inputs", &inputs, "\"int\" or \"list\", in the order of the input.");
  table.AddChoice("output", &output, {"list", "int"}, "What is printed.");
  if (Status status = table.Read(*file); !status) return tl::unexpected(status.error());
  Signature signature;
  signature.inputs.clear();
  for (const std::string& name : inputs) {
    if (name != "int" && name != "list") {
      return Fail(fmt::format("{}: \"{}\": expected \"int\" or \"list\"",
                              file->Where("signature", "inputs"), name));
    }
    signature.inputs.push_back(name == "int" ? Type::kInt : Type::kList);
  }
  const auto lists = std::ranges::count(signature.inputs, Type::kList);
  if (signature.inputs.empty() || lists > 2 ||
      static_cast<std::ptrdiff_t>(signature.inputs.size()) - lists > 2) {
    return Fail(fmt::format("{}: expected one or two lists and numbers each",
                            file->Where("signature", "inputs")));
  }
  signature.output = output == 0 ? Type::kList : Type::kInt;
  return signature;
}

}  // namespace

verifier::Problem ProblemOf(const ProgramTask& task) {
  verifier::Problem problem;
  problem.name = task.id;
  problem.format = "folder";
  problem.limits.time_seconds = 2;
  problem.limits.memory_mib = 512;
  std::string all;
  int number = 0;
  for (const auto* examples : {&task.seen, &task.unseen}) {
    for (const auto& example : *examples) {
      verifier::TestCase test;
      test.name = fmt::format("{}/{}", examples == &task.seen ? "seen" : "unseen", ++number);
      const std::string input = StandardInput(example.input);
      test.input = verifier::MakeMemoryFile(input, "example");
      test.answer = StandardOutput(example.output);
      all += input + test.answer;
      problem.tests.push_back(std::move(test));
    }
    number = 0;
  }
  problem.sha256 = Sha256Hex(all);
  return problem;
}

Result<PackageTask> LoadPackageTask(const std::filesystem::path& folder) {
  auto problem = verifier::LoadProblem(folder);
  if (!problem) return tl::unexpected(problem.error());
  auto signature = ReadSignature(folder / "signature.toml");
  if (!signature) return tl::unexpected(signature.error());
  PackageTask package;
  package.task.id = problem->name;
  package.task.signature = *signature;
  for (const auto& test : problem->tests) {
    if (!test.name.starts_with("sample/")) continue;
    auto input = verifier::ReadDescriptor(test.input.get(), 1 << 20);
    if (!input) return tl::unexpected(input.error());
    auto example = ReadExample(*signature, *input, test.answer);
    if (!example) {
      return Fail(fmt::format("{}: {}: {}", folder.string(), test.name, example.error().message));
    }
    package.task.seen.push_back(std::move(*example));
  }
  if (package.task.seen.empty()) {
    return Fail(
        fmt::format("{}: has no samples (data/sample): nothing to search from", folder.string()));
  }
  package.task.constants = MineConstants(package.task.seen);
  package.problem = std::move(*problem);
  return package;
}

Result<std::unique_ptr<ProgramJudge>> ProgramJudge::Open(verifier::Problem problem) {
  verifier::SandboxJudgeOptions options;
  options.workers = 1;
  options.compiler.cache_folder = verifier::DefaultCacheFolder();
  auto judge =
      verifier::SandboxJudge::Open(std::move(problem), verifier::LanguageTable::BuiltIn(), options);
  if (!judge) return tl::unexpected(judge.error());
  return std::unique_ptr<ProgramJudge>(new ProgramJudge(std::move(*judge)));
}

env::Judgement ProgramJudge::Judge(const std::string& source) {
  judge_->SubmitSource(++ticket_, source);
  while (true) {
    for (auto& judgement : judge_->Collect(std::chrono::seconds(1))) {
      if (judgement.ticket == ticket_) return judgement;
    }
  }
}

const SolvedProgram& SolveOutcome::shortest() const {
  return *std::ranges::min_element(
      programs, {}, [](const SolvedProgram& one) { return one.program.code.size(); });
}

const SolvedProgram& SolveOutcome::fastest() const {
  return *std::ranges::min_element(programs, {}, &SolvedProgram::steps);
}

namespace {

using Clock = std::chrono::steady_clock;

/// Takes solutions from one or two searches: judges them, keeps those that differ.
class Collector {
 public:
  Collector(const ProgramTask& task, ProgramJudge* judge, const SolveOptions& options,
            SolveOutcome* out)
      : task_(task), judge_(judge), options_(options), out_(*out) {}

  /// True when the solution counts, or when the search may end.
  bool Accept(const enumerate::Solution& solution) {
    const std::lock_guard lock(mutex_);
    if (done_ || Enough()) return true;  // The other thread was first.
    if (OutOfTime()) {
      done_ = true;
      return false;
    }
    Program program = task_.EmptyProgram();
    program.code = solution.code;
    if (!forms_.insert(NormalForm(program)).second) return false;
    if (judge_ != nullptr) {
      const auto began = Clock::now();
      const env::Judgement judgement = judge_->Judge(ToCpp(program));
      longest_judgement_ = std::max(longest_judgement_, Clock::now() - began);
      ++out_.judged;
      out_.verdict = env::VerdictName(judgement.verdict);
      out_.evidence = judgement.evidence;
      out_.unsure = judgement.verdict == env::Verdict::kInternalError;
      const bool accepted = judgement.verdict == env::Verdict::kAccepted;
      if (accepted) Keep(std::move(program));
      done_ = out_.unsure || out_.judged >= options_.submissions;
      return accepted || done_;
    }
    Keep(std::move(program));
    return true;
  }

  bool enough() {
    const std::lock_guard lock(mutex_);
    return done_ || Enough();
  }

 private:
  /// The time is up, or would be before another program is judged. The first program is judged
  /// whenever it is found: without it the search would have been for nothing.
  bool OutOfTime() const {
    if (options_.search.time.count() == 0 || out_.programs.empty()) return false;
    return Clock::now() + longest_judgement_ > started_ + options_.search.time;
  }
  bool Enough() const {
    return static_cast<int>(out_.programs.size()) >= options_.search.solutions;
  }
  void Keep(Program program) {
    SolvedProgram kept;
    const std::string behaviour = BehaviourOf(program);
    const auto known = behaviours_.find(behaviour);
    // A behaviour that is not known is one of its own.
    const bool fresh = behaviour.empty() || known == behaviours_.end();
    kept.behaviour = fresh ? ++behaviours_seen_ : known->second;
    if (fresh && !behaviour.empty()) behaviours_.emplace(behaviour, kept.behaviour);
    Runner runner;
    for (const auto& input : ProbeInputs(program.signature)) {
      runner.Run(program, input);
      kept.steps += runner.steps();
    }
    kept.program = std::move(program);
    out_.programs.push_back(std::move(kept));
  }

  const ProgramTask& task_;
  ProgramJudge* const judge_;
  const SolveOptions& options_;
  SolveOutcome& out_;
  const Clock::time_point started_ = Clock::now();
  Clock::duration longest_judgement_{0};
  std::mutex mutex_;
  std::set<std::string> forms_;
  std::map<std::string, int> behaviours_;  ///< Those that are known, by their hash.
  int behaviours_seen_ = 0;
  bool done_ = false;
};

}  // namespace

SolveOutcome SolveTask(const ProgramTask& task, ProgramGuide* guide, ProgramJudge* judge,
                       const SolveOptions& options) {
  SolveOutcome outcome;
  Collector collector(task, judge, options, &outcome);
  std::atomic<bool> won{false};
  enumerate::EnumerationOptions search = options.search;
  search.won = &won;
  const bool two = options.second_thread && options.method == ProgramSearch::kEnumerate;
  if (two) search.memory_bytes /= 2;
  search.accept = [&](const enumerate::Solution& solution) {
    const bool counts = collector.Accept(solution);
    if (collector.enough()) won = true;
    return counts;
  };
  enumerate::EnumerationResult second;
  std::jthread other;
  if (two) {
    other = std::jthread(
        [&] { second = enumerate::Enumerate(task, UniformGuide()->CostsFor(task), search); });
  }
  outcome.search = options.method == ProgramSearch::kEnumerate
                       ? enumerate::Enumerate(task, guide->CostsFor(task), search)
                       : SearchTree(options.method, task, guide->Weights(task), search);
  if (two) {
    other.join();
    auto& first = outcome.search;
    first.candidates += second.candidates;
    first.distinct += second.distinct;
    first.memory_bytes += second.memory_bytes;
    first.memory_full = first.memory_full || second.memory_full;
    first.seconds = std::max(first.seconds, second.seconds);
    if (second.end == enumerate::EnumerationEnd::kSolved) first.end = second.end;
    if (first.solutions.empty()) first.solutions = std::move(second.solutions);
  }
  if (!outcome.programs.empty()) {
    outcome.source = ToCpp(outcome.programs.front().program);
  }
  return outcome;
}

}  // namespace tesuji::env::program
