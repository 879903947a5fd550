#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <iostream>
#include <mutex>
#include <optional>

#include "campaign/progress.h"
#include "cli/command.h"
#include "core/files.h"
#include "env/program/rivals.h"
#include "env/program/solver.h"

namespace tesuji::cli {
namespace {

using env::program::OpenQuestion;
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
  learner::Device device;
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

std::string InputText(const ProgramTask& task, const env::program::Input& input) {
  ProgramTask asked;
  asked.signature = task.signature;
  asked.seen.push_back({input, {}});
  Json example = env::program::ToJson(asked)["seen"][0];
  example.erase("output");
  const std::string text = example.dump();
  return text.substr(0, text.size() - 1) + ", \"output\": …}";
}

Json ToJson(const ProgramTask& task, const OpenQuestion& question) {
  Json answers = Json::array();
  for (const auto& answer : question.answers) {
    answers.push_back(
        {{"expression", env::program::ToReadableText(answer.program)}, {"output", answer.output}});
  }
  return {{"example_wanted", InputText(task, question.input)}, {"answers", std::move(answers)}};
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

/// Where nothing but the examples tested the program: says so, and asks for the example that would
/// tell it from others that fit as well.
void TellUntested(const ProgramTask& task, const std::optional<OpenQuestion>& question) {
  std::cerr << fmt::format("It fits the examples ({}) and is untested beyond them.\n",
                           task.seen.size());
  if (!question) {
    std::cerr << "No other program as short was found that fits them and does something else.\n";
    return;
  }
  std::cerr << "Programs about as short fit them too and do something else; add this example with "
               "the right output:\n"
            << fmt::format("  {}\n", InputText(task, question->input));
  for (const auto& answer : question->answers) {
    std::cerr << fmt::format("  {:<24} from {}\n", answer.output,
                             env::program::ToReadableText(answer.program));
  }
}

/// Two numbers may have been meant where a list of two was read.
std::string ArgumentsHint(const ProgramTask& task) {
  const bool pairs = task.signature.inputs.size() == 1 &&
                     std::ranges::all_of(task.seen, [](const env::program::Example& example) {
                       return example.input[0].list.size() == 2;
                     });
  if (!pairs) return {};
  return "\nEvery input is one list of two numbers. For two numbers as arguments write "
         "{\"inputs\": [48, 18], \"output\": 6}.";
}

int ReportNone(const ProgramTask& task, const SolveOutcome& outcome) {
  const bool refused = outcome.judged > 0 && outcome.search.end == EnumerationEnd::kSolved;
  std::cerr << fmt::format("{}: no program found ({}); {}{}\n", task.id,
                           refused ? "all submissions were refused" : EndName(outcome.search.end),
                           Tried(outcome), ArgumentsHint(task));
  return outcome.unsure ? kMachine : kFailed;
}

/// What stands behind a program that was found.
std::string Standing(const SolveOutcome& outcome, bool tested) {
  if (outcome.verdict.empty()) return "not judged";
  return tested ? outcome.verdict : "fits the examples";
}

/// `tested`: a judge had tests beyond the examples. `question` is looked for where it had none.
int Report(const ProgramTask& task, const SolveOutcome& outcome, bool tested,
           const std::optional<OpenQuestion>& question, const SolveArguments& arguments) {
  if (arguments.json) {
    Json json = ToJson(task, outcome);
    json["tested_beyond_examples"] = tested && outcome.judged > 0;
    if (question) json["open_question"] = ToJson(task, *question);
    PrintJson(json);
  }
  if (outcome.programs.empty()) return ReportNone(task, outcome);
  if (!arguments.out.empty()) WriteFileAtomically(arguments.out, outcome.source);
  if (!arguments.json) {
    std::cout << outcome.source;
    if (outcome.programs.size() > 1) PrintAll(outcome);
  }
  std::cerr << fmt::format("{}: {}  [{}]; {}\n", task.id,
                           env::program::ToReadableText(outcome.programs.front().program),
                           Standing(outcome, tested), Tried(outcome));
  if (!tested) TellUntested(task, question);
  return kDone;
}

/// Looks for rivals about as long as the search took, within --seconds.
std::optional<OpenQuestion> AskFurther(const ProgramTask& task, const SolveOutcome& outcome,
                                       env::program::ProgramGuide* guide,
                                       const SolveArguments& arguments) {
  constexpr std::int64_t kLeast = 20'000;
  constexpr std::int64_t kMost = 2'000'000;
  constexpr double kShortestLook = 0.2;
  env::program::RivalOptions options;
  options.candidates = std::clamp(2 * outcome.search.candidates, kLeast, kMost);
  options.memory_bytes = static_cast<std::size_t>(arguments.memory_mib) << 20;
  if (arguments.seconds > 0) {
    const double left = std::max(kShortestLook, arguments.seconds - outcome.search.seconds);
    options.time = std::chrono::milliseconds(static_cast<std::int64_t>(left * 1e3));
  }
  return env::program::FindOpenQuestion(task, outcome.programs.front().program, guide, options);
}

int SolveOne(const ProgramTask& task, verifier::Problem problem, bool tested,
             const SolveArguments& arguments, const env::Registry& registry) {
  auto guide = env::program::FindGuide(arguments.guide, registry, arguments.device);
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
  const auto made = (*guide)();
  const auto outcome = env::program::SolveTask(task, made.get(), judge.get(), Options(arguments));
  std::optional<OpenQuestion> question;
  if (!tested && !outcome.programs.empty() && !StopRequested()) {
    question = AskFurther(task, outcome, made.get(), arguments);
  }
  return Report(task, outcome, tested, question, arguments);
}

/// Every task of a file, unjudged: solved means right on all unseen examples.
int SolveFile(const SolveArguments& arguments, const env::Registry& registry) {
  auto tasks = env::program::LoadTasks(arguments.tasks);
  if (!tasks) return Complain(tasks.error().message);
  auto guide = env::program::FindGuide(arguments.guide, registry, arguments.device);
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
    return SolveOne(package->task, std::move(package->problem), /*tested=*/true, arguments,
                    registry);
  }
  auto task = env::program::LoadTask(arguments.examples);
  if (!task) return Complain(task.error().message);
  return SolveOne(*task, env::program::ProblemOf(*task), /*tested=*/!task->unseen.empty(),
                  arguments, registry);
}

}  // namespace

void AddSolveCommand(Command app, Context* context) {
  auto a = std::make_shared<SolveArguments>();
  auto command = AddCommand(app, context, "solve",
                            "Search a program that answers examples; prints it as C++ that the "
                            "sandbox has accepted.",
                            [=] { return Solve(*a, context->registry); });
  command.Add("--examples", a->examples,
              "JSON: [{\"input\": [3, 1], \"output\": [1, 3]}, …]; two numbers: {\"inputs\": [48, "
              "18], \"output\": 6}; docs/programs.md.");
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
  command.Add("--seconds", a->seconds, "Seconds for each task; 0: no limit.")
      .ShowDefault()
      .Between(0.0, 1e6);
  command.Add("--candidates", a->candidates, "Candidates for each task; 0: no limit.")
      .NotNegative();
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
  AddDeviceOption(command, &a->device);
  command.Add("--out", a->out, "Also write the C++ to this file.");
  command.AddFlag("--no-judge", a->no_judge, "Do not run the sandbox.");
  command.AddFlag("--json", a->json, "One JSON object a task.");
  command.Footer("Example: tesuji solve --examples examples.json --seconds 20");
}

}  // namespace tesuji::cli
