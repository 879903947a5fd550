#include "cli/judge_data.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <iostream>

#include "campaign/progress.h"
#include "cli/command.h"
#include "cli/judge_setup.h"
#include "core/printable.h"
#include "verifier/judge/data_check.h"

namespace tesuji::cli {

int CheckPackageData(const std::string& package, verifier::LanguageTable languages,
                     verifier::BatchOptions options, bool json) {
  campaign::ProgressLine progress;
  const auto start = std::chrono::steady_clock::now();
  options.progress = [&](const verifier::BatchProgress& now) {
    if (std::chrono::steady_clock::now() - start < std::chrono::seconds(3)) return;
    progress.Show(
        fmt::format("{}/{}  checking {}", now.done, now.total, Printable(now.running.front())));
  };
  std::size_t checks = 0;
  const auto done = verifier::CheckData(
      package, std::move(languages), options, [&](const verifier::DataReport& report) {
        checks += report.checks.size();
        if (json) PrintJson(report.ToJson());
        if (json || report.fault.empty()) return;
        std::cout << Printable(report.test) << ": " << Printable(report.fault) << std::endl;
      });
  if (isatty(STDERR_FILENO) == 1) progress.Show("");
  if (!done) return ComplainOfJudge(done.error());
  for (const std::string& skipped : done->skipped) {
    std::cerr << "tesuji: skipped " << Printable(skipped) << "\n";
  }
  if (checks == 0) std::cerr << "tesuji: the package has no validators that can be run here\n";
  (json ? std::cerr : std::cout) << fmt::format("{} tests, {} checks, {} not valid\n", done->tests,
                                                checks, done->faults);
  if (done->broken > 0) return kMachine;
  return done->faults > 0 || checks == 0 ? kFailed : kDone;
}

}  // namespace tesuji::cli
