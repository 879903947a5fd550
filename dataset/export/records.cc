// Episodes in the family's own record format (api/record_format.h): one file an episode, or files
// of many. Games of Go come as SGF with search statistics in comments.
#include <fmt/format.h>

#include "api/record_format.h"
#include "core/sha256.h"
#include "dataset/export/format.h"
#include "dataset/export/output_file.h"
#include "dataset/work_folder.h"

namespace tesuji::dataset {
namespace {

struct Records final : Prepared {
  std::vector<std::pair<std::string, std::string>> files;  ///< (id, text).
};

/// A folder of records. In the manifest it is one entry, whose hash is that of the list of names
/// and file hashes.
class RecordFolder final : public ShardWriter {
 public:
  RecordFolder(const std::filesystem::path& root, const std::string& stem, std::string extension)
      : root_(root), extension_(std::move(extension)) {
    entry_.path = stem;
    MakeFolder(root_ / stem);
  }
  void Append(const Prepared& batch) override {
    for (const auto& [id, text] : static_cast<const Records&>(batch).files) {
      OutputFile file(root_, fmt::format("{}/{}.{}", entry_.path, id, extension_));
      file.Write(text);
      const WrittenFile written = file.Close();
      entry_.bytes += written.bytes;
      names_.Update(fmt::format("{}.{} {}\n", id, extension_, written.sha256));
    }
  }
  std::vector<WrittenFile> Close() override {
    entry_.sha256 = names_.FinishHex();
    return {entry_};
  }

 private:
  std::filesystem::path root_;
  std::string extension_;
  WrittenFile entry_;
  Sha256 names_;
};

class RecordCollection final : public ShardWriter {
 public:
  RecordCollection(const std::filesystem::path& root, const std::string& stem,
                   const std::string& extension)
      : file_(root, fmt::format("{}.{}", stem, extension)) {}
  void Append(const Prepared& batch) override {
    for (const auto& [id, text] : static_cast<const Records&>(batch).files) file_.Write(text);
  }
  std::vector<WrittenFile> Close() override { return {file_.Close()}; }

 private:
  OutputFile file_;
};

class RecordsFormat final : public Format {
 public:
  RecordsFormat(std::string name, const env::RecordFormat& records)
      : name_(std::move(name)), records_(records) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    auto prepared = std::make_unique<Records>();
    for (const EpisodeRows& episode : batch) {
      auto text = records_.Write(episode.episode->trajectory());
      if (!text) {
        throw CannotWrite(
            fmt::format("{}: {}; choose the rows with select.environments, or leave "
                        "the format out",
                        name_, text.error().message));
      }
      prepared->files.emplace_back(std::get<std::string>(episode.rows.front()[0]),
                                   std::move(*text));
    }
    return prepared;
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    if (name_ == records_.name()) return std::make_unique<RecordFolder>(root, stem, name_);
    return std::make_unique<RecordCollection>(root, stem, name_);
  }

 private:
  std::string name_;
  const env::RecordFormat& records_;
};

}  // namespace

std::unique_ptr<Format> MakeRecordsFormat(const FormatContext& context, const std::string& name) {
  if (context.schema->view != "trajectories" || context.records == nullptr) return nullptr;
  if (name != context.records->name() && name != context.records->collection_name()) return nullptr;
  return std::make_unique<RecordsFormat>(name, *context.records);
}

}  // namespace tesuji::dataset
