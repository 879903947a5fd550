// libFuzzer target for what the judge reads besides programs: rows of tasks and of answers, YAML of
// problem packages. No input may crash a reader; what is refused has a reason that names the file.
//
// The first byte chooses the reader.
//   cmake --preset fuzz && cmake --build --preset fuzz --target fuzz_tasks
//   build/fuzz/tests/fuzz_tasks -max_total_time=600 -dict=tests/fuzz/tasks.dict CORPUS
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "verifier/problem/cpp_function.h"
#include "verifier/problem/group_settings.h"
#include "verifier/problem/package_settings.h"
#include "verifier/problem/script_function.h"
#include "verifier/problem/submission_rules.h"
#include "verifier/problem/task_file.h"
#include "verifier/problem/yaml.h"

namespace tesuji::verifier {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

void RequireReason(const Failure& failure, const std::string& file) {
  Require(failure.message.find(file) != std::string::npos, "a refusal that does not name the file");
}

/// Takes a readable task apart as the judge does, with its own text as the answer too.
void Prepare(const JudgeTask& task, const std::string& answer) {
  if (!task.refusal.empty()) return;
  if (const auto* stdio = std::get_if<StdioTask>(&task.work)) {
    Require(stdio->tests.empty() == MakeProblem(task.id, *stdio).tests.empty(), "tests are lost");
    return;
  }
  const auto& work = std::get<FunctionTask>(task.work);
  if (HasScriptHarness(work.language)) {
    Require(!MakeScriptPrograms(work, answer).candidate.empty(), "no program of the candidate");
  } else if (const auto ways = SplitFunctionTask(work)) {
    for (const SplitTask& way : *ways) {
      Require(!CandidateSources(way, answer).empty(), "no program of the candidate");
    }
  }
}

void ReadRows(const std::string& text) {
  if (const auto tasks = ParseTasks(text, "tasks.jsonl")) {
    Require(!tasks->empty(), "no tasks and no reason");
    for (const JudgeTask& task : *tasks) {
      Prepare(task, task.canonical);
      Prepare(task, text.substr(0, text.size() / 2));
    }
  } else {
    RequireReason(tasks.error(), "tasks.jsonl");
  }
  if (const auto answers = ParseAnswers(text, "answers.jsonl")) {
    Require(!answers->empty(), "no answers and no reason");
  } else {
    RequireReason(answers.error(), "answers.jsonl");
  }
}

void ReadPackageYaml(const std::string& text) {
  const auto root = ParseYaml(text, "problem.yaml");
  if (!root) return RequireReason(root.error(), "problem.yaml");
  Problem problem;
  ValidatorFlagWords flags;
  const Status read = ReadPackageSettings(*root, "problem.yaml", &problem, &flags);
  if (!read) RequireReason(read.error(), "problem.yaml");
  if (read) WithConstants(text, problem.constants);
}

/// These readers want a file; the folder is in memory where the machine has such a file system.
class Folder {
 public:
  Folder() {
    const char* base = std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
    path_ = std::filesystem::path(base) / ("fuzz_tasks." + std::to_string(getpid()));
    std::filesystem::create_directories(path_ / "submissions");
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path Write(const char* name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void ReadFilesOfPackages(const std::string& text, unsigned kind) {
  static const Folder folder;
  if (kind == 0) {
    folder.Write("submissions/submissions.yaml", text);
    const auto rules = SubmissionRules::Load(folder.path());
    if (rules) return (void)rules->For("accepted/a.py");
    return RequireReason(rules.error(), "submissions.yaml");
  }
  Problem problem;
  problem.format = kind == 1 ? "legacy" : "2025-09";
  problem.scoring = true;
  const char* name = kind == 1 ? "testdata.yaml" : "test_group.yaml";
  DataSettings settings;
  GroupKeys keys;
  const Status read =
      ReadDataSettings(folder.Write(name, text), SettingsKind::kGroup, problem, &settings, &keys);
  if (!read) RequireReason(read.error(), name);
}

}  // namespace
}  // namespace tesuji::verifier

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const unsigned kind = data[0] % 8;
  if (kind < 4) tesuji::verifier::ReadRows(text);
  if (kind == 4) tesuji::verifier::ReadPackageYaml(text);
  if (kind > 4) tesuji::verifier::ReadFilesOfPackages(text, kind - 5);
  return 0;
}
