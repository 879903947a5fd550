#include "verifier/problem/formats/formats.h"

#include "verifier/problem/cpp_function.h"

namespace tesuji::verifier {

const std::vector<TaskFormat>& TaskFormats() {
  static const std::vector<TaskFormat> kFormats = {
      VerlFormat(), LiveCodeBenchFormat(), CodeContestsFormat(), InputsOutputsFormat(),
      MbppFormat(), MultiPlEFormat(),      HumanEvalFormat()};
  return kFormats;
}

void FinishFunctionTask(FunctionTask work, JudgeTask* task) {
  work.id = task->id;
  work.where = task->where;
  work.canonical_solution = task->canonical;
  task->canonical_language = work.language;
  if (work.language == "cpp17" && task->refusal.empty()) {
    if (const auto split = SplitFunctionTask(work); !split) {
      // The place and the id stand before every refusal anyway.
      const std::string before = work.where + ": " + work.id + ": ";
      const std::string& why = split.error().message;
      task->refusal = why.starts_with(before) ? why.substr(before.size()) : why;
    }
  }
  task->work = std::move(work);
}

}  // namespace tesuji::verifier
