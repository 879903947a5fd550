#include "dataset/export_block.h"

#include <fmt/format.h>
#include <tbb/parallel_pipeline.h>

#include <algorithm>
#include <deque>
#include <map>

#include "dataset/work_folder.h"

namespace tesuji::dataset {
namespace {

// A token is closed by either: memory is bounded whatever the episodes' length.
constexpr std::size_t kBatchEpisodes = 32;
constexpr std::size_t kBatchPositions = 512;

/// What one token carries for one view and split.
struct Part {
  std::vector<std::unique_ptr<Prepared>> prepared;  ///< One a format.
  std::int64_t rows = 0;
  RowSetHash hash;
};

struct Token {
  std::int64_t episodes = 0;
  std::vector<std::vector<Part>> parts;  ///< [view][split].
};

/// The loaded episodes of one token. Episodes point into it.
struct Loaded {
  std::deque<storage::StoredTrajectory> stored;
  std::vector<Episode> episodes;
};

storage::StoredTrajectory LoadAgain(const ExportJob& job, std::int64_t row) {
  auto stored = job.sources->Load(row);
  // It was read before: the file has changed under us.
  if (!stored) throw MachineError(stored.error().message);
  return std::move(*stored);
}

Loaded Load(const ExportJob& job, const std::vector<std::int64_t>& rows, std::size_t begin,
            std::size_t end) {
  Loaded loaded;
  for (std::size_t i = begin; i < end; ++i) {
    const std::int64_t row = rows[i];
    const RowDecision& decision = job.decisions->rows[static_cast<std::size_t>(row)];
    Episode episode;
    episode.stored = &loaded.stored.emplace_back(LoadAgain(job, row));
    const env::Trajectory& trajectory = episode.stored->trajectory;
    auto environment = job.sources->environments().Get(trajectory.provenance);
    if (!environment) throw MachineError(environment.error().message);
    episode.environment = *environment;
    episode.group = job.decisions->groups[decision.group].ToHex();
    episode.split = decision.split;
    episode.first_of_task = decision.first_of_task;
    if (decision.first_position >= 0) {
      episode.positions =
          std::string_view(job.decisions->position)
              .substr(static_cast<std::size_t>(decision.first_position), trajectory.steps.size());
    }
    const auto pair =
        std::ranges::lower_bound(job.decisions->pairs, std::pair(row, std::int64_t{-1}));
    if (pair != job.decisions->pairs.end() && pair->first == row) {
      episode.worse = &loaded.stored.emplace_back(LoadAgain(job, pair->second));
    }
    loaded.episodes.push_back(std::move(episode));
  }
  return loaded;
}

std::size_t EndOfBatch(const ExportJob& job, const std::vector<std::int64_t>& rows,
                       std::size_t begin) {
  std::size_t end = begin;
  std::int64_t first = -1;
  while (end < rows.size() && end - begin < kBatchEpisodes) {
    const auto& decision = job.decisions->rows[static_cast<std::size_t>(rows[end])];
    if (first < 0) first = decision.first_position;
    if (decision.first_position - first >= static_cast<std::int64_t>(kBatchPositions)) break;
    ++end;
  }
  return end;
}

Token MakeToken(const std::vector<ViewPlan>& views, const Loaded& loaded) {
  Token token;
  token.episodes = static_cast<std::int64_t>(loaded.episodes.size());
  token.parts.resize(views.size());
  for (std::size_t v = 0; v < views.size(); ++v) {
    token.parts[v].resize(kSplits);
    const Schema& schema = views[v].view->schema();
    std::vector<Batch> batches(kSplits);
    for (const Episode& episode : loaded.episodes) {
      EpisodeRows made = views[v].view->MakeRows(episode);
      if (made.rows.empty()) continue;
      Part& part = token.parts[v][static_cast<std::size_t>(episode.split)];
      part.rows += static_cast<std::int64_t>(made.rows.size());
      for (const Row& row : made.rows) part.hash.AddRow(schema, row);
      batches[static_cast<std::size_t>(episode.split)].push_back(std::move(made));
    }
    for (std::size_t s = 0; s < kSplits; ++s) {
      if (batches[s].empty()) continue;
      for (const auto& format : views[v].formats) {
        token.parts[v][s].prepared.push_back(format->Prepare(batches[s]));
      }
    }
  }
  return token;
}

/// The shards of one block in one format.
class FormatWriters {
 public:
  FormatWriters(const ExportJob& job, const std::vector<ViewPlan>& views, int number)
      : job_(job), views_(views), number_(number) {}

