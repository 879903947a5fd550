#include "dataset/facts_stage.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "core/files.h"
#include "core/sha256.h"
#include "core/version.h"

namespace tesuji::dataset {
namespace {

constexpr std::int64_t kChunk = 2048;

}  // namespace

std::filesystem::path FactsStage::File(std::int64_t chunk) const {
  return folder_ / fmt::format("facts-{:06}.bin", chunk);
}

std::string FactsStage::Key(const AnalysisContext& context) {
  const Json recipe = RecipeToJson(*context.recipe);
  Json facts = {{"version", kSoftwareVersion},
                {"seed", context.recipe->dataset.seed},
                {"select", recipe["select"]},
                {"verify", recipe["verify"]},
                {"dedup", recipe["dedup"]},
                {"decontaminate", recipe["decontaminate"]},
                {"opening_moves", context.recipe->split.opening_moves}};
  for (const char* decided_later : {"exact", "positions", "behaviour", "threshold"}) {
    facts["dedup"].erase(decided_later);
  }
  facts["decontaminate"].erase("suites");
  for (const auto& file : context.suites->files()) facts["suites"].push_back(file.sha256);
  for (const auto& info : context.sources->infos()) facts["inputs"].push_back(info.identity);
  return Sha256Hex(facts.dump());
}

void FactsStage::Run(const Progress& progress, const std::atomic<bool>& stop) {
  const std::int64_t rows = context_.sources->rows();
  tbb::task_arena arena(threads_);
  for (std::int64_t begin = 0; begin < rows; begin += kChunk) {
    if (stop) throw Stopped{};
    if (progress) progress("analysing and verifying", begin, rows);
    const auto file = File(begin / kChunk);
    const std::int64_t count = std::min(kChunk, rows - begin);
    if (const auto bytes = ReadFile(file)) {
      const auto before = DecodeFacts(*bytes);
      if (before && static_cast<std::int64_t>(before->size()) == count) continue;
    }
    std::vector<RowFacts> facts(static_cast<std::size_t>(count));
    arena.execute([&] {
      tbb::parallel_for(tbb::blocked_range<std::int64_t>(0, count, 8), [&](const auto& range) {
        for (std::int64_t i = range.begin(); i < range.end() && !stop; ++i) {
          facts[static_cast<std::size_t>(i)] = Analyse(context_, begin + i);
        }
      });
    });
    if (stop) throw Stopped{};
    WriteFileAtomically(file, EncodeFacts(facts));
  }
  if (progress) progress("analysing and verifying", rows, rows);
}

void FactsStage::ForEach(const std::function<void(std::int64_t, RowFacts&)>& visit) const {
  const std::int64_t rows = context_.sources->rows();
  for (std::int64_t begin = 0; begin < rows; begin += kChunk) {
    const auto file = File(begin / kChunk);
    const auto bytes = ReadFile(file);
    if (!bytes) throw MachineError(bytes.error().message);
    auto facts = DecodeFacts(*bytes);
    if (!facts) throw MachineError(fmt::format("{}: {}", file.string(), facts.error().message));
    for (std::size_t i = 0; i < facts->size(); ++i) {
      visit(begin + static_cast<std::int64_t>(i), (*facts)[i]);
    }
  }
}

}  // namespace tesuji::dataset
