#include "service/judgement_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "core/printable.h"
#include "core/sha256.h"
#include "service/json_reader.h"
#include "verifier/judge/run_program.h"
#include "verifier/problem/default_validator.h"
#include "verifier/problem/task_file.h"

namespace tesuji::service {
namespace {

constexpr std::size_t kMostTests = 1000;
constexpr std::size_t kMostSubmissions = 1000;
constexpr double kLongestDeadline = 86'400;
constexpr double kDefaultSeconds = 10;
constexpr std::int64_t kDefaultMib = 1024;
/// Of packed tests in a request.
constexpr std::size_t kMostUnpacked = std::size_t{64} << 20;

void ReadTests(JsonReader& reader, JudgementRequest* request) {
  const Json* tests = reader.List("tests");
  if (tests == nullptr) return;
  if (tests->empty() || tests->size() > kMostTests) {
    return reader.Say(
        fmt::format("tests has {} entries, expected 1 to {}", tests->size(), kMostTests));
  }
  for (std::size_t i = 0; i < tests->size(); ++i) {
    JsonReader test((*tests)[i], fmt::format("tests[{}].", i));
    test.AllowOnly({"name", "input", "output"});
    if (test.Find("output") == nullptr) test.Say("output is missing");
    request->tests.push_back(
        {test.Text("name", std::to_string(i + 1)), test.Text("input"), test.Text("output")});
    if (!test.ok()) return reader.Say(test.error());
  }
}

void ReadFiles(JsonReader& reader, verifier::Submission* submission) {
  const Json* files = reader.Object("files");
  if (files == nullptr) return;
  if (files->empty()) return reader.Say("files is empty");
  for (const auto& [name, text] : files->items()) {
    if (!text.is_string()) {
      return reader.Say(
          fmt::format("files: '{}' must be a string, not {}", Printable(name), text.type_name()));
    }
    if (std::string why = verifier::UnfitFileName(name); !why.empty()) {
      return reader.Say("files: " + Printable(why));
    }
    submission->files.push_back({name, text.get<std::string>()});
  }
}

/// What the submissions of a request have in common.
struct Asked {
  const verifier::LanguageTable& languages;
  bool task;  ///< They are answers to a task: text, whose language need not be told.
};

Result<verifier::Submission> ReadSubmission(const Json& json, const std::string& where,
                                            const std::string& otherwise, const Asked& asked) {
  JsonReader reader(json, where);
  reader.AllowOnly({"name", "language", "code", "files"});
  verifier::Submission submission;
  submission.name = reader.Text("name", otherwise);
  const std::string wanted = reader.Text("language");
  const verifier::Language* language = nullptr;
  if (!wanted.empty()) {
    language = asked.languages.Find(wanted);
    if (language == nullptr) {
      reader.Say(fmt::format("language '{}' is not in the table; GET /v1/languages lists it",
                             Printable(wanted.substr(0, 40))));
    } else {
      submission.language = language->id;
    }
  }
  const bool has_code = reader.Find("code") != nullptr;
  const bool has_files = reader.Find("files") != nullptr;
  if (asked.task && has_files) reader.Say("files: an answer to a task is code");
  if (has_code == has_files) reader.Say("expected either code or files");
  if (has_code && wanted.empty() && !asked.task) {
    reader.Say("language is missing; it is needed beside code");
  }
  ReadFiles(reader, &submission);
  const std::string code = reader.Text("code");
  if (!reader.ok()) return Fail(reader.error());
  if (has_code) {
    submission.files.push_back({asked.task ? "answer" : verifier::SourceName(*language), code});
  }
  if (std::string why = verifier::UnfitTogether(submission.files); !why.empty()) {
    return Fail(where + "files: " + Printable(why));
  }
  return submission;
}

void ReadSubmissions(JsonReader& reader, const Asked& asked, JudgementRequest* request) {
  const Json* one = reader.Object("submission");
  const Json* many = reader.List("submissions");
  if (!reader.ok()) return;
  if ((one == nullptr) == (many == nullptr)) {
    return reader.Say("expected either submission or submissions");
  }
  const auto add = [&](const Json& json, const std::string& where, const std::string& name) {
    auto submission = ReadSubmission(json, where, name, asked);
    if (!submission) return reader.Say(submission.error().message);
    request->submissions.push_back(std::move(*submission));
  };
  if (one != nullptr) return add(*one, "submission.", "submission");
  if (many->empty() || many->size() > kMostSubmissions) {
    return reader.Say(fmt::format("submissions has {} entries, expected 1 to {}", many->size(),
                                  kMostSubmissions));
  }
  for (std::size_t i = 0; i < many->size() && reader.ok(); ++i) {
    add((*many)[i], fmt::format("submissions[{}].", i), std::to_string(i));
  }
}

/// What the submissions are judged by: exactly one of three keys.
void ReadJudgedBy(JsonReader& reader, JudgementRequest* request) {
  request->problem = reader.Text("problem");
  request->task_id = reader.Text("task_id");
  const Json* task = reader.Object("task");
  const int given = (request->problem.empty() ? 0 : 1) + (reader.Find("tests") == nullptr ? 0 : 1) +
                    (task == nullptr ? 0 : 1);
  if (given != 1) reader.Say("expected one of problem, tests and task");
  if (!request->task_id.empty() && request->problem.empty()) {
    reader.Say("task_id is for a problem that is a file of tasks; its name is missing");
  }
  if (task != nullptr) request->task = *task;
  ReadTests(reader, request);
}

void ReadOptions(JsonReader& reader, const RunBounds& bounds, JudgementRequest* request) {
  verifier::JudgeOptions& options = request->options;
  options.all_tests = reader.Flag("all_tests");
  options.confirm = reader.Flag("confirm");
  options.sanitize = reader.Flag("sanitize");
  if (reader.Find("time_limit") != nullptr) {
    options.time_limit_seconds = reader.Number("time_limit", 1, 0.001, bounds.seconds);
  }
  if (reader.Find("memory_limit") != nullptr) {
    options.memory_limit_mib = static_cast<std::int64_t>(
        reader.Number("memory_limit", 1, 1, static_cast<double>(bounds.memory_mib)));
  }
  if (reader.Find("deadline") != nullptr) {
    request->deadline_seconds = reader.Number("deadline", 1, 0.001, kLongestDeadline);
  }
  std::istringstream words(reader.Text("validator_flags"));
  for (std::string word; words >> word;) request->validator_flags.push_back(word);
  const auto flags = verifier::ParseValidatorFlags(request->validator_flags);
  if (!flags) reader.Say("validator_flags: " + Printable(flags.error().message));
}

}  // namespace

bool JudgementRequest::asks_task() const {
  return !task.is_null() || !task_id.empty() || verifier::HoldsTaskRows(problem);
}

Result<JudgementRequest> ParseJudgementRequest(std::string_view body,
                                               const verifier::LanguageTable& languages,
                                               const RunBounds& bounds) {
  const auto json = ParseBody(body);
  if (!json) return tl::unexpected(json.error());
  JsonReader reader(*json);
  reader.AllowOnly({"problem", "task_id", "task", "tests", "validator_flags", "submission",
                    "submissions", "all_tests", "confirm", "sanitize", "time_limit", "memory_limit",
                    "deadline"});
  JudgementRequest request;
  ReadJudgedBy(reader, &request);
  ReadOptions(reader, bounds, &request);
  if (request.tests.empty() && !request.validator_flags.empty()) {
    reader.Say("validator_flags is for tests in the request; problems and tasks have their own");
  }
  ReadSubmissions(reader, {languages, request.asks_task()}, &request);
  if (!reader.ok()) return Fail(reader.error());
  return request;
}

Result<verifier::JudgeTask> MakeInlineTask(const JudgementRequest& request,
                                           const RunBounds& bounds) {
  verifier::TaskRow row(request.task, "task", 1);
  row.set_most_unpacked(kMostUnpacked);
  auto task = verifier::ReadTask(row);
  if (!task) return task;
  const auto* stdio = std::get_if<verifier::StdioTask>(&task->work);
  if (stdio == nullptr) return task;
  if (!request.options.time_limit_seconds && stdio->time_seconds.value_or(0) > bounds.seconds) {
    return Fail(fmt::format("task: its time limit is {} s, expected at most {}",
                            *stdio->time_seconds, bounds.seconds));
  }
  if (!request.options.memory_limit_mib && stdio->memory_mib.value_or(0) > bounds.memory_mib) {
    return Fail(fmt::format("task: its memory limit is {} MiB, expected at most {}",
                            *stdio->memory_mib, bounds.memory_mib));
  }
  return task;
}

verifier::Problem MakeInlineProblem(const JudgementRequest& request) {
  verifier::Problem problem;
  problem.name = "inline";
  problem.format = "folder";
  problem.limits.time_seconds = kDefaultSeconds;
  problem.limits.memory_mib = kDefaultMib;
  Sha256 hash;
  for (const std::string& flag : request.validator_flags) hash.Update(flag).Update("\n");
  for (const InlineTest& test : request.tests) {
    verifier::TestCase added;
    added.name = test.name;
    added.input = verifier::MakeMemoryFile(test.input, "input");
    added.answer = test.output;
    added.validator_flags = request.validator_flags;
    problem.tests.push_back(std::move(added));
    for (const std::string* text : {&test.name, &test.input, &test.output}) {
      hash.Update(fmt::format("{}\n", text->size())).Update(*text);
    }
  }
  problem.sha256 = hash.FinishHex();
  return problem;
}

}  // namespace tesuji::service
