// SandboxFusion's `POST /run_code`: its request as a run of ours, and our output as its answer.
//
// A language is asked for by its name there ("python", "cpp") or by our own id. Time limits are
// wall seconds there; waiting for a processor does not count here. Thread-safety: free functions.
#pragma once

#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "verifier/judge/run_program.h"

namespace tesuji::service {

/// The most that a request may ask for.
struct RunBounds {
  double seconds = 120;
  std::int64_t memory_mib = 4096;
  std::int64_t output_bytes = 8 << 20;
};

/// Fails with what is wrong with the request: key, value, what was expected.
Result<verifier::ProgramRun> ParseRunCode(std::string_view body,
                                          const verifier::LanguageTable& languages,
                                          const RunBounds& bounds);

/// The answer when we could not run it.
Json SandboxErrorAnswer(const std::string& message);

Json RunCodeAnswer(const verifier::ProgramOutput& output, const verifier::ProgramRun& program);

}  // namespace tesuji::service
