#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <iostream>
#include <mutex>

#include "campaign/progress.h"
#include "cli/command.h"
#include "core/files.h"
#include "env/program/solver.h"

namespace tesuji::cli {
namespace {

using env::program::Program;
using env::program::ProgramTask;
using env::program::SolveOutcome;
using env::program::enumerate::EndName;
using env::program::enumerate::EnumerationEnd;

struct SolveArguments {
  std::string examples, package, tasks, guide = "default", out;
  double seconds = 60;
  std::int64_t candidates = 0;
  std::int64_t memory_mib = 1024;
  int solutions = 1;
  int submissions = 3;
  int workers = 1;
  int threads = 1;
  std::string method = "enumerate";  ///< enumerate, mcts or levin.
  bool no_judge = false;
  bool json = false;
};

env::program::SolveOptions Options(const SolveArguments& arguments) {
  env::program::SolveOptions options;
  options.search.time =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.seconds * 1e3));
  options.search.candidates = arguments.candidates;
  options.search.memory_bytes = static_cast<std::size_t>(arguments.memory_mib) << 20;
  options.search.solutions = arguments.solutions;
  options.search.stop = &StopRequested();
  if (arguments.method == "mcts") options.method = env::program::ProgramSearch::kMcts;
  if (arguments.method == "levin") options.method = env::program::ProgramSearch::kLevin;
  options.second_thread = arguments.threads > 1;
  options.submissions = std::max(arguments.submissions, arguments.solutions);
  return options;
}

Json ToJson(const ProgramTask& task, const SolveOutcome& outcome) {
  const auto& search = outcome.search;
  Json json = {{"task", task.id},
               {"solved", !outcome.programs.empty()},
               {"program", outcome.source},
               {"candidates", search.candidates},
               {"seconds", search.seconds},
               {"verdict", outcome.verdict},
               {"end", EndName(search.end)},
               {"distinct", search.distinct},
               {"bits_reached", search.bits_reached},
               {"judged", outcome.judged}};
  Json expressions = Json::array();
  Json solutions = Json::array();
  for (const auto& [program, behaviour, steps] : outcome.programs) {
    const std::string text = env::program::ToReadableText(program);
    expressions.push_back(text);
    solutions.push_back({{"expression", text},
                         {"productions", program.code.size()},
                         {"behaviour", behaviour},
                         {"steps", steps}});
  }
  json["expressions"] = std::move(expressions);
  json["solutions"] = std::move(solutions);
  if (!search.solutions.empty()) json["bits"] = search.solutions.front().bits;
  return json;
}

/// What was tried, for people.
std::string Tried(const SolveOutcome& outcome) {
  const auto& search = outcome.search;
  std::string text = fmt::format(
      "tried {} candidates in {:.1f} s ({} different terms, {} MiB{}): every program up to {:.0f} "
      "bits",
      search.candidates, search.seconds, search.distinct, search.memory_bytes >> 20,
      search.memory_full ? ", memory full" : "", search.bits_reached);
  if (outcome.judged > 0) {
    text += fmt::format("; {} judged, the last {}", outcome.judged, outcome.verdict);
  }
  return text;
}

/// All programs as comments under the first one's C++.
void PrintAll(const SolveOutcome& outcome) {
  std::cout << "// Programs with different trees; those with one letter do the same on all probe "
               "inputs.\n";
  for (const auto& one : outcome.programs) {
    std::string notes;
    if (&one == &outcome.shortest()) notes += "  the shortest";
    if (&one == &outcome.fastest()) notes += "  the fastest";
    std::cout << fmt::format("// {}  {:>2} productions {:>7} steps  {}{}\n",
                             static_cast<char>('A' + std::min(one.behaviour - 1, 25)),
                             one.program.code.size(), one.steps,
                             env::program::ToReadableText(one.program), notes);
  }
}

