#include "dataset/inspect.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "cli/dataset.h"
#include "dataset/manifest.h"

namespace tesuji::cli {
namespace {

struct InspectArguments {
  std::string path;
  std::int64_t trajectory = 0;
  std::int64_t step = -1;
  std::string view;
  std::string split = "train";
  std::int64_t row = -1;
  bool dropped = false;
  std::string reason;
  std::int64_t limit = 20;
};

int InspectStore(const InspectArguments& arguments, const env::Registry& registry) {
  auto store = storage::Store::Open(arguments.path, storage::OpenMode::kReadOnly);
  if (!store) return Complain(store.error().message);
  if (arguments.trajectory <= 0) {
    std::cout << fmt::format("{:>9} {:<10} {:<9} {:>6} {:>7} {:>8} {:<12} {}\n", "id", "task",
                             "status", "steps", "value", "score", "ended by", "hash");
    std::int64_t shown = 0;
    (*store)->ForEachSummary(
        1,
        [&](const storage::TrajectorySummary& one) {
          std::cout << fmt::format(
              "{:>9} {:<10} {:<9} {:>6} {:>+7.2f} {:>+8.1f} {:<12} {}\n", one.id, one.task,
              one.status == storage::TrajectoryStatus::kVerified ? "verified" : "rejected",
              one.steps, one.value, one.score, one.termination, one.hash.substr(0, 16));
          return ++shown < arguments.limit;
        },
        [](storage::TrajectoryId id, const std::string& why) {
          std::cout << fmt::format("{:>9} damaged: {}\n", id, why);
        });
    std::cout << fmt::format("{} of {} rows; --trajectory N shows one, --step K a position\n",
                             shown, (*store)->LatestTrajectoryId());
    return kDone;
  }
  const auto stored = (*store)->GetTrajectory(arguments.trajectory);
  if (!stored) return Complain(stored.error().message, kFailed);
  const auto& made_by = stored->trajectory.provenance;
  const auto environment = registry.Make(made_by.environment_id, made_by.environment_parameters);
  if (!environment) return Complain(environment.error().message, kFailed);
  const auto text = dataset::DescribeEpisode(*stored, **environment, arguments.step);
  if (!text) return Complain(text.error().message, kFailed);
  std::cout << *text;
  return kDone;
}

int InspectDropped(const InspectArguments& arguments) {
  const auto ledger = std::filesystem::path(arguments.path) / "ledger.jsonl.zst";
  std::int64_t shown = 0;
  std::int64_t matching = 0;
  std::cout << fmt::format("{:>9} {:>5} {:>10} {:<24} {}\n", "row", "store", "trajectory", "reason",
                           "detail");
  const Status read = dataset::ForEachJsonLine(ledger, [&](const Json& line) {
    const std::string reason = dataset::TextField(line, "reason");
    if (reason.empty()) return true;
    if (!arguments.reason.empty() && !reason.starts_with(arguments.reason)) return true;
    ++matching;
    if (shown >= arguments.limit) return true;
    ++shown;
    std::cout << fmt::format("{:>9} {:>5} {:>10} {:<24} {}\n", dataset::NumberField(line, "row"),
                             dataset::NumberField(line, "store"),
                             dataset::NumberField(line, "trajectory"), reason,
                             dataset::TextField(line, "detail"));
    return true;
  });
  if (!read) return Complain(read.error().message);
  std::cout << fmt::format("{} of {} dropped rows\n", shown, matching);
  return kDone;
}

int InspectRow(const InspectArguments& arguments, const Json& manifest) {
  std::int64_t before = 0;
  bool written = false;
  for (const Json& file : manifest["files"]) {
    const std::string format = file.value("format", "");
    if (file.value("view", "") != arguments.view || file.value("split", "") != arguments.split ||
        format != "jsonl") {
      continue;
    }
    written = true;
    const auto rows = file.value("rows", std::int64_t{0});
    if (arguments.row >= before + rows) {
      before += rows;
      continue;
    }
    std::int64_t number = before;
    const Status read = dataset::ForEachJsonLine(
        std::filesystem::path(arguments.path) / file.value("path", ""), [&](const Json& row) {
          if (number++ < arguments.row) return true;
          std::cout << dataset::DescribeRow(row);
          return false;
        });
    return read ? kDone : Complain(read.error().message);
  }
  if (!written) {
    return Complain(fmt::format("{}: no {} of split {} as jsonl; rows are shown from that format",
                                arguments.path, arguments.view, arguments.split));
  }
  return Complain(fmt::format("--row {}: {} has {} rows in split {}", arguments.row, arguments.view,
                              before, arguments.split));
}

int Inspect(const InspectArguments& arguments, const env::Registry& registry) {
  std::error_code error;
  if (!std::filesystem::is_directory(arguments.path, error)) {
    return InspectStore(arguments, registry);
  }
  if (arguments.dropped) return InspectDropped(arguments);
  const auto manifest =
      dataset::ReadManifest(std::filesystem::path(arguments.path) / "manifest.json");
  if (!manifest) return Complain(manifest.error().message);
  if (!arguments.view.empty() && arguments.row >= 0) return InspectRow(arguments, *manifest);
  std::cout << dataset::DescribeManifest(*manifest);
  return kDone;
}

}  // namespace

void AddInspectCommand(Command app, Context* context) {
  auto arguments = std::make_shared<InspectArguments>();
  auto command = AddCommand(app, context, "inspect",
                            "Show rows of a store or dataset readably: board, search, targets.",
                            [=] { return Inspect(*arguments, context->registry); });
  command.Add("path", arguments->path, "A store, or a dataset's folder.").Required();
  command.Add("--trajectory", arguments->trajectory, "Of a store: this row, from 1.").NotNegative();
  command.Add("--step", arguments->step, "Of it: the position before this step, from 0.")
      .NotNegative();
  command.Add("--view", arguments->view, "Of a dataset: the view that --row counts in.")
      .OneOf(dataset::ViewNames());
  command.Add("--split", arguments->split, "Of a dataset: the split that --row counts in.")
      .ShowDefault();
  command.Add("--row", arguments->row, "Of a dataset: the row to show, from 0.").NotNegative();
  command.AddFlag("--dropped", arguments->dropped, "Of a dataset: the rows that were dropped.");
  command.Add("--reason", arguments->reason,
              "With --dropped: only reasons that begin with this text.");
  command.Add("--limit", arguments->limit, "Rows of a list.").ShowDefault().NotNegative();
  AddPluginOption(command, context);
  command.Footer(
      "Examples: tesuji inspect runs/go9.db --trajectory 12 --step 30\n"
      "          tesuji inspect data/go9 --dropped --reason verify");
}

}  // namespace tesuji::cli
