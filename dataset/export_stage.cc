#include "dataset/export_stage.h"

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "core/files.h"
#include "dataset/export_block.h"
#include "dataset/work_folder.h"

namespace tesuji::dataset {
namespace {

Json ToJson(const BlockResult& block) {
  Json files = Json::array();
  for (const DatasetFile& file : block.files) {
    files.push_back({file.path, file.view, file.format, file.split, file.rows, file.bytes,
                     file.sha256, file.content_hash});
  }
  Json totals = Json::array();
  for (const auto& splits : block.totals) {
    Json row = Json::array();
    for (const ViewTotal& total : splits) row.push_back({total.rows, total.content_hash});
    totals.push_back(row);
  }
  return {{"files", files}, {"totals", totals}};
}

/// A block that an earlier run finished; the file was written whole by WriteFileAtomically().
std::optional<BlockResult> ReadBlock(const std::filesystem::path& path) {
  const auto bytes = ReadFile(path);
  if (!bytes) return std::nullopt;
  try {
    const Json json = Json::parse(*bytes);
    BlockResult block;
    for (const Json& f : json.at("files")) {
      block.files.push_back(
          {f.at(0), f.at(1), f.at(2), f.at(3), f.at(4), f.at(5), f.at(6), f.at(7)});
    }
    for (const Json& splits : json.at("totals")) {
      auto& row = block.totals.emplace_back();
      for (const Json& total : splits) row.push_back({total.at(0), total.at(1)});
    }
    return block;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

/// Runs of kept rows with about `shard_rows` rows of the largest view each.
std::vector<std::vector<std::int64_t>> CutBlocks(const ExportJob& job) {
  std::vector<std::vector<std::int64_t>> blocks(1);
  const Decisions& decisions = *job.decisions;
  std::int64_t positions = 0;
  std::int64_t episodes = 0;
  const std::int64_t limit = job.recipe->exports.shard_rows;
  std::int64_t next = 0;  // Where the next kept row's positions begin.
  for (std::size_t row = 0; row < decisions.rows.size(); ++row) {
    const RowDecision& decision = decisions.rows[row];
    if (decision.split == kDropped) continue;
    if (episodes >= limit || positions >= limit) {
      blocks.emplace_back();
      positions = episodes = 0;
    }
    blocks.back().push_back(static_cast<std::int64_t>(row));
    ++episodes;
    if (decision.first_position < 0) continue;
    // Up to the next kept row's first position.
    next = static_cast<std::int64_t>(decisions.position.size());
    for (std::size_t later = row + 1; later < decisions.rows.size(); ++later) {
      if (decisions.rows[later].split == kDropped) continue;
      next = decisions.rows[later].first_position;
      break;
    }
    positions += std::count(decisions.position.begin() + decision.first_position,
                            decisions.position.begin() + next, kPositionStays);
  }
  return blocks;
}

Result<std::vector<ViewPlan>> PlanViews(const ExportJob& job, const env::Environment& environment) {
  std::vector<ViewPlan> plans;
  const env::EnvironmentFactory* family =
      job.sources->environments().registry().Find(environment.spec().id);
  const env::RecordFormat* records = family == nullptr ? nullptr : family->records.get();
  for (const std::string& name : job.recipe->exports.views) {
    ViewPlan plan;
    plan.view = MakeView(name, *job.recipe, environment);
    if (plan.view == nullptr) return Fail(fmt::format("export.views: no view {} yet", name));
    const bool has_planes = name == "positions";
    if (has_planes && job.decisions->mixed_shapes) {
      return Fail(
          "export.views: positions of different environments or board sizes cannot share a file; "
          "choose with select.environments, or make one dataset each");
    }
    for (const std::string& format : job.recipe->exports.formats) {
      if (const auto why = WhyUnavailable(format); !why.empty()) {
        return Fail(fmt::format("export.formats: {}: {}", format, why));
      }
      auto made = MakeFormat(format, {&plan.view->schema(), &environment, job.recipe, records});
      if (made != nullptr) plan.formats.push_back(std::move(made));
    }
    plans.push_back(std::move(plan));
  }
  const bool any = std::ranges::any_of(plans, [](const auto& p) { return !p.formats.empty(); });
  if (!any) {
    return Fail(
        "export.formats: none of the formats can hold any of the views; docs/datasets.md "
        "has a table of which can");
  }
  return plans;
}

}  // namespace

Result<ExportResult> RunExport(const ExportJob& job, const Progress& progress,
                               const std::atomic<bool>& stop) {
  const auto blocks = CutBlocks(job);
  if (blocks.front().empty()) return Fail("no row is left: the recipe drops everything");
  auto first = job.sources->Load(blocks.front().front());
  if (!first) throw MachineError(first.error().message);
  auto environment = job.sources->environments().Get(first->trajectory.provenance);
  if (!environment) throw MachineError(environment.error().message);
  auto views = PlanViews(job, **environment);
  if (!views) return tl::unexpected(views.error());

  tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                            static_cast<std::size_t>(job.threads));
  std::vector<std::vector<std::pair<std::int64_t, RowSetHash>>> sums(
      views->size(), std::vector<std::pair<std::int64_t, RowSetHash>>(kSplits));
  ExportResult result;
  std::int64_t done = 0;
  for (std::size_t number = 0; number < blocks.size(); ++number) {
    if (stop) throw Stopped{};
    const auto record = job.scratch / fmt::format("block-{:05}.json", number);
    auto block = ReadBlock(record);
    if (block) {
      done += static_cast<std::int64_t>(blocks[number].size());
    } else {
      const auto wrote = [&](std::int64_t rows) {
        done += rows;
        if (progress) progress("writing", done, job.decisions->kept);
      };
      try {
        block = WriteBlock(job, *views, blocks[number], static_cast<int>(number), wrote, stop);
      } catch (const CannotWrite& refusal) {
        return Fail(fmt::format("export.formats: {}", refusal.what()));
      }
      SyncFiles(job.root);  // The record must not outlive the files it speaks of.
      WriteFileAtomically(record, ToJson(*block).dump());
    }
    std::ranges::move(block->files, std::back_inserter(result.files));
    for (std::size_t v = 0; v < views->size(); ++v) {
      for (std::size_t s = 0; s < kSplits; ++s) {
        sums[v][s].first += block->totals[v][s].rows;
        sums[v][s].second.Add(RowSetHash::FromHex(block->totals[v][s].content_hash));
      }
    }
  }
  std::ranges::sort(result.files, {}, &DatasetFile::path);
  for (std::size_t v = 0; v < views->size(); ++v) {
    result.schemas.push_back((*views)[v].view->schema());
    auto& totals = result.totals.emplace_back();
    for (const auto& [rows, hash] : sums[v]) totals.push_back({rows, hash.ToHex()});
  }
  return result;
}

}  // namespace tesuji::dataset
