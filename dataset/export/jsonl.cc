// JSON lines, one zstd frame a file (the layout that dolma and others read).
#include "dataset/export/format.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

struct JsonLines final : Prepared {
  std::string text;
};

class JsonlShard final : public ShardWriter {
 public:
  JsonlShard(const std::filesystem::path& root, const std::string& stem, int level)
      : file_(root, stem + ".jsonl.zst", level) {}
  void Append(const Prepared& batch) override {
    file_.Write(static_cast<const JsonLines&>(batch).text);
  }
  std::vector<WrittenFile> Close() override { return {file_.Close()}; }

 private:
  ZstdFile file_;
};

class JsonlFormat final : public Format {
 public:
  explicit JsonlFormat(const FormatContext& context)
      : schema_(*context.schema), level_(context.recipe->exports.level) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    auto lines = std::make_unique<JsonLines>();
    for (const EpisodeRows& episode : batch) {
      for (const Row& row : episode.rows) {
        AppendJson(schema_, row, &lines->text);
        lines->text += '\n';
      }
    }
    return lines;
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return std::make_unique<JsonlShard>(root, stem, level_);
  }

 private:
  std::string name_ = "jsonl";
  const Schema& schema_;
  int level_;
};

}  // namespace

std::unique_ptr<Format> MakeJsonlFormat(const FormatContext& context) {
  return std::make_unique<JsonlFormat>(context);
}

}  // namespace tesuji::dataset
