#include "bench/judge.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "bench/clock.h"
#include "verifier/judge/c_batch.h"
#include "verifier/judge/lanes.h"

extern char** environ;

namespace tesuji::bench {
namespace {

namespace fs = std::filesystem;

/// A plain process with its output thrown away; its exit status.
int PlainRun(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = -1;
  if (error == 0) waitpid(pid, &status, 0);
  return status;
}

std::string SumProgram(int number) {
  return fmt::format(
      "#include <bits/stdc++.h>\nusing namespace std;\n"
      "int main() {{\n  int n = {0};\n  vector<int> v(n % 97 + 3);\n  iota(v.begin(), v.end(), "
      "{0});\n"
      "  sort(v.rbegin(), v.rend());\n  map<int, int> m;\n  for (int x : v) ++m[x % 7];\n"
      "  long long s = 0;\n  for (auto& [k, c] : m) s += k * c;\n"
      "  cout << (s >= 0 ? 7 : 8) << \"\\n\";\n}}\n",
      number);
}

/// Calls work(i, workplace) for i in [0, count) on all lanes; seconds taken.
double OnLanes(verifier::Lanes& lanes, int count,
               const std::function<void(int, verifier::Workplace&)>& work) {
  std::mutex mutex;
  std::condition_variable changed;
  int left = count;
  const auto start = Clock::now();
  for (int i = 0; i < count; ++i) {
    lanes.Post([&, i](verifier::Workplace& workplace) {
      work(i, workplace);
      const std::lock_guard<std::mutex> lock(mutex);
      if (--left == 0) changed.notify_all();
    });
  }
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&] { return left == 0; });
  return SecondsSince(start);
}

class JudgeBench {
 public:
  JudgeBench(const JudgeBenchOptions& options, std::shared_ptr<const verifier::Sandbox> sandbox,
             fs::path root, const ShowFigure& show)
      : options_(options), sandbox_(std::move(sandbox)), root_(std::move(root)), show_(show) {
    verifier::CompilerOptions compiler;
    compiler.cache_folder = root_ / "cache";
    compiler_ = std::make_unique<verifier::Compiler>(verifier::LanguageTable::BuiltIn(), compiler);
    std::ofstream(root_ / "problem/1.in") << "3 4\n";
    std::ofstream(root_ / "problem/1.ans") << "7\n";
  }

  Status Runs() {
    verifier::Workplace workplace(sandbox_, 0, compiler_->mounts());
    const std::string source = "int main(void) { return 0; }\n";
    auto outcome =
        compiler_->Compile(workplace, *compiler_->languages().Find("c"), {{"main.c", source}});
    if (outcome.state != verifier::CompileOutcome::State::kDone) return Fail(outcome.messages);
    const fs::path binary = root_ / "true";
    std::ofstream(binary, std::ios::binary)
        << verifier::ReadDescriptor(outcome.program->binary.get(), 1 << 26).value_or("");
    fs::permissions(binary, fs::perms::owner_all);
    verifier::RunSpec spec;
    outcome.program->AddTo(&spec);
    for (int i = 0; i < 20; ++i) workplace.Run(verifier::ContainerKind::kRun, spec);
    auto start = Clock::now();
    for (int i = 0; i < options_.runs; ++i) {
      const verifier::RunResult run = workplace.Run(verifier::ContainerKind::kRun, spec);
      if (!run.ExitedWith(0))
        return Fail("a benchmark run failed: " + verifier::DescribeEnding(run));
    }
    const double sandboxed = SecondsSince(start) / options_.runs * 1000;
    start = Clock::now();
    for (int i = 0; i < options_.runs; ++i) PlainRun({binary.string()});
    const double plain = SecondsSince(start) / options_.runs * 1000;
    show_({"judge/run_ms", sandboxed, "ms", plain, "plain fork and exec"});
    show_({"judge/run_overhead_ms", sandboxed - plain, "ms", {}, {}});
    show_({"judge/runs_per_second_and_core", 1000 / sandboxed, "1/s", 1000 / plain,
           "plain fork and exec"});
    return {};
  }

