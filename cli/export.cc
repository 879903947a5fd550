#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "api/record_format.h"
#include "cli/dataset.h"
#include "dataset/manifest.h"

namespace tesuji::cli {
namespace {

struct ExportArguments {
  std::vector<std::string> stores;
  std::string replay;
  std::string out;
  std::vector<std::string> views;
  std::vector<std::string> formats;
  int threads = 0;
  bool json = false;
};

std::vector<std::string> FormatNames(const env::Registry& registry) {
  std::vector<std::string> names = dataset::FormatNames();
  std::ranges::move(env::RecordNames(registry), std::back_inserter(names));
  return names;
}

int Replay(const ExportArguments& arguments, const env::Registry& registry) {
  auto manifest = dataset::ReadManifest(arguments.replay);
  if (!manifest) return Complain(manifest.error().message);
  dataset::BuildOptions options;
  auto recipe =
      dataset::RecipeFromJson(manifest->value("recipe", Json()), env::RecordNames(registry));
  if (!recipe) return Complain(fmt::format("{}: {}", arguments.replay, recipe.error().message));
  options.recipe = std::move(*recipe);
  options.replay_inputs = (*manifest)["inputs"];
  options.stores = arguments.stores;
  if (options.stores.empty()) {
    for (const Json& input : *options.replay_inputs) {
      options.stores.push_back(input.value("store", ""));
    }
  }
  options.out = arguments.out;
  options.threads = arguments.threads;
  return BuildAndReport(options, registry, arguments.json);
}

int Export(const ExportArguments& arguments, const env::Registry& registry) {
  if (arguments.out.empty()) return Complain("export: name a new folder with --out");
  if (!arguments.replay.empty()) return Replay(arguments, registry);
  if (arguments.stores.empty()) return Complain("export: name at least one store, or --replay");
  dataset::Recipe recipe;
  // Everything that was verified, as it is.
  recipe.dedup.exact = recipe.dedup.positions = recipe.dedup.behaviour = false;
  recipe.view.targets_only = true;
  if (!arguments.views.empty()) recipe.exports.views = arguments.views;
  if (!arguments.formats.empty()) recipe.exports.formats = arguments.formats;
  auto checked = dataset::RecipeFromJson(dataset::RecipeToJson(recipe), env::RecordNames(registry));
  if (!checked) return Complain(checked.error().message);
  dataset::BuildOptions options;
  options.stores = arguments.stores;
  options.recipe = std::move(*checked);
  options.out = arguments.out;
  options.threads = arguments.threads;
  return BuildAndReport(options, registry, arguments.json);
}

}  // namespace

void AddExportCommand(Command app, Context* context) {
  auto arguments = std::make_shared<ExportArguments>();
  auto command =
      AddCommand(app, context, "export",
                 "Write a store's verified rows without filters, or make a dataset again.",
                 [=] { return Export(*arguments, context->registry); });
  command.Add("stores", arguments->stores, "Stores; with --replay, where they are now.");
  command.Add("--replay", arguments->replay,
              "A dataset's manifest.json: makes the dataset again, byte for byte.");
  command.Add("--out", arguments->out, "The dataset's folder; must not exist.");
  command.Add("--view", arguments->views, "What a row is; may be given several times.")
      .OneOf(dataset::ViewNames());
  command.Add("--format", arguments->formats,
              fmt::format("{}, or a plug-in's records; may be given several times.",
                          fmt::join(FormatNames(context->registry), ", ")));
  command.Add("--threads", arguments->threads, "0: all cores.").Between(0, 256);
  AddPluginOption(command, context);
  command.AddFlag("--json", arguments->json, "One JSON object.");
  command.Footer(
      "Examples: tesuji export runs/go9.db --view positions --format npz --out data/npz\n"
      "          tesuji export --replay data/go9/manifest.json --out data/again");
}

}  // namespace tesuji::cli
