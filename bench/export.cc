#include "bench/export.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <unistd.h>

#include <filesystem>

#include "bench/clock.h"
#include "core/random.h"
#include "dataset/build_dataset.h"
#include "dataset/curate/hash.h"
#include "dataset/curate/minhash.h"
#include "dataset/export/format.h"
#include "dataset/random_episode.h"
#include "storage/store.h"

namespace tesuji::bench {
namespace {

namespace fs = std::filesystem;

/// A temporary folder of this run.
struct Folder {
  Folder() : path((fs::temp_directory_path() / "tesuji-bench-XXXXXX").string()) {
    if (::mkdtemp(path.data()) == nullptr) throw MachineError(path + ": cannot create");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path;
};

Status FillStore(const env::Environment& environment, int games, const std::string& path) {
  auto store = storage::Store::Open(path, storage::OpenMode::kCreateOrOpen);
  if (!store) return tl::unexpected(store.error());
  std::vector<storage::Store::Append> batch;
  for (int i = 0; i < games; ++i) {
    storage::Store::Append append;
    append.trajectory = dataset::RandomEpisode(
        environment,
        {.episode = static_cast<std::uint64_t>(i), .policy_entries = 16, .max_moves = 90});
    batch.push_back(std::move(append));
    if (batch.size() == 256 || i + 1 == games) {
      (*store)->AppendTrajectories(batch);
      batch.clear();
    }
  }
  return {};
}

/// Rows a second of one whole `curate` run, and of its last stage alone.
Result<double> ExportRowsPerSecond(const ExportBenchOptions& options, const env::Registry& registry,
                                   const std::string& store,
                                   const std::vector<std::string>& formats, const std::string& out,
                                   const std::string& cache) {
  dataset::BuildOptions build;
  build.stores = {store};
  build.out = out;
  build.cache = cache;
  build.threads = options.threads;
  build.recipe.exports.views = {"positions"};
  build.recipe.exports.formats = formats;
  const std::atomic<bool> stop{false};
  const auto start = Clock::now();
  auto report = dataset::BuildDataset(build, registry, {}, {}, stop);
  if (!report) return tl::unexpected(report.error());
  return static_cast<double>(report->positions.out) / SecondsSince(start);
}

/// Programs of about 120 words from a small vocabulary.
std::string RandomDocument(RandomStream* random) {
  std::string text;
  for (int i = 0; i < 120; ++i) text += fmt::format("w{} ", random->Below(400));
  return text;
}

double DedupDocumentsPerSecond(const ExportBenchOptions& options) {
  RandomStream random({11, 0xdedb});
  std::vector<std::string> documents;
  for (int i = 0; i < options.documents; ++i) documents.push_back(RandomDocument(&random));
  dataset::Recipe recipe;
  recipe.dedup.near = true;
  recipe.exports.views = {"trajectories"};
  const auto start = Clock::now();
  std::vector<dataset::RowFacts> facts(documents.size());
  tbb::task_arena arena(options.threads);
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, documents.size(), [&](std::size_t i) {
      facts[i].episode = dataset::IdentityKey(documents[i]);
      facts[i].bands =
          dataset::BandKeys(dataset::Shingles(dataset::TextWords(documents[i]), recipe.dedup.words),
                            recipe.dedup.bands, recipe.dedup.rows);
    });
  });
  dataset::Decide(
      recipe,
      [&](const auto& visit) {
        for (std::size_t i = 0; i < facts.size(); ++i) {
          dataset::RowFacts copy = facts[i];
          visit(static_cast<std::int64_t>(i), copy);
        }
      },
      [&](std::int64_t row) {
        return dataset::Shingles(dataset::TextWords(documents[static_cast<std::size_t>(row)]),
                                 recipe.dedup.words);
      });
  return static_cast<double>(documents.size()) / SecondsSince(start);
}

}  // namespace

Status BenchExport(const ExportBenchOptions& options, const env::Registry& registry,
                   const ShowFigure& show) {
  const auto environment = registry.Make("go", {{"size", options.board}});
  if (!environment) return tl::unexpected(environment.error());
  const Folder folder;
  const std::string store = folder.path + "/store.db";
  if (auto status = FillStore(**environment, options.games, store); !status) return status;

  const std::string cache = folder.path + "/cache";
  const auto analysed =
      ExportRowsPerSecond(options, registry, store, {"jsonl"}, folder.path + "/analysed", cache);
  if (!analysed) return tl::unexpected(analysed.error());
  show({"facts and JSONL.zst, whole run", *analysed, "rows/s", {}, {}});
  std::vector<std::vector<std::string>> runs = {{"jsonl"}, {"npz"}};
  if (dataset::WhyUnavailable("parquet").empty()) {
    runs.push_back({"parquet"});
    runs.push_back({"jsonl", "parquet"});
  }
  for (const auto& formats : runs) {
    std::string name;
    for (const auto& format : formats) name += (name.empty() ? "" : " and ") + format;
    const auto rate =
        ExportRowsPerSecond(options, registry, store, formats, folder.path + "/" + name, cache);
    if (!rate) return tl::unexpected(rate.error());
    show({"Go positions to " + name, *rate, "rows/s", *analysed, "whole run"});
  }
  show(
      {"exact and MinHash deduplication", DedupDocumentsPerSecond(options), "documents/s", {}, {}});
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  show({"largest memory", static_cast<double>(usage.ru_maxrss) / 1024, "MiB", {}, {}});
  return {};
}

}  // namespace tesuji::bench
