// WebDataset shards: a tar in which the files of one row stand together under one key. Tensors are
// KEY.COLUMN.npy, all other columns KEY.json.
#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/result.h"
#include "dataset/export/format.h"
#include "dataset/export/npy.h"
#include "dataset/export/output_file.h"

namespace tesuji::dataset {
namespace {

struct Members final : Prepared {
  std::vector<std::pair<std::string, std::string>> files;  ///< (name, bytes).
};

/// Where the archive's bytes go. Exceptions must not pass through the library's C code.
struct Target {
  OutputFile file;
  std::string problem = {};
};

la_ssize_t WriteToFile(archive* /*tar*/, void* target, const void* data, std::size_t size) {
  auto* to = static_cast<Target*>(target);
  try {
    to->file.Write({static_cast<const char*>(data), size});
    return static_cast<la_ssize_t>(size);
  } catch (const std::exception& error) {
    to->problem = error.what();
    return -1;
  }
}

class TarShard final : public ShardWriter {
 public:
  TarShard(const std::filesystem::path& root, const std::string& stem)
      : target_{OutputFile(root, stem + ".tar")}, tar_(archive_write_new()) {
    if (tar_ == nullptr) throw std::bad_alloc();
    archive_write_set_format_ustar(tar_);
    Check(archive_write_open(tar_, &target_, nullptr, WriteToFile, nullptr));
  }
  ~TarShard() override { archive_write_free(tar_); }
  TarShard(const TarShard&) = delete;
  TarShard& operator=(const TarShard&) = delete;

  void Append(const Prepared& batch) override {
    for (const auto& [name, bytes] : static_cast<const Members&>(batch).files) {
      archive_entry* entry = archive_entry_new();
      archive_entry_set_pathname(entry, name.c_str());
      archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
      archive_entry_set_filetype(entry, AE_IFREG);
      archive_entry_set_perm(entry, 0644);
      archive_entry_set_mtime(entry, 0, 0);
      const int status = archive_write_header(tar_, entry);
      archive_entry_free(entry);
      Check(status);
      if (archive_write_data(tar_, bytes.data(), bytes.size()) < 0) Check(ARCHIVE_FATAL);
    }
  }
  std::vector<WrittenFile> Close() override {
    Check(archive_write_close(tar_));
    return {target_.file.Close()};
  }

 private:
  void Check(int status) {
    if (status != ARCHIVE_OK) {
      if (!target_.problem.empty()) throw MachineError(target_.problem);
      const char* why = archive_error_string(tar_);
      throw MachineError(fmt::format("tar: {}", why == nullptr ? "cannot write" : why));
    }
  }
  Target target_;
  archive* tar_;
};

/// Raw numbers of a tensor and their numpy type.
struct TensorBytes {
  std::string* type;
  std::string* bytes;
  void operator()(const std::vector<float>& values) const { Put("<f4", values); }
  void operator()(const std::vector<std::int8_t>& values) const { Put("|i1", values); }
  void operator()(const std::vector<std::int32_t>& values) const { Put("<i4", values); }
  template <class T>
  void operator()(const T& /*not a tensor*/) const {}
  template <class T>
  void Put(const char* name, const std::vector<T>& values) const {
    *type = name;
    bytes->assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
};

class WebDatasetFormat final : public Format {
 public:
  explicit WebDatasetFormat(const FormatContext& context) : schema_(*context.schema) {}
  const std::string& name() const override { return name_; }
  std::unique_ptr<Prepared> Prepare(const Batch& batch) const override {
    auto members = std::make_unique<Members>();
    for (const EpisodeRows& episode : batch) {
      for (const Row& row : episode.rows) AddRow(row, members.get());
    }
    return members;
  }
  std::unique_ptr<ShardWriter> Open(const std::filesystem::path& root,
                                    const std::string& stem) const override {
    return std::make_unique<TarShard>(root, stem);
  }

 private:
  void AddRow(const Row& row, Members* members) const {
    std::string key = std::get<std::string>(row[0]);
    std::ranges::replace(key, ':', '-');
    std::string json = "{";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Column& column = schema_.columns[i];
      if (!column.shape.empty()) {
        std::string type;
        std::string bytes;
        std::visit(TensorBytes{&type, &bytes}, row[i]);
        members->files.emplace_back(fmt::format("{}.{}.npy", key, column.name),
                                    NpyHeader(type, column.shape) + bytes);
        continue;
      }
      if (json.size() > 1) json += ',';
      AppendJsonText(column.name, &json);
      json += ':';
      AppendJson(column, row[i], &json);
    }
    members->files.emplace_back(key + ".json", json + "}");
  }

  std::string name_ = "webdataset";
  const Schema& schema_;
};

}  // namespace

std::unique_ptr<Format> MakeWebDatasetFormat(const FormatContext& context) {
  return std::make_unique<WebDatasetFormat>(context);
}

}  // namespace tesuji::dataset
