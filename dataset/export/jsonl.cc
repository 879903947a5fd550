// JSON lines, one zstd frame a file (the layout that dolma and others read).
#include "dataset/export/format.h"
#include "dataset/export/json_lines.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

class JsonlFormat final : public Format {
 public:
  explicit JsonlFormat(const FormatContext& context)
      : schema_(*context.schema), level_(context.recipe->exports.level) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    return ToJsonLines(schema_, batch);
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return std::make_unique<JsonLinesShard<ZstdFile>>(root, stem + ".jsonl.zst", level_);
  }

 private:
  std::string name_ = "jsonl";
  const Schema& schema_;
  int level_;
};

}  // namespace

std::unique_ptr<JsonLines> ToJsonLines(const Schema& schema, const Batch& batch) {
  auto lines = std::make_unique<JsonLines>();
  for (const EpisodeRows& episode : batch) {
    for (const Row& row : episode.rows) {
      AppendJson(schema, row, &lines->text);
      lines->text += '\n';
    }
  }
  return lines;
}

std::unique_ptr<Format> MakeJsonlFormat(const FormatContext& context) {
  return std::make_unique<JsonlFormat>(context);
}

}  // namespace tesuji::dataset
