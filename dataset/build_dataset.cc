#include "dataset/build_dataset.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "core/files.h"
#include "core/sha256.h"
#include "dataset/curate/minhash.h"
#include "dataset/export/card.h"
#include "dataset/export_stage.h"
#include "dataset/manifest.h"
#include "dataset/work_folder.h"

namespace tesuji::dataset {
namespace {

namespace fs = std::filesystem;

/// A folder of its own below the system's, gone at the end of its scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "tesuji-curate-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw MachineError(fmt::format("{}: cannot create: {}", name, std::strerror(errno)));
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Result<std::unique_ptr<Sources>> OpenSources(const BuildOptions& options,
                                             const env::Registry& registry,
                                             const Progress& progress) {
  std::vector<std::int64_t> limits;
  if (options.replay_inputs) {
    if (options.replay_inputs->size() != options.stores.size()) {
      return Fail(fmt::format("the dataset was made of {} stores, {} are given",
                              options.replay_inputs->size(), options.stores.size()));
    }
    for (const Json& input : *options.replay_inputs) limits.push_back(input.value("rows", 0));
  }
  auto sources = Sources::Open(options.stores, limits, registry, [&](std::int64_t rows) {
    if (progress) progress("listing rows", rows, 0);
  });
  if (!sources || !options.replay_inputs) return sources;
  for (std::size_t i = 0; i < options.stores.size(); ++i) {
    const Json& input = (*options.replay_inputs)[i];
    if ((*sources)->infos()[i].identity != input.value("identity", "")) {
      return Fail(fmt::format(
          "{}: its rows are not those the dataset was made of (identity {}, "
          "expected {})",
          options.stores[i], (*sources)->infos()[i].identity, input.value("identity", "")));
    }
    (*sources)->Rename(i, input.value("store", options.stores[i]));
  }
  return sources;
}

Decisions DecideRows(const BuildOptions& options, const AnalysisContext& context,
                     const FactsStage& facts, const Progress& progress) {
  if (progress) progress("deciding", 0, context.sources->rows());
  return Decide(
      options.recipe, [&](const auto& visit) { facts.ForEach(visit); },
      [&](std::int64_t row) {
        const auto words = NearWords(context, row);
        if (!words) throw MachineError(words.error().message);
        return Shingles(*words, options.recipe.dedup.words);
      });
}

/// What a run needs to be taken up again where it was: everything that decides bytes.
std::string PlanOf(const BuildOptions& options, const std::string& dataset_id) {
  return Sha256Hex(dataset_id + RecipeToJson(options.recipe).dump());
}

}  // namespace

Result<BuildReport> BuildDataset(const BuildOptions& given, const env::Registry& registry,
                                 const Reverify& reverify, const Progress& progress,
                                 const std::atomic<bool>& stop) {
  BuildOptions options = given;
  if (options.threads <= 0) {
    options.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }
  std::error_code ignored;
  if (!options.dry_run && fs::exists(fs::symlink_status(options.out, ignored))) {
    return Fail(fmt::format("{}: exists; choose another --out, nothing is overwritten",
                            options.out.string()));
  }
  auto suites = Suites::Load(options.recipe.decontaminate, registry);
  if (!suites) return tl::unexpected(suites.error());
  auto sources = OpenSources(options, registry, progress);
  if (!sources) return tl::unexpected(sources.error());

  BuildReport report;
  report.dataset_id = DatasetId(options.recipe, **sources, **suites);
  report.rows_in = (*sources)->rows();
  std::unique_ptr<WorkFolder> folder;
  std::optional<TemporaryFolder> temporary;
  fs::path facts_folder;
  if (options.dry_run) {
    temporary.emplace();
    facts_folder = temporary->path();
  } else {
    auto opened = WorkFolder::Open(options.out, PlanOf(options, report.dataset_id));
    if (!opened) return tl::unexpected(opened.error());
    folder = std::move(*opened);
    report.resumed = folder->resumed();
    facts_folder = folder->scratch();
  }
  const AnalysisContext context{&options.recipe, sources->get(), suites->get(), reverify};
  if (!options.cache.empty()) {
    facts_folder = options.cache / FactsStage::Key(context);
    MakeFolder(facts_folder);
  }
  FactsStage facts(facts_folder, context, options.threads);
  facts.Run(progress, stop);
  const Decisions decisions = DecideRows(options, context, facts, progress);
  report.rows_out = decisions.kept;
  report.reverified = decisions.reverified;
  report.notes = (*suites)->Notes();
  report.funnel = decisions.funnel;
  report.positions = decisions.positions;
  if (options.dry_run) return report;

  auto exported = RunExport({&options.recipe, sources->get(), &decisions, folder->root(),
                             folder->scratch(), options.threads},
                            progress, stop);
  if (!exported) return tl::unexpected(exported.error());
  for (std::size_t v = 0; v < exported->totals.size(); ++v) {
    const auto& splits = exported->totals[v];
    if (std::ranges::all_of(splits, [](const ViewTotal& total) { return total.rows == 0; })) {
      report.notes.push_back(fmt::format("view {}: the rows that are left give none of its rows",
                                         exported->schemas[v].view));
    }
  }
  if (progress) progress("finishing", report.rows_out, report.rows_out);
  const DatasetFile ledger = WriteLedger(facts, **sources, decisions, folder->root());
  report.manifest = MakeManifest(
      {&options.recipe, sources->get(), suites->get(), &decisions, &*exported, &report, &ledger});
  WriteFileAtomically(folder->root() / "manifest.json", report.manifest.dump(2) + "\n");
  WriteFileAtomically(folder->root() / "README.md", DatasetCard(report.manifest));
  WriteFileAtomically(folder->root() / "croissant.json",
                      CroissantMetadata(report.manifest, registry).dump(2) + "\n");
  if (auto status = folder->Publish(); !status) return tl::unexpected(status.error());
  return report;
}

Json DroppedJson(const BuildReport& report) {
  Json dropped = Json::object();
  for (const FunnelStep& step : report.funnel) {
    for (const auto& [reason, rows] : step.dropped) {
      dropped[reason] = dropped.value(reason, std::int64_t{0}) + rows;
    }
  }
  for (const auto& [reason, rows] : report.positions.dropped) dropped[reason] = rows;
  return dropped;
}

}  // namespace tesuji::dataset
