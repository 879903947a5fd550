// Programs as short as the one that was found that answer the same examples and do something else:
// what few examples leave open.
// Thread-safety: free functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "env/program/guide/program_guide.h"
#include "env/program/tasks/task.h"

namespace tesuji::env::program {

/// One answer to an input on which programs differ.
struct RivalAnswer {
  Program program;
  std::string output;  ///< As JSON; "no answer" when the program fails there.
};

/// The input that tells most programs apart, the shortest such. The first answer is that of the
/// program that was found; all outputs differ.
struct OpenQuestion {
  Input input;
  std::vector<RivalAnswer> answers;
};

struct RivalOptions {
  std::int64_t candidates = 0;        ///< Tried in the search for rivals; > 0.
  std::chrono::milliseconds time{0};  ///< Most that it may take; 0: no limit.
  std::size_t memory_bytes = std::size_t{1} << 30;
  int spare_productions = 2;  ///< That a rival may have more than `found`.
  int most_answers = 4;
};

/// Empty when no rival was found: which proves nothing.
std::optional<OpenQuestion> FindOpenQuestion(const ProgramTask& task, const Program& found,
                                             ProgramGuide* guide, const RivalOptions& options);

}  // namespace tesuji::env::program