  Status Submissions() {
    auto problem = verifier::LoadProblem(root_ / "problem");
    if (!problem) return tl::unexpected(problem.error());
    verifier::SubmissionJudge judge(*compiler_, *problem, {});
    verifier::Lanes lanes(sandbox_, options_.workers, compiler_->mounts());
    std::atomic<int> failures{0};
    const auto one = [&](int number, verifier::Workplace& workplace) {
      verifier::Submission submission;
      submission.files = {{"main.cc", SumProgram(number)}};
      auto report = judge.Judge(workplace, submission);
      if (!report || report->verdict != env::Verdict::kAccepted) ++failures;
    };
    OnLanes(lanes, 1, [&](int, verifier::Workplace& workplace) {
      one(1 << 20, workplace);
    });  // Header first.
    const double plain =
        options_.plain_submissions /
        OnLanes(lanes, options_.plain_submissions, [&](int i, verifier::Workplace&) {
          const std::string base = (root_ / fmt::format("plain{}", i)).string();
          std::ofstream(base + ".cc") << SumProgram(i);
          PlainRun({"/usr/bin/g++", "-O2", "-std=gnu++20", base + ".cc", "-o", base});
          PlainRun({base});
        });
    const auto rate = [&] {
      return options_.submissions / OnLanes(lanes, options_.submissions, one);
    };
    const double fresh = rate();
    show_({"judge/fresh_submissions_per_second", fresh, "1/s", plain, "plain g++ and run"});
    const double cached = rate();
    show_({"judge/cached_submissions_per_second", cached, "1/s", plain, "plain g++ and run"});
    return failures == 0 ? Status() : Fail(fmt::format("{} submissions failed", failures.load()));
  }

  Status Functions() {
    std::vector<verifier::FunctionExample> examples;
    for (long long i = 0; i < 8; ++i) examples.push_back({{i, i + 1, i + 2}, {3 * i + 3}});
    std::vector<std::vector<std::string>> units;
    for (int i = 0; i < options_.functions; ++i) {
      if (i % 256 == 0) units.emplace_back();
      units.back().push_back(fmt::format(
          "int solve(const long long *in, int n, long long *out) {{\n  long long s = {0} - {0};\n"
          "  for (int i = 0; i < n; ++i) s += in[i];\n  out[0] = s;\n  return 1;\n}}\n",
          i));
    }
    verifier::Lanes lanes(sandbox_, options_.workers, compiler_->mounts());
    std::atomic<int> failures{0};
    const double seconds = OnLanes(
        lanes, static_cast<int>(units.size()), [&](int unit, verifier::Workplace& workplace) {
          for (const verifier::CVerdict& verdict : verifier::JudgeFunctions(
                   *compiler_, workplace, units[static_cast<std::size_t>(unit)], examples)) {
            if (verdict.verdict != env::Verdict::kAccepted) ++failures;
          }
        });
    show_({"judge/functions_per_second", options_.functions / seconds, "1/s", {}, {}});
    return failures == 0 ? Status() : Fail(fmt::format("{} functions failed", failures.load()));
  }

 private:
  const JudgeBenchOptions& options_;
  std::shared_ptr<const verifier::Sandbox> sandbox_;
  fs::path root_;
  const ShowFigure& show_;
  std::unique_ptr<verifier::Compiler> compiler_;
};

}  // namespace

Status BenchJudge(const JudgeBenchOptions& options, const ShowFigure& show) {
  auto sandbox = verifier::Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  std::string root = (fs::temp_directory_path() / "tesuji-bench-XXXXXX").string();
  if (mkdtemp(root.data()) == nullptr) throw MachineError("no temporary folder");
  // Containers of root run as another user, who has to reach the precompiled headers.
  fs::permissions(root, fs::perms(0755));
  fs::create_directories(fs::path(root) / "problem");
  JudgeBench bench(options, *sandbox, root, show);
  Status status = bench.Runs();
  if (status) status = bench.Functions();
  if (status) status = bench.Submissions();
  std::error_code ignored;
  fs::remove_all(root, ignored);
  return status;
}

}  // namespace tesuji::bench
