// Games of Go as SGF with search statistics in comments: one file a game, or collections.
#include <fmt/format.h>

#include "core/sha256.h"
#include "dataset/export/format.h"
#include "dataset/export/output_file.h"
#include "dataset/work_folder.h"
#include "env/go/sgf_game.h"

namespace tesuji::dataset {
namespace {

struct Games final : Prepared {
  std::vector<std::pair<std::string, std::string>> files;  ///< (id, SGF).
};

/// A folder of games. In the manifest it is one entry, whose hash is that of the list of names and
/// file hashes.
class SgfFolder final : public ShardWriter {
 public:
  SgfFolder(const std::filesystem::path& root, const std::string& stem) : root_(root) {
    entry_.path = stem;
    MakeFolder(root_ / stem);
  }
  void Append(const Prepared& batch) override {
    for (const auto& [id, text] : static_cast<const Games&>(batch).files) {
      OutputFile file(root_, fmt::format("{}/{}.sgf", entry_.path, id));
      file.Write(text);
      const WrittenFile written = file.Close();
      entry_.bytes += written.bytes;
      names_.Update(fmt::format("{}.sgf {}\n", id, written.sha256));
    }
  }
  std::vector<WrittenFile> Close() override {
    entry_.sha256 = names_.FinishHex();
    return {entry_};
  }

 private:
  std::filesystem::path root_;
  WrittenFile entry_;
  Sha256 names_;
};

class SgfCollection final : public ShardWriter {
 public:
  SgfCollection(const std::filesystem::path& root, const std::string& stem)
      : file_(root, stem + ".sgfs") {}
  void Append(const Prepared& batch) override {
    for (const auto& [id, text] : static_cast<const Games&>(batch).files) file_.Write(text);
  }
  std::vector<WrittenFile> Close() override { return {file_.Close()}; }

 private:
  OutputFile file_;
};

template <class Shard>
class SgfFormat final : public Format {
 public:
  explicit SgfFormat(std::string name) : name_(std::move(name)) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    auto games = std::make_unique<Games>();
    for (const EpisodeRows& episode : batch) {
      const auto sgf = env::go::TrajectoryToSgf(episode.episode->trajectory());
      if (!sgf) throw MachineError(sgf.error().message);
      games->files.emplace_back(std::get<std::string>(episode.rows.front()[0]), *sgf);
    }
    return games;
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return std::make_unique<Shard>(root, stem);
  }

 private:
  std::string name_;
};

bool HoldsGames(const FormatContext& context) {
  return context.schema->view == "trajectories" &&
         context.environment->spec().artifact_extension == "sgf";
}

}  // namespace

std::unique_ptr<Format> MakeSgfFormat(const FormatContext& context) {
  if (!HoldsGames(context)) return nullptr;
  return std::make_unique<SgfFormat<SgfFolder>>("sgf");
}

std::unique_ptr<Format> MakeSgfCollectionFormat(const FormatContext& context) {
  if (!HoldsGames(context)) return nullptr;
  return std::make_unique<SgfFormat<SgfCollection>>("sgfs");
}

}  // namespace tesuji::dataset
