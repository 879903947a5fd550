// What the subcommands of `tesuji bench` share: how one is added, and options that several have.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/registry.h"
#include "bench/figure.h"
#include "cli/command.h"
#include "core/result.h"
#include "learner/model.h"

namespace tesuji::cli {

/// --net
struct NetworkOption {
  std::string text = "b4c64";
  void AddTo(Command command) {
    command.Add("--net", text, "Network: bBLOCKScCHANNELS.").ShowDefault();
  }
  Result<learner::NetworkConfig> Read() const;
};

/// --env, --board and --plugin
struct EnvironmentOption {
  std::string id = "go";
  std::optional<int> board;
  void AddTo(Command command, Context* context) {
    command.Add("--env", id, "Environment; tesuji envs lists them.").ShowDefault();
    command.Add("--board", board, "Board size, of go only. Default: 9.").Between(2, 19);
    AddPluginOption(command, context);
  }
  Result<std::unique_ptr<const env::Environment>> Make(const env::Registry& registry) const {
    return MakeOnBoard(registry, id, board);
  }
};

/// --seconds
struct SecondsOption {
  double seconds = 5;
  void AddTo(Command command) {
    command.Add("--seconds", seconds, "Seconds of each measurement.")
        .ShowDefault()
        .Between(0.1, 3600.0);
  }
  std::chrono::milliseconds duration() const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  }
};

/// --format and --ring
struct ProductOption {
  std::string format = "4x4x4";
  std::string ring = "Z2";
  void AddTo(Command command) {
    command.Add("--format", format, "NxMxP, each 1 to 5.").ShowDefault();
    command.Add("--ring", ring, "Z2 or ternary.").ShowDefault();
  }
};

/// As text for people, or as one line of JSON: name, value, unit, reference, ratio.
void PrintFigure(const bench::Figure& figure, bool json);

/// Adds one benchmark with --json; `run` measures and shows, `failure` is the exit code when it
/// fails.
template <class Options>
Command AddBenchmark(Command bench, Context* context, const std::string& name,
                     const std::string& help, const std::shared_ptr<Options>& options,
                     Status (*run)(Options& options, const env::Registry& registry,
                                   const bench::ShowFigure& show),
                     ExitCode failure = kUsage) {
  auto json = std::make_shared<bool>(false);
  Command command = AddCommand(bench, context, name, help, [=] {
    const Status done = run(*options, context->registry,
                            [&](const bench::Figure& figure) { PrintFigure(figure, *json); });
    return done ? kDone : Complain("bench " + name + ": " + done.error().message, failure);
  });
  command.AddFlag("--json", *json, "One JSON object a line.");
  return command;
}

/// Benchmarks of the families, the judge and the datasets (bench_families.cc).
void AddFamilyBenchmarks(Command bench, Context* context);

}  // namespace tesuji::cli
