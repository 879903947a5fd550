// What `tesuji bench judge` measures; each figure stands beside a plain one of the same run.
#pragma once

#include "bench/figure.h"
#include "core/result.h"
#include "verifier/judge/batch.h"

namespace tesuji::bench {

struct JudgeBenchOptions {
  verifier::SandboxOptions sandbox;
  int submissions = 200;      ///< Distinct C++ programs.
  int plain_submissions = 8;  ///< Of these compiled by plain g++ for comparison; slow.
  int runs = 500;
  int functions = 2048;
  int workers = 2;
};

/// Runs all benchmarks; `show` sees each figure when it is known.
Status BenchJudge(const JudgeBenchOptions& options, const ShowFigure& show);

}  // namespace tesuji::bench
