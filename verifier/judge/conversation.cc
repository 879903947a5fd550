#include "verifier/judge/conversation.h"

#include <thread>

namespace tesuji::verifier {

std::pair<RunResult, RunResult> Converse(Workplace& workplace, bool sanitized,
                                         const Speaker& candidate, const Speaker& examiner) {
  // Containers first: starting one in the middle of a pair would let the other wait.
  RunSpec warm;
  warm.argv = {"/usr/bin/true"};
  workplace.Run(ContainerKind::kTool, warm);
  workplace.Run(ContainerKind::kRun, warm);
  std::pair<RunResult, RunResult> results;
  const auto speak = [&workplace](ContainerKind place, const Speaker& speaker, RunResult* result) {
    speaker.spec->hold_standard_io = true;
    *result = workplace.Run(place, *speaker.spec, 1);
    for (UniqueFd* end : speaker.ends) end->Reset();
  };
  const ContainerKind usual = ContainerKind::kRun;
  const ContainerKind other = ContainerKind::kTool;
  std::thread asking([&] { speak(sanitized ? usual : other, examiner, &results.second); });
  speak(sanitized ? other : usual, candidate, &results.first);
  asking.join();
  return results;
}

}  // namespace tesuji::verifier
