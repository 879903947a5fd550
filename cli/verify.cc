#include <fmt/format.h>

#include <iostream>

#include "campaign/progress.h"
#include "campaign/verify_store.h"
#include "cli/command.h"
#include "core/printable.h"

namespace tesuji::cli {
namespace {

int Verify(const std::string& path, std::int64_t sample, bool json, const env::Registry& registry) {
  auto store = storage::Store::Open(path, storage::OpenMode::kReadOnly);
  if (!store) return Complain(store.error().message);
  campaign::VerifyReport report;
  {
    campaign::ProgressLine progress;
    report = campaign::VerifyStore(**store, registry, sample, [&](std::int64_t checked) {
      if (checked % 64 == 0) progress.Show(fmt::format("{} trajectories checked", checked));
    });
  }
  if (json) {
    Json failures = Json::array();
    for (const auto& failure : report.failures) {
      failures.push_back({{"trajectory", failure.trajectory}, {"reason", failure.reason}});
    }
    PrintJson(
        {{"checked", report.checked}, {"failed", report.failures.size()}, {"failures", failures}});
  } else {
    for (const auto& failure : report.failures) {
      // Number 0 stands for the store itself, its checkpoints for one.
      if (failure.trajectory != 0) std::cout << "trajectory " << failure.trajectory << ": ";
      std::cout << Printable(failure.reason) << "\n";
    }
    std::cout << fmt::format("{} checked, {} failed\n", report.checked, report.failures.size());
  }
  return report.failures.empty() ? kDone : kFailed;
}

}  // namespace

void AddVerifyCommand(Command app, Context* context) {
  auto path = std::make_shared<std::string>();
  auto sample = std::make_shared<std::int64_t>(0);
  auto json = std::make_shared<bool>(false);
  auto command = AddCommand(app, context, "verify",
                            "Replay stored trajectories independently; exit 1 on any mismatch.",
                            [=] { return Verify(*path, *sample, *json, context->registry); });
  command.Add("store", *path, "The campaign's store.").Required();
  command.Add("--sample", *sample, "Check about so many, spread evenly; 0: all.").NotNegative();
  AddPluginOption(command, context);
  command.AddFlag("--json", *json, "One JSON object.");
  command.Footer("Example: tesuji verify runs/go9.db --json");
}

}  // namespace tesuji::cli
