#include <fmt/format.h>

#include <iostream>

#include "api/record_format.h"
#include "api/replay.h"
#include "campaign/progress.h"
#include "cli/dataset.h"
#include "dataset/build_dataset.h"
#include "storage/codec.h"

namespace tesuji::cli {
namespace {

struct CurateArguments {
  std::vector<std::string> stores;
  std::string recipe;
  std::string out;
  std::string cache;
  std::vector<std::string> assignments;
  int threads = 0;
  bool dry_run = false;
  bool json = false;
  bool reference = false;
};

/// The same questions that `tesuji verify` asks.
std::string VerifyAgain(const storage::StoredTrajectory& stored,
                        const env::Environment& environment) {
  const std::string hash = storage::ContentHash(stored.trajectory);
  if (hash != stored.hash) return fmt::format("content hash is {}, not {}", hash, stored.hash);
  const auto problems = env::ReplayTrajectory(environment, stored.trajectory, {.limit = 1});
  return problems.empty() ? std::string() : problems.front();
}

void PrintStep(const dataset::FunnelStep& step) {
  std::cout << fmt::format("{:<18} {:>10} -> {:>10}\n", step.name, step.in, step.out);
  for (const auto& [reason, rows] : step.dropped) {
    std::cout << fmt::format("    {:<40} {:>10}\n", reason, rows);
  }
}

void PrintCuration(const dataset::BuildReport& report, const std::string& out) {
  for (const auto& step : report.funnel) PrintStep(step);
  if (report.positions.in > 0) PrintStep(report.positions);
  std::cout << fmt::format("{} rows verified again\n", report.reverified);
  for (const std::string& note : report.notes) std::cout << note << "\n";
  if (report.manifest.is_null()) {
    std::cout << "nothing written (--dry-run)\n";
    return;
  }
  std::cout << fmt::format("\n{:<14} {:<12} {:>12}\n", "view", "split", "rows");
  for (const Json& view : report.manifest["views"]) {
    for (const auto& [split, total] : view["splits"].items()) {
      std::cout << fmt::format("{:<14} {:<12} {:>12}\n", view["name"].get<std::string>(), split,
                               total["rows"].get<std::int64_t>());
    }
  }
  std::cout << fmt::format("\n{}: {} files, dataset id {}\n", out, report.manifest["files"].size(),
                           report.dataset_id);
}

Json ReportJson(const dataset::BuildReport& report) {
  Json json = {{"rows_in", report.rows_in},
               {"rows_out", report.rows_out},
               {"reverified", report.reverified},
               {"dropped", dataset::DroppedJson(report)},
               {"positions_in", report.positions.in},
               {"positions_out", report.positions.out},
               {"files", Json::array()},
               {"notes", report.notes},
               {"dataset_id", report.dataset_id}};
  if (!report.manifest.is_null()) {
    json["files"] = report.manifest["files"];
    json["views"] = report.manifest["views"];
  }
  return json;
}

}  // namespace

int BuildAndReport(const dataset::BuildOptions& options, const env::Registry& registry, bool json) {
  InstallStopHandler();
  Result<dataset::BuildReport> report = Fail("");
  try {
    campaign::ProgressLine progress;
    const auto show = [&](const char* what, std::int64_t done, std::int64_t total) {
      const double percent = 100.0 * static_cast<double>(done) / static_cast<double>(total);
      progress.Show(total > 0
                        ? fmt::format("{}: {} of {} rows, {:.0f} %", what, done, total, percent)
                        : fmt::format("{}: {} rows", what, done));
    };
    report = dataset::BuildDataset(options, registry, VerifyAgain, show, StopRequested());
  } catch (const dataset::Stopped&) {
    return Complain(
        fmt::format("stopped; the same command goes on from {}.partial", options.out.string()),
        kFailed);
  }
  if (!report) return Complain(report.error().message);
  if (json) {
    PrintJson(ReportJson(*report));
  } else {
    PrintCuration(*report, options.out.string());
  }
  return kDone;
}

namespace {

int Curate(const CurateArguments& arguments, const env::Registry& registry) {
  if (arguments.reference) {
    std::cout << dataset::RecipeReference();
    return kDone;
  }
  if (arguments.stores.empty()) return Complain("curate: name at least one store");
  if (arguments.out.empty() && !arguments.dry_run) {
    return Complain("curate: name a new folder with --out, or use --dry-run");
  }
  auto file = arguments.recipe.empty() ? ConfigFile::Parse("", "(defaults)")
                                       : ConfigFile::Load(arguments.recipe);
  if (!file) return Complain(file.error().message);
  for (const auto& assignment : arguments.assignments) {
    if (auto status = file->Override(assignment); !status) return Complain(status.error().message);
  }
  auto recipe = dataset::ReadRecipe(*file, env::RecordNames(registry));
  if (!recipe) return Complain(recipe.error().message);
  dataset::BuildOptions options;
  options.stores = arguments.stores;
  options.recipe = std::move(*recipe);
  options.out = arguments.out;
  options.cache = arguments.cache;
  options.dry_run = arguments.dry_run;
  options.threads = arguments.threads;
  return BuildAndReport(options, registry, arguments.json);
}

}  // namespace

void AddCurateCommand(Command app, Context* context) {
  auto arguments = std::make_shared<CurateArguments>();
  auto command =
      AddCommand(app, context, "curate",
                 "Make a dataset: verify again, deduplicate, decontaminate, filter, split, write.",
                 [=] { return Curate(*arguments, context->registry); });
  command.Add("stores", arguments->stores, "Stores, in the order that ties are broken.");
  command.Add("--recipe", arguments->recipe, "The recipe (TOML); defaults without one.");
  command.Add("--out", arguments->out, "The dataset's folder; must not exist.");
  command.AddFlag("--dry-run", arguments->dry_run, "Show the funnel, write nothing.");
  command.Add("--set", arguments->assignments, "Override one key: section.key=value.");
  command.Add("--threads", arguments->threads, "0: all cores. The bytes do not depend on it.")
      .Between(0, 256);
  command.Add("--cache", arguments->cache,
              "Folder that keeps what was computed of rows, for the next recipe.");
  command.AddFlag("--recipe-reference", arguments->reference, "Print every key of a recipe.");
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer(
      "Example: tesuji curate runs/go9.db --recipe experiments/recipes/go-positions.toml "
      "--out data/go9");
}

}  // namespace tesuji::cli
