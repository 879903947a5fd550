#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <istream>
#include <iterator>
#include <map>

#include "core/files.h"
#include "verifier/judge/batch.h"
#include "verifier/judge/in_order.h"
#include "verifier/judge/task_judge.h"
#include "verifier/problem/task_file.h"

namespace tesuji::verifier {
namespace fs = std::filesystem;
namespace {

/// An answer and its task.
struct Pairing {
  FunctionSubmission answer;
  const JudgeTask* task;
};

using ById = std::map<std::string, const JudgeTask*>;

/// What the command was asked to judge.
struct Request {
  const std::vector<JudgeTask>& tasks;
  const std::vector<std::string>& submissions;
  bool canonical;
  const LanguageTable& languages;
  const BatchOptions& options;
};

/// The text of a source, and the id of its language. "-" is standard input.
Result<FunctionSubmission> ReadSource(const std::string& path, const Request& request) {
  if (path == "-") {
    if (request.options.standard_input == nullptr) return Fail("-: there is no standard input");
    std::string text(std::istreambuf_iterator<char>(*request.options.standard_input), {});
    return FunctionSubmission{path, "", std::move(text), request.options.language};
  }
  auto text = ReadFile(path, 16U << 20);
  if (!text) return tl::unexpected(text.error());
  const auto language = request.languages.ForFile(path, *text);
  if (!language) return tl::unexpected(language.error());
  return FunctionSubmission{path, "", std::move(*text), (*language)->id};
}

/// A source file answers the only task, or the one that it is named after.
Result<Pairing> FromSource(const std::string& path, const Request& request) {
  const std::vector<JudgeTask>& tasks = request.tasks;
  auto answer = ReadSource(path, request);
  if (!answer) return tl::unexpected(answer.error());
  const JudgeTask* wanted = tasks.size() == 1 ? &tasks.front() : nullptr;
  for (const JudgeTask& task : tasks) {
    std::string id = task.id;
    std::replace(id.begin(), id.end(), '/', '_');
    if (fs::path(path).stem() == id) wanted = &task;
  }
  if (wanted == nullptr) {
    return Fail(
        fmt::format("{}: which of the {} tasks does it answer? Name the file after the "
                    "task's id ('/' as '_'), or hand in a .jsonl of {{task_id, solution}}",
                    path, tasks.size()));
  }
  answer->task_id = wanted->id;
  return Pairing{std::move(*answer), wanted};
}

Status FromRows(const std::string& path, const ById& tasks, std::vector<Pairing>* out) {
  auto answers = LoadAnswers(path);
  if (!answers) return tl::unexpected(answers.error());
  for (FunctionSubmission& answer : *answers) {
    const auto found = tasks.find(answer.task_id);
    if (found == tasks.end()) return Fail(fmt::format("{}: no task '{}'", path, answer.task_id));
    out->push_back({std::move(answer), found->second});
  }
  return {};
}

Result<std::vector<Pairing>> PairUp(const Request& request, BatchSummary* summary) {
  std::vector<Pairing> pairs;
  ById by_id;
  for (const JudgeTask& task : request.tasks) by_id[task.id] = &task;
  for (const std::string& path : request.submissions) {
    if (HoldsTaskRows(path)) {
      if (Status read = FromRows(path, by_id, &pairs); !read) return tl::unexpected(read.error());
      continue;
    }
    auto pair = FromSource(path, request);
    if (!pair) return tl::unexpected(pair.error());
    pairs.push_back(std::move(*pair));
  }
  if (!request.canonical) {
    if (!request.submissions.empty()) return pairs;
    return Fail("tasks need a file of submissions or --canonical");
  }
  for (const JudgeTask& task : request.tasks) {
    if (task.canonical.empty() && task.refusal.empty()) {
      summary->skipped.push_back(
          fmt::format("{}: {}: has no solution of its own", task.where, task.id));
      continue;
    }
    pairs.push_back({{task.id, task.id, task.canonical, task.canonical_language}, &task});
  }
  return pairs;
}

/// Each refused task once, however many answers it has.
void Refuse(const std::string& why, BatchSummary* summary) {
  if (std::find(summary->refused.begin(), summary->refused.end(), why) == summary->refused.end()) {
    summary->refused.push_back(why);
  }
}

}  // namespace

Result<BatchSummary> JudgeTasks(const fs::path& tasks_file,
                                const std::vector<std::string>& submissions, bool canonical,
                                LanguageTable languages, const BatchOptions& options,
                                const ShowReport& show) {
  const auto tasks = LoadTasks(tasks_file);
  if (!tasks) return tl::unexpected(tasks.error());
  BatchSummary summary;
  auto all = PairUp({*tasks, submissions, canonical, languages, options}, &summary);
  if (!all) return tl::unexpected(all.error());
  std::vector<Pairing> pairs;
  for (Pairing& pair : *all) {
    const JudgeTask& task = *pair.task;
    if (task.refusal.empty()) {
      pairs.push_back(std::move(pair));
    } else {
      Refuse(WhyRefused(task), &summary);
    }
  }
  auto sandbox = Sandbox::Open(options.sandbox);
  if (!sandbox) return tl::unexpected(sandbox.error());
  Compiler compiler(std::move(languages), options.compiler);
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::string> failed;
  TaskJudge judge(compiler, options.judge, options.language);
  Lanes lanes(*sandbox, options.workers, compiler.mounts());
  InOrder(lanes, show, options.progress)
      .Run(
          pairs.size(),
          [&](std::size_t i) {
            return [&, i](Workplace& workplace) {
              return judge.Judge(workplace, *pairs[i].task, pairs[i].answer);
            };
          },
          [&](std::size_t i) { return pairs[i].answer.name; }, &failed);
  for (const std::string& why : failed) {
    // The task's fault begins with the task's place, the answer's with the answer's name.
    const bool tasks_fault = std::any_of(pairs.begin(), pairs.end(), [&](const Pairing& pair) {
      return why.starts_with(pair.task->where + ": ");
    });
    if (tasks_fault) {
      Refuse(why, &summary);
    } else {
      summary.skipped.push_back(why);
    }
  }
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return summary;
}

}  // namespace tesuji::verifier
