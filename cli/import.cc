#include <fmt/format.h>

#include <iostream>
#include <map>
#include <memory>

#include "api/replay.h"
#include "campaign/progress.h"
#include "cli/dataset.h"
#include "dataset/import_records.h"

namespace tesuji::cli {
namespace {

struct ImportArguments {
  std::string format;
  std::vector<std::string> paths;
  std::string store;
  std::string parameters = "{}";
  bool json = false;
};

int Import(const ImportArguments& arguments, const env::Registry& registry) {
  dataset::ImportOptions options;
  options.format = arguments.format;
  options.paths = arguments.paths;
  options.store = arguments.store;
  auto parameters = ReadParameters(arguments.parameters, R"({"ko": "simple"})");
  if (!parameters) return Complain(parameters.error().message);
  options.parameters = std::move(*parameters);
  InstallStopHandler();
  auto progress = std::make_unique<campaign::ProgressLine>();
  dataset::ImportContext context;
  context.registry = &registry;
  context.verify = [](const env::Environment& environment, const env::Trajectory& trajectory) {
    const auto problems = env::ReplayTrajectory(environment, trajectory, {.limit = 1});
    return problems.empty() ? std::string() : problems.front();
  };
  context.progress = [&](std::int64_t files, std::int64_t of) {
    if (files % 64 == 0) progress->Show(fmt::format("{} of {} files", files, of));
  };
  context.stop = &StopRequested();
  const auto report = dataset::ImportRecords(options, context);
  progress.reset();  // Clears the line before anything is printed.
  if (!report) return Complain(report.error().message);
  if (arguments.json) {
    Json rejected = Json::array();
    for (const auto& game : report->rejected) {
      rejected.push_back({{"file", game.file},
                          {"game", game.number},
                          {"reason", game.reason},
                          {"detail", game.detail}});
    }
    Json remarks = Json::array();
    for (const auto& remark : report->remarks) {
      remarks.push_back({{"file", remark.file}, {"game", remark.number}, {"remark", remark.text}});
    }
    PrintJson({{"files", report->files},
               {"other_files", report->other_files},
               {"games", report->records},
               {"imported", report->imported},
               {"already_there", report->already_there},
               {"rejected", rejected},
               {"remarks", remarks}});
  } else {
    std::map<std::string, std::int64_t> reasons;
    std::map<std::string, std::int64_t> same;  // Rejections by reason and detail.
    for (const auto& game : report->rejected) {
      ++reasons[game.reason];
      ++same[game.reason + ": " + game.detail];
    }
    for (const auto& game : report->rejected) {
      constexpr std::int64_t kNamed = 5;  // So many equal ones have a line each.
      const std::string why = game.reason + ": " + game.detail;
      std::int64_t& left = same[why];
      if (left == 0) continue;  // Told with the first.
      std::cout << fmt::format("{}{}: {}{}\n", game.file,
                               game.number > 0 ? fmt::format(" game {}", game.number) : "", why,
                               left > kNamed ? fmt::format(" ({} times)", left) : "");
      if (left > kNamed) left = 0;
    }
    for (const auto& remark : report->remarks) {
      std::cout << fmt::format("{} game {}: {}\n", remark.file, remark.number, remark.text);
    }
    if (report->other_files > 0) {
      std::cout << fmt::format("{} files with other extensions were not read\n",
                               report->other_files);
    }
    std::cout << fmt::format("{} games of {} files: {} imported, {} already there, {} rejected\n",
                             report->records, report->files, report->imported,
                             report->already_there, report->rejected.size());
    for (const auto& [reason, games] : reasons) {
      std::cout << fmt::format("    {:<12} {:>8}\n", reason, games);
    }
  }
  return report->imported + report->already_there > 0 ? kDone : kFailed;
}

}  // namespace

void AddImportCommand(Command app, Context* context) {
  auto arguments = std::make_shared<ImportArguments>();
  auto command = AddCommand(app, context, "import",
                            "Bring records into a store, each verified by replay; bad ones are "
                            "named.",
                            [=] { return Import(*arguments, context->registry); });
  command.Add("format", arguments->format, "The records' format: sgf, or a plug-in's.").Required();
  command.Add("paths", arguments->paths, "Files of that format, and folders of them.").Required();
  command.Add("--store", arguments->store, "The store; made when it is not there.").Required();
  command
      .Add("--parameters", arguments->parameters,
           "Rules, as a JSON object of the parameters of the format's environment.")
      .ShowDefault();
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer("Example: tesuji import sgf games/ --store runs/records.db");
}

}  // namespace tesuji::cli