  void Append(const Token& token, std::size_t view, std::size_t format) {
    for (std::size_t s = 0; s < kSplits; ++s) {
      const Part& part = token.parts[view][s];
      if (part.rows == 0) continue;
      Shard& shard = shards_[s];
      if (shard.writer == nullptr) {
        const Format& how = *views_[view].formats[format];
        const std::string folder =
            fmt::format("{}/{}", views_[view].view->schema().view, how.name());
        MakeFolder(job_.root / folder);
        shard.writer = how.Open(
            job_.root, fmt::format("{}/{}-{:05}", folder, SplitName(static_cast<int>(s)), number_));
      }
      shard.writer->Append(*part.prepared[format]);
      shard.rows += part.rows;
      shard.hash.Add(part.hash);
    }
  }

  void Close(const std::string& view, const std::string& format, std::vector<DatasetFile>* files) {
    for (auto& [split, shard] : shards_) {
      for (WrittenFile& file : shard.writer->Close()) {
        files->push_back({std::move(file.path), view, format, SplitName(static_cast<int>(split)),
                          shard.rows, file.bytes, std::move(file.sha256), shard.hash.ToHex()});
      }
    }
  }

 private:
  struct Shard {
    std::unique_ptr<ShardWriter> writer;
    std::int64_t rows = 0;
    RowSetHash hash;
  };
  const ExportJob& job_;
  const std::vector<ViewPlan>& views_;
  int number_;
  std::map<std::size_t, Shard> shards_;
};

}  // namespace

BlockResult WriteBlock(const ExportJob& job, const std::vector<ViewPlan>& views,
                       const std::vector<std::int64_t>& rows, int number,
                       const std::function<void(std::int64_t)>& done,
                       const std::atomic<bool>& stop) {
  using TokenPtr = std::shared_ptr<Token>;
  std::size_t next = 0;
  auto filters =
      tbb::make_filter<void, std::pair<std::size_t, std::size_t>>(
          tbb::filter_mode::serial_in_order,
          [&](tbb::flow_control& control) {
            const std::size_t begin = next;
            if (stop || begin >= rows.size()) {
              control.stop();
              return std::pair(begin, begin);
            }
            next = EndOfBatch(job, rows, begin);
            return std::pair(begin, next);
          }) &
      tbb::make_filter<std::pair<std::size_t, std::size_t>, TokenPtr>(
          tbb::filter_mode::parallel, [&](const std::pair<std::size_t, std::size_t>& range) {
            const Loaded loaded = Load(job, rows, range.first, range.second);
            return std::make_shared<Token>(MakeToken(views, loaded));
          });
  // One serial filter a format: they work on different tokens at the same time.
  std::vector<std::vector<FormatWriters>> writers(views.size());
  for (std::size_t v = 0; v < views.size(); ++v) {
    writers[v].reserve(views[v].formats.size());
    for (std::size_t f = 0; f < views[v].formats.size(); ++f) {
      writers[v].emplace_back(job, views, number);
      filters = filters & tbb::make_filter<TokenPtr, TokenPtr>(
                              tbb::filter_mode::serial_in_order, [&writers, v, f](TokenPtr token) {
                                writers[v][f].Append(*token, v, f);
                                for (auto& part : token->parts[v]) {
                                  if (!part.prepared.empty()) part.prepared[f].reset();
                                }
                                return token;
                              });
    }
  }
  std::vector<std::vector<std::pair<std::int64_t, RowSetHash>>> sums(
      views.size(), std::vector<std::pair<std::int64_t, RowSetHash>>(kSplits));
  const auto whole = filters & tbb::make_filter<TokenPtr, void>(
                                   tbb::filter_mode::serial_in_order, [&](const TokenPtr& token) {
                                     for (std::size_t v = 0; v < views.size(); ++v) {
                                       for (std::size_t s = 0; s < kSplits; ++s) {
                                         sums[v][s].first += token->parts[v][s].rows;
                                         sums[v][s].second.Add(token->parts[v][s].hash);
                                       }
                                     }
                                     done(token->episodes);
                                   });
  tbb::parallel_pipeline(2 * static_cast<std::size_t>(job.threads) + 2, whole);
  if (stop) throw Stopped{};

  BlockResult result;
  result.totals.resize(views.size());
  for (std::size_t v = 0; v < views.size(); ++v) {
    for (const auto& [count, hash] : sums[v]) result.totals[v].push_back({count, hash.ToHex()});
    for (std::size_t f = 0; f < views[v].formats.size(); ++f) {
      writers[v][f].Close(views[v].view->schema().view, views[v].formats[f]->name(), &result.files);
    }
  }
  return result;
}

}  // namespace tesuji::dataset
