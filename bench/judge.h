// What `tesuji bench judge` measures; each figure stands beside a plain one of the same run.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "core/result.h"
#include "verifier/judge/batch.h"

namespace tesuji::bench {

struct BenchFigure {
  std::string name;
  double value = 0;
  std::string unit;
  double reference = 0;  ///< 0: none.
  std::string reference_name = {};
};

struct BenchOptions {
  verifier::SandboxOptions sandbox;
  int submissions = 200;      ///< Distinct C++ programs.
  int plain_submissions = 8;  ///< Of these compiled by plain g++ for comparison; slow.
  int runs = 500;
  int functions = 2048;
  int workers = 2;
};

/// Runs all benchmarks; `show` sees each figure when it is known.
Status BenchJudge(const BenchOptions& options, const std::function<void(const BenchFigure&)>& show);

}  // namespace tesuji::bench
