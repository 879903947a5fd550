// Formats of trainers that want certain columns and no others: TRL's JSON lines, verl's Parquet.
#include <optional>

#include "dataset/export/format.h"
#include "dataset/export/json_lines.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

/// The columns of `schema` with these names, in this order; none when one is missing.
std::optional<std::vector<std::size_t>> FindColumns(const Schema& schema,
                                                    const std::vector<std::string>& names) {
  std::vector<std::size_t> found;
  for (const std::string& name : names) {
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      if (schema.columns[i].name == name) found.push_back(i);
    }
  }
  if (found.size() != names.size()) return std::nullopt;
  return found;
}

class PlainLines final : public Format {
 public:
  explicit PlainLines(const FormatContext& context) : schema_(*context.schema) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    return ToJsonLines(schema_, batch);
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return std::make_unique<JsonLinesShard<OutputFile>>(root, stem + ".jsonl");
  }

 private:
  std::string name_ = "trl";
  const Schema& schema_;
};

/// Hands some columns on to another format.
class Projection final : public Format {
 public:
  Projection(const Schema& schema, std::vector<std::size_t> columns)
      : columns_(std::move(columns)) {
    schema_.view = schema.view;
    for (const std::size_t i : columns_) schema_.columns.push_back(schema.columns[i]);
  }
  const Schema& schema() const { return schema_; }
  void SetInner(std::unique_ptr<Format> inner) { inner_ = std::move(inner); }

  const std::string& name() const override { return inner_->name(); }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    Batch some;
    for (const EpisodeRows& episode : batch) {
      EpisodeRows& part = some.emplace_back();
      part.episode = episode.episode;
      part.steps = episode.steps;
      for (const Row& row : episode.rows) {
        Row& projected = part.rows.emplace_back();
        for (const std::size_t i : columns_) projected.push_back(row[i]);
      }
    }
    return inner_->Prepare(some);
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return inner_->Open(root, stem);
  }

 private:
  std::vector<std::size_t> columns_;
  Schema schema_;
  std::unique_ptr<Format> inner_;
};

}  // namespace

std::unique_ptr<Format> MakeTrlFormat(const FormatContext& context) {
  const std::string& view = context.schema->view;
  std::vector<std::string> names;
  if (view == "solutions") names = {"prompt", "completion"};
  if (view == "preferences") names = {"prompt", "chosen", "rejected"};
  if (view == "steps") names = {"prompt", "completions", "labels"};
  if (names.empty()) return nullptr;
  auto columns = FindColumns(*context.schema, names);
  if (!columns) return nullptr;
  auto projection = std::make_unique<Projection>(*context.schema, std::move(*columns));
  FormatContext inner = context;
  inner.schema = &projection->schema();
  projection->SetInner(std::make_unique<PlainLines>(inner));
  return projection;
}

std::unique_ptr<Format> MakeVerlFormat(const FormatContext& context) {
  if (context.schema->view != "rl") return nullptr;
  auto columns = FindColumns(*context.schema,
                             {"data_source", "prompt", "ability", "reward_model", "extra_info"});
  if (!columns) return nullptr;
  auto projection = std::make_unique<Projection>(*context.schema, std::move(*columns));
  FormatContext inner = context;
  inner.schema = &projection->schema();
  projection->SetInner(MakeParquetFormat(inner, "verl"));
  return projection;
}

}  // namespace tesuji::dataset
