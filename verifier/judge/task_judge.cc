#include "verifier/judge/task_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/judge/function_judge.h"
#include "verifier/judge/submission_judge.h"
#include "verifier/problem/answer_text.h"

namespace tesuji::verifier {
namespace {

/// The language of a program for standard input and output: as the answer says, or as it looks.
std::string ProgramLanguage(const FunctionSubmission& answer, const AnswerCode& code,
                            const std::string& asked) {
  if (!answer.language.empty()) return answer.language;
  if (!asked.empty()) return asked;
  if (const std::string id = LanguageIdOf(code.language); !id.empty()) return id;
  return code.text.find("#include") != code.text.npos ? "cpp20" : "python3";
}

/// Whether a program in Python fails for what its format's graders would have done for it.
bool LacksPrelude(const StdioTask& work, const AnswerCode& code, const Report& report) {
  if (work.prelude.empty() || report.verdict != env::Verdict::kRuntimeError) return false;
  if (code.text.find("from __future__") != code.text.npos) return false;  // It must come first.
  return std::any_of(report.tests.begin(), report.tests.end(), [](const TestReport& test) {
    return test.reason.find("NameError: ") != test.reason.npos ||
           test.reason.find("RecursionError: ") != test.reason.npos;
  });
}

}  // namespace

std::string WhyRefused(const JudgeTask& task) {
  return fmt::format("{}: {}: cannot be judged: {}", task.where, task.id, task.refusal);
}

Result<Report> TaskJudge::JudgeStdio(Workplace& workplace, const JudgeTask& task,
                                     const StdioTask& work, const FunctionSubmission& answer) {
  const AnswerCode code = CodeOf(answer.solution, "");
  const std::string id = ProgramLanguage(answer, code, language_);
  const Language* language = compiler_.languages().Find(id);
  if (language == nullptr) {
    return Fail(fmt::format("{}: no language '{}' in the table", answer.name, id));
  }
  const Problem problem = MakeProblem(task.id, work);
  SubmissionJudge judge(compiler_, problem, options_);
  const auto run = [&](const std::string& text) {
    return judge.Judge(workplace, {answer.name, language->id, {{SourceName(*language), text}}});
  };
  auto report = run(code.text);
  const bool python = language->package_code == "python3";
  if (!report || !python || !LacksPrelude(work, code, *report)) return report;
  report = run(work.prelude + code.text);
  if (report) report->evidence["grader_imports"] = true;
  return report;
}

Result<Report> TaskJudge::Judge(Workplace& workplace, const JudgeTask& task,
                                const FunctionSubmission& answer) {
  if (!task.refusal.empty()) return Fail(WhyRefused(task));
  if (const auto* stdio = std::get_if<StdioTask>(&task.work)) {
    return JudgeStdio(workplace, task, *stdio, answer);
  }
  FunctionJudge judge(compiler_, options_);
  return judge.Judge(workplace, std::get<FunctionTask>(task.work), answer);
}

}  // namespace tesuji::verifier
