#include "verifier/judge/conversation.h"

#include <unistd.h>

#include <cerrno>
#include <thread>

namespace tesuji::verifier {
namespace {

/// Reads until nobody can write any more.
void Drain(int fd) {
  char buffer[65536];
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0 || (got < 0 && errno != EINTR)) return;
  }
}

RunResult Speak(Workplace& workplace, ContainerKind place, const Speaker& speaker) {
  speaker.spec->handed_over = speaker.writes;
  RunResult result = workplace.Run(place, *speaker.spec, 1);
  speaker.writes->Reset();
  return result;
}

}  // namespace

std::pair<RunResult, RunResult> Converse(Workplace& workplace, const Speaker& candidate,
                                         const Speaker& examiner, std::optional<int> accepted) {
  candidate.spec->hold_standard_io = true;
  examiner.spec->hold_standard_io = true;
  // Containers first: starting one in the middle of a pair would let the other wait. What cannot be
  // started now is tried again by the run, which says why.
  (void)workplace.Prepare(ContainerKind::kTool, *examiner.spec);
  (void)workplace.Prepare(ContainerKind::kRun, *candidate.spec);
  std::pair<RunResult, RunResult> results;
  std::thread asking([&] {
    results.second = Speak(workplace, ContainerKind::kTool, examiner);
    // All ends for writing are the candidate's or its agent's by now, and go with its run.
    if (accepted && results.second.ExitedWith(*accepted)) Drain(examiner.reads->get());
    examiner.reads->Reset();
  });
  results.first = Speak(workplace, ContainerKind::kRun, candidate);
  candidate.reads->Reset();
  asking.join();
  return results;
}

}  // namespace tesuji::verifier