int Report(const ProgramTask& task, const SolveOutcome& outcome, const SolveArguments& arguments) {
  if (arguments.json) PrintJson(ToJson(task, outcome));
  if (outcome.programs.empty()) {
    const bool refused = outcome.judged > 0 && outcome.search.end == EnumerationEnd::kSolved;
    std::cerr << fmt::format("{}: no program found ({}); {}\n", task.id,
                             refused ? "all submissions were refused" : EndName(outcome.search.end),
                             Tried(outcome));
    return outcome.unsure ? kMachine : kFailed;
  }
  if (!arguments.out.empty()) WriteFileAtomically(arguments.out, outcome.source);
  if (!arguments.json) {
    std::cout << outcome.source;
    if (outcome.programs.size() > 1) PrintAll(outcome);
  }
  std::cerr << fmt::format(
      "{}: {}  [{}]; {}\n", task.id, env::program::ToReadableText(outcome.programs.front().program),
      outcome.verdict.empty() ? "not judged" : outcome.verdict, Tried(outcome));
  return kDone;
}

int SolveOne(const ProgramTask& task, verifier::Problem problem, const SolveArguments& arguments,
             const env::Registry& registry) {
  auto guide = env::program::FindGuide(arguments.guide, registry);
  if (!guide) return Complain(guide.error().message);
  std::unique_ptr<env::program::ProgramJudge> judge;
  if (!arguments.no_judge) {
    auto opened = env::program::ProgramJudge::Open(std::move(problem));
    if (!opened) {
      return Complain(opened.error().message + "; --no-judge searches without it", kMachine);
    }
    judge = std::move(*opened);
  }
  InstallStopHandler();
  const auto outcome =
      env::program::SolveTask(task, (*guide)().get(), judge.get(), Options(arguments));
  return Report(task, outcome, arguments);
}

/// Every task of a file, unjudged: solved means right on all unseen examples.
int SolveFile(const SolveArguments& arguments, const env::Registry& registry) {
  auto tasks = env::program::LoadTasks(arguments.tasks);
  if (!tasks) return Complain(tasks.error().message);
  auto guide = env::program::FindGuide(arguments.guide, registry);
  if (!guide) return Complain(guide.error().message);
  InstallStopHandler();
  campaign::ProgressLine progress;
  std::mutex mutex;
  int done = 0;
  int solved = 0;
  int found = 0;
  std::vector<double> candidates;
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(arguments.workers));
  tbb::parallel_for(std::size_t{0}, tasks->size(), [&](std::size_t i) {
    if (StopRequested()) return;
    const ProgramTask& task = (*tasks)[i];
    const auto outcome =
        env::program::SolveTask(task, (*guide)().get(), nullptr, Options(arguments));
    env::program::Runner runner;
    const bool right =
        !outcome.programs.empty() &&
        env::program::CountRight(&runner, outcome.programs.front().program, task.unseen) ==
            static_cast<int>(task.unseen.size());
    const std::lock_guard lock(mutex);
    ++done;
    solved += right ? 1 : 0;
    found += outcome.programs.empty() ? 0 : 1;
    if (right) candidates.push_back(static_cast<double>(outcome.search.candidates));
    if (arguments.json) {
      Json line = ToJson(task, outcome);
      line["solved"] = right;
      line.erase("program");
      PrintJson(line);
    } else {
      std::cout << fmt::format("{:<12} {:<6} {:>11} candidates {:>6.1f} s  {}\n", task.id,
                               right                      ? "solved"
                               : outcome.programs.empty() ? "-"
                                                          : "wrong",
                               outcome.search.candidates, outcome.search.seconds,
                               outcome.programs.empty() ? std::string(EndName(outcome.search.end))
                                                        : env::program::ToReadableText(
                                                              outcome.programs.front().program));
    }
    progress.Show(fmt::format("{} of {} tasks, {} solved", done, tasks->size(), solved));
  });
  std::ranges::sort(candidates);
  const double median = candidates.empty() ? 0 : candidates[candidates.size() / 2];
  const Json summary = {{"task", "all"},
                        {"tasks", tasks->size()},
                        {"tried", done},
                        {"solved_tasks", solved},
                        {"found", found},
                        {"guide", arguments.guide},
                        {"median_candidates", median}};
  if (arguments.json) {
    PrintJson(summary);
  } else {
    std::cout << fmt::format(
        "{} of {} solved, {} wrong on unseen examples, median {:.0f} candidates\n", solved, done,
        found - solved, median);
  }
  return solved == done ? kDone : kFailed;
}

