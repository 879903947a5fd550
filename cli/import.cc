#include <fmt/format.h>

#include <iostream>
#include <map>

#include "api/replay.h"
#include "campaign/progress.h"
#include "cli/dataset.h"
#include "dataset/import_sgf.h"

namespace tesuji::cli {
namespace {

struct ImportArguments {
  std::vector<std::string> paths;
  std::string store;
  std::string parameters = "{}";
  bool json = false;
};

int ImportSgf(const ImportArguments& arguments) {
  dataset::ImportOptions options;
  options.paths = arguments.paths;
  options.store = arguments.store;
  options.parameters = Json::parse(arguments.parameters, nullptr, false);
  if (!options.parameters.is_object()) {
    return Complain(
        fmt::format("--parameters {}: expected a JSON object such as "
                    "{{\"ko\": \"simple\"}}",
                    arguments.parameters));
  }
  InstallStopHandler();
  Result<dataset::ImportReport> report = Fail("");
  {
    campaign::ProgressLine progress;
    report = dataset::ImportSgf(
        options,
        [](const env::Environment& environment, const env::Trajectory& trajectory) {
          const auto problems = verifier::ReplayTrajectory(environment, trajectory, 1);
          return problems.empty() ? std::string() : problems.front();
        },
        [&](std::int64_t files, std::int64_t of) {
          if (files % 64 == 0) progress.Show(fmt::format("{} of {} files", files, of));
        },
        StopRequested());
  }
  if (!report) return Complain(report.error().message);
  if (arguments.json) {
    Json rejected = Json::array();
    for (const auto& game : report->rejected) {
      rejected.push_back({{"file", game.file},
                          {"game", game.game},
                          {"reason", game.reason},
                          {"detail", game.detail}});
    }
    PrintJson({{"files", report->files},
               {"games", report->games},
               {"imported", report->imported},
               {"already_there", report->already_there},
               {"rejected", rejected}});
  } else {
    std::map<std::string, std::int64_t> reasons;
    for (const auto& game : report->rejected) {
      ++reasons[game.reason];
      std::cout << fmt::format("{}{}: {}: {}\n", game.file,
                               game.game > 0 ? fmt::format(" game {}", game.game) : "", game.reason,
                               game.detail);
    }
    std::cout << fmt::format("{} games of {} files: {} imported, {} already there, {} rejected\n",
                             report->games, report->files, report->imported, report->already_there,
                             report->rejected.size());
    for (const auto& [reason, games] : reasons) {
      std::cout << fmt::format("    {:<12} {:>8}\n", reason, games);
    }
  }
  return report->imported + report->already_there > 0 ? kDone : kFailed;
}

}  // namespace

void AddImportCommand(Command app, Context* context) {
  const Command import = app.AddGroup("import", "Bring records into a store.");
  auto arguments = std::make_shared<ImportArguments>();
  auto command = AddCommand(import, context, "sgf",
                            "Games of Go, each verified by replay; bad ones are named.",
                            [=] { return ImportSgf(*arguments); });
  command.Add("paths", arguments->paths, "Files (.sgf, .sgfs) and folders of them.").Required();
  command.Add("--store", arguments->store, "The store; made when it is not there.").Required();
  command
      .Add("--parameters", arguments->parameters,
           "Rules, as a JSON object of the parameters of environment go.")
      .ShowDefault();
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer("Example: tesuji import sgf games/ --store runs/records.db");
}

}  // namespace tesuji::cli