int Solve(const SolveArguments& arguments, const env::Registry& registry) {
  const int ways = (arguments.examples.empty() ? 0 : 1) + (arguments.package.empty() ? 0 : 1) +
                   (arguments.tasks.empty() ? 0 : 1);
  if (arguments.method != "enumerate" && arguments.candidates == 0 && arguments.seconds == 0) {
    return Complain("--search mcts and levin need --seconds or --candidates");
  }
  if (ways != 1) return Complain("give one of --examples FILE, --package FOLDER, --tasks FILE");
  if (!arguments.tasks.empty()) return SolveFile(arguments, registry);
  if (!arguments.package.empty()) {
    auto package = env::program::LoadPackageTask(arguments.package);
    if (!package) return Complain(package.error().message);
    return SolveOne(package->task, std::move(package->problem), arguments, registry);
  }
  auto task = env::program::LoadTask(arguments.examples);
  if (!task) return Complain(task.error().message);
  return SolveOne(*task, env::program::ProblemOf(*task), arguments, registry);
}

}  // namespace

void AddSolveCommand(Command app, Context* context) {
  auto a = std::make_shared<SolveArguments>();
  auto command = AddCommand(app, context, "solve",
                            "Search a program that answers examples; prints it as C++ that the "
                            "sandbox has accepted.",
                            [=] { return Solve(*a, context->registry); });
  command.Add("--examples", a->examples,
              "JSON: [{\"input\": [3, 1], \"output\": [1, 3]}, …]; docs/programs.md.");
  command.Add("--package", a->package,
              "A problem package with a signature.toml; search sees its samples only.");
  command.Add("--tasks", a->tasks,
              "JSON lines: searches every task, tests on its unseen examples, unjudged.");
  command
      .Add("--guide", a->guide,
           "What to try first: default (a network that comes with the program), uniform, "
           "unigram:STORE, or a checkpoint (STORE, STORE:ID, FILE.safetensors).")
      .ShowDefault();
  command
      .Add("--search", a->method,
           "enumerate (bottom-up, the fastest by far); for comparison mcts (max backup, "
           "rollouts) or levin, which build programs from the top.")
      .ShowDefault()
      .OneOf({"enumerate", "mcts", "levin"});
  command.Add("--seconds", a->seconds, "For each task; 0: no limit.")
      .ShowDefault()
      .Between(0.0, 1e6);
  command.Add("--candidates", a->candidates, "For each task; 0: no limit.").NotNegative();
  command.Add("--memory", a->memory_mib, "MiB of known terms for each task.")
      .ShowDefault()
      .Between(16, 1 << 20);
  command
      .Add("--solutions", a->solutions,
           "Programs wanted, no two with the same tree but for names and operand order.")
      .ShowDefault()
      .Between(1, 1000);
  command.Add("--submissions", a->submissions, "Programs judged before giving up.")
      .ShowDefault()
      .Between(1, 1000);
  command.Add("--workers", a->workers, "Tasks at once, with --tasks.")
      .ShowDefault()
      .Between(1, 256);
  command
      .Add("--threads", a->threads,
           "2: the uniform grammar searches the same task at the same time.")
      .ShowDefault()
      .Between(1, 2);
  command.Add("--out", a->out, "Also write the C++ to this file.");
  command.AddFlag("--no-judge", a->no_judge, "Do not run the sandbox.");
  command.AddFlag("--json", a->json, "One JSON object a task.");
  command.Footer("Example: tesuji solve --examples examples.json --seconds 20");
}

}  // namespace tesuji::cli
